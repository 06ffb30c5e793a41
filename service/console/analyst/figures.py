"""The page of figures, the part of it that tries another threshold, and each set of data as CSV."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import Response, request
from werkzeug.exceptions import NotFound

from riskmodel.errors import ModelError
from riskmodel.intervals import Figure, share_of
from riskmodel.model.alerts import FalseAlarms, load_alerts
from riskmodel.scorer import Scorer
from service.console import sessions
from service.console.analyst import judged, model_card, moved, what_if
from service.console.analyst.gathered import Gathered, gather
from service.console.analyst.sheets import Cell, Column, Sheet, as_csv
from service.console.blueprint import blueprint, needs
from service.console.page import write_page
from service.model import scorer
from service.store.talk_figures import ZONE

__all__ = ["register"]

PERIODS: Final = (30, 90, 365)
"""Days that can be looked at; the second is, where nothing is chosen."""
SHEETS: Final[Mapping[str, Callable[[Gathered], Sheet]]] = {
    "days": lambda gathered: days(gathered, _budget(_model())),
    "precision": judged.precision,
    "platform": lambda gathered: judged.groups(gathered, "platform"),
    "province": lambda gathered: judged.groups(gathered, "province"),
    "drift": moved.distribution,
    "thresholds": what_if.tries,
}
"""What can be had as CSV."""


def register() -> None:
    """Add these pages."""
    blueprint.get("/figures")(figures)
    blueprint.get("/figures/what-if")(other_threshold)
    blueprint.get("/figures/<sheet>.csv")(figures_csv)


@needs("figures")
def figures() -> Response:
    """All figures of the shop, for the chosen days."""
    period, model = _period(), _model()
    gathered = gather(sessions.user().shop_id, period)
    budget = _budget(model)
    sheets = {name: SHEETS[name](gathered) for name in SHEETS}
    return write_page(
        "analyst/figures",
        period=period,
        periods=PERIODS,
        zone=ZONE,
        gathered=gathered,
        budget=budget,
        held=share_of(gathered.held, gathered.talks),
        sheets=sheets,
        moved=moved.moved(gathered),
        charts={
            "days": _day_chart(gathered, budget),
            "drift": _drift_chart(sheets["drift"]),
            "what_if": _tries_chart(sheets["thresholds"]),
        },
        card=None if model is None else model_card.card(model),
        few=judged.FEW,
        **_tried(gathered, model),
    )


@needs("figures")
def other_threshold() -> Response:
    """What another threshold would change, for a page that is open."""
    period, model = _period(), _model()
    tried = _tried(gather(sessions.user().shop_id, period), model)
    return write_page("analyst/what_if", 422 if tried["wrong"] else 200, period=period, **tried)


@needs("figures")
def figures_csv(sheet: str) -> Response:
    """A set of data as a file for spreadsheets."""
    if sheet not in SHEETS:
        raise NotFound
    content = as_csv(SHEETS[sheet](gather(sessions.user().shop_id, _period())))
    response = Response(content, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="baitwatch-{sheet}.csv"'
    return response


def days(gathered: Gathered, budget: FalseAlarms) -> Sheet:
    """By day: how many talks began, how many of them were ever held, and how many the budget has room for."""
    rows: list[list[Cell]] = [
        [day.day, day.talks, day.held, day.escalated, day.talks * budget.hold, share_of(day.held, day.talks)]
        for day in gathered.days
    ]
    counts = [Column("talks"), Column("held"), Column("escalated"), Column("budget", "number")]
    return Sheet("days", [Column("day", "day"), *counts, Column("held_share", "share", 2)], rows)


def _period() -> int:
    text = request.args.get("days", str(PERIODS[1]))
    if text not in map(str, PERIODS):
        raise NotFound
    return int(text)


def _model() -> Scorer | None:
    """The model in use; what was counted can be looked at without one."""
    try:
        return scorer()
    except ModelError:
        return None


def _budget(model: Scorer | None) -> FalseAlarms:
    """That the model in use was fitted to, else the project's."""
    own = {} if model is None else model.manifest.get("false_alarm_budget", {})
    return FalseAlarms.model_validate(own) if own else load_alerts().false_alarms


def _tried(gathered: Gathered, model: Scorer | None) -> dict[str, Any]:
    """What another threshold would change; `wrong` where what was typed is none."""
    text = request.args.get("threshold")
    if model is None:
        return {"choice": None, "wrong": False, "asked": "", "bounds": (what_if.LOWEST, what_if.HIGHEST)}
    now = model.model.thresholds.high
    other = now if text is None else what_if.read_threshold(text)
    return {
        "choice": what_if.tried(gathered, now, now if other is None else other),
        "wrong": other is None,
        "asked": f"{now:g}" if text is None else text,
        "bounds": (what_if.LOWEST, what_if.HIGHEST),
    }


def _day_chart(gathered: Gathered, budget: FalseAlarms) -> str:
    """Each day of the period, also those without a talk."""
    known = {day.day: day for day in gathered.days}
    today = gathered.as_of.astimezone(ZONE).date()
    shown = [gathered.since + timedelta(days=place) for place in range((today - gathered.since).days + 1)]
    found = [known.get(day) for day in shown]
    return json.dumps(
        {
            "x": [int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) for day in shown],
            "held": [day.held - day.escalated if day else 0 for day in found],
            "escalated": [day.escalated if day else 0 for day in found],
            "budget": [round(day.talks * budget.hold, 3) if day else 0 for day in found],
        }
    )


def _drift_chart(sheet: Sheet) -> str:
    """A scale of logarithms has no place for none."""
    shares = [[figure.value or None for figure in row if isinstance(figure, Figure)] for row in sheet.rows]
    before, now = zip(*shares, strict=True)
    return json.dumps({"x": [row[0] for row in sheet.rows], "before": before, "now": now})


def _tries_chart(sheet: Sheet) -> str:
    return json.dumps({"x": [row[0] for row in sheet.rows], "talks": [row[1] for row in sheet.rows]})
