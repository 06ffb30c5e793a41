"""The texts that teach the reader: their form, and that they stand apart from one another and from the test sets."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from riskmodel.errors import CatalogueError
from riskmodel.promises.topics import load_topics
from riskmodel.reader.corpus import Exchange, Line, read_exchanges, read_lines
from riskmodel.text import normalize

WRITTEN = Path(__file__).resolve().parents[2] / "written"
LINES = read_lines()
EXCHANGES = read_exchanges()
TEXTS = WRITTEN.parents[1] / "data/synthetic"
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
    buyers = {line.stance for line in LINES if line.by_buyer}
    shop = {line.stance for line in LINES if not line.by_buyer}
    assert buyers == {"asks", "mentions", "none"}
    assert shop == {"affirm", "deny", "charge", "careful", "asks", "none"}


def test_data_sheet_counts_the_lines() -> None:
    """The data sheet names each file with the number of its lines."""
    sheet = (TEXTS / "lines/README.md").read_text("utf-8")
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


def test_texts_share_no_wording_with_the_test_sets() -> None:
    """No eight characters in a row stand both in a text that teaches and in a talk or draft that measures."""
    files = [path for path in WRITTEN.glob("*.jsonl") if not path.stem.endswith("labels")]
    assert len(files) >= 3
    measured = {
        run
        for path in files
        for row in path.read_text("utf-8").splitlines()
        for text in said(json.loads(row))
        for run in runs(text)
    }
    taught = {line.text for line in LINES}
    taught |= {text for exchange in EXCHANGES for text in (*exchange.turn, exchange.reply)}
    assert {text: found for text in taught if (found := runs(normalize(text).text) & measured)} == {}


EXCHANGE = "invoice\tinvoice+carrier\taffirm+deny\t在吗 / 票有的吧\t有,顺丰走不了"


def test_exchanges_are_read_with_their_writers(tmp_path: Path) -> None:
    """Each file is a writer; a turn has several lines and a reply may say several things."""
    (tmp_path / "one.tsv").write_text(f"{EXCHANGE}\n", "utf-8")
    said = (("invoice", "affirm"), ("carrier", "deny"))
    assert read_exchanges(tmp_path) == [Exchange("one", ("invoice",), said, ("在吗", "票有的吧"), "有,顺丰走不了")]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("", "must be asked, topic, stance, turn and reply"),
        ("invoice\tinvoice\taffirm\t票有的吧", "must be asked, topic, stance, turn and reply"),
        ("invoice\tinvoice\taffirm\t票有的吧\t ", "must be asked, topic, stance, turn and reply"),
        ("invoice\tinvoice\tshrugs\t票有的吧\t有", "needs one known stance"),
        ("invoice\tinvoice+carrier\taffirm\t票有的吧\t有", "needs one known stance"),
    ],
)
def test_exchange_of_another_form_is_named(tmp_path: Path, row: str, what: str) -> None:
    """A row without five parts, or without one known stance a topic, is refused with its file and number."""
    (tmp_path / "one.tsv").write_text(f"{EXCHANGE}\n{row}\n{EXCHANGE}\n", "utf-8")
    with pytest.raises(CatalogueError, match=rf"one\.tsv: line 2: .*{what}"):
        read_exchanges(tmp_path)


def test_exchanges_speak_of_known_topics() -> None:
    """What is asked and what is said are topics of the table, or none; every topic is taught by several writers."""
    known = {*load_topics(), "other"}
    taught: dict[str, set[str]] = {}
    for exchange in EXCHANGES:
        assert set(exchange.asked) <= known
        for topic, stance in exchange.said:
            assert topic in known
            assert (topic == "other") is (stance == "none")
            taught.setdefault(topic, set()).add(exchange.writer)
    assert taught.keys() == known
    assert min(map(len, taught.values())) >= 3


def test_no_exchange_stands_twice() -> None:
    """Once folded, no turn with its reply is there twice; longer replies are there once, short ones may recur."""
    folded = [(tuple(normalize(line).text for line in item.turn), normalize(item.reply).text) for item in EXCHANGES]
    assert len(set(folded)) == len(folded)
    replies = Counter(reply for _, reply in folded if len(reply) > 10)
    assert [reply for reply, count in replies.items() if count > 1] == []


def test_data_sheet_counts_the_exchanges() -> None:
    """The data sheet names each file with the number of its exchanges."""
    sheet = (TEXTS / "exchanges/README.md").read_text("utf-8")
    for writer, count in Counter(exchange.writer for exchange in EXCHANGES).items():
        (row,) = [row for row in sheet.splitlines() if row.startswith(f"| `{writer}` |")]
        assert row.endswith(f"| {count:,} |")
