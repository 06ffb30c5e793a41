"""How well the risk holds up on unseen talks: metrics with intervals, splits without shared families, a report.

Every labelled chat is synthetic or written by hand, and every report says so.
"""

from riskmodel.evaluation.held_out import measure_held_out
from riskmodel.evaluation.labelled import Labelled, measure_labelled, read_labelled
from riskmodel.evaluation.report import NOTE, Report, summarise
from riskmodel.evaluation.talks import Measured

__all__ = [
    "NOTE",
    "Labelled",
    "Measured",
    "Report",
    "measure_held_out",
    "measure_labelled",
    "read_labelled",
    "summarise",
]
