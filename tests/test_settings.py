"""The page of settings: written from the table of options, and as it should be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from service.config import settings
from service.options import OPTIONS, ConfigError

DOCS = Path(__file__).resolve().parents[1] / "docs"


def test_the_page_is_current() -> None:
    """Whoever changes an option writes the page anew; each option is on it in both languages."""
    command = "import settings; print(settings.page(), end='')"
    done = subprocess.run([sys.executable, "-c", command], cwd=DOCS, capture_output=True, text=True, check=True)
    page = (DOCS / "settings.md").read_text("utf-8")
    assert page == done.stdout, "docs/settings.md is not current: run .venv/bin/python docs/settings.py"
    for option in OPTIONS:
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{option.environment}` |")]
        assert option.zh in row
        assert option.en in row


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.key)
def test_defaults_are_read_back(option) -> None:
    """What the page shows as the default can be written in the environment and means the same."""
    if option.default in (None, ""):
        return
    text = ("no", "yes")[option.default] if isinstance(option.default, bool) else str(option.default)
    assert settings({option.environment: text})[option.key] == option.default


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BAITWATCH_RATE_LIMIT", "many"),
        ("BAITWATCH_RATE_LIMIT", "0/minute"),
        ("BAITWATCH_RATE_LIMIT_STORE", "localhost:6379"),
        ("BAITWATCH_RATE_LIMIT_STORE", "redis://"),
        ("BAITWATCH_METRICS_FROM", "everybody"),
        ("BAITWATCH_METRICS_FROM", "10.0.0.1/8"),
        ("BAITWATCH_REQUEST_SECONDS", "a while"),
        ("BAITWATCH_PROXIES", "-1"),
        ("BAITWATCH_OPEN_SCORING", "maybe"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(name: str, value: str) -> None:
    """The line names the variable, says what it must be, and does not repeat the value."""
    with pytest.raises(ConfigError, match=f"{name} must be") as caught:
        settings({name: value})
    assert "everybody" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "key", "read"),
    [
        ("BAITWATCH_RATE_LIMIT", "none", "RATE_LIMIT", ""),
        ("BAITWATCH_RATE_LIMIT", "20 / second", "RATE_LIMIT", "20/second"),
        ("BAITWATCH_METRICS_FROM", "none", "METRICS_FROM", ""),
        ("BAITWATCH_METRICS_FROM", "127.0.0.1, 10.0.0.0/8,::1", "METRICS_FROM", "127.0.0.1/32,10.0.0.0/8,::1/128"),
        ("BAITWATCH_RATE_LIMIT_STORE", "redis://127.0.0.1:6379/0", "RATE_LIMIT_STORE", "redis://127.0.0.1:6379/0"),
    ],
)
def test_values_are_read(name: str, value: str, key: str, read: str) -> None:
    """As the page says they are written."""
    assert settings({name: value})[key] == read
