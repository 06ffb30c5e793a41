"""Making the pieces from a bundle that was made for a profile."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

from riskmodel.errors import FieldProblem, InputError
from service.evidence.appeal import CHECKLIST, CHECKLIST_TEXTS, LETTER
from service.evidence.bag import BASE
from service.evidence.container import read_container
from service.evidence.exhibits import EXHIBITS
from service.evidence.pieces.exhibits import give_exhibits
from service.evidence.pieces.listing import exhibits_text
from service.evidence.pieces.pages import FORMATS, count_pages, encode
from service.evidence.pieces.room import Room
from service.evidence.pieces.text import MARKERS, trim
from service.evidence.plaintext import json_bytes
from service.evidence.profiles import Profile, text_size
from service.evidence.profiles.schema import TextLimit

__all__ = ["PIECES", "make_pieces"]

PIECES = "pieces.json"
_SUMMARY = "data/summary.pdf"
_FIRST_PAGES = 2
_SUFFIX = {"png": "png", "jpeg": "jpg"}


def make_pieces(bundle: bytes, profile: Profile, language: str) -> dict[str, bytes]:
    """Return the pieces by file name.

    ``letter.txt`` is the letter, ``text.txt`` what of it fits into a limit of the platform; ``checklist.json`` is the
    checklist, beside it as text in both languages, in which each exhibit is named, with why it was left out where it
    was; the pages of the summary come as ``summary.pdf`` where a PDF is taken, else as pictures; exhibits are called by
    their numbers; ``pieces.json`` says how long each is and what was left out.

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
    exhibits = json.loads(files[EXHIBITS])["exhibits"]
    room = Room.of(profile.limits)
    pieces = {CHECKLIST.removeprefix("data/"): files[CHECKLIST]}
    notes: dict[str, Any] = {"profile": profile.name}
    pages, notes["pages"] = _pages(files.get(_SUMMARY), room, len({each["file"] for each in exhibits} - {None}))
    shown, given = give_exhibits(exhibits, files, room)
    notes["exhibits"] = [each._asdict() for each in given]
    for each, name in CHECKLIST_TEXTS.items():
        pieces[name.removeprefix("data/")] = files[name] + exhibits_text(given, each).encode()
    if LETTER in files:
        pieces["letter.txt"] = files[LETTER]
        if profile.limits.text is not None:
            text, notes["text"] = _text(files[LETTER].decode(), profile.limits.text, language)
            pieces["text.txt"] = text.encode()
    pieces |= pages | shown
    notes["files"] = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()} for name, content in pieces.items()
    }
    return {**pieces, PIECES: json_bytes(notes)}


def _text(letter: str, limit: TextLimit, language: str) -> tuple[str, dict[str, Any]]:
    lines = [line for line in letter.splitlines() if line]  # blank ones part sections; there is no room for them
    text, is_cut = trim(lines, limit.value, limit.unit, MARKERS[language])
    return text, {"unit": limit.unit, "size": text_size(text, limit.unit), "limit": limit.value, "cut": is_cut}


def _pages(pdf: bytes | None, room: Room, exhibits: int) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The summary, as far as the form has room beside so many exhibits; what it takes is counted in `room`."""
    if pdf is None:
        return {}, {"in_summary": 0, "given": 0}
    there, most = count_pages(pdf), room.most()
    fits = room.lacks(there) is None and (most is None or len(pdf) <= most)
    if fits and "pdf" in (room.formats or ()):
        room.put(pdf, there)
        return {"summary.pdf": pdf}, {"in_summary": there, "given": there}
    # what decides is on the first pages; after those an exhibit shows more than the rest of the summary
    files = there if room.files is None else min(room.files, max(_FIRST_PAGES, room.files - exhibits))
    given = min(there, files, room.pages or there)
    total = room.total
    if total is not None and exhibits:
        try:
            return _pictures(pdf, given, room, total // 2), {"in_summary": there, "given": given}
        except InputError:  # half of the bytes are too few
            pass
    return _pictures(pdf, given, room, total), {"in_summary": there, "given": given}


def _pictures(pdf: bytes, count: int, room: Room, total: int | None) -> dict[str, bytes]:
    apart = replace(room, total=total)
    pieces = {}
    for page in range(count):
        picture = encode(pdf, page, room.formats or FORMATS, apart.most(count - page), room.dpi)
        if picture is None:
            raise InputError([FieldProblem("profile", f"page {page + 1} is not legible within the platform's limits")])
        # letters and digits only: some platforms take no other names
        pieces[f"page{page + 1:02d}.{_SUFFIX[picture.format]}"] = picture.content
        apart.put(picture.content)
    for content in pieces.values():
        room.put(content)
    return pieces
