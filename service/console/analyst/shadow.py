"""What would change with the candidate that scores talks in the background: counts and reasons, no one talk."""

from __future__ import annotations

from flask import Response

from riskmodel.features import FEATURES
from service.backend import backend
from service.console import sessions
from service.console.analyst.sheets import Cell, Column, Sheet
from service.console.blueprint import blueprint, needs
from service.console.page import write_page
from service.console.texts import language, say
from service.store.shadow_scores import Report, candidates, report
from service.store.talk_figures import ZONE

__all__ = ["features", "moves", "register"]

FEW = 200
"""Talks: of fewer, a share that would change says little."""


def register() -> None:
    """Add this page."""
    blueprint.get("/figures/shadow")(shadow)


@needs("figures")
def shadow() -> Response:
    """The difference report of the candidate that scored last."""
    shop_id = sessions.user().shop_id
    with backend().store.reading() as connection:
        known = candidates(connection, shop_id)
        found = report(connection, shop_id, known[0]) if known else None
    if found is None:
        return write_page("analyst/shadow", found=None)
    return write_page("analyst/shadow", found=found, moves=moves(found), features=features(found), zone=ZONE, few=FEW)


def moves(found: Report) -> Sheet:
    """How many talks have which highest band now and with the candidate, those that change first."""
    order = sorted(found.moves, key=lambda bands: (bands[0] == bands[1], -found.moves[bands], bands))
    rows: list[list[Cell]] = [
        [say(f"band.{before}"), say(f"band.{then}"), found.moves[before, then]] for before, then in order
    ]
    return Sheet("moves", [Column("band_now", "text"), Column("band_then", "text"), Column("talks")], rows)


def features(found: Report) -> Sheet:
    """The features whose contributions differ most in talks that change, by what their reasons say."""
    english, texts = language() == "en", {feature.name: feature for feature in FEATURES}
    rows: list[list[Cell]] = [
        [(texts[code].en if english else texts[code].zh) if code in texts else say("shadow.faint"), value]
        for code, value in found.features
    ]
    return Sheet("features", [Column("feature", "text"), Column("log_odds", "number")], rows)
