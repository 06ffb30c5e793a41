"""Rule 9: cost in proportion to what is read, and no input that makes a pattern backtrack."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from re import _constants as tokens  # the parsed form of a pattern has no public door
from re import _parser as parser
from types import FrameType
from typing import Any

import pytest
from strategies import clock, dialogue

import riskmodel
from riskmodel.conversation import parse_conversation
from riskmodel.scorer import Scorer
from riskmodel.state import walk
from riskmodel.text import find_amounts
from riskmodel.text.when import find_clock, find_due

LONGEST_TEXT, MOST_MESSAGES = 20_000, 5_000


def steps(work: Callable[[], object]) -> int:
    """Lines of the library's own code that `work` runs: a count that no other program changes."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        if event == "call":
            return trace if "riskmodel" in frame.f_code.co_filename else None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


# texts of one word or of one family of words over and over; each is cut to the length asked for
STUFFING = {
    "one character": "长",
    "a question": "今天能发货吗，",
    "a question without a stop": "今天能发货吗",
    "a demand": "转我200不然差评我删评",
    "signs": "！？。，",
    "white space": " \n\t",
    "digits": "1",
    "Chinese numerals": "一百",
    "paying": "赔我你您",
    "money": "¥1.5千",
    "quotation marks": "“",
    "negations": "不没别",
    "places": "新疆喀什",
    "nothing that is seen": "\u200b",
    "emoji": "👍",
    "one that folds to many": "ﷺ",
    "masks": "不一定不能保证",
    "assents": "好的亲",
    "conjunctions": "但是今天不过明天",
    "denied nots": "没有不是不",
    "stops": "…。",
    "questions and answers": "能开票吗？能的，包邮吗？包的，",
    "the buyer's own words": "“您说的‘今天发’”",
    "scripts in turn": "今天發貨OK한국",
}


@pytest.mark.parametrize("name", STUFFING)
@pytest.mark.parametrize("sender", ["b", "a"])
def test_work_grows_with_the_text(scorer: Scorer, name: str, sender: str) -> None:
    """Twice the text is at most about twice the work, whoever says it; 20,000 characters are read like any others."""

    def reading(length: int) -> Callable[[], object]:
        text = (STUFFING[name] * length)[:length]
        conversation = parse_conversation(dialogue("b:今天能发货吗，有发票吗", f"{sender}:{text}", f"{sender}:好"))
        return lambda: scorer.assess(conversation)

    steps(reading(100))  # what is read from data files once
    quarter, whole = steps(reading(LONGEST_TEXT // 4)), steps(reading(LONGEST_TEXT))
    assert whole <= 4.5 * quarter + 2_000


@pytest.mark.parametrize(
    "turns",
    [
        ("b:今天能发货吗",),
        ("b:你就说能不能", "a:尽量安排"),
        ("a:今天一定发出，全国包邮",),
        ("b:能开票吗", "a:好的"),
        ("s:包裹已签收",),
    ],
    ids=["questions", "pressing", "promises", "assents", "notices"],
)
def test_work_grows_with_the_messages(scorer: Scorer, turns: tuple[str, ...]) -> None:
    """Ten times the messages are at most about ten times the work, also where one side says all of them."""

    def reading(count: int) -> Callable[[], object]:
        conversation = parse_conversation(dialogue(*(turns * count)[:count]))
        return lambda: scorer.assess(conversation)

    steps(reading(10))
    part, whole = steps(reading(200)), steps(reading(2_000))
    assert whole <= 11 * part + 2_000


def test_orders_placed_at_once_are_taken_once(scorer: Scorer) -> None:
    """A thousand orders of one moment are as much work as a thousand of a thousand moments."""

    def reading(placed: Callable[[int], str]) -> Callable[[], object]:
        orders = [{"order_id": str(number), "placed_at": placed(number)} for number in range(1000)]
        lines = ["b:今天能发货吗", "a:可以的今天发", *["b:嗯"] * 20]
        conversation = parse_conversation(dialogue(*lines, orders=orders))
        return lambda: scorer.assess(conversation)

    steps(reading(clock))
    assert steps(reading(lambda number: clock(61))) <= 1.5 * steps(reading(lambda number: clock(0)))


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for module in pkgutil.walk_packages(riskmodel.__path__, "riskmodel."):
        if module.name.startswith("riskmodel.synthesis"):
            continue  # reads the project's own scenario files, never what somebody sends
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, re.Pattern):
                yield f"{module.name}.{name}", value


PATTERNS = dict(patterns())


def unbounded(parsed: Any) -> Iterator[Any]:
    """The bodies of all repeats without an upper bound, at any depth."""
    for token, argument in parsed:
        if token in (tokens.MAX_REPEAT, tokens.MIN_REPEAT) and argument[1] == tokens.MAXREPEAT:
            yield argument[2]
        parts = argument if isinstance(argument, tuple) else ()
        for part in parts:
            for inner in part if isinstance(part, list) else [part]:
                if isinstance(inner, parser.SubPattern):
                    yield from unbounded(inner)


@pytest.mark.parametrize("name", PATTERNS)
def test_patterns_cannot_backtrack_far(name: str) -> None:
    """A repeat without a bound repeats single characters only, and at most one stands in a pattern."""
    bodies = list(unbounded(parser.parse(PATTERNS[name].pattern, PATTERNS[name].flags)))
    assert len(bodies) <= 1
    assert all(len(body) == 1 and body[0][0] in (tokens.IN, tokens.LITERAL, tokens.NOT_LITERAL) for body in bodies)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text",
    [
        "转我" * 10_000,
        "1" * 20_000,
        "一百" * 10_000,
        "赔你再给" * 5_000,
        "1." * 10_000,
        "¥ " * 10_000,
        "上午1" * 6_000,
        "12月" * 6_000,
    ],
)
def test_money_and_times_are_looked_for_in_hostile_texts(text: str) -> None:
    """Texts made to almost match, again and again, come to an end."""
    now = parse_conversation(dialogue("b:在")).messages[0].sent_at
    assert all(amount.yuan >= 0 for amount in find_amounts(text))
    assert find_due(text, now) is None or find_due(text, now) >= now  # type: ignore[operator]  # None was just excluded
    assert find_clock(text) is None or find_clock(text) < (24, 0)  # type: ignore[operator]  # None was just excluded


def test_largest_talk_is_scored(scorer: Scorer) -> None:
    """5,000 messages with a thousand orders get one assessment like any other talk."""
    orders = [{"order_id": str(number), "placed_at": clock(number)} for number in range(1000)]
    conversation = parse_conversation(dialogue(*["b:今天能发货吗", "a:以页面为准哦"] * 2_500, orders=orders))
    assert scorer.assess(conversation)["as_of_message_id"] == "m4999"
    assert sum(1 for _ in walk(conversation)) == MOST_MESSAGES
