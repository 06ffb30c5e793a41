"""What a profile says, checked: every figure has a source that is listed and a confidence."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from riskmodel.conversation import Platform

__all__ = [
    "Code",
    "Confidence",
    "Deadline",
    "EventName",
    "Figure",
    "Formats",
    "ImageFormat",
    "Limits",
    "Profile",
    "Requirement",
    "Source",
    "TextLimit",
    "Unit",
    "text_size",
]

Confidence = Literal["high", "mid", "low"]
Unit = Literal["utf8_bytes", "characters"]
EventName = Literal["review", "complaint", "notice", "estimated_delivery"]
ImageFormat = Literal["jpeg", "png", "gif", "tiff", "pdf"]
Code = Literal[
    "platform_chat",
    "both_sides",
    "times",
    "review_for_sale",
    "tied_demand",
    "order_facts",
    "logistics",
    "promises",
    "exhibits",
    "shop_offers",
    "review_links",
    "sender_contact",
]
"""What can be required; `service.evidence.checklist` has a test of the record for each."""

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Part):
    """Where something was read: `dated` is the document's own date where it has one, `read` when it was read."""

    title: Text
    address: Text | None = None
    dated: date | None = None
    read: date


class _Sourced(_Part):
    source: str
    confidence: Confidence


class Requirement(_Sourced):
    """Something that has to be shown."""

    code: Code


class Figure(_Sourced):
    """A limit."""

    value: Annotated[int, Field(ge=1)]


class TextLimit(Figure):
    """How long a text may be, in the platform's unit: bytes in UTF-8, or code points."""

    unit: Unit


class Formats(_Sourced):
    """Kinds of file that are taken, the best first."""

    value: Annotated[list[ImageFormat], Field(min_length=1)]


class Limits(_Part):
    """What the platform takes; ``None`` where nothing could be verified. Sizes are of 1,000, the stricter reading."""

    text: TextLimit | None = None
    files: Figure | None = None
    file_bytes: Figure | None = None
    total_bytes: Figure | None = None
    pages: Figure | None = None
    dpi: Figure | None = None
    formats: Formats | None = None


class Deadline(_Sourced):
    """So many days or hours after an event."""

    event: EventName
    days: Annotated[int, Field(ge=1, le=3650)] | None = None
    hours: Annotated[int, Field(ge=1, le=8760)] | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Deadline:
        if (self.days is None) == (self.hours is None):
            raise ValueError("give either days or hours")
        return self


class Example(_Part):
    """Runs as a test: the last day after an event (none where no deadline is known), or the size of a text."""

    event_date: str | None = None
    last_day: date | None = None
    text: str | None = None
    size: int | None = None


class Profile(_Part):
    """One platform's way of hearing an appeal.

    Attributes
    ----------
    name
        What it is called on the command line.
    to_zh, to_en
        Whom the letter is for.
    platforms
        Of the contract, those whose chats are the platform's own; ``other`` where the contract has no word for it.
    language
        Of the letter, where nothing else is asked for.
    letter
        The form of the letter: a template of `service.evidence.letter`.
    request_zh, request_en
        What the letter asks the platform to do; a clause without a full stop.
    letter_needs
        A requirement without which no letter is written: an honest review is not appealed against.
    """

    name: str
    name_zh: Text
    name_en: Text
    to_zh: Text
    to_en: Text
    platforms: list[Platform]
    language: Literal["zh", "en"]
    letter: Literal["general", "short", "card"] = "general"
    request_zh: Text
    request_en: Text
    letter_needs: Code | None = None
    note_zh: Text
    note_en: Text
    sources: dict[str, Source]
    requirements: Annotated[list[Requirement], Field(min_length=1)]
    limits: Limits = Limits()
    deadline: Deadline | None = None
    examples: Annotated[list[Example], Field(min_length=1)]

    @model_validator(mode="after")
    def _sources_are_listed(self) -> Profile:
        limits = [getattr(self.limits, name) for name in Limits.model_fields]
        figures: list[_Sourced] = [*self.requirements, *(limit for limit in limits if limit is not None)]
        if self.deadline is not None:
            figures.append(self.deadline)
        named = {figure.source for figure in figures}
        if unknown := named - self.sources.keys():
            raise ValueError(f"names sources that are not listed: {', '.join(sorted(unknown))}")
        if unused := self.sources.keys() - named:
            raise ValueError(f"lists sources that nothing rests on: {', '.join(sorted(unused))}")
        codes = [requirement.code for requirement in self.requirements]
        if len(set(codes)) != len(codes):
            raise ValueError("requires something twice")
        if self.letter_needs is not None and self.letter_needs not in codes:
            raise ValueError("letter_needs is not among the requirements")
        return self


def text_size(text: str, unit: Unit) -> int:
    """How long a text is in a platform's unit.

    Examples
    --------
    >>> text_size("淘宝", "utf8_bytes"), text_size("淘宝", "characters")
    (6, 2)
    """
    assert unit in get_args(Unit)
    return len(text.encode()) if unit == "utf8_bytes" else len(text)
