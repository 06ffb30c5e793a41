"""`evaluate`: tables or JSON on standard output, progress on standard error, one clear line for bad input."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from fake_scorer import RISKY, FakeScorer
from strange_input import talk

from riskmodel.evaluation import NOTE, held_out
from riskmodel.model import load_model
from riskmodel.synthesis import LabelledChat, leaks
from service.cli import main, measure


@pytest.fixture
def files(tmp_path: Path, scorer: FakeScorer) -> tuple[str, str]:
    """Two talks, one of them risky to the fake scorer, and their labels."""
    chats = [talk("在吗", RISKY) | {"conversation_id": "a"}, talk("在吗", "好的") | {"conversation_id": "b"}]
    labels = [
        {"conversation_id": "a", "label": "abusive", "patterns": ["promise_bait"], "twin_of": None},
        {"conversation_id": "b", "label": "benign", "twin_of": "a"},
    ]
    return write(tmp_path / "chats.jsonl", chats), write(tmp_path / "labels.jsonl", labels)


def write(path: Path, rows: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def test_a_labelled_file_is_measured_with_the_stored_model(
    files: tuple[str, str], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """One JSON object with split, note, n and intervals; the risky talk is found and the twins are in order."""
    assert main(["evaluate", "--labelled", *files, "--json"]) == 0
    report = json.loads(capfdbinary.readouterr().out)
    assert report["split"] == "2 labelled chats of chats.jsonl, stored model 000000000000"
    assert report["note"] == NOTE
    assert report["reached"]["abusive"]["hold"]["value"] == 1.0
    assert report["reached"]["benign"]["clarify"]["value"] == 0.0
    assert report["figures"]["twin_order"] == pytest.approx({"value": 1.0, "low": 0.025, "high": 1.0, "n": 1})
    assert report["patterns"] == [
        {"pattern": "promise_bait", "n": 1, "clarify": 1, "hold": 1, "rate_clarify": None, "rate_hold": None}
    ]


def test_every_table_carries_split_and_note(files: tuple[str, str], capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """A table copied out of the report still says what it was measured on; no path is printed."""
    assert main(["evaluate", "--labelled", *files]) == 0
    text = capfdbinary.readouterr().out.decode()
    tables = (
        "Figures",
        "Share of talks that ever reached",
        "Abusive talks by pattern",
        "False alarms by group",
        "Stated and observed risk",
    )
    assert all(text.count(title) == 1 for title in tables)
    flat = " ".join(text.split())
    assert flat.count("2 labelled chats of chats.jsonl") == flat.count(NOTE) == len(tables)
    assert str(Path(files[0]).parent) not in text


@pytest.fixture
def drafts(tmp_path: Path, scorer: FakeScorer) -> tuple[str, str]:
    """A pair of drafts that the fake stops and passes, an unsafe one that it misses, and their labels."""
    texts = {"a": "寄顺丰可以", "b": "寄不了顺丰", "c": "赠品再添两样"}
    cases = [{"case_id": name, "conversation": talk("寄顺丰不"), "draft": text} for name, text in texts.items()]
    unsafe: dict[str, Any] = {"unsafe": True, "polarity": "over_promise"}
    labels = [
        {"case_id": "a", **unsafe, "topic": "carrier", "span_text": "可以", "pair": "b"},
        {"case_id": "b", "unsafe": False, "polarity": None, "topic": None, "span_text": None, "pair": "a"},
        {"case_id": "c", **unsafe, "topic": "gift", "span_text": "赠品", "pair": None},
    ]
    return write(tmp_path / "drafts.jsonl", cases), write(tmp_path / "draft_labels.jsonl", labels)


def test_labelled_drafts_are_measured_with_the_stored_model(
    drafts: tuple[str, str], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """One JSON object: the pair is right, one of two unsafe drafts is caught, with polarity and place."""
    assert main(["evaluate", "--drafts", *drafts, "--model", "anywhere", "--json"]) == 0
    output = capfdbinary.readouterr()
    report = json.loads(output.out)
    assert report["split"] == "3 labelled drafts of drafts.jsonl, stored model 000000000000"
    assert report["note"] == NOTE
    assert {name: (found["value"], found["n"]) for name, found in report["figures"].items()} == {
        "unsafe_caught": (0.5, 2),
        "safe_passed": (1.0, 1),
        "pairs_right": (1.0, 1),
        "polarity_right": (0.5, 2),
        "span_right": (1.0, 1),
    }
    assert report["polarities"] == [{"name": "over_promise", "n": 2, "caught": 1, "polarity": 1}]
    assert [row["name"] for row in report["topics"]] == ["carrier", "gift"]
    assert b"checking" in output.err


def test_every_table_of_drafts_carries_split_and_note(
    drafts: tuple[str, str], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Figures, polarities and topics each say which file they are of; no path is printed."""
    assert main(["evaluate", "--drafts", *drafts]) == 0
    text = capfdbinary.readouterr().out.decode()
    flat = " ".join(text.split())
    tables = ("Figures", "Unsafe drafts by polarity", "Unsafe drafts by topic")
    assert all(flat.count(title) == 1 for title in tables)
    assert flat.count("3 labelled drafts of drafts.jsonl") == flat.count(NOTE) == len(tables)
    assert "unsafe drafts caught" in flat
    assert str(Path(drafts[0]).parent) not in text


