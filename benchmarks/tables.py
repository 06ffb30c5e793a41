"""Talks read once and kept in a folder, part by part: a long run that broke goes on where it stood."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import reduce
from pathlib import Path
from typing import Any

import joblib

from riskmodel.reader import LineReader
from riskmodel.synthesis import LabelledChat
from riskmodel.synthesis.digest import data_digest
from riskmodel.table import Table, joined, read_table

__all__ = ["kept_in"]

_PART = 200  # talks


def kept_in(folder: Path) -> Callable[..., Table]:
    """A `riskmodel.table.read_table` that keeps what it reads, under a digest of talks, reader and seed."""
    folder.mkdir(parents=True, exist_ok=True)

    def read(
        chats: Iterable[LabelledChat], *, reader: LineReader, seed: int = 0, progress: Any = None, total: int = 0
    ) -> Table:
        known = hashlib.sha256()
        for name, array in sorted(reader.arrays.items()):
            known.update(name.encode() + array.tobytes())
        kept, parts = [chat for chat in chats if chat.conversation["messages"]], []
        for start in range(0, len(kept), _PART):
            part = kept[start : start + _PART]
            digest = hashlib.sha256(f"{data_digest(part)}:{known.hexdigest()}:{seed}:{start}".encode()).hexdigest()
            path = folder / f"{digest[:32]}.joblib"
            if not path.is_file():
                unfinished = path.with_suffix(".part")
                joblib.dump(read_table(part, seed=seed + start, reader=reader), unfinished, compress=1)
                unfinished.replace(path)
            parts.append(joblib.load(path))
            if progress is not None:
                progress("reading chats", min(start + _PART, len(kept)), max(total, len(kept)))
        return reduce(joined, parts)

    return read
