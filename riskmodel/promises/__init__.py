"""Commitments in the agent's words, and whether this shop can keep them for this order."""

from riskmodel.promises.find import Commitment, OpenQuestion, commitments
from riskmodel.promises.judge import Circumstances, Judgement, judge

__all__ = ["Circumstances", "Commitment", "Judgement", "OpenQuestion", "commitments", "judge"]
