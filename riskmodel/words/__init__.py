"""The learned text channel: how much the wording of a buyer's message resembles that of abusive talks.

A linear model over single characters and pairs of them, fitted with scikit-learn and compiled to a table. It reads the
buyer's messages one at a time, so that its say is a sum over messages, each with its own words as evidence. What must
not count is blanked before it reads: names of regions, quoted rights, figures.
"""

from riskmodel.words.read import MOST_LOWERED, MOST_RAISED, Utterance, WordModel, one_line, utterance

__all__ = ["MOST_LOWERED", "MOST_RAISED", "Utterance", "WordModel", "one_line", "utterance"]
