"""The listener that is kept on disk: the same as the one fitted, found by what it was fitted on, and never trusted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from riskmodel.promises import kept
from riskmodel.promises.kept import project_listener
from riskmodel.reader import LineReader


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch, reader: LineReader) -> list[int]:
    """Grows with each fit, which takes no time here."""
    counted: list[int] = []

    def fit(lines: object, exchanges: object) -> LineReader:
        counted.append(1)
        return reader

    monkeypatch.setattr(kept, "fit_listener", fit)
    return counted


def arrays(listener: LineReader) -> dict[str, np.ndarray]:
    assert listener.weighing is not None
    return {**listener.arrays, **listener.weighing.arrays}


def test_it_is_fitted_once(tmp_path: Path, fits: list[int], reader: LineReader) -> None:
    """What is read back has the same arrays, to the bit and in the same types."""
    for _ in range(2):
        found = arrays(project_listener(tmp_path / "cache"))
        for name, array in arrays(reader).items():
            assert found[name].dtype == array.dtype
            assert found[name].tobytes() == array.tobytes()
    assert len(fits) == 1
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_another_program_fits_anew(tmp_path: Path, fits: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed source or library has another digest, and the file of the one before is gone."""
    project_listener(tmp_path)
    monkeypatch.setattr(kept, "_digest", lambda lines, exchanges: "other")
    project_listener(tmp_path)
    assert len(fits) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["listener-other.npz"]


def test_another_text_is_fitted_anew(tmp_path: Path, fits: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """One line more, or one reply that reads otherwise, is another listener; the same texts are not."""
    project_listener(tmp_path)
    lines, exchanges = kept.read_lines(), kept.read_exchanges()
    monkeypatch.setattr(kept, "read_lines", lambda: [*lines, lines[0]])
    project_listener(tmp_path)
    monkeypatch.setattr(kept, "read_lines", lambda: lines)
    changed = [exchanges[0]._replace(reply=f"{exchanges[0].reply}吧"), *exchanges[1:]]
    monkeypatch.setattr(kept, "read_exchanges", lambda: changed)
    project_listener(tmp_path)
    project_listener(tmp_path)
    assert len(fits) == 3


def test_rooms_that_come_later_have_no_part_in_it() -> None:
    """What fits it loads nothing of them, so that its digest can leave them out; and each of them is there."""
    loaded = "import sys, riskmodel.promises.kept; print(*(name for name in sys.modules if name[:10] == 'riskmodel.'))"
    modules = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout.split()
    rooms = {module.split(".")[1] for module in modules}
    assert "reader" in rooms
    assert kept.LATER.isdisjoint(rooms)
    assert all((Path(kept.__file__).parents[1] / room).is_dir() for room in kept.LATER)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"x" * 100])
def test_a_damaged_file_is_fitted_again(tmp_path: Path, fits: list[int], content: bytes) -> None:
    """And is whole afterwards."""
    project_listener(tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(content)
    project_listener(tmp_path)
    project_listener(tmp_path)
    assert len(fits) == 2


def test_a_file_that_would_run_code_is_not_read(tmp_path: Path, fits: list[int]) -> None:
    """Arrays of objects, which would be unpickled, are refused, and it is fitted again."""
    project_listener(tmp_path)
    (path,) = tmp_path.iterdir()
    np.savez(path.with_suffix(""), grams=np.array([{}], dtype=object), allow_pickle=True)
    project_listener(tmp_path)
    assert len(fits) == 2


def test_where_nothing_can_be_kept_it_is_fitted_each_time(tmp_path: Path, fits: list[int]) -> None:
    """A cache that is no folder costs time and nothing else."""
    (tmp_path / "cache").write_text("no folder")
    for _ in range(2):
        project_listener(tmp_path / "cache")
    assert len(fits) == 2
