"""A home of one test's own, for commands that keep things."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BAITWATCH_HOME", str(tmp_path))
    monkeypatch.delenv("BAITWATCH_DATABASE_URL", raising=False)
    return tmp_path
