"""The journal of models: only ever added to, and whatever is changed in it is named."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from riskmodel.errors import ModelError
from riskmodel.registry import Journal

NOW = datetime(2026, 3, 4, tzinfo=UTC)
A, B, C = ("a" * 12, "b" * 12, "c" * 12)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "models" / "journal.jsonl")


def promote(journal: Journal, version: str, former: str | None = None, reason: str | None = None) -> None:
    with journal.locked():
        journal.append("promote", version, by="掌柜", at=NOW, former=former, reason=reason)


def roll_back(journal: Journal, version: str) -> None:
    with journal.locked():
        journal.append("rollback", version, by="掌柜", at=NOW)


def test_what_is_added_is_read_back(journal: Journal) -> None:
    """In order, each line with the digest of the one before; a journal that is not there is empty."""
    assert journal.entries() == []
    promote(journal, A)
    promote(journal, B, A, "试一试")
    found = journal.entries()
    assert [(entry.version, entry.former, entry.by, entry.reason) for entry in found] == [
        (A, None, "掌柜", None),
        (B, A, "掌柜", "试一试"),
    ]
    assert [entry.line for entry in found] == journal.path.read_bytes().splitlines()


@pytest.mark.parametrize("line", [0, 1])
def test_a_changed_line_is_named(journal: Journal, line: int) -> None:
    """The line after it does not fit it any more; of the last one whatever makes it no entry is seen."""
    for version in (A, B, C):
        promote(journal, version)
    lines = journal.path.read_bytes().splitlines(keepends=True)
    lines[line] = lines[line].replace("掌柜".encode(), "别人".encode())
    journal.path.write_bytes(b"".join(lines))
    with pytest.raises(ModelError, match=rf"line {line + 2}: the journal of models was altered"):
        journal.entries()
    with pytest.raises(ModelError, match="altered"):
        promote(journal, A)
    assert journal.path.read_bytes() == b"".join(lines)


def test_a_line_that_is_taken_out_is_noticed(journal: Journal) -> None:
    """Also the first one."""
    for version in (A, B, C):
        promote(journal, version)
    lines = journal.path.read_bytes().splitlines(keepends=True)
    for left in (lines[1:], [lines[0], lines[2]]):
        journal.path.write_bytes(b"".join(left))
        with pytest.raises(ModelError, match="altered"):
            journal.entries()


@pytest.mark.parametrize("line", [b"\n", b"{}\n", b"\xff\n", b'{"version": 1}\n'])
def test_what_is_no_entry_is_named(journal: Journal, line: bytes) -> None:
    """By its number, without a stack trace."""
    promote(journal, A)
    journal.path.write_bytes(journal.path.read_bytes() + line)
    with pytest.raises(ModelError, match="line 2"):
        journal.entries()


def test_what_a_crash_cut_short_never_happened(journal: Journal) -> None:
    """It was never reported as done; the next line takes its place."""
    promote(journal, A)
    journal.path.write_bytes(journal.path.read_bytes() + json.dumps({"at": "2026"}).encode())
    assert [entry.version for entry in journal.entries()] == [A]
    promote(journal, B, A)
    assert [entry.version for entry in journal.entries()] == [A, B]


def test_in_use_goes_back_step_by_step(journal: Journal) -> None:
    """A rollback takes one promotion back, the next one the one before; a model that came from elsewhere counts."""
    assert journal.in_use() == []
    promote(journal, B, A)
    assert journal.in_use() == [A, B]
    promote(journal, C, B)
    roll_back(journal, B)
    assert journal.in_use() == [A, B]
    roll_back(journal, A)
    assert journal.in_use() == [A]


def test_the_anchor_stays_until_somebody_overrules(journal: Journal) -> None:
    """Promotions by the gate are all held against the first model; one against the gate begins anew."""
    assert journal.anchor() is None
    promote(journal, B, A)
    promote(journal, C, B)
    assert journal.anchor() == A
    promote(journal, B, C, "新平台上线")
    promote(journal, A, B)
    assert journal.anchor() == B
