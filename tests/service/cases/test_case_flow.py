"""What follows from steps: what is possible is taken, what is not is refused, and time alone changes no state."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from service_time import NOW

from riskmodel.errors import InputError
from service.cases.flow import NotPossibleError, Standing, Step, check_step, standings
from service.cases.table import load_table

TABLE = load_table()


def standing(name: str, steps: list[Step], hours: float = 0, profile: str | None = "weixin_shop") -> Standing:
    found = standings(TABLE, steps, NOW + timedelta(hours=hours), profile)
    return next(each for each in found if each.object == name)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_possible_is_taken_and_all_else_refused(seed: int) -> None:
    """Wherever a way through the table ends, of all actions of every object."""
    drawn = Random(seed)
    steps: list[Step] = []
    for _ in range(drawn.randrange(20)):
        possible = [move for each in standings(TABLE, steps, NOW) for move in each.possible]
        if possible:
            move = drawn.choice(possible)
            steps.append(Step(move.object, move.action, NOW))
            assert standing(move.object, steps).state == move.to
    for each in standings(TABLE, steps, NOW):
        for move in (move for move in TABLE.moves if move.object == each.object):
            if move in each.possible:
                assert check_step(TABLE, steps, Step(move.object, move.action, NOW)) == move
                continue
            with pytest.raises(NotPossibleError) as caught:
                check_step(TABLE, steps, Step(move.object, move.action, NOW))
            assert caught.value.possible == each.possible


def test_time_alone_changes_no_state() -> None:
    """When the time has passed it is overdue, and what the platform does then is said; the state is as it was told."""
    steps = [Step("after_sales", "request_refund", NOW)]
    before, after = (standing("after_sales", steps, hours) for hours in (48, 48.01))
    assert (before.overdue, after.overdue) == (False, True)
    assert before._replace(overdue=True) == after
    assert after.state == "refund_requested"
    assert after.if_nobody_acts is not None
    assert after.if_nobody_acts.to == "agreed"
    assert after.if_nobody_acts in after.possible, "that it did can be noted"


def test_what_was_never_said_forbids_nothing() -> None:
    """A return can be requested where nobody has told of the order; of an order that is only paid it cannot."""
    request = Step("after_sales", "request_return", NOW)
    assert check_step(TABLE, [], request).to == "return_requested"
    with pytest.raises(NotPossibleError):
        check_step(TABLE, [Step("order", "pay", NOW)], request)


def test_a_platform_without_a_figure_has_no_due_time() -> None:
    """Nothing is guessed; the daily follow-up of the shop's own handling holds everywhere."""
    steps = [Step("after_sales", "request_refund", NOW)]
    assert [standing("after_sales", steps, 1_000, profile).due for profile in ("jd", None)] == [None, None]
    told = ["contact", "verify_problem", "apologise", "agree_resend"]
    assert standing("handling", [Step("handling", action, NOW) for action in told], 25, "jd").overdue


@pytest.mark.parametrize(
    ("step", "field"),
    [
        (Step("parcel", "ship", NOW), "object"),
        (Step("order", "fly", NOW), "action"),
        (Step("order", "ship", NOW - timedelta(seconds=1)), "at"),
    ],
)
def test_a_step_that_never_is_is_named(step: Step, field: str) -> None:
    """Field by field."""
    with pytest.raises(InputError) as caught:
        check_step(TABLE, [Step("order", "pay", NOW)], step)
    assert [problem.field for problem in caught.value.problems] == [field]


def test_steps_of_a_table_before_this_one_are_passed_over() -> None:
    """A case that was begun under another table can still be read."""
    steps = [Step("warehouse", "look", NOW), Step("order", "teleport", NOW), Step("order", "pay", NOW)]
    assert standing("order", steps).state == "paid"
