"""The learned text channel: how much the wording of a buyer's messages resembles that of abusive talks.

A linear model over single characters and pairs of them, fitted with scikit-learn and compiled to a table. It weighs the
buyer's messages together, and gives each the change that it makes, with its own words as evidence. What must not count
is blanked before it reads: names of regions, quoted rights, figures.
"""

from riskmodel.words.read import MOST_LOWERED, MOST_RAISED, SALES, Tally, Utterance, WordModel, one_line, utterance

__all__ = ["MOST_LOWERED", "MOST_RAISED", "SALES", "Tally", "Utterance", "WordModel", "one_line", "utterance"]
