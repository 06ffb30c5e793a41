"""What follows from a case's steps by the table: where each thing stands, who may do what next, and until when.

Pure: a table, steps and a moment in, standings out. A state changes only where somebody says so. That a time has passed
is shown as `overdue` with what the platform does then; whether it did is for a person to look up and to note, for the
figures of platforms change and few of them could be verified.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from riskmodel.errors import BaitwatchError, FieldProblem, InputError
from service.cases.table import NONE, Deadline, Move, Table

__all__ = ["NotPossibleError", "Standing", "Step", "check_step", "standings"]


class Step(NamedTuple):
    """Something that was done about one of the objects, and when."""

    object: str
    action: str
    at: datetime


class Standing(NamedTuple):
    """Where one object stands.

    Attributes
    ----------
    since
        When it came to this state; None where nothing was said of it.
    possible
        What may be done next.
    due, deadline
        Until when, and the figure that this rests on; None where none is known for the platform.
    overdue
        Whether that time has passed.
    if_nobody_acts
        What the platform does then; None where nothing follows by itself.
    """

    object: str
    state: str
    since: datetime | None
    possible: tuple[Move, ...]
    due: datetime | None
    deadline: Deadline | None
    overdue: bool
    if_nobody_acts: Move | None


class NotPossibleError(BaitwatchError):
    """A step that the table does not have in this state.

    Attributes
    ----------
    possible
        The moves of that object that there are.
    """

    def __init__(self, possible: Sequence[Move]) -> None:
        self.possible = tuple(possible)
        actions = ", ".join(move.action for move in possible) or "nothing"
        super().__init__(f"the table of the flow does not have this step as things stand; use one of: {actions}")


class _Reached(NamedTuple):
    state: str
    since: datetime | None


def standings(table: Table, steps: Iterable[Step], now: datetime, profile: str | None = None) -> list[Standing]:
    """Return where each object of the table stands, in the order of the table.

    Parameters
    ----------
    steps
        In the order in which they were noted, each of which `check_step` let pass.
    profile
        The platform's, whose deadlines count; without one only those that hold everywhere.
    """
    reached = _follow(table, steps)
    return [_standing(table, name, reached, now, profile) for name in table.objects]


def check_step(table: Table, steps: Iterable[Step], step: Step) -> Move:
    """Return the move that a further step is.

    Raises
    ------
    InputError
        Where there is no such object or action, or it is told to have been before the step before it.
    NotPossibleError
        Where the state of things does not have it.
    """
    if step.object not in table.objects:
        raise InputError([FieldProblem("object", f"is not followed; use one of {', '.join(table.objects)}")])
    actions = list(dict.fromkeys(move.action for move in table.moves if move.object == step.object))
    if step.action not in actions:
        raise InputError([FieldProblem("action", f"is none of this object; use one of {', '.join(actions)}")])
    reached = _follow(table, steps)
    possible = _possible(table, step.object, reached)
    move = next((move for move in possible if move.action == step.action), None)
    if move is None:
        raise NotPossibleError(possible)
    since = reached[step.object].since
    if since is not None and step.at < since:
        raise InputError([FieldProblem("at", "is before the step before it; correct the time")])
    return move


def _follow(table: Table, steps: Iterable[Step]) -> dict[str, _Reached]:
    """Where each object is; a step that the table no longer has leaves it there."""
    reached = dict.fromkeys(table.objects, _Reached(NONE, None))
    for step in steps:
        if step.object in reached:
            for move in table.moves_from(step.object, reached[step.object].state):
                if move.action == step.action:
                    reached[step.object] = _Reached(move.to, step.at)
                    break
    return reached


def _possible(table: Table, name: str, reached: dict[str, _Reached]) -> list[Move]:
    return [move for move in table.moves_from(name, reached[name].state) if _holds(move, reached)]


def _holds(move: Move, reached: dict[str, _Reached]) -> bool:
    conditions = [condition.partition(".")[::2] for condition in move.when]
    return not conditions or any(reached[name].state in (state, NONE) for name, state in conditions)


def _standing(table: Table, name: str, reached: dict[str, _Reached], now: datetime, profile: str | None) -> Standing:
    state, since = reached[name]
    possible = tuple(_possible(table, name, reached))
    deadline = table.deadline(name, state, profile) if since is not None else None
    due = since + timedelta(hours=deadline.hours) if since is not None and deadline is not None else None
    lapse = next((move for move in possible if move.lapse), None)
    return Standing(name, state, since, possible, due, deadline, due is not None and now > due, lapse)
