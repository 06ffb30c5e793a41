"""What a buyer's message does: asks, presses, names a defect, offers a review for money; heard by a small classifier.

Phrases alone miss what is meant but not said. The classifier reads characters and pairs of them, and knows from a table
of vectors, distilled once from a multilingual encoder, which of them are said in like places; compiled, it is one table
of weights. What it hears feeds columns of the model, each with the message as its evidence.
"""

from riskmodel.acts.names import BUYER_ACTS, HEARD, LOWERING, RAISING
from riskmodel.acts.read import HEARD_FROM, ActReader, ActTally

__all__ = ["BUYER_ACTS", "HEARD", "HEARD_FROM", "LOWERING", "RAISING", "ActReader", "ActTally"]
