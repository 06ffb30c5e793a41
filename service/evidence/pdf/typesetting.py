"""Setting the summary: the same data give the same bytes, in PDF/A-2b, on ten pages at most.

How many pages a text takes is known only when it is set. So it is set with generous limits first and with tighter ones
until it fits; the tightest fit whatever the case holds.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final, NamedTuple

import typst

from service.evidence.pdf.fonts import FOLDERS
from service.evidence.pdf.part import Limits, Source
from service.evidence.pdf.view import make_view

__all__ = ["MOST_PAGES", "Summary", "write_summary"]

MOST_PAGES = 10
_STANDARD: Final = "a-2b"
_GENEROUS = Limits(
    **{"deciding": 8, "before": 2, "after": 1, "message": 320, "context": 110, "quotes": 3, "quote": 90},
    **{"claim": 1100, "events": 14, "reasons": 8, "promises": 10, "orders": 4, "corrections": 8},
    **{"exhibits": 20, "gaps": 40, "masked": 16, "line": 110, "name": 36},
)
_SHARES = (1.0, 0.8, 0.65, 0.5, 0.4, 0.3, 0.2)
# PDF has no year before 0 or after 9999, and a zone may push a time over either
_EARLIEST, _LATEST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)


class Summary(NamedTuple):
    """The document, how many pages it has, and the share of the generous limits that it was made with."""

    content: bytes
    pages: int
    share: float


def write_summary(source: Source) -> Summary:
    """Return the summary of a case as a PDF; nothing but `source` and the package's own data goes into it."""
    moments = [message.sent_at for message in source.record.conversation.messages]
    made = min(max(*moments, _EARLIEST), _LATEST)
    for share in _SHARES:
        content, pages = _set(make_view(source, _GENEROUS.scaled(share)), made)
        if pages <= MOST_PAGES:
            break
    return Summary(content, pages, share)


def _set(view: dict[str, object], made: datetime) -> tuple[bytes, int]:
    with resources.as_file(resources.files("service.evidence.pdf").joinpath("summary.typ")) as template:
        compiler = typst.Compiler(
            Path(template),
            root=Path(template).parent,
            font_paths=_fonts(),
            sys_inputs={"data": json.dumps(view, ensure_ascii=False)},
        )
        content = compiler.compile(format="pdf", pdf_standards=_STANDARD, timestamp=int(made.timestamp()))
        pages = int(compiler.query("<pages>", field="value", one=True))
    assert isinstance(content, bytes)  # a list comes of pictures only
    return content, pages


@cache
def _fonts() -> typst.Fonts:
    # a font of the machine, or one built into a later typst, would give other bytes
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=FOLDERS)
