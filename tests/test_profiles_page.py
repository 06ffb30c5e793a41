"""The page of profiles: written from their data, and as it should be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from service.evidence.profiles import load_profile, profile_names

DOCS = Path(__file__).resolve().parents[1] / "docs"


def test_the_page_is_current() -> None:
    """Whoever changes a profile writes the page anew; each is on it with all its sources."""
    command = "import profiles; print(profiles.page(), end='')"
    done = subprocess.run([sys.executable, "-c", command], cwd=DOCS, capture_output=True, text=True, check=True)
    page = (DOCS / "profiles.md").read_text("utf-8")
    assert page == done.stdout, "docs/profiles.md is not current: run .venv/bin/python docs/profiles.py"
    for name in profile_names():
        assert f"\n| `{name}` | " in page
        assert all(source.title in page for source in load_profile(name).sources.values())
