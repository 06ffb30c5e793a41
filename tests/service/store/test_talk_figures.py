"""The narrow row that figures count of each talk, and what is counted of it; on both kinds of database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from record_case import Case, message
from service_time import NOW
from sqlalchemy import delete, insert, select, text

from riskmodel.conversation import Message, Order
from service.store import figures
from service.store.access import find_or_make_shop
from service.store.drafts import Addition, Draft, write
from service.store.migrations.versions.v0004_talk_figures import FOUND, HOW
from service.store.retention import erase
from service.store.schema import labels, talk_figures
from service.store.talk_figures import in_parts
from service.store.talks import Facts, TalkStore
from service.talks import Talks

LONG_AGO = date(2000, 1, 1)


def assessment(risk: float, action: str, pattern: str | None = None) -> dict[str, Any]:
    found = [] if pattern is None else [{"pattern": pattern, "likelihood": 0.5}]
    return {"risk": risk, "band": "low", "action": action, "patterns": found, "model": {"sha256": "a" * 64}}


def told(case: Case, name: str, *given: dict[str, Any], now: datetime = NOW) -> Any:
    """Add a message for each of these assessments; gives the row of the talk."""
    with case.store.writing() as connection:
        stored = TalkStore(connection, case.keyring, case.shop)
        talk = stored.find_or_begin(name, lock=True)
        items = [message(talk.entries + place) for place in range(len(given))]
        additions = [
            Addition("message", item.message_id, item.model_dump_json().encode(), stored.mark(item), each)
            for item, each in zip(items, given, strict=True)
        ]
        written = write(connection, case.keyring, Draft(talk, additions, given[-1]), now)
        assert written is not None
        return connection.execute(select(talk_figures).where(talk_figures.c.talk_id == written.id)).one()


def test_a_peak_is_kept(case: Case) -> None:
    """The highest risk with its pattern and the strongest advice stay, whatever comes after."""
    row = told(case, "t", assessment(0.3, "proceed", "invoice_bait"))
    assert (row.peak, row.strongest, row.pattern, row.model) == (300, 0, "invoice_bait", "a" * 12)
    row = told(case, "t", assessment(0.806, "hold", "promise_bait"), assessment(0.9, "escalate", "refund_abuse"))
    assert (row.peak, row.strongest, row.pattern) == (900, 3, "refund_abuse")
    row = told(case, "t", assessment(0.1, "clarify", "promise_bait"))
    assert (row.peak, row.strongest, row.pattern) == (900, 3, "refund_abuse")


def test_a_day_begins_at_midnight_in_china(case: Case) -> None:
    """And is that of the talk's beginning."""
    late = datetime(2026, 3, 4, 16, 30, tzinfo=UTC)
    assert told(case, "t", assessment(0.3, "proceed"), now=late).day == date(2026, 3, 5)
    assert told(case, "t", assessment(0.3, "proceed"), now=late + timedelta(days=3)).day == date(2026, 3, 5)


def test_platform_and_province_are_those_told_last(case: Case, talks: Talks) -> None:
    """The province alone, by its short name; what is not told does not change."""

    def row() -> tuple[Any, ...]:
        with case.store.reading() as connection:
            found = connection.execute(select(talk_figures.c.platform, talk_figures.c.province)).one()
        return tuple(found)

    def order(name: str, **ship_to: str) -> Order:
        return Order.model_validate({"order_id": name, "status": "paid", "ship_to": ship_to})

    talks.set_facts(case.shop, "t", Facts(platform="jd"))
    assert row() == ("jd", None)
    talks.add_orders(case.shop, "t", [order("1", province="广东省"), order("2", city="乌鲁木齐市", detail="某路 1 号")])
    assert row() == ("jd", "新疆")
    talks.add_messages(case.shop, "t", [Message(message_id="m", sender="buyer", sent_at=NOW, text="在吗")])
    talks.add_orders(case.shop, "t", [order("3")])
    assert row() == ("jd", "新疆")


def test_the_row_goes_with_the_talk(case: Case) -> None:
    """Nothing is counted of what was erased."""
    told(case, "t", assessment(0.9, "escalate"))
    with case.store.writing() as connection:
        talk = TalkStore(connection, case.keyring, case.shop).find("t")
        assert talk is not None
        erase(connection, case.keyring, talk, "test", NOW)
        assert connection.execute(select(talk_figures)).all() == []


