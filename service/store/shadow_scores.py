"""What a candidate said of live talks beside the model in use, and what would change: counts, and the reasons for them.

No words are kept: bands, risks, and of which features the contributions differ. A row goes when its talk is erased.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, exists, insert, select

from riskmodel.model.bands import ACTIONS
from service.store.schema import conversations, shadow_scores

__all__ = ["Changed", "Report", "candidates", "keep", "report", "why"]

BANDS: Final = tuple(ACTIONS)
"""From low up."""
_REASONS: Final = 3
_SHOWN: Final = 50  # talks
_FEATURES: Final = 10
_WORDS: Final = "words."


class Changed(NamedTuple):
    """A talk whose highest band would be another."""

    conversation_id: str
    band: str
    candidate_band: str
    why: dict[str, float]


class Report(NamedTuple):
    """What would change in a shop.

    Attributes
    ----------
    models, candidate
        How the digests begin: of those that were in use, and of the candidate.
    since, until
        When the first and the last row were made; None where there are none.
    talks
        How many were scored by both.
    moves
        How many talks have which highest band with the model in use and with the candidate.
    changed
        Talks of which that differs, the farthest apart first; not all of many.
    features
        Features whose contributions differ most where bands do, in log-odds summed over talks; largest first.
    """

    models: tuple[str, ...]
    candidate: str
    since: datetime | None
    until: datetime | None
    talks: int
    moves: Mapping[tuple[str, str], int]
    changed: Sequence[Changed]
    features: Sequence[tuple[str, float]]

    @property
    def changing(self) -> int:
        """How many talks would change band."""
        return sum(number for (before, then), number in self.moves.items() if before != then)

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            **self._asdict(),
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
            "changing": self.changing,
            "moves": [
                {"band": before, "candidate_band": then, "talks": number}
                for (before, then), number in sorted(self.moves.items())
            ],
            "changed": [talk._asdict() for talk in self.changed],
            "features": dict(self.features),
        }


def why(assessment: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, float]:
    """The features whose contributions differ most in two Assessments of a talk, of the second less of the first.

    Nothing where the bands are the same.

    >>> first = {"band": "low", "reasons": [{"code": "press.again", "contribution": 0.5}]}
    >>> why(first, {"band": "high", "reasons": [{"code": "press.again", "contribution": 2.0}]})
    {'press.again': 1.5}
    """
    if assessment["band"] == other["band"]:
        return {}
    apart: Counter[str] = Counter()
    for said, sign in ((other, 1), (assessment, -1)):
        for reason in said["reasons"]:
            code = reason["code"]
            # the text channel is one feature, whose say is told message by message
            apart["words.balance" if code.startswith(_WORDS) else code] += sign * reason["contribution"]
    found = sorted(((code, round(value, 4)) for code, value in apart.items()), key=lambda item: -abs(item[1]))
    return dict(found[:_REASONS])


def keep(
    connection: Connection,
    talk_id: int,
    position: int,
    assessment: Mapping[str, Any],
    said: Mapping[str, Any],
    *,
    why: Mapping[str, float],
    now: datetime,
) -> None:
    """Keep what both said of a talk after an entry; nothing where the talk is gone or it is kept already."""
    table, candidate = shadow_scores, said["model"]["sha256"][:12]
    there = exists().where(table.c.talk_id == talk_id, table.c.position == position, table.c.candidate == candidate)
    query = select(conversations.c.id).where(conversations.c.id == talk_id, ~there).with_for_update(key_share=True)
    if connection.execute(query).first() is None:
        return
    row = {
        "talk_id": talk_id,
        "position": position,
        "model": assessment["model"]["sha256"][:12],
        "risk": assessment["risk"],
        "band": assessment["band"],
        "candidate": candidate,
        "candidate_risk": said["risk"],
        "candidate_band": said["band"],
        "why": dict(why),
        "made_at": now,
    }
    connection.execute(insert(table), row)


def candidates(connection: Connection, shop_id: int) -> list[str]:
    """Those that have scored talks of a shop, the one that came last first."""
    table = shadow_scores
    query = (
        select(table.c.candidate)
        .join(conversations, conversations.c.id == table.c.talk_id)
        .where(conversations.c.shop_id == shop_id)
        .order_by(table.c.id.desc())
    )
    return list(dict.fromkeys(connection.execute(query).scalars()))


def report(connection: Connection, shop_id: int, candidate: str) -> Report:
    """What would change in a shop with a candidate."""
    table = shadow_scores
    query = (
        select(table, conversations.c.conversation_id)
        .join(conversations, conversations.c.id == table.c.talk_id)
        .where(conversations.c.shop_id == shop_id, table.c.candidate == candidate)
        .order_by(table.c.talk_id, table.c.position)
        .execution_options(yield_per=1000)
    )
    talks: dict[int, Changed] = {}
    models: dict[str, None] = {}
    times: list[datetime] = []
    for row in connection.execute(query):
        models[row.model] = None
        times = [min(row.made_at, *times), max(row.made_at, *times)] if times else [row.made_at, row.made_at]
        before = talks.get(row.talk_id, Changed(row.conversation_id, BANDS[0], BANDS[0], {}))
        bands = [
            max(known, new, key=BANDS.index)
            for known, new in ((before.band, row.band), (before.candidate_band, row.candidate_band))
        ]
        talks[row.talk_id] = Changed(row.conversation_id, bands[0], bands[1], row.why or before.why)
    moves = Counter((talk.band, talk.candidate_band) for talk in talks.values())
    changed = [talk for talk in talks.values() if talk.band != talk.candidate_band]
    features: Counter[str] = Counter()
    for talk in changed:
        features.update(talk.why)
    return Report(
        tuple(models),
        candidate,
        times[0] if times else None,
        times[1] if times else None,
        len(talks),
        moves,
        sorted(changed, key=_distance)[:_SHOWN],
        sorted(features.items(), key=lambda item: (-abs(item[1]), item[0]))[:_FEATURES],
    )


def _distance(talk: Changed) -> tuple[int, str]:
    return -abs(BANDS.index(talk.band) - BANDS.index(talk.candidate_band)), talk.conversation_id
