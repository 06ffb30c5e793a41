"""The topics: their examples, their coverage of what the shop can get wrong, their loader."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from riskmodel.conversation import Message
from riskmodel.errors import CatalogueError
from riskmodel.promises import topics
from riskmodel.promises.topics import Example, Meaning, load_topics
from riskmodel.reader import LineReader
from riskmodel.scorer import Scorer
from riskmodel.state import ConversationState

START = datetime(2026, 3, 10, 9, tzinfo=UTC)
MEANINGS = [(topic, meaning) for topic in load_topics().values() for meaning in topic.says.values()]


def said(example: str | Example, reader: LineReader) -> set[str]:
    """Codes of what the agent's line commits to, after the buyer's where there is one."""
    state = ConversationState(reader=reader)
    lines = [("agent", example)] if isinstance(example, str) else [("buyer", example.buyer), ("agent", example.agent)]
    for number, (sender, text) in enumerate(lines[:-1]):
        sent_at = START + timedelta(minutes=number)
        state.add_message(Message(message_id=str(number), sender=sender, sent_at=sent_at, text=str(text)))
    return {commitment.code for commitment in state.read_reply(str(lines[-1][1]))[2].commitments}


def cases(field: str) -> Iterator[Any]:
    seen = set()
    for _, meaning in MEANINGS:
        for example in getattr(meaning, field):
            shown = example if isinstance(example, str) else f"{example.buyer} / {example.agent}"
            if (meaning.code, shown) not in seen:
                seen.add((meaning.code, shown))
                yield pytest.param(meaning, example, id=f"{meaning.code}: {shown}")


@pytest.mark.parametrize(("meaning", "example"), list(cases("examples")))
def test_example_is_heard(meaning: Meaning, example: str | Example, scorer: Scorer) -> None:
    """A meaning is heard in each of its examples."""
    assert meaning.code in said(example, scorer.model.reader)


@pytest.mark.parametrize(("meaning", "example"), list(cases("counter_examples")))
def test_counter_example_is_not_heard(meaning: Meaning, example: str | Example, scorer: Scorer) -> None:
    """A meaning is heard in none of its counter-examples."""
    assert meaning.code not in said(example, scorer.model.reader)


# what the unsafe reply does on each topic, from the trap table and the law
FAULTS = {
    ("dispatch_time", "over_promise"), ("delivery_time", "over_promise"), ("carrier", "over_promise"),
    ("gift", "over_promise"), ("price_match", "over_promise"), ("stock", "over_promise"), ("stock", "false_statement"),
    ("authenticity", "over_promise"), ("compensation", "over_promise"), ("cash_on_delivery", "over_promise"),
    ("refund", "over_promise"), ("refund", "duty_denial"), ("invoice", "duty_denial"), ("invoice", "over_promise"),
    ("return_policy", "duty_denial"), ("free_shipping", "over_promise"), ("free_shipping", "duty_denial"),
    ("freight_surcharge", "duty_denial"), ("personal_data", "disclosure"), ("payment", "procedure"),
    ("contact", "procedure"), ("contact", "off_platform"), ("order_closing", "procedure"),
    ("product_claim", "absolute_claim"), ("review", "pay_for_review"), ("other", "false_statement"),
    ("other", "provocation"),
}  # fmt: skip  # pairs in rows


def test_every_fault_has_both_kinds_of_examples() -> None:
    """No topic with a polarity lacks examples or counter-examples, and no fault that a shop can commit is missing."""
    shown = {
        (topic.topic, meaning.polarity)
        for topic, meaning in MEANINGS
        if meaning.polarity is not None and meaning.examples and meaning.counter_examples
    }
    assert sorted(FAULTS - shown) == []


def test_every_entry_names_its_source() -> None:
    """Nothing stands in the table without a source, nor a text in one language only."""
    assert [meaning.code for _, meaning in MEANINGS if not (meaning.source and meaning.zh and meaning.en)] == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"anchors": "no_such_concept"}, "topics: odd uses unknown concepts: no_such_concept"),
        ({"weak": "dispatch|nothing_known"}, "nothing_known"),
        ({"says": {"affirm": {"code": "odd"}}}, r"topics: odd: says\.affirm\."),
        ({"colour": "red"}, "topics: odd: colour: "),
    ],
)
def test_data_that_does_not_fit(monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], says: str) -> None:
    """An entry with an unknown concept or field is refused by its name and the field's."""
    entry = {"name": "odd", "topic": "other", "anchors": "dispatch", "says": {}} | change
    monkeypatch.setattr(topics, "read_yaml", lambda *path: [entry])
    with pytest.raises(CatalogueError, match=says):
        load_topics.__wrapped__()
