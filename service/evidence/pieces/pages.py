"""Pages of a PDF as pictures that a platform takes: in its formats, within its sizes, the same bytes every time."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pypdfium2
from PIL import Image

from service.evidence.profiles.schema import ImageFormat

__all__ = ["FORMATS", "Picture", "count_pages", "encode", "fitted", "render"]

FORMATS: tuple[ImageFormat, ...] = ("png", "jpeg")
"""The formats that pages are written in, the sharpest first."""

_DPI, _LEAST_DPI = 200, 80  # below, Chinese in body size is hard to read
_POINTS = 72
_QUALITIES = (90, 80, 70, 60, 50)


class Picture(NamedTuple):
    """A page or photo as a file: its content, format and, of a page, resolution."""

    content: bytes
    format: ImageFormat
    dpi: int | None


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
    kinds = [kind for kind in FORMATS if kind in formats]
    while resolution >= _LEAST_DPI:
        image = render(pdf, page, resolution)
        picture = fitted(image, kinds, most, resolution)
        if picture is not None:
            return picture
        # a page that is too large as PNG is no drawing; as JPEG it can stay sharper
        kinds = kinds[-1:]
        resolution = resolution * 4 // 5
    return None


def fitted(
    image: Image.Image, kinds: Sequence[ImageFormat], most: int | None, dpi: int | None = None
) -> Picture | None:
    """The picture in the first of these formats, and the best quality, that fits; None where none does."""
    for kind in kinds:
        content = _encode(image, kind, most, dpi)
        if content is not None:
            return Picture(content, kind, dpi)
    return None


def _encode(image: Image.Image, kind: ImageFormat, most: int | None, dpi: int | None) -> bytes | None:
    """The picture in the best quality that fits, None where none does."""
    settings: list[dict[str, object]] = [{}]
    if kind == "jpeg":
        settings = [{"quality": quality} for quality in _QUALITIES]
    # the smallest first: where that is too large, none needs to be tried
    if most is not None and len(_saved(image, kind, dpi, settings[-1])) > most:
        return None
    for setting in settings:
        content = _saved(image, kind, dpi, setting)
        if most is None or len(content) <= most:
            return content
    return None


def _saved(image: Image.Image, kind: ImageFormat, dpi: int | None, setting: Mapping[str, object]) -> bytes:
    file = io.BytesIO()
    resolution = {} if dpi is None else {"dpi": (dpi, dpi)}
    image.save(file, kind.upper(), **resolution, **setting)
    return file.getvalue()
