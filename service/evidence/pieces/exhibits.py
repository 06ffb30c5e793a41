"""Exhibits as a platform's form takes them: as they were sent where they fit, else as pictures that do.

Pictures are made smaller and written anew, pages of a PDF become pictures. What is neither, or does not fit, is left
out, and it is said why.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pypdfium2
from PIL import Image, ImageOps

from service.evidence.pieces.pages import FORMATS, Picture, count_pages, encode, fitted
from service.evidence.pieces.room import Room

__all__ = ["Given", "give_exhibits"]

_READ = ("JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP")
_SUFFIXES = {"jpeg": "jpg", "png": "png", "gif": "gif", "tiff": "tif", "pdf": "pdf"}
_ENOUGH = 3_000  # pixels of a side
_MOST_PIXELS = 30_000_000  # a picture is held in memory, three bytes each
_LEAST_SIDE = 480  # pixels; below, what a photo shows is hard to see


class Given(NamedTuple):
    """What became of one exhibit.

    Attributes
    ----------
    number, name
        As the bundle has them.
    files
        Names of its pieces, none where it was left out.
    as_sent
        Whether the one piece is the file to the byte.
    lacks
        Why all or a part of it was left out: ``file`` (it is not in the bundle), ``format``, ``unreadable``, ``files``,
        ``pages`` or ``bytes``; None where nothing was.
    """

    number: str
    name: str
    files: tuple[str, ...]
    as_sent: bool
    lacks: str | None


def give_exhibits(
    exhibits: Iterable[Mapping[str, Any]], files: Mapping[str, bytes], room: Room
) -> tuple[dict[str, bytes], list[Given]]:
    """Return the pieces by name, and what became of each exhibit; `room` is what the form takes beside the summary.

    Parameters
    ----------
    exhibits
        As ``exhibits.json`` lists them. A file that came twice is given once.
    files
        Of the bundle, by path.
    """
    listed = list(exhibits)
    left = len({exhibit["file"] for exhibit in listed if exhibit["file"] is not None})
    pieces: dict[str, bytes] = {}
    found: dict[str, Given] = {}
    told = []
    for exhibit in listed:
        number, name, path = exhibit["number"], exhibit["name"], exhibit["file"]
        if path is None:
            told.append(Given(number, name, (), as_sent=False, lacks="file"))
            continue
        if path not in found:
            made, lacks = _made(files[path], path, number, room, left)
            as_sent = list(made.values()) == [files[path]]
            pieces |= made
            found[path] = Given(number, name, tuple(made), as_sent, lacks)
            left -= 1
        told.append(found[path]._replace(number=number, name=name))
    return pieces, told


def _made(content: bytes, path: str, number: str, room: Room, left: int) -> tuple[dict[str, bytes], str | None]:
    """The pieces of one file, and what there was no room for."""
    kind, pages = _kind(content)
    if (lacks := room.lacks()) is not None:
        return {}, lacks
    most = room.most(left)
    if room.takes(kind) and room.lacks(pages) is None and (most is None or len(content) <= most):
        suffix = _SUFFIXES.get(str(kind)) or (path.rpartition(".")[2] if "." in path else "bin")
        room.put(content, pages)
        return {f"{number}.{suffix}": content}, None
    if kind == "pdf":
        return _pages(content, pages, number, room, left)
    if kind is None:
        return {}, "bytes" if room.takes(kind) else "format"
    image = _read(content)
    if image is None:
        return {}, "unreadable"
    picture = _smaller(image, room, most)
    if picture is None:
        return {}, "bytes"
    room.put(picture.content)
    return {f"{number}.{_SUFFIXES[picture.format]}": picture.content}, None


def _pages(content: bytes, pages: int, number: str, room: Room, left: int) -> tuple[dict[str, bytes], str | None]:
    made: dict[str, bytes] = {}
    for page in range(pages):
        if (lacks := room.lacks()) is not None:
            return made, lacks
        picture = encode(content, page, room.formats or FORMATS, room.most(left - 1 + pages - page), room.dpi)
        if picture is None:
            return made, "bytes"
        made[f"{number}p{page + 1:02d}.{_SUFFIXES[picture.format]}"] = picture.content
        room.put(picture.content)
    return made, None


def _kind(content: bytes) -> tuple[str | None, int]:
    """What a file is, by its content, and how many pages it has; None for what is neither picture nor PDF."""
    try:
        if content.startswith(b"%PDF-"):
            return "pdf", count_pages(content)
        with Image.open(io.BytesIO(content), formats=_READ) as image:
            return str(image.format).lower(), 1
    except (OSError, pypdfium2.PdfiumError, Image.DecompressionBombError):
        return None, 1


def _read(content: bytes) -> Image.Image | None:
    """A picture as it is meant to be looked at, without what a camera notes beside it, such as the place."""
    try:
        with Image.open(io.BytesIO(content), formats=_READ) as read:
            read.draft("RGB", (_ENOUGH, _ENOUGH))  # of a JPEG no more has to be read than will be shown
            if read.width * read.height > _MOST_PIXELS:
                return None
            return ImageOps.exif_transpose(read).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def _smaller(image: Image.Image, room: Room, most: int | None) -> Picture | None:
    """A picture as large as fits; None where too little of it could be seen."""
    kinds = [kind for kind in reversed(FORMATS) if kind in (room.formats or FORMATS)]
    while (picture := fitted(image, kinds, most)) is None:
        size = image.width * 4 // 5, image.height * 4 // 5
        if max(size) < _LEAST_SIDE:
            return None
        image = image.resize(size, Image.Resampling.LANCZOS)
    return picture
