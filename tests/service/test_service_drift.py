"""What the store has for the drift report: full weeks, all risks, and columns as the model in use reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from riskmodel.conversation import parse_conversation
from riskmodel.features import FEATURES
from riskmodel.monitoring.weeks import WeekTalks
from riskmodel.scorer import Scorer
from riskmodel.synthesis import generate
from service.drift import weeks_of
from service.store.engine import Store
from service.store.keyring import KeyFile
from service.store.schema import talk_figures
from service.store.talk_figures import STRENGTHS
from service.talks import Talks

MONDAY = date(2026, 3, 2)
CHATS = [parse_conversation(chat.conversation) for chat in generate(6, 31)]

Read = Callable[..., list[WeekTalks]]


@pytest.fixture
def read(store: Store, keys: KeyFile, shop: int, trained: Scorer) -> Read:
    """Two talks in each of three weeks, the first on Sunday evening of China and the second on Monday."""
    for number, chat in enumerate(CHATS):
        week, which = divmod(number, 2)
        began = datetime(2026, 3, 8, 15, 59, tzinfo=UTC) + timedelta(weeks=week, minutes=2 * which)
        Talks(store, keys, lambda: trained, lambda began=began: began).add_conversations(shop, [chat])

    def asked(until: date, weeks: int = 8, **more: int) -> list[WeekTalks]:
        with store.reading() as connection:
            return weeks_of(connection, keys.current(), trained, [shop], until=until, weeks=weeks, **more)

    return asked


def test_weeks_go_from_monday_to_sunday_by_the_clocks_of_china(read: Read) -> None:
    """The week of the day asked for is not over; weeks without a talk are left out."""
    found = read(date(2026, 3, 24))
    assert [(week.start, len(week.risks)) for week in found] == [
        (MONDAY, 1),
        (MONDAY + timedelta(weeks=1), 2),
        (MONDAY + timedelta(weeks=2), 2),
    ]
    assert [week.start for week in read(date(2026, 3, 30), weeks=2)] == [
        MONDAY + timedelta(weeks=2),
        MONDAY + timedelta(weeks=3),
    ]
    assert read(date(2026, 3, 8)) == []


def test_columns_are_those_that_the_model_in_use_reads(read: Read, trained: Scorer) -> None:
    """Their risk is that of an Assessment of the same talk, to 1e-9."""
    found = read(date(2026, 4, 6))
    told = sorted(risk for week in found for risk in week.sampled_risks)
    assert told == pytest.approx(sorted(trained.assess(chat)["risk"] for chat in CHATS), abs=1e-9)
    assert all(week.columns.shape == (len(week.sampled_risks), len(FEATURES)) for week in found)
    assert any(week.columns.any() for week in found)


def test_of_many_talks_some_are_read(read: Read) -> None:
    """The risks are of all."""
    (week,) = read(date(2026, 3, 22), weeks=1, sampled=1)
    assert (len(week.risks), len(week.columns)) == (2, 1)


def test_a_talk_that_ever_was_held_is_held(read: Read, store: Store) -> None:
    """By the strongest advice that it had."""
    with store.writing() as connection:
        connection.execute(update(talk_figures).values(strongest=STRENGTHS["escalate"]))
    assert [week.held.all() for week in read(date(2026, 3, 22), weeks=1)] == [True]
