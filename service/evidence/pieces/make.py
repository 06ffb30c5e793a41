"""Making the pieces from a bundle that was made for a profile."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from riskmodel.errors import FieldProblem, InputError
from service.evidence.appeal import CHECKLIST, CHECKLIST_TEXTS, LETTER
from service.evidence.bag import BASE
from service.evidence.container import read_container
from service.evidence.pieces.pages import FORMATS, count_pages, encode
from service.evidence.pieces.text import MARKERS, trim
from service.evidence.plaintext import json_bytes
from service.evidence.profiles import Profile, text_size
from service.evidence.profiles.schema import Figure, TextLimit

__all__ = ["PIECES", "make_pieces"]

PIECES = "pieces.json"
_SUMMARY = "data/summary.pdf"
_SUFFIX = {"png": "png", "jpeg": "jpg"}


def make_pieces(bundle: bytes, profile: Profile, language: str) -> dict[str, bytes]:
    """Return the pieces by file name.

    ``letter.txt`` is the letter, ``text.txt`` what of it fits into a limit of the platform; ``checklist.json`` is the
    checklist, beside it as text in both languages; the pages of the summary come as ``summary.pdf`` where a PDF is
    taken, else as pictures; ``pieces.json`` says how long each is and what was left out.

    Parameters
    ----------
    bundle
        Made for this profile.
    language
        Of the letter in it.

    Raises
    ------
    InputError
        A page would not be legible within the limits.
    """
    files = {name.removeprefix(BASE): content for name, content in read_container(bundle).items()}
    pieces = {name.removeprefix("data/"): files[name] for name in (CHECKLIST, *CHECKLIST_TEXTS.values())}
    notes: dict[str, Any] = {"profile": profile.name}
    if LETTER in files:
        pieces["letter.txt"] = files[LETTER]
        if profile.limits.text is not None:
            text, notes["text"] = _text(files[LETTER].decode(), profile.limits.text, language)
            pieces["text.txt"] = text.encode()
    pages, notes["pages"] = _pages(files, profile)
    pieces |= pages
    notes["files"] = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()} for name, content in pieces.items()
    }
    return {**pieces, PIECES: json_bytes(notes)}


def _text(letter: str, limit: TextLimit, language: str) -> tuple[str, dict[str, Any]]:
    lines = [line for line in letter.splitlines() if line]  # blank ones part sections; there is no room for them
    text, is_cut = trim(lines, limit.value, limit.unit, MARKERS[language])
    return text, {"unit": limit.unit, "size": text_size(text, limit.unit), "limit": limit.value, "cut": is_cut}


def _pages(files: Mapping[str, bytes], profile: Profile) -> tuple[dict[str, bytes], dict[str, Any]]:
    pdf, limits = files.get(_SUMMARY), profile.limits
    if pdf is None:
        return {}, {"in_summary": 0, "given": 0}
    there, taken = count_pages(pdf), limits.formats.value if limits.formats is not None else list(FORMATS)
    sizes = [limit for limit in (_value(limits.file_bytes), _value(limits.total_bytes)) if limit is not None]
    within = there <= (_value(limits.pages) or there) and len(pdf) <= min(sizes, default=len(pdf))
    if "pdf" in taken and within:
        return {"summary.pdf": pdf}, {"in_summary": there, "given": there}
    given = min(there, _value(limits.files) or there, _value(limits.pages) or there)
    left, pieces = _value(limits.total_bytes), {}
    for page in range(given):
        shares = [limit for limit in (_value(limits.file_bytes), left and left // (given - page)) if limit is not None]
        picture = encode(pdf, page, taken, min(shares, default=None), _value(limits.dpi))
        if picture is None:
            raise InputError([FieldProblem("profile", f"page {page + 1} is not legible within the platform's limits")])
        # letters and digits only: some platforms take no other names
        pieces[f"page{page + 1:02d}.{_SUFFIX[picture.format]}"] = picture.content
        left = left - len(picture.content) if left is not None else None
    return pieces, {"in_summary": there, "given": given}


def _value(limit: Figure | None) -> int | None:
    return limit.value if limit is not None else None
