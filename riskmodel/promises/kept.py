"""The fitted listener, kept on disk: it takes half of a training's time, and hangs on the project's own texts alone.

The file is named after a digest of those texts, of what in this package reads them and of the libraries that fit it, so
that whatever is changed is fitted anew. It is the same in a checkout and in an installed wheel, which carries the texts
inside the package. It holds arrays and runs no code; what cannot be read is fitted again.
"""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import riskmodel
from riskmodel.paths import default_cache_dir
from riskmodel.promises.fit import fit_listener
from riskmodel.reader import LineReader, Weighing
from riskmodel.reader.corpus import Exchange, Line, read_exchanges, read_lines

__all__ = ["project_listener"]

_LIBRARIES = ("numpy", "scipy", "scikit-learn")
_WEIGHING = "weighing_"
LATER = frozenset("batch evaluation features gate learning links model monitoring registry reply synthesis".split())
"""Rooms that only read what the listener has heard: a change there leaves it as it is."""
_TEXTS = ("reader/data/", "acts/data/acts/")  # in a wheel only; what the listener learns of them is taken as it is read


def project_listener(folder: Path | None = None) -> LineReader:
    """The listener that is fitted on the project's own lines and exchanges.

    Parameters
    ----------
    folder
        Where it is kept; by default `default_cache_dir`. Where nothing can be written there it is fitted each time.
    """
    folder = folder or default_cache_dir()
    lines, exchanges = read_lines(), read_exchanges()
    path = folder / f"listener-{_digest(lines, exchanges)}.npz"
    kept = _read(path)
    if kept is not None:
        return kept
    fitted = fit_listener(lines, exchanges)
    _write(path, fitted)
    return fitted


def _digest(lines: Sequence[Line], exchanges: Sequence[Exchange]) -> str:
    found = hashlib.sha256(" ".join(version(name) for name in _LIBRARIES).encode())
    for part in (*lines, *exchanges):
        found.update(repr(part).encode())
    root = Path(riskmodel.__file__).parent
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        left_out = name.startswith(_TEXTS) or name.partition("/")[0] in LATER or "__pycache__" in path.parts
        if path.is_file() and not left_out:
            for content in (name.encode(), path.read_bytes()):
                found.update(hashlib.sha256(content).digest())
    return found.hexdigest()[:32]


def _read(path: Path) -> LineReader | None:
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        weighing = {name: arrays.pop(name) for name in list(arrays) if name.startswith(_WEIGHING)}
        return LineReader(
            **arrays, weighing=Weighing(**{name.removeprefix(_WEIGHING): array for name, array in weighing.items()})
        )
    except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _write(path: Path, fitted: LineReader) -> None:
    assert fitted.weighing is not None
    weighing = {f"{_WEIGHING}{name}": array for name, array in fitted.weighing.arrays.items()}
    arrays: dict[str, Any] = {**fitted.arrays, **weighing}
    partial = path.with_suffix(f".{os.getpid()}")
    with suppress(OSError):  # it is kept to save time, and no more
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with partial.open("wb") as file:
                np.savez(file, **arrays)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        for older in set(path.parent.glob("listener-*.npz")) - {path}:
            older.unlink(missing_ok=True)
