"""The table of the after-sales flow: its examples are true, every state is reached, and its words are neutral."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from datetime import timedelta
from importlib import resources
from typing import Any

import pytest
from service_time import NOW

from riskmodel.errors import CatalogueError
from service.cases.flow import NotPossibleError, Step, check_step, standings
from service.cases.table import NONE, Example, load_table, read_table
from service.evidence.profiles import profile_names

ABOUT_PEOPLE = re.compile(
    "差评师|骗子|恶意|职业|敲诈|勒索|无赖|liar|fraud|scam|extort|malicious|abusive", re.IGNORECASE
)
TABLE = load_table()


def content() -> dict[str, Any]:
    return tomllib.loads(resources.files("service.cases").joinpath("flow.toml").read_text("utf-8"))


def steps_of(told: list[tuple[str, int]]) -> list[Step]:
    """Steps with hours after the first, each of which has to be possible."""
    steps: list[Step] = []
    for name, hours in told:
        about, _, action = name.partition(".")
        step = Step(about, action, NOW + timedelta(hours=hours))
        check_step(TABLE, steps, step)
        steps.append(step)
    return steps


@pytest.mark.parametrize("example", TABLE.examples, ids=lambda example: example.name)
def test_examples_are_true(example: Example) -> None:
    """State, due time and what follows by itself; or that a step is not possible."""
    steps = steps_of(example.steps)
    if example.refused is not None:
        about, _, action = example.refused.partition(".")
        with pytest.raises(NotPossibleError):
            check_step(TABLE, steps, Step(about, action, NOW + timedelta(days=30)))
        return
    found = {each.object: each for each in standings(TABLE, steps, NOW, example.profile)}[str(example.object)]
    due = None if example.due is None else NOW + timedelta(hours=example.due)
    follows = found.if_nobody_acts and found.if_nobody_acts.to
    assert (found.state, found.due, follows) == (example.state, due, example.follows)


def test_every_state_is_reached_and_an_end_is_an_end() -> None:
    """From the beginning by moves of the table; a state without a move out has no deadline either."""
    for name, followed in TABLE.objects.items():
        reached, seen = [NONE], {NONE}
        for state in reached:
            fresh = [move.to for move in TABLE.moves_from(name, state) if move.to not in seen]
            seen.update(fresh)
            reached += dict.fromkeys(fresh)
        assert seen == set(followed.states), name
        ends = [state for state in followed.states if not TABLE.moves_from(name, state)]
        assert not [each for each in TABLE.deadlines if each.object == name and each.state in ends]


def test_a_shop_that_does_not_answer_in_time_has_agreed() -> None:
    """Wherever it is the shop's turn to answer a request, there is a lapse, and it leads where agreeing leads."""
    for state, action in (("refund_requested", "agree_refund"), ("return_requested", "agree_return")):
        moves = TABLE.moves_from("after_sales", state)
        (lapse,) = [move for move in moves if move.lapse]
        assert lapse.to == next(move.to for move in moves if move.action == action)


def test_deadlines_are_of_profiles_that_there_are() -> None:
    """And where no figure could be verified there is none: Pinduoduo, JD and Douyin."""
    named = {profile for each in TABLE.deadlines for profile in each.profiles}
    assert named <= set(profile_names())
    assert not named & {"pinduoduo", "jd", "douyin"}


def test_nothing_is_said_about_a_person() -> None:
    """The texts say what is done, not what somebody is."""
    assert not ABOUT_PEOPLE.search(str(content()))


def _unknown_state(table: dict[str, Any]) -> None:
    table["moves"][0]["to"] = "nowhere"


def _unknown_source(table: dict[str, Any]) -> None:
    table["deadlines"][0]["source"] = "hearsay"


def _unused_source(table: dict[str, Any]) -> None:
    table["sources"]["more"] = table["sources"]["notes"]


def _twice(table: dict[str, Any]) -> None:
    table["moves"].append(table["moves"][0])


def _unknown_field(table: dict[str, Any]) -> None:
    table["moves"][0]["whenever"] = "always"


def _wordless(table: dict[str, Any]) -> None:
    del table["actors"]["carrier"]


def _cause_twice(table: dict[str, Any]) -> None:
    table["causes"].append(table["causes"][0])


def _no_beginning(table: dict[str, Any]) -> None:
    del table["objects"]["refund"]["states"]["none"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_unknown_state, "handling.nowhere"),
        (_unknown_source, "hearsay"),
        (_unused_source, "more"),
        (_twice, "twice"),
        (_unknown_field, "moves.0.whenever"),
        (_wordless, "carrier"),
        (_cause_twice, "cause twice"),
        (_no_beginning, "without the state none"),
    ],
)
def test_a_table_that_does_not_hold_together_is_refused(spoil: Callable[[dict[str, Any]], None], said: str) -> None:
    """The error says what is wrong."""
    table = content()
    spoil(table)
    with pytest.raises(CatalogueError, match=said):
        read_table(table)