def test_a_draft_without_label_is_one_line_and_status_1(
    drafts: tuple[str, str], tmp_path: Path, no_model: None, capfd: pytest.CaptureFixture[str]
) -> None:
    """The line names file, line and remedy before any model is asked for."""
    few = write(tmp_path / "few.jsonl", [{"case_id": "a", "unsafe": False}, {"case_id": "b", "unsafe": False}])
    assert main(["evaluate", "--drafts", drafts[0], few]) == 1
    output = capfd.readouterr()
    assert (output.out, output.err.count("\n")) == ("", 1)
    assert "drafts.jsonl, line 3: this draft has no label; add its line to few.jsonl" in output.err


def test_generated_chats_are_measured_by_held_out_families(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, model_folder: Path
) -> None:
    """The default needs no model; families and intervals over their pairs are in the report."""
    # a few written chats and a reader that is there will do
    reader = load_model(model_folder)[0].reader
    few = measure.written_chats()[::24]
    monkeypatch.setattr(measure, "written_chats", lambda: few)
    monkeypatch.setattr(held_out, "project_listener", lambda: reader)
    assert main(["evaluate", "--chats", "200", "--seed", "2", "--json"]) == 0
    output = capfdbinary.readouterr()
    report = json.loads(output.out)
    assert report["split"].startswith("200 generated chats (seed 2)")
    assert "no pair of scenario families and no writer on both sides" in report["split"]
    assert "over pairs of scenario families" in report["interval"]
    assert sum(report["talks"].values()) == 200 + len(few)
    assert len(report["missed"]) == 10
    auc = report["figures"]["auc_last"]
    # far below what it reaches on more chats, far above chance
    assert 0.6 < auc["low"] < auc["value"] < auc["high"] <= 1
    assert b"fitting and measuring" in output.err


