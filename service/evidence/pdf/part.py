"""What the parts of the summary share: what they are made of, how much room they have, and how a text is cut to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from service.evidence.corrections import Correction, list_corrections
from service.evidence.for_the_buyer import Point
from service.evidence.marked import marks_by_message
from service.evidence.pdf.glyphs import plain
from service.evidence.record import AnyMark, Record
from service.evidence.timeline import Event, make_timeline
from service.evidence.wordings import LANGUAGES, wording

__all__ = ["Limits", "Part", "Source"]

PAGE = "transcript.html"


@dataclass(frozen=True)
class Limits:
    """How much is shown at most: entries of a list, and widths in Chinese characters."""

    deciding: int
    before: int
    after: int
    message: int
    context: int
    quotes: int
    quote: int
    claim: int
    events: int
    reasons: int
    promises: int
    orders: int
    corrections: int
    exhibits: int
    gaps: int
    masked: int
    line: int
    name: int

    def scaled(self, share: float) -> Limits:
        """Return these limits times a share, each at least 1; context around passages may be none."""
        least = {"before": 0, "after": 0}
        values = {name: max(least.get(name, 1), int(value * share)) for name, value in vars(self).items()}
        return Limits(**values)


@dataclass(frozen=True)
class Source:
    """What a summary is made of: the record, what is missing, the other files of the bundle, its version and signer.

    `points` is what the record itself holds for the buyer.
    """

    record: Record
    missing: Sequence[Mapping[str, object]]
    files: Mapping[str, bytes]
    version: str
    signer: str | None
    points: Sequence[Point] = ()

    @cached_property
    def for_the_buyer(self) -> frozenset[str]:
        """What the points refer to, messages among it."""
        return frozenset(name for point in self.points for name in point.references)

    @cached_property
    def marks(self) -> dict[str, list[AnyMark]]:
        """See `marks_by_message`."""
        return marks_by_message(self.record)

    @cached_property
    def timeline(self) -> list[Event]:
        """See `make_timeline`."""
        return make_timeline(self.record)

    @cached_property
    def corrections(self) -> list[Correction]:
        """See `list_corrections`."""
        return list_corrections(self.record)


class Part:
    """A part of the summary; gives what the template sets, as plain data."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self.source, self.record, self.limits = source, source.record, limits

    def name(self, text: str) -> str:
        """A short text: an id, a name."""
        return plain(text, self.limits.name)

    def line(self, text: str) -> str:
        """A text of one line."""
        return plain(text, self.limits.line)

    def references(self, references: Iterable[str]) -> list[str]:
        """What something rests on, as it is shown."""
        return [self.name(reference) for reference in references]

    def listed(self, shown: list[Any], total: int, file: str = PAGE) -> dict[str, Any]:
        """Rows of a list, and how many there are more, in which file."""
        return {"rows": shown, "more": self.more(total - len(shown), file)}

    def more(self, count: int, file: str = PAGE) -> dict[str, str] | None:
        """That there are so many more in a file; None where there are none."""
        return self.both("more", n=count, file=file) if count > 0 else None

    def both(self, code: str, **values: object) -> dict[str, str]:
        """A sentence in both languages."""
        return {each: wording("summary", code, each, **values) for each in LANGUAGES}