def test_talks_from_before_are_counted_by_their_assessments(case: Case) -> None:
    """What the migration finds is what would have been kept; a talk of facts alone counts too."""
    told(case, "t", assessment(0.806, "hold"), assessment(0.1, "proceed"))
    told(case, "late", assessment(0.29, "clarify"), now=datetime(2026, 3, 4, 16, 30, tzinfo=UTC))
    columns = [talk_figures.c[name] for name in ("talk_id", "shop_id", "day", "peak", "strongest", "model")]
    with case.store.writing() as connection:
        before = connection.execute(select(*columns).order_by(columns[0])).all()
        connection.execute(delete(talk_figures))
        connection.execute(text(FOUND.format(**HOW[connection.dialect.name])))
        assert connection.execute(select(*columns).order_by(columns[0])).all() == before
        connection.execute(delete(talk_figures))
        connection.execute(text("DELETE FROM assessments"))
        connection.execute(text(FOUND.format(**HOW[connection.dialect.name])))
        assert [row.peak for row in connection.execute(select(talk_figures))] == [0, 0]


def test_counts_are_of_one_shop_and_period(case: Case) -> None:
    """By day, by column, by peak and by weeks; other shops and days before are not in them."""
    told(case, "old", assessment(0.95, "escalate", "refund_abuse"), now=NOW - timedelta(days=40))
    told(case, "a", assessment(0.95, "escalate", "refund_abuse"))
    told(case, "b", assessment(0.82, "hold", "promise_bait"))
    told(case, "c", assessment(0.2, "proceed"))
    with case.store.writing() as connection:
        other, _ = find_or_make_shop(connection, "乙店", NOW)
    told(Case(case.store, case.keyring, other), "a", assessment(0.95, "escalate"))
    today = NOW.astimezone(UTC).date()
    since = today - timedelta(days=20)
    with case.store.reading() as connection:
        (day,) = figures.by_day(connection, case.shop, since)
        assert day[1:] == (3, 2, 1)
        assert sum(each.talks for each in figures.by_day(connection, case.shop, LONG_AGO)) == 4
        found = figures.by_groups(connection, case.shop, since)["pattern"]
        assert {(group.name, group.talks, group.held) for group in found} == {
            (None, 1, 0), ("promise_bait", 1, 1), ("refund_abuse", 1, 1)
        }  # fmt: skip  # a table, a row a talk
        assert sorted(figures.peaks(connection, case.shop, since, least=300)) == [
            (820, "promise_bait", 1), (950, "refund_abuse", 1)
        ]  # fmt: skip  # a table, a row a talk
        weeks = figures.by_weeks(connection, case.shop, LONG_AGO, since)
        assert (weeks.talks, weeks.held, weeks.peaks[950], weeks.models) == (1, 1, 1, {"a" * 12})


def test_the_latest_label_counts(case: Case) -> None:
    """Of several labels of a talk; a talk without one is not among them."""
    first, second = told(case, "a", assessment(0.95, "escalate")), told(case, "b", assessment(0.1, "proceed"))
    told(case, "c", assessment(0.2, "proceed"))
    given = [(first, "abusive", None), (second, "benign", 0.25), (first, "legit_complaint", None)]
    rows = [
        {"shop_id": case.shop, "talk_id": row.talk_id, "label": label, "probability": chance, "made_by": "user 1"}
        for row, label, chance in given
    ]
    with case.store.writing() as connection:
        connection.execute(insert(labels), [row | {"made_at": NOW} for row in rows])
    with case.store.reading() as connection:
        found = figures.labelled(connection, case.shop, LONG_AGO)
    assert sorted((each.label, each.probability, each.peak, each.held) for each in found) == [
        ("benign", 0.25, 100, False), ("legit_complaint", None, 950, True)
    ]  # fmt: skip  # a table, a row a talk


def test_a_risk_reaches_what_its_thousandths_reach() -> None:
    """For every threshold of three digits, also where the product falls short of it."""
    for place in range(1001):
        assert in_parts(place / 1000) == place
        assert in_parts(place / 1000 - 1e-6) == max(place - 1, 0)
