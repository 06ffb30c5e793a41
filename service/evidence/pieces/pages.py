"""Pages of a PDF as pictures that a platform takes: in its formats, within its sizes, the same bytes every time."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pypdfium2
from PIL import Image

from service.evidence.profiles.schema import ImageFormat

__all__ = ["FORMATS", "Picture", "count_pages", "encode", "render"]

FORMATS: tuple[ImageFormat, ...] = ("png", "jpeg")
"""The formats that pages are written in, the sharpest first."""

_DPI, _LEAST_DPI = 200, 80  # below, Chinese in body size is hard to read
_POINTS = 72
_QUALITIES = (90, 80, 70, 60, 50)


class Picture(NamedTuple):
    """A page as a file: its content, format and resolution."""

    content: bytes
    format: ImageFormat
    dpi: int


def count_pages(pdf: bytes) -> int:
    """Return how many pages a PDF has."""
    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def render(pdf: bytes, page: int, dpi: int) -> Image.Image:
    """Return a page, counted from 0, as a picture without transparency."""
    with pypdfium2.PdfDocument(pdf) as document:
        image: Image.Image = document[page].render(scale=dpi / _POINTS).to_pil().convert("RGB")
        return image


def encode(
    pdf: bytes, page: int, formats: Sequence[ImageFormat], most: int | None, dpi: int | None = None
) -> Picture | None:
    """Return a page in the sharpest way that fits; None where it would not be legible.

    Parameters
    ----------
    formats
        What may be used, of `FORMATS`.
    most
        How many bytes it may have; None where nothing limits it.
    dpi
        The highest resolution that is taken.
    """
    resolution = min(_DPI, dpi or _DPI)
    while resolution >= _LEAST_DPI:
        image = render(pdf, page, resolution)
        for kind, content in _encodings(image, [kind for kind in FORMATS if kind in formats], resolution):
            if most is None or len(content) <= most:
                return Picture(content, kind, resolution)
        resolution = resolution * 4 // 5
    return None


def _encodings(image: Image.Image, formats: Sequence[ImageFormat], dpi: int) -> Iterator[tuple[ImageFormat, bytes]]:
    for kind in formats:
        if kind == "png":
            yield kind, _saved(image, "PNG", optimize=True, dpi=(dpi, dpi))
        else:
            for quality in _QUALITIES:
                yield kind, _saved(image, "JPEG", quality=quality, dpi=(dpi, dpi))


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
