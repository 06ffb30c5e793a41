"""The lines that teach the reader: their form, and that they stand apart from one another and from the test sets."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from riskmodel.errors import CatalogueError
from riskmodel.promises.topics import load_topics
from riskmodel.reader.fit import Line, lines_folder, read_lines
from riskmodel.text import normalize

WRITTEN = Path(__file__).resolve().parents[2] / "written"
LINES = read_lines()
RUN = 8  # characters that two writers do not share by chance


def test_lines_are_read_with_their_writers(tmp_path: Path) -> None:
    """Each file is a writer; the lines come in the order of files and rows."""
    (tmp_path / "buyer1.tsv").write_text("invoice\tasks\t有发票不\n", "utf-8")
    (tmp_path / "agent1.tsv").write_text("invoice\taffirm\t开的\nother\tnone\t在的\n", "utf-8")
    (tmp_path / "notes.txt").write_text("no lines", "utf-8")
    assert read_lines(tmp_path) == [
        Line("agent1", "invoice", "affirm", "开的"),
        Line("agent1", "other", "none", "在的"),
        Line("buyer1", "invoice", "asks", "有发票不"),
    ]


@pytest.mark.parametrize(
    "row",
    [
        "",
        "invoice",
        "invoice\taffirm",
        "invoice\taffirm\t",
        "invoice\taffirm\t \t",
        "invoice\tshrugs\t开的",
        "invoice\taffirm\t开\t的",
    ],
)
def test_line_of_another_form_is_named(tmp_path: Path, row: str) -> None:
    """A row without three parts, a known stance and a text is refused with its file and number."""
    (tmp_path / "agent1.tsv").write_text("other\tnone\t在的\n", "utf-8")
    (tmp_path / "agent2.tsv").write_text(f"other\tnone\t在的\n{row}\nother\tnone\t好\n", "utf-8")
    with pytest.raises(CatalogueError, match=r"agent2\.tsv: line 2: must be topic, stance and text"):
        read_lines(tmp_path)


def test_topics_are_known() -> None:
    """A line speaks of a topic that the table has, or of none; every topic but the parts of others is taught."""
    taught = {line.topic for line in LINES}
    assert taught <= {*load_topics(), "other"}
    assert set(load_topics()) - taught <= {"invoice_untrue"}


def test_buyers_ask_and_the_shop_answers() -> None:
    """A buyer's line leaves open, mentions or says nothing; a shop's takes a stance, asks back or says nothing."""
    buyers = {line.stance for line in LINES if line.writer.startswith("buyer")}
    shop = {line.stance for line in LINES if not line.writer.startswith("buyer")}
    assert buyers == {"asks", "mentions", "none"}
    assert shop == {"affirm", "deny", "charge", "careful", "asks", "none"}


def test_data_sheet_counts_the_lines() -> None:
    """The data sheet names each file with the number of its lines."""
    sheet = (lines_folder() / "README.md").read_text("utf-8")
    for writer, count in Counter(line.writer for line in LINES).items():
        (row,) = [row for row in sheet.splitlines() if row.startswith(f"| `{writer}` |")]
        assert row.endswith(f"| {count:,} |")


def test_no_line_stands_twice() -> None:
    """Once folded, each line is there once over all files: a line in two writers' hands would be measured on itself."""
    counts = Counter(normalize(line.text).text for line in LINES)
    assert [text for text, count in counts.items() if count > 1] == []


def said(value: Any) -> Iterator[str]:
    """All texts of talks and drafts in a line of a test set."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key in ("text", "draft") and isinstance(part, str):
                yield normalize(part).text
            else:
                yield from said(part)
    elif isinstance(value, list):
        for part in value:
            yield from said(part)


def runs(text: str) -> set[str]:
    return {text[start : start + RUN] for start in range(len(text) - RUN + 1)}


def test_lines_share_no_wording_with_the_test_sets() -> None:
    """No eight characters in a row stand both in a line that teaches and in a talk or draft that measures."""
    files = [path for path in WRITTEN.glob("*.jsonl") if not path.stem.endswith("labels")]
    assert len(files) >= 3
    measured = {
        run
        for path in files
        for row in path.read_text("utf-8").splitlines()
        for text in said(json.loads(row))
        for run in runs(text)
    }
    shared = {line.text: found for line in LINES if (found := runs(normalize(line.text).text) & measured)}
    assert shared == {}