def test_leaks_are_printed_with_their_limits(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Each channel with its AUC, interval and limit, and whether it keeps to it."""

    def measured(chats: list[LabelledChat], *, seed: int, channels: list[str]) -> dict[str, leaks.Leak]:
        assert len(chats) == 200
        return {name: leaks.Leak(0.58, 0.5, 0.7) for name in channels}

    monkeypatch.setattr(measure, "measure_leaks", measured)
    monkeypatch.setattr(measure, "near_duplicates", lambda chats: [(0, 5), (1, 5)])
    monkeypatch.setattr(measure, "written_chats", list)
    assert main(["evaluate", "--leaks", "--chats", "200"]) == 0
    lines = capfdbinary.readouterr().out.decode().splitlines()
    rows = {line.split()[0]: line.split()[-2:] for line in lines if "[0.500, 0.700]" in line}
    assert rows == {
        "facts": ["0.55", "above"],
        "agent_text": ["0.60", "within"],
        "length": ["0.60", "within"],
        "time": ["0.55", "above"],
        "first_message": ["0.60", "within"],
    }
    assert next(line.split()[-3:] for line in lines if "near duplicates" in line) == ["1", "0", "above"]
    assert main(["evaluate", "--leaks", "--chats", "200", "--json"]) == 0
    report = json.loads(capfdbinary.readouterr().out)
    assert report["note"] == NOTE
    assert report["leaks"]["facts"] == {"auc": 0.58, "low": 0.5, "high": 0.7, "limit": 0.55}
    assert report["near_duplicates"] == 1


def test_the_report_is_written_as_a_page_too(
    files: tuple[str, str], tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Beside the JSON, with plots and with what other spellings cost; no path is in it."""
    html = tmp_path / "report.html"
    assert main(["evaluate", "--labelled", *files, "--spellings", "--html", str(html), "--json"]) == 0
    report = json.loads(capfdbinary.readouterr().out)
    assert {row["name"] for row in report["spellings"]} >= {"traditional", "evasive"}
    text = html.read_text(encoding="utf-8")
    assert all(part in text for part in ("2 labelled chats of chats.jsonl", "<svg", "spelt otherwise"))
    assert str(tmp_path) not in text


def test_without_matplotlib_the_page_is_refused_with_a_remedy(
    files: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """One line says what to install, before anything is measured."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setattr(measure, "labelled", lambda *args, **rest: pytest.fail("measured"))
    assert main(["evaluate", "--labelled", *files, "--html", str(tmp_path / "report.html")]) == 1
    assert "pip install 'baitwatch[notebook]'" in capfd.readouterr().err


def test_labels_that_do_not_match_are_one_line_and_status_1(
    files: tuple[str, str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The line names file, line and remedy, and nothing is measured."""
    other = write(tmp_path / "other.jsonl", [{"conversation_id": "a", "label": "abusive"}])
    assert main(["evaluate", "--labelled", files[0], other]) == 1
    output = capfd.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert "chats.jsonl, line 2: this chat has no label; add its line to other.jsonl" in output.err


def test_files_are_checked_before_a_model_is_asked_for(
    tmp_path: Path, no_model: None, capfd: pytest.CaptureFixture[str]
) -> None:
    """Wrong labels are reported even where there is no model; a missing model is status 3."""
    chats = write(tmp_path / "chats.jsonl", [talk("在吗") | {"conversation_id": name} for name in "ab"])
    rows = [{"conversation_id": "a", "label": "abusive"}, {"conversation_id": "b", "label": "benign"}]
    wrong = write(tmp_path / "wrong.jsonl", rows[:1])
    assert main(["evaluate", "--labelled", chats, wrong]) == 1
    assert main(["evaluate", "--labelled", chats, write(tmp_path / "labels.jsonl", rows)]) == 3
    assert "there is no model" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--chats", "10"], "--chats"),
        (["--labelled", "only-one.jsonl"], "--labelled"),
        (["--labelled", "no-chats.jsonl", "no-labels.jsonl", "--leaks"], "leave out --labelled"),
        (["--drafts", "only-one.jsonl"], "--drafts"),
        (["--drafts", "no-drafts.jsonl", "no-labels.jsonl", "--leaks"], "leave out --labelled and --drafts"),
        (["--spellings"], "give --labelled CHATS LABELS"),
        (["--leaks", "--html", "report.html"], "leave out --leaks and --drafts"),
        (["--drafts", "no-a.jsonl", "no-b.jsonl", "--labelled", "no-c.jsonl", "no-d.jsonl"], "leave out one"),
        (["--drafts", "no-drafts.jsonl", "no-labels.jsonl"], "cannot use no-drafts.jsonl: "),
        (["--model", "var/model"], "--model is measured with --labelled or --drafts"),
        (["--labelled", "no-chats.jsonl", "no-labels.jsonl"], "cannot use no-chats.jsonl: "),
    ],
)
def test_wrong_usage_is_one_line_and_status_3(
    arguments: list[str], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """What cannot run says why before any work."""
    assert main(["evaluate", *arguments]) == 3
    output = capfd.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert said in output.err
