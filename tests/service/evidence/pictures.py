"""Pictures and PDFs for the tests of pieces."""

from __future__ import annotations

import io
import random
from typing import Any

from PIL import Image, ImageDraw


def pdf(*pages: Image.Image) -> bytes:
    """A PDF of A4 pages that show these pictures."""
    file = io.BytesIO()
    pages[0].save(file, "PDF", save_all=True, append_images=pages[1:], resolution=100)
    return file.getvalue()


def plain(number: int) -> Image.Image:
    """A page with a few strokes."""
    image = Image.new("RGB", (827, 1169), "white")
    draw = ImageDraw.Draw(image)
    for row in range(40):
        draw.line((60, 60 + 25 * row, 200 + 13 * (row * number % 40), 60 + 25 * row), "black", 3)
    return image


def noisy() -> Image.Image:
    """A small page that hardly compresses."""
    return Image.frombytes("L", (413, 584), random.Random(7).randbytes(413 * 584)).convert("RGB")  # a picture


def photo(width: int = 900, height: int = 600, kind: str = "JPEG", **how: Any) -> bytes:
    """A picture that hardly compresses."""
    image = Image.frombytes("RGB", (width, height), random.Random(width).randbytes(width * height * 3))  # a picture
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()
