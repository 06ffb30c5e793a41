"""Commitments in the agent's words, and whether this shop can keep them for this order."""

from riskmodel.promises.agenda import Agenda
from riskmodel.promises.context import Context
from riskmodel.promises.find import Commitment, Understanding, understand
from riskmodel.promises.judge import Circumstances, Judgement, is_fault, judge
from riskmodel.promises.questions import OpenQuestion

__all__ = [
    "Agenda",
    "Circumstances",
    "Commitment",
    "Context",
    "Judgement",
    "OpenQuestion",
    "Understanding",
    "is_fault",
    "judge",
    "understand",
]
