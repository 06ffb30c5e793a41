"""What a platform's form still takes: files, pages and bytes, counted down as pieces are put in."""

from __future__ import annotations

from dataclasses import dataclass

from service.evidence.profiles.schema import Figure, ImageFormat, Limits

__all__ = ["Room"]


@dataclass
class Room:
    """What is left of a platform's limits; ``None`` where nothing limits it.

    Attributes
    ----------
    files, pages, total
        How many files and pages and how many bytes of all files are left; a picture is one page.
    each
        Most bytes of one file.
    formats
        The kinds of file that are taken.
    dpi
        The highest resolution of a page.
    """

    files: int | None
    pages: int | None
    total: int | None
    each: int | None
    formats: tuple[ImageFormat, ...] | None
    dpi: int | None

    @classmethod
    def of(cls, limits: Limits) -> Room:
        """All that a platform takes."""
        return cls(
            files=_value(limits.files),
            pages=_value(limits.pages),
            total=_value(limits.total_bytes),
            each=_value(limits.file_bytes),
            formats=tuple(limits.formats.value) if limits.formats is not None else None,
            dpi=_value(limits.dpi),
        )

    def takes(self, kind: str | None) -> bool:
        """Whether files of a kind are taken; any is, where the platform's kinds could not be verified."""
        return self.formats is None or kind in self.formats

    def lacks(self, pages: int = 1) -> str | None:
        """What there is none left of for a file of so many pages: ``files``, ``pages``; None where there is room."""
        if self.files is not None and self.files < 1:
            return "files"
        return "pages" if self.pages is not None and self.pages < pages else None

    def most(self, files: int = 1) -> int | None:
        """How many bytes the next of so many files may have."""
        share = None if self.total is None else self.total // max(files, 1)
        return min((limit for limit in (self.each, share) if limit is not None), default=None)

    def put(self, content: bytes, pages: int = 1) -> None:
        """Count a file."""
        self.files = self.files and self.files - 1
        self.pages = self.pages and self.pages - pages
        self.total = self.total and self.total - len(content)


def _value(limit: Figure | None) -> int | None:
    return limit.value if limit is not None else None
