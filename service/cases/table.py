"""The table of the after-sales flow: of each object and state who may do what, and what follows; read and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache, cached_property
from importlib import resources
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from riskmodel.errors import CatalogueError
from service.evidence.profiles.schema import Confidence, Source

__all__ = ["Actor", "Cause", "Deadline", "Move", "Table", "Words", "load_table", "read_table"]

Actor = Literal["buyer", "shop", "carrier", "platform"]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
NONE = "none"
"""The state of an object of which nothing was said."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Words(_Part):
    """What something is called in both languages."""

    zh: Text
    en: Text


class Followed(Words):
    """Something that a case follows, such as a refund, with its states."""

    source: str
    confidence: Confidence
    states: Mapping[str, Words]


class Move(Words):
    """Who may do what in which states, and the state that follows.

    Attributes
    ----------
    when
        States of other objects, ``order.paid``, one of which has to hold. An object of which nothing was said forbids
        nothing: unknown is not no.
    if_zh, if_en
        The condition for people; `when` is as much of it as the table itself can check.
    lapse
        Made by the platform where nobody acted in time.
    source
        Where it was read; that of the object where not given.
    """

    object: str
    origins: Annotated[list[str], Field(alias="from", min_length=1)]
    action: str
    by: Actor
    to: str
    when: list[str] = []
    if_zh: Text | None = None
    if_en: Text | None = None
    lapse: bool = False
    source: str | None = None


class Deadline(_Part):
    """For how many hours a state lasts at most before something lapses, or is late.

    Attributes
    ----------
    profiles
        The platforms where that holds, by profile; everywhere where none is named.
    """

    object: str
    state: str
    profiles: list[str] = []
    hours: Annotated[int, Field(ge=1, le=8760)]
    source: str
    confidence: Confidence


class Cause(Words):
    """Why it came to a case, for the register."""

    code: str


class Example(_Part):
    """Runs as a test; see `flow.toml`."""

    name: str
    profile: str | None = None
    steps: list[tuple[str, int]]
    object: str | None = None
    state: str | None = None
    due: int | None = None
    follows: str | None = None
    refused: str | None = None


class Table(_Part):
    """The whole table."""

    sources: Mapping[str, Source]
    actors: Mapping[Actor, Words]
    objects: Mapping[str, Followed]
    moves: list[Move]
    deadlines: list[Deadline]
    causes: list[Cause]
    examples: list[Example]

    def moves_from(self, name: str, state: str) -> list[Move]:
        """Return the moves of an object that start in this state, in the order of the table."""
        return self._from.get((name, state), [])

    @cached_property
    def _from(self) -> Mapping[tuple[str, str], list[Move]]:
        found: dict[tuple[str, str], list[Move]] = {}
        for move in self.moves:
            for origin in move.origins:
                found.setdefault((move.object, origin), []).append(move)
        return found

    def move(self, name: str, action: str) -> Move | None:
        """Return the move of an object that is called so."""
        return next((move for move in self.moves if (move.object, move.action) == (name, action)), None)

    def deadline(self, name: str, state: str, profile: str | None) -> Deadline | None:
        """Return how long this state lasts on the platform of a profile; None where no figure is known."""
        found = (each for each in self.deadlines if (each.object, each.state) == (name, state))
        return next((each for each in found if not each.profiles or profile in each.profiles), None)

    @model_validator(mode="after")
    def _names_are_known(self) -> Table:
        states = {f"{name}.{state}" for name, followed in self.objects.items() for state in followed.states}
        if lacking := [name for name in self.objects if f"{name}.{NONE}" not in states]:
            raise ValueError(f"objects without the state {NONE}: {', '.join(lacking)}")
        named = [(f"{move.object}.{state}", move.action) for move in self.moves for state in (*move.origins, move.to)]
        named += [(condition, move.action) for move in self.moves for condition in move.when]
        named += [(f"{each.object}.{each.state}", "a deadline") for each in self.deadlines]
        if unknown := sorted({f"{state} ({where})" for state, where in named if state not in states}):
            raise ValueError(f"names states that there are not: {', '.join(unknown)}")
        actions = [(move.object, move.action) for move in self.moves]
        if len(set(actions)) != len(actions):
            raise ValueError("has an action of an object twice")
        if wordless := sorted({move.by for move in self.moves} - set(self.actors)):
            raise ValueError(f"actors without words: {', '.join(wordless)}")
        codes = [cause.code for cause in self.causes]
        if len(set(codes)) != len(codes):
            raise ValueError("has a cause twice")
        return self

    @model_validator(mode="after")
    def _sources_are_listed(self) -> Table:
        named = {followed.source for followed in self.objects.values()}
        named |= {deadline.source for deadline in self.deadlines}
        named |= {move.source for move in self.moves if move.source is not None}
        if named != set(self.sources):
            raise ValueError(f"sources listed and named differ: {', '.join(sorted(named ^ set(self.sources)))}")
        return self


@cache
def load_table() -> Table:
    """Return the table that comes with the program."""
    return read_table(tomllib.loads(resources.files("service.cases").joinpath("flow.toml").read_text("utf-8")))


def read_table(content: dict[str, Any]) -> Table:
    """Check the content of a table's file; raises `CatalogueError` naming the field."""
    try:
        return Table.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "(whole file)"
        raise CatalogueError(f"case table: {where}: {first['msg']}") from None
