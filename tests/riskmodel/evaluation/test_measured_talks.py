"""Measured talks as a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from measured_talks import measured

from riskmodel.errors import InputError
from riskmodel.evaluation.kept import Kept, read_measured, write_measured
from riskmodel.evaluation.summary import summarise


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "measured.jsonl"
    write_measured(path, Kept("what on what", [f"t{i}" for i in range(35)], measured()))
    return path


def test_what_is_read_is_what_was_written(file: Path) -> None:
    """To the last bit: the report of the talks that come back is the same."""
    kept = read_measured(file)
    assert (kept.split, kept.names[-1]) == ("what on what", "t34")
    first, again = (summarise(talks, split="s", resamples=20) for talks in (measured(), kept.measured))
    assert first == again
    assert all(
        np.array_equal(one.risks, other.risks) and one.risks.dtype == other.risks.dtype
        for one, other in zip(measured(), kept.measured, strict=True)
    )


def test_the_same_talks_give_the_same_bytes(file: Path, tmp_path: Path) -> None:
    """Written again after reading, the file is the same."""
    write_measured(tmp_path / "again.jsonl", read_measured(file))
    assert (tmp_path / "again.jsonl").read_bytes() == file.read_bytes()


def test_a_missing_file_says_what_to_run(tmp_path: Path) -> None:
    """The error names the file and the notebook that writes it."""
    with pytest.raises(InputError, match=r"measured\.jsonl: no such file; measure first"):
        read_measured(tmp_path / "measured.jsonl")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('"risks":[0.05,', '"risks":[1.05,', r"line \d+: risks\.0"),
        ('"actions":[0,', '"actions":[7,', r"line \d+: actions\.0"),
        ('"label":"benign"', '"label":"secret"', r"line \d+: label"),
        ('{"name"', '{"extra":1,"name"', "line 2: extra"),
        ('"actions":[0,2,0]', '"actions":[0,2]', "line 2: line: actions"),
        ('{"split":"what on what"}', "[]", "line 1"),
    ],
)
def test_a_damaged_line_is_named_and_not_repeated(file: Path, old: str, new: str, named: str) -> None:
    """By its number and field; what it holds is not shown."""
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=named) as caught:
        read_measured(file)
    assert "secret" not in str(caught.value)


def test_an_empty_file_is_refused(file: Path) -> None:
    """A head alone measures nothing."""
    file.write_text('{"split":"s"}\n', encoding="utf-8")
    with pytest.raises(InputError, match="no measured talks"):
        read_measured(file)
