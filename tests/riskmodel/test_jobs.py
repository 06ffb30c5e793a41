"""How many processes work at once is a setting, and a wrong one is said in words."""

from __future__ import annotations

import pytest

from riskmodel.jobs import _jobs


@pytest.mark.parametrize(("named", "jobs"), [("", 2), ("1", 1), ("16", 16)])
def test_the_environment_names_it(monkeypatch: pytest.MonkeyPatch, named: str, jobs: int) -> None:
    """Two where nothing is named."""
    monkeypatch.setenv("BAITWATCH_JOBS", named)
    assert _jobs() == jobs


@pytest.mark.parametrize("named", ["0", "-1", "two", "1.5", "٣"])
def test_a_wrong_number_is_named(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    """One line has the name of the setting and what it takes."""
    monkeypatch.setenv("BAITWATCH_JOBS", named)
    with pytest.raises(SystemExit, match="BAITWATCH_JOBS must be a number of processes, 1 or more"):
        _jobs()
