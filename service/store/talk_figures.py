"""What figures count of a talk: one narrow row, kept with each write, so that none has to be opened or read through.

It says what is known coarsely: the day on which the talk began, the highest risk, the strongest advice, the platform,
and of where orders go the province alone. It goes when the talk is erased.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, bindparam, case, func, insert, or_, update

from riskmodel.model.bands import ACTIONS
from service.store.schema import talk_figures
from service.store.talks import KeptFacts, Talk

__all__ = ["PARTS", "STRENGTHS", "ZONE", "in_parts", "note"]

ZONE: Final = ZoneInfo("Asia/Shanghai")
"""By whose midnight days are counted."""
STRENGTHS: Final = {action: place for place, action in enumerate(ACTIONS.values())}
"""How strong each advice is."""
PARTS: Final = 1000
"""In how many parts a risk is counted."""

_COLUMNS = talk_figures.c
_INSERT = insert(talk_figures).inline()
_RISEN = _COLUMNS.peak < bindparam("new_peak")
_STRONGER = _COLUMNS.strongest < bindparam("least")
_TOLD: dict[str, ColumnElement[Any]] = {
    name: func.coalesce(bindparam(f"new_{name}"), _COLUMNS[name]) for name in ("platform", "province")
}
# the row is locked with its talk's; most messages change nothing, and then nothing is written
_CHANGE = (
    update(talk_figures)
    .where(
        _COLUMNS.shop_id == bindparam("shop"),
        _COLUMNS.day == bindparam("began"),
        _COLUMNS.talk_id == bindparam("number"),
        or_(
            _RISEN,
            _STRONGER,
            _COLUMNS.model != bindparam("new_model"),
            *(_COLUMNS[name].is_distinct_from(told) for name, told in _TOLD.items()),
        ),
    )
    .values(
        peak=case((_RISEN, bindparam("new_peak")), else_=_COLUMNS.peak),
        pattern=case((_RISEN, bindparam("new_pattern")), else_=_COLUMNS.pattern),
        strongest=case((_STRONGER, bindparam("least")), else_=_COLUMNS.strongest),
        model=bindparam("new_model"),
        **_TOLD,
    )
)


def in_parts(risk: float) -> int:
    """A risk in thousandths, rounded down, so that it reaches a threshold of three digits where the risk does.

    >>> in_parts(0.806), in_parts(0.8059)
    (806, 805)
    """
    return int(risk * PARTS + 1e-9)


def note(
    connection: Connection,
    talk: Talk,
    assessments: Sequence[dict[str, Any]],
    *,
    facts: KeptFacts | None,
    province: str | None,
    new: bool,
) -> None:
    """Count what these assessments say of a talk.

    Parameters
    ----------
    connection
        Of the transaction that has the talk's row locked.
    talk
        As it now stands.
    assessments
        Those that are new, one or more.
    facts, province
        What was told, None where nothing was.
    new
        Whether the talk was just made.
    """
    assessed = [each for each in assessments if each["risk"] is not None]
    if not assessed:
        return  # nothing was said that could be counted
    highest = max(assessed, key=lambda each: each["risk"])
    patterns = highest.get("patterns")
    row = {
        "peak": in_parts(highest["risk"]),
        "strongest": max(STRENGTHS[each["action"]] for each in assessed),
        "pattern": patterns[0]["pattern"] if patterns else None,
        "platform": None if facts is None else facts.platform,
        "province": province,
        "model": assessed[-1].get("model", {}).get("sha256", "")[:12],
    }
    day = talk.made_at.astimezone(ZONE).date()
    if new:
        connection.execute(_INSERT, {"talk_id": talk.id, "shop_id": talk.shop_id, "day": day, **row})
        return
    least = row.pop("strongest")
    given = {f"new_{name}": value for name, value in row.items()}
    connection.execute(_CHANGE, {"shop": talk.shop_id, "began": day, "number": talk.id, "least": least, **given})
