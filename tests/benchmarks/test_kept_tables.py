"""Talks that are read once and kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from strategies import sample

from benchmarks import tables
from riskmodel.scorer import Scorer
from riskmodel.table import read_table


def test_what_is_kept_is_what_is_read(tmp_path: Path, trained: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same table as without keeping, also the second time, when nothing is read any more."""
    monkeypatch.setattr(tables, "JOBS", 1)
    chats, reader = sample()[:12], trained.model.reader
    kept, wanted = tables.Kept(tmp_path / "kept", reader), read_table(chats, reader=reader, jobs=1)
    first = kept(chats)
    monkeypatch.setattr(tables, "read_rows", None)
    for table in (first, kept(chats)):
        assert np.array_equal(table.columns, wanted.columns)
        assert np.array_equal(table.sampled, wanted.sampled)
        assert table.spoken == wanted.spoken
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_a_part_that_is_not_finished_is_read_again(tmp_path: Path, trained: Scorer) -> None:
    """A file that a broken run left behind is never taken for a part."""
    kept = tables.Kept(tmp_path, trained.model.reader)
    kept.rows(sample()[:3])
    (done,) = tmp_path.iterdir()
    done.write_bytes(b"broken")
    done.rename(done.with_suffix(".part"))
    assert len(kept.rows(sample()[:3])) == 3
    assert done.is_file()
