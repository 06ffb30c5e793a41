"""The report as one HTML file: tables and plots, nothing fetched from anywhere."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from riskmodel.evaluation.plots import PLOTS, draw
from riskmodel.evaluation.report import Report
from riskmodel.evaluation.tables import report_sheets

__all__ = ["page"]


def page(report: Report) -> str:
    """The page of a report; the same report gives the same bytes.

    Raises
    ------
    ImportError
        Where Matplotlib, of ``baitwatch[notebook]``, is not installed.
    """
    templates = Environment(
        loader=PackageLoader("riskmodel.evaluation"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    plots = [(title, Markup(draw(report, name))) for name, (title, _) in PLOTS.items()]  # noqa: S704  # our own drawing
    return templates.get_template("report.html").render(report=report, sheets=report_sheets(report), plots=plots)
