"""Draws docs/summary.png: the first two pages of the summary of a demo chat, as a bundle has it.

Run it with ``.venv/bin/python docs/summary.py`` once there is a model; with a folder, all pages are written there.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pypdfium2
from PIL import Image

from riskmodel.paths import default_model_dir
from riskmodel.scorer import Scorer
from service.demo.chats import chats_to_replay
from service.evidence.bag import BASE
from service.evidence.bundle import build_bundle
from service.evidence.container import read_container

PICTURE = Path(__file__).with_name("summary.png")
CHAT = "demo-review"
SCALE = 1.15  # pixels for a point
COLOURS = 40  # keep the picture small


def pages() -> list[Image.Image]:
    """The pages of the summary as pictures."""
    talk = next(chat.conversation for chat in chats_to_replay() if chat.conversation.conversation_id == CHAT)
    said = list(Scorer.load(default_model_dir()).trajectory(talk))
    document = pypdfium2.PdfDocument(read_container(build_bundle(talk, said, None))[BASE + "data/summary.pdf"])
    return [page.render(scale=SCALE).to_pil() for page in document]


def main(folder: str | None) -> None:
    """Write all pages into a folder, or the first two beside this file."""
    drawn = pages()
    if folder is not None:
        for number, page in enumerate(drawn, start=1):
            page.save(Path(folder) / f"{number}.png")
        return
    width, height = drawn[0].size
    picture = Image.new("RGB", (2 * width + 12, height), "#8a929b")
    for number, page in enumerate(drawn[:2]):
        picture.paste(page, (number * (width + 12), 0))
    picture.quantize(COLOURS).save(PICTURE, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:2] or [None])
