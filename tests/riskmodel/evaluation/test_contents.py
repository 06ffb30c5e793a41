"""What is in a set of chats."""

from __future__ import annotations

import numpy as np
from strategies import dialogue

from riskmodel.conversation import parse_conversation
from riskmodel.evaluation.contents import Contents, extents, farthest, openings, rates, read_contents
from riskmodel.intervals import wilson
from riskmodel.scorer import Scorer


def contents(*said: str, opening: str | None = None, messages: int = 3) -> Contents:
    return Contents(messages, 2, 10, 0.5, opening, frozenset(said))


def test_a_talk_is_counted_and_heard(scorer: Scorer) -> None:
    """Messages, characters and hours; what is asked first passes over greetings; a sale is found."""
    talk = parse_conversation(
        dialogue("b:[微笑]在吗", "b:今天能发货吗", "a:可以的", "b:好评返现10块才给五星", "s:系统通知")
    )
    told: list[tuple[str, int, int]] = []
    (found,) = read_contents([talk], scorer.model, progress=lambda *step: told.append(step), total=1)
    assert (found.messages, found.buyer_messages) == (5, 3)
    assert found.buyer_characters == sum(len(m.text) for m in talk.messages if m.sender == "buyer")
    assert found.hours > 0
    assert found.opening == scorer.model.reader.read("今天能发货吗").topic
    assert {"ask.dispatch_time", "demand.review_for_money"} <= found.said
    assert told == [("reading chats", 1, 1)]


def test_what_the_shop_says_is_not_the_buyers(scorer: Scorer) -> None:
    """The same words by the agent leave nothing, and a talk without a buyer has no opening."""
    talk = parse_conversation(dialogue("a:好评返现10块才给五星"))
    found, empty = read_contents([talk, parse_conversation({"conversation_id": "e", "messages": []})], scorer.model)
    assert found.said == empty.said == frozenset()
    assert found.opening is empty.opening is None
    assert (found.messages, empty.messages, empty.hours) == (1, 0, 0.0)


def test_rates_say_also_what_nobody_does() -> None:
    """Each signal and act has its share of talks; without clusters the interval is Wilson's."""
    found = rates([contents("ask.stock"), contents()])
    assert found["ask.stock"] == wilson([True, False])
    assert found["act.sell_review"].value == 0.0


def test_talks_of_one_cluster_make_the_interval_wider() -> None:
    """Twenty talks of two writers say less than twenty talks."""
    talks = [contents("ask.stock")] * 10 + [contents()] * 10
    single = rates(talks, np.arange(20).astype(str), resamples=200)["ask.stock"]
    two = rates(talks, np.repeat(["a", "b"], 10), resamples=200)["ask.stock"]
    assert single.value == two.value == 0.5
    assert two.high - two.low > single.high - single.low


def test_the_farthest_come_first() -> None:
    """By the difference of rates, whichever is larger."""
    one = rates([contents("ask.stock", "ask.gift"), contents("ask.stock")])
    other = rates([contents("ask.gift"), contents("press.insists")])
    assert farthest(one, other, 2) == ["ask.stock", "press.insists"]


def test_openings_and_extents() -> None:
    """Topics by how frequent they are, lengths by their quantiles; of no talks there is nothing."""
    talks = [
        contents(opening="invoice", messages=1),
        contents(opening="gift", messages=5),
        contents(opening="gift", messages=9),
    ]
    assert list(openings(talks)) == ["gift", "invoice"]
    assert openings(talks)["gift"] == wilson([False, True, True])
    longest = extents(talks)[0]
    assert (longest.what, longest.median) == ("messages", 5)
    assert 1 <= longest.low < 5 < longest.high <= 9
    assert extents([]) == []
    assert openings([]) == {}


def test_an_empty_set_has_no_rates() -> None:
    """A share of none is no figure."""
    assert rates([])["ask.stock"].value is None
