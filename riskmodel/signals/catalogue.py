"""The catalogue of signals: loaded from data, checked against the lexicon; its examples run as tests."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from riskmodel.errors import CatalogueError
from riskmodel.patterns import Pattern
from riskmodel.signals.lexicon import Lexicon, load_lexicon
from riskmodel.yaml_files import read_yaml

__all__ = ["Catalogue", "Example", "Rule", "Signal", "load_catalogue"]

Polarity = Literal[
    "over_promise",
    "duty_denial",
    "disclosure",
    "procedure",
    "off_platform",
    "absolute_claim",
    "pay_for_review",
    "false_statement",
    "provocation",
]
Concepts = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\|[a-z_]+)*$")]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Data):
    """Concepts that must stand near one another.

    `all` lists groups of alternatives (``can|may``); the first is the anchor. Their spans must not overlap, and
    together they span at most `within` characters. `none` lists concepts that must not stand inside that stretch or up
    to `margin` characters around it. With `ordered` the groups stand in the order given.
    """

    all: Annotated[list[Concepts], Field(min_length=1, max_length=5)]
    within: Annotated[int, Field(ge=1, le=60)] = 20
    none: list[Concepts] = Field(default_factory=list)
    margin: Annotated[int, Field(ge=0, le=30)] = 6
    ordered: bool = False

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The alternatives of each group."""
        return tuple(tuple(group.split("|")) for group in self.all)


class Signal(_Data):
    """One thing that a message can say, with its reason in both languages."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z_]+$")]
    sender: Literal["buyer", "agent"]
    topic: str | None = None
    polarity: Polarity | None = None
    kind: str | None = None
    patterns: list[Pattern] = Field(default_factory=list)
    match: Annotated[list[Rule], Field(min_length=1)]
    zh: str
    en: str
    source: str
    examples: Annotated[list[str], Field(min_length=2)]
    counter_examples: Annotated[list[str], Field(min_length=2)]


Example = tuple[Signal, str]


class Catalogue:
    """All signals, by code and by sender, in the order of the files."""

    def __init__(self, signals: list[Signal], lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.signals: dict[str, Signal] = {}
        for signal in signals:
            if signal.code in self.signals:
                raise CatalogueError(f"signals: {signal.code} is there twice")
            for rule in signal.match:
                used = {name for group in (*rule.all, *rule.none) for name in group.split("|")}
                if unknown := sorted(used - lexicon.names):
                    raise CatalogueError(f"signals: {signal.code} uses unknown concepts: {', '.join(unknown)}")
            self.signals[signal.code] = signal

    def __getitem__(self, code: str) -> Signal:
        return self.signals[code]

    def of(self, sender: str) -> list[Signal]:
        """The signals of one side of the talk."""
        return [signal for signal in self.signals.values() if signal.sender == sender]


@cache
def load_catalogue() -> Catalogue:
    """The catalogue that comes with the package."""
    signals = []
    for name in ("buyer.yaml", "agent.yaml"):
        for entry in read_yaml("riskmodel.signals", f"data/{name}"):
            try:
                signals.append(Signal.model_validate(entry))
            except ValidationError as error:
                first = error.errors(include_url=False)[0]
                where = ".".join(map(str, first["loc"]))
                raise CatalogueError(f"{name}: {entry.get('code', '(no code)')}: {where}: {first['msg']}") from None
    return Catalogue(signals, load_lexicon())
