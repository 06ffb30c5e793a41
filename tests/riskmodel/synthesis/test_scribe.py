"""Writing down: times of orders and messages, labels on split lines, photos."""

from datetime import datetime
from functools import lru_cache
from random import Random

import pytest

from riskmodel.conversation import parse_conversation
from riskmodel.synthesis.facts import draw_facts
from riskmodel.synthesis.scenarios import Family, load_families, load_pools
from riskmodel.synthesis.scribe import LabelledChat, Scribe
from riskmodel.synthesis.steps import Pools
from riskmodel.synthesis.story import Event, Gap, Placed, Said


@lru_cache(maxsize=1)
def sources() -> tuple[Pools, Family]:
    return load_pools(), load_families()[0]


def write(events: list[Event], seed: int = 1, styles: frozenset[str] = frozenset()) -> LabelledChat:
    (pools, family), rng = sources(), Random(seed)
    facts = draw_facts(rng, "key", family.surface, family.surface, pools)._replace(older_orders=0)
    return Scribe(family, facts, pools, rng, "key", styles=styles).write(events)


def times(chat: LabelledChat) -> list[datetime]:
    return [datetime.fromisoformat(message["sent_at"]) for message in chat.conversation["messages"]]


@pytest.mark.parametrize("seed", range(20))
def test_order_follows_the_line_before_it(seed: int) -> None:
    """An order placed two minutes after a line is placed then, and the next line comes later."""
    chat = write(
        [Said("buyer", "ask", "甲"), Said("agent", "answer", "乙"), Placed(120, None), Said("buyer", "x", "丙")], seed
    )
    _, answered, following = times(chat)
    (order,) = chat.conversation["orders"]
    placed = datetime.fromisoformat(order["placed_at"])
    assert (placed - answered).total_seconds() == 120
    assert following > placed


def test_order_before_the_talk() -> None:
    """An order of three days before is three days older than the first message."""
    chat = write([Placed(-3 * 86400, "delivered"), Said("buyer", "ask", "甲")])
    placed = datetime.fromisoformat(chat.conversation["orders"][0]["placed_at"])
    assert (times(chat)[0] - placed).days == 3


def test_silence_is_at_least_as_long_as_told() -> None:
    """After a pause of two days the next line comes two days later, or a little more where people sleep."""
    first, second = times(write([Said("buyer", "ask", "甲"), Gap(2 * 86400), Said("buyer", "x", "乙")]))
    assert 48 <= (second - first).total_seconds() / 3600 <= 58


def test_labels_on_split_lines() -> None:
    """Of a marked line sent in parts the last part is marked; a commitment is the agent's first harmful line."""
    line = Said("buyer", "press", "到底能不能发，你给我一句准话，别的我不想听", earliest=True)
    events: list[Event] = [
        line,
        Said("agent", "answer", "可以的", commits=True),
        Said("agent", "answer", "好的", commits=True),
    ]
    split = [chat for seed in range(20) if (chat := write(events, seed, frozenset({"split"}))).acts.count("press") > 1]
    assert split
    for chat in split:
        parts = chat.acts.count("press")
        assert chat.earliest_message_id == f"m{parts}"
        assert chat.first_commitment_message_id == f"m{parts + 1}"


def test_photo_is_an_attachment_of_the_contract() -> None:
    """A photo becomes one valid attachment."""
    chat = write([Said("buyer", "show", "看图", photo=True)])
    (attachment,) = parse_conversation(chat.conversation).messages[0].attachments
    assert attachment.media_type == "image/jpeg"
