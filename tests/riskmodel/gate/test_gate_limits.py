"""The limits of the gate: data that is checked when it is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskmodel.errors import CatalogueError
from riskmodel.gate import load_limits
from riskmodel.gate.limits import Measure

FILE = Path(load_limits.__wrapped__.__code__.co_filename).with_name("gate.toml")


def test_every_measure_is_held_to_a_margin_somewhere() -> None:
    """None of them is left to be shown by noise."""
    with_margin = {check.measure for check in load_limits().checks if check.margin is not None}
    assert with_margin == set(Measure.__args__)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("margin = 0.12", "margin = -1", r"gate\.toml: checks\.0\.margin"),
        ('measure = "recall_at_budget"', 'measure = "auc"', r"checks\.0\.measure"),
        ("low = 0.8", "lowest = 0.8", r"parity\.low"),
        ("[parity]", "[parity", "not valid TOML"),
    ],
)
def test_a_wrong_limit_is_named(tmp_path: Path, before: str, after: str, said: str) -> None:
    """With the file and the field."""
    text = FILE.read_text("utf-8")
    assert before in text
    copy = tmp_path / "gate.toml"
    copy.write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(CatalogueError, match=said):
        load_limits(copy)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Without a stack trace."""
    with pytest.raises(CatalogueError, match="cannot be read"):
        load_limits(tmp_path / "none.toml")
