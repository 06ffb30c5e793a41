"""The readable page: one self-contained HTML file, without script and without any outside request.

Every value that the template prints goes through `visible` and then through HTML escaping (see `service.pages`), so no
text of a chat can act, hide or reorder anything. Values of the chat are covered where they hold personal data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from riskmodel.conversation import Message
from service.evidence.claim import write_claim
from service.evidence.record import AnyMark, Record, shop_time
from service.evidence.redaction import COVER, MASK
from service.evidence.wordings import label
from service.pages import page_environment

__all__ = ["write_page"]


class Piece(NamedTuple):
    """A stretch of a message's text that lies in the same marks, and the marks that end with it."""

    text: str
    kinds: list[str]
    ended: list[str]


def write_page(
    record: Record, *, missing: Sequence[Mapping[str, object]], files: Mapping[str, bytes], version: str
) -> bytes:
    """Return the page as UTF-8.

    Parameters
    ----------
    missing
        As `list_missing` returns it.
    files
        The other payload files by path; listed with their SHA-256.
    """
    marks: dict[str, list[AnyMark]] = {}
    everything: list[AnyMark] = [*record.reasons, *record.promises]
    for mark in everything:
        if mark.item.message_id is not None:
            marks.setdefault(mark.item.message_id, []).append(mark)
    talk = [
        (message, _pieces(record, message, marks.get(message.message_id, [])), marks.get(message.message_id, []))
        for message in record.conversation.messages
    ]
    page = (
        page_environment("service.evidence")
        .get_template("transcript.html.j2")
        .render(
            record=record,
            conversation=record.conversation,
            claims={language: write_claim(record, language) for language in ("zh", "en")},
            talk=talk,
            missing=missing,
            digests={name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
            version=version,
            cover_id=record.personal.cover_known,
            at=lambda moment: shop_time(moment, record.zone),
            label=label,
            mask=MASK,
            cover_sign=COVER,
        )
    )
    return page.encode()


def _pieces(record: Record, message: Message, marks: Sequence[AnyMark]) -> list[Piece]:
    text = record.covered[message.message_id]
    spans = [(*mark.item.span, mark) for mark in marks if mark.item.span is not None]
    edges = sorted({0, len(text), *(start for start, _, _ in spans), *(end for _, end, _ in spans)})
    pieces = []
    for start, end in zip([0, *edges], edges, strict=False):
        kinds = sorted({mark.kind for first, last, mark in spans if first <= start < end <= last})
        ended = [mark.number for _, last, mark in spans if last == end]
        if start < end or ended:
            pieces.append(Piece(text[start:end], kinds, ended))
    return pieces
