"""Days that people call by name: the data file holds what it says."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest
import yaml

from riskmodel.text import normalize
from riskmodel.text.when import find_dues
from riskmodel.text.when.named import named_day, next_public_day

ENTRIES: list[dict[str, Any]] = yaml.safe_load(
    files("riskmodel.text").joinpath("data/named_days.yaml").read_text("utf-8")
)
BY_DAY = {entry["day"]: entry for entry in ENTRIES}
EXAMPLES = [(entry["day"], example) for entry in ENTRIES for example in entry["examples"]]


@pytest.mark.parametrize(("day", "example"), EXAMPLES, ids=lambda value: value if isinstance(value, str) else None)
def test_examples(day: str, example: dict[str, Any]) -> None:
    """Each example is due at the end of the day that it says, or not at all."""
    now = datetime.fromisoformat(f"{example['said']}T10:00:00+08:00")
    assert normalize(example["text"]).text == example["text"]
    found = [due.at.date() for due in find_dues(example["text"], now)]
    assert found == ([example["due"]] if example["due"] else []), day


@pytest.mark.parametrize("day", BY_DAY)
def test_entry_is_whole(day: str) -> None:
    """An entry says what it is called, when it is, where that is from, and shows it by an example that is due."""
    entry = BY_DAY[day]
    assert set(entry) <= {
        "day", "names", "short", "only_before", "month_day", "dates", "public", "source", "note", "examples",
    }  # fmt: skip  # names in rows, read at a glance
    assert any(entry.get(kind) for kind in ("names", "short", "only_before"))
    assert ("month_day" in entry) != ("dates" in entry)
    assert entry["source"]
    assert entry["note"]
    assert any(example["due"] for example in entry["examples"])


@pytest.mark.parametrize("day", [day for day, entry in BY_DAY.items() if "dates" in entry])
def test_dates_by_year(day: str) -> None:
    """Days that move are given once for each year from 2025 to 2030."""
    assert [date.year for date in BY_DAY[day]["dates"]] == list(range(2025, 2031))


def test_rules_behind_the_dates() -> None:
    """The eve is a day before the feast, the lantern feast a fortnight after, and the parents' days are Sundays."""
    eve, spring, lantern, mothers, fathers = (
        BY_DAY[day]["dates"] for day in ("new_years_eve", "spring_festival", "lantern", "mothers", "fathers")
    )
    assert [day + timedelta(days=1) for day in eve] == spring
    assert [day + timedelta(days=14) for day in spring] == lantern
    assert all(day.month == 5 and day.weekday() == 6 and 8 <= day.day <= 14 for day in mothers)
    assert all(day.month == 6 and day.weekday() == 6 and 15 <= day.day <= 21 for day in fathers)


NAMES = [name for entry in ENTRIES for kind in ("names", "short", "only_before") for name in entry.get(kind, ())]


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_found(name: str) -> None:
    """A name in front of 前 is a time by itself, whatever else the message says."""
    now = datetime.fromisoformat("2026-07-01T10:00:00+08:00")
    assert [(due.start, due.end) for due in find_dues(f"{name}前送", now)] == [(0, len(name) + 1)]


def test_no_name_is_given_twice() -> None:
    """A name stands for one day."""
    assert len(NAMES) == len(set(NAMES))


def test_unknown_years() -> None:
    """Where the dates of a year are not listed, a day that moves is not known, and neither is the next feast."""
    assert named_day("中秋", date(2024, 3, 1)) is None
    assert named_day("中秋", date(2030, 12, 1)) is None
    assert named_day("国庆", date(2040, 12, 1)) == date(2041, 10, 1)
    assert next_public_day(date(2030, 12, 1)) == date(2031, 1, 1)
    assert next_public_day(date(2031, 12, 1)) is None
    assert next_public_day(date(2026, 10, 1)) == date(2027, 1, 1)
