"""How well the risk and the reply check hold up: metrics with intervals, splits without shared families, reports.

Every labelled chat and draft is synthetic or written by hand, and every report says so.
"""

from riskmodel.evaluation.baselines import BASELINES, cross_scores, fit_baselines
from riskmodel.evaluation.draft_files import read_drafts
from riskmodel.evaluation.drafts import DraftReport, measure_drafts, summarise_drafts
from riskmodel.evaluation.held_out import measure_held_out
from riskmodel.evaluation.labelled import Labelled, measure_labelled, read_labelled
from riskmodel.evaluation.report import NOTE, Report
from riskmodel.evaluation.spelling import measure_spellings
from riskmodel.evaluation.summary import summarise
from riskmodel.evaluation.talks import Measured

__all__ = [
    "BASELINES",
    "NOTE",
    "DraftReport",
    "Labelled",
    "Measured",
    "Report",
    "cross_scores",
    "fit_baselines",
    "measure_drafts",
    "measure_held_out",
    "measure_labelled",
    "measure_spellings",
    "read_drafts",
    "read_labelled",
    "summarise",
    "summarise_drafts",
]
