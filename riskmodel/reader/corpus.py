"""The hand-written texts that teach the reader: single lines, and exchanges of a buyer's turn and the shop's reply."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from riskmodel.errors import CatalogueError

__all__ = ["Exchange", "Line", "read_exchanges", "read_lines"]

_STANCES = frozenset({"affirm", "deny", "charge", "careful", "asks", "mentions", "none"})
_BUYERS = "buyer"  # files of buyers' lines begin so


class Line(NamedTuple):
    """One hand-written line: who wrote it (the file), what it speaks of and what it says to that."""

    writer: str
    topic: str
    stance: str
    text: str

    @property
    def by_buyer(self) -> bool:
        """Whether a buyer says it."""
        return self.writer.startswith(_BUYERS)


class Exchange(NamedTuple):
    """A hand-written turn of the buyer, the topics that it leaves open, and the reply, by topic the stance it takes."""

    writer: str
    asked: tuple[str, ...]
    said: tuple[tuple[str, str], ...]
    turn: tuple[str, ...]
    reply: str


def _folder(name: str) -> Path:
    """A folder of texts: inside an installed wheel, else under data/synthetic of the checkout."""
    inside = Path(__file__).parent / "data" / name
    return inside if inside.is_dir() else Path(__file__).parents[2] / "data" / "synthetic" / name


def read_lines(folder: Path | None = None) -> list[Line]:
    """The lines of all files of a folder, by default the project's own: topic, stance and text, parted by tabs.

    Raises
    ------
    CatalogueError
        With the file and the number of the line, at the first that has another form.
    """
    lines = []
    for where, writer, parts in _rows(folder or _folder("lines")):
        if len(parts) != 3 or parts[1] not in _STANCES or not parts[2].strip():
            raise CatalogueError(f"{where}: must be topic, stance and text, parted by tabs")
        lines.append(Line(writer, *parts))
    return lines


def read_exchanges(folder: Path | None = None) -> list[Exchange]:
    """The exchanges of all files of a folder, by default the project's own.

    A row is what is asked, the topics of the reply and its stances (several joined by ``+``), the turn's lines, parted
    by `` / ``, and the reply; parted by tabs.

    Raises
    ------
    CatalogueError
        With the file and the number of the line, at the first that has another form.
    """
    exchanges = []
    for where, writer, parts in _rows(folder or _folder("exchanges")):
        if len(parts) != 5 or not all(part.strip() for part in parts):
            raise CatalogueError(f"{where}: must be asked, topic, stance, turn and reply, parted by tabs")
        asked, topics, stances = (part.split("+") for part in parts[:3])
        if len(topics) != len(stances) or not _STANCES.issuperset(stances):
            raise CatalogueError(f"{where}: each topic of the reply needs one known stance")
        said, turn = tuple(zip(topics, stances, strict=True)), tuple(parts[3].split(" / "))
        exchanges.append(Exchange(writer, tuple(asked), said, turn, parts[4]))
    return exchanges


def _rows(folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Each row of a folder's files, parted at its tabs, with where it stands and who wrote it."""
    for path in sorted(folder.glob("*.tsv")):
        for number, row in enumerate(path.read_text("utf-8").splitlines(), start=1):
            yield f"{path.name}: line {number}", path.stem, row.split("\t")
