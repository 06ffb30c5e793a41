"""Talks read once and kept in a folder, part by part: a long run that broke goes on where it stood."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import joblib

from riskmodel.channels import Progress
from riskmodel.jobs import JOBS
from riskmodel.reader import LineReader
from riskmodel.synthesis import LabelledChat
from riskmodel.synthesis.digest import data_digest
from riskmodel.table import Table, TalkRows, as_table, read_rows

__all__ = ["Kept"]

_PART = 100  # talks


class Kept:
    """Reads talks as `riskmodel.table.read_table` does, and keeps what was read under a digest of talks and reader.

    Parameters
    ----------
    folder
        Where; it is made.
    reader
        The reader of lines of all that is read.
    """

    def __init__(self, folder: Path, reader: LineReader) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._reader = folder, reader
        known = hashlib.sha256()
        for name, array in sorted(reader.arrays.items()):
            known.update(name.encode() + array.tobytes())
        self._known = known.hexdigest()

    def rows(self, chats: Iterable[LabelledChat], progress: Progress | None = None) -> list[TalkRows]:
        """What was read of each talk, in their order; parts that the folder has are not read again."""
        talks = list(chats)
        parts = [talks[start : start + _PART] for start in range(0, len(talks), _PART)]
        paths = [self._path(part) for part in parts]
        missing = [(part, path) for part, path in zip(parts, paths, strict=True) if not path.is_file()]
        stored = joblib.Parallel(n_jobs=min(JOBS, max(len(missing), 1)), return_as="generator")(
            joblib.delayed(_store)(part, path, self._reader) for part, path in missing
        )
        for number, _ in enumerate(stored, start=1):
            if progress is not None:
                progress("reading chats", number, len(missing))
        return [talk for path in paths for talk in joblib.load(path)]

    def __call__(self, chats: Iterable[LabelledChat], *, seed: int = 0, **_: Any) -> Table:
        """The table of some chats."""
        kept = [chat for chat in chats if chat.conversation["messages"]]
        return as_table(kept, self.rows(kept), seed)

    def _path(self, part: list[LabelledChat]) -> Path:
        return self._folder / f"{hashlib.sha256((data_digest(part) + self._known).encode()).hexdigest()[:32]}.joblib"


def _store(part: list[LabelledChat], path: Path, reader: LineReader) -> None:
    read: list[TalkRows] = read_rows(part, reader)
    unfinished = path.with_suffix(".part")
    joblib.dump(read, unfinished, compress=1)
    unfinished.replace(path)
