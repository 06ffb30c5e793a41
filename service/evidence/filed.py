"""What a case adds to the bundle of its talk: files that the shop filed, and the steps that were taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

__all__ = ["CaseFile", "CaseStep", "FiledExhibit"]


class FiledExhibit(NamedTuple):
    """A file that the shop put to a case; without a content it is listed as missing."""

    name: str
    media_type: str
    sha256: str
    content: bytes | None


class CaseStep(NamedTuple):
    """Something that was done, in the words of the table of the flow, and when."""

    moment: datetime
    zh: str
    en: str


class CaseFile(NamedTuple):
    """The exhibits and steps of a case. One that a message names is that attachment; it is not listed twice."""

    exhibits: Sequence[FiledExhibit] = ()
    steps: Sequence[CaseStep] = ()

    @property
    def contents(self) -> Mapping[str, bytes]:
        """Of the exhibits whose files are there, by SHA-256."""
        return {each.sha256: each.content for each in self.exhibits if each.content is not None}
