"""Texts that are true only under conditions: their form, their validation at load, and when one may be used."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from string import Formatter
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from riskmodel.errors import CatalogueError
from riskmodel.promises.topics import load_topics
from riskmodel.reply.facts import CONDITIONS, VALUES, Facts
from riskmodel.signals import load_catalogue

__all__ = ["Conditional", "Text", "read_conditionals", "topic_names"]

Text = Annotated[str, StringConstraints(min_length=1, pattern=r"^[^\n]+$")]
Entry = TypeVar("Entry", bound="Conditional")


class Conditional(BaseModel):
    """A text in several languages or parts that holds under conditions (`if`) and may name values (``{cutoff}``).

    `if` lists conditions or values that must be known to hold; a value that the text names must be known too.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    when: tuple[str, ...] = Field(default=(), alias="if")
    source: Text

    @model_validator(mode="after")
    def _known(self) -> Self:
        for condition in self.when:
            if condition not in CONDITIONS | VALUES:
                raise ValueError(f"unknown condition: {condition}")
        for name in self.named:
            if name not in VALUES:
                raise ValueError(f"unknown placeholder: {{{name}}}")
        return self

    @cached_property
    def named(self) -> list[str]:
        """The values that its texts name, in their order."""
        texts = (text for name, text in self if name not in ("when", "source") and isinstance(text, str))
        return [name for text in texts for _, name, _, _ in Formatter().parse(text) if name is not None]

    @property
    def always(self) -> bool:
        """Whether it holds whatever is known."""
        return not self.when and not self.named

    def holds(self, facts: Facts) -> bool:
        """Whether it may be used where these facts hold."""
        return all(name in facts for name in (*self.when, *self.named))


def topic_names() -> frozenset[str]:
    """The topics that a finding can have."""
    signals = load_catalogue().of("agent")
    return frozenset(topic.topic for topic in load_topics().values()) | {
        signal.topic for signal in signals if signal.topic is not None
    }


def _codes() -> frozenset[str]:
    meanings = (meaning for topic in load_topics().values() for meaning in topic.says.values())
    return frozenset(meaning.code for meaning in meanings) | {signal.code for signal in load_catalogue().of("agent")}


def read_conditionals(file: str, content: Mapping[str, Any], model: type[Entry]) -> dict[str, tuple[Entry, ...]]:
    """Texts by topic of a finding or by its code, best first, the last of each topic one that always holds.

    Parameters
    ----------
    file
        What it was read from, for error texts.
    content
        Lists of entries by topic or code.
    model
        What an entry is.

    Raises
    ------
    CatalogueError
        Naming the entry: where it has another form or names an unknown condition or value; where a topic is missing,
        unknown, or has nothing to fall back on.
    """
    read: dict[str, tuple[Entry, ...]] = {}
    for key, rows in content.items():
        if key not in topic_names() | _codes():
            raise CatalogueError(f"{file}: {key} is neither a topic nor a code of a finding")
        entries = []
        for number, row in enumerate(rows or [], start=1):
            try:
                entries.append(model.model_validate(row))
            except ValidationError as error:
                first = error.errors(include_url=False)[0]
                message = first["msg"].removeprefix("Value error, ")
                where = ": ".join([f"{key}, entry {number}", *map(str, first["loc"]), message])
                raise CatalogueError(f"{file}: {where}") from None
        if not entries or not entries[-1].always:
            raise CatalogueError(f"{file}: {key}: the last entry must hold without conditions")
        read[key] = tuple(entries)
    if missing := sorted(topic_names() - read.keys()):
        raise CatalogueError(f"{file}: no entry for: {', '.join(missing)}")
    return read
