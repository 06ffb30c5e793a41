"""What a candidate said of live talks: kept without words, and added up to what would change, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from service_time import NOW
from sqlalchemy import insert

from service.store.access import find_or_make_shop
from service.store.engine import Store
from service.store.schema import conversations
from service.store.shadow_scores import candidates, keep, report, why


def said(band: str, digest: str = "a", **contributions: float) -> dict[str, Any]:
    reasons = [{"code": code.replace("_", ".", 1), "contribution": value} for code, value in contributions.items()]
    return {"risk": 0.5, "band": band, "reasons": reasons, "model": {"sha256": digest * 64}}


@pytest.fixture
def talk(store: Store, shop: int) -> int:
    return made(store, shop, "t")


def made(store: Store, shop: int, name: str) -> int:
    row = {"shop_id": shop, "conversation_id": name, "talk": f"{shop}{name}", "snapshot_at": 0, "entries": 1}
    with store.writing() as connection:
        query = insert(conversations).values(**row, messages=1, link=b"", made_at=NOW, changed_at=NOW)
        number: int = connection.execute(query.returning(conversations.c.id)).scalar_one()
    return number


def put(store: Store, talk: int, position: int, now: dict[str, Any], then: dict[str, Any]) -> None:
    with store.writing() as connection:
        moment = NOW + timedelta(minutes=position)
        keep(connection, talk, position, now, then, why=why(now, then), now=moment)


def test_reasons_are_those_that_differ_most() -> None:
    """By feature, the text channel as one; none where the bands are the same."""
    first = said("low", press_again=0.5, words_raised=0.2, words_lowered=-0.1, act_faint=0.05, chat_long=0.3)
    second = said("high", press_again=2.0, words_raised=1.1, promise_bait=-0.4, chat_long=0.3)
    assert why(first, second) == {"press.again": 1.5, "words.balance": 1.0, "promise.bait": -0.4}
    assert why(first, {**second, "band": "low"}) == {}


def test_a_talk_counts_once_by_its_highest_bands(store: Store, shop: int, talk: int) -> None:
    """Wherever in the talk they were reached; the talks that change come with their reasons."""
    put(store, talk, 0, said("low", press_again=0.1), said("watch", "b", press_again=1.0))
    put(store, talk, 1, said("watch"), said("watch", "b"))
    put(store, made(store, shop, "u"), 0, said("low", press_again=0.1), said("critical", "b", press_again=3.0))
    put(store, made(store, shop, "v"), 0, said("low"), said("low", "b"))
    with store.reading() as connection:
        found = report(connection, shop, "b" * 12)
    assert (found.talks, found.changing) == (3, 1)
    assert dict(found.moves) == {("watch", "watch"): 1, ("low", "critical"): 1, ("low", "low"): 1}
    (changed,) = found.changed
    assert (changed.conversation_id, changed.why) == ("u", {"press.again": 2.9})
    assert found.features == [("press.again", 2.9)]
    assert (found.models, found.since, found.until) == (("a" * 12,), NOW, NOW + timedelta(minutes=1))
    assert found.as_json()["changing"] == 1


def test_what_is_kept_already_is_not_kept_again(store: Store, shop: int, talk: int) -> None:
    """Nor what is of a talk that is gone."""
    for _ in range(2):
        put(store, talk, 0, said("low"), said("low", "b"))
    put(store, talk + 1000, 0, said("low"), said("low", "b"))
    with store.reading() as connection:
        found = report(connection, shop, "b" * 12)
    assert (found.talks, sum(found.moves.values())) == (1, 1)


def test_candidates_and_shops_are_kept_apart(store: Store, shop: int, talk: int) -> None:
    """The candidate that scored last comes first; another shop has none of it."""
    put(store, talk, 0, said("low"), said("low", "b"))
    put(store, talk, 0, said("low"), said("high", "c"))
    with store.writing() as connection:
        other, _ = find_or_make_shop(connection, "乙店", NOW)
    with store.reading() as connection:
        assert candidates(connection, shop) == ["c" * 12, "b" * 12]
        assert candidates(connection, other) == []
        assert report(connection, other, "c" * 12).talks == 0
