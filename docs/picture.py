"""Draws docs/demo.svg: the demo's own output, cut down to the reply that decides the first chat and the closing table.

Run it with ``.venv/bin/python docs/picture.py`` once there is a model. Nothing is drawn by hand: the service answers,
the demo's view prints, rich records.
"""

from __future__ import annotations

import html
import io
import re
import tempfile
from itertools import accumulate
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console

from riskmodel.paths import default_model_dir
from service.demo.chats import chats_to_replay
from service.demo.process import running_service
from service.demo.replay import outcome, replay
from service.demo.view import View

PICTURE = Path(__file__).with_name("demo.svg")
COLUMNS = 100
CELL = 12.2  # width of a cell in rich's SVG, in user units

OUTSIDE = re.compile(
    r"@font-face\s*\{[^}]*\}\s*|<!--.*?-->\s*", re.DOTALL
)  # fonts of the web; a remark with an address
FONTS = 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", "PingFang SC", "Noto Sans CJK SC", monospace'
TEXT = re.compile(r'x="([\d.]+)" (y="[\d.]+") textLength="[\d.]+" (clip-path="[^"]*")>(.*?)</text>')


def draw() -> str:
    """The picture as SVG that fetches nothing."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, highlight=False)
    view = View(console)
    outcomes = []
    with tempfile.TemporaryDirectory() as folder, running_service(default_model_dir(), Path(folder) / "log") as client:
        # told: the project's own chats; others would put somebody's real words into the picture
        for number, chat in enumerate((chat for chat in chats_to_replay() if chat.told), start=1):
            turns = list(replay(chat, client))
            outcomes.append(outcome(chat, turns))
            if number == 1:
                view.chat(number, chat)
                for turn in turns[: 1 + next(index for index, turn in enumerate(turns) if turn.fateful)]:
                    view.turn(turn)
                view.note("…")
    view.summary(outcomes)
    svg = console.export_svg(title="./dev demo", unique_id="demo")
    svg = OUTSIDE.sub("", svg).replace("Fira Code, monospace", FONTS)
    svg = TEXT.sub(_in_cells, svg)
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def _in_cells(element: re.Match[str]) -> str:
    """The same text with a place for each character: rich gives a Chinese one the room of a Latin one."""
    left, top, clip, content = element.groups()
    cells = accumulate(map(cell_len, html.unescape(content)[:-1]), initial=0)
    places = " ".join(f"{float(left) + CELL * cell:g}" for cell in cells)
    return f'x="{places}" {top} {clip}>{content}</text>'


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
    print(f"wrote {PICTURE.name}, {PICTURE.stat().st_size} bytes")
