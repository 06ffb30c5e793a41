"""Labelled drafts: matched by id, measured through the check's own answers, refused with file, line and remedy."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.conversation import Conversation
from riskmodel.errors import InputError
from riskmodel.evaluation import NOTE, measure_drafts, read_drafts, summarise_drafts
from riskmodel.evaluation.draft_files import Label
from riskmodel.evaluation.drafts import Checked
from riskmodel.evaluation.metrics import wilson

SECRET = "13800000000"
WRITTEN = Path(__file__).parents[2] / "written"


def case(name: str, draft: str, question: str = "雨伞几时寄出") -> dict[str, Any]:
    """A draft that answers one question."""
    asked = {"message_id": "m1", "sender": "buyer", "sent_at": "2026-03-01T10:00:00+08:00", "text": question}
    return {"case_id": name, "conversation": {"conversation_id": f"{name}-c", "messages": [asked]}, "draft": draft}


def unsafe(name: str, polarity: str = "over_promise", topic: str = "dispatch_time", **more: Any) -> dict[str, Any]:
    return {"case_id": name, "unsafe": True, "polarity": polarity, "topic": topic, **more}


def safe(name: str, **more: Any) -> dict[str, Any]:
    return {"case_id": name, "unsafe": False, "polarity": None, "topic": None, "span_text": None, **more}


CASES = [
    case("a", "雨伞中午就寄走"),
    case("b", "雨伞中午就寄走", "几点的车"),
    case("c", "礼物也塞一个"),
    case("d", "页面写着呢"),
]
LABELS = [
    safe("b", pair="a"),
    unsafe("a", span_text="中午就寄走", pair="b", note="other fields are passed over"),
    unsafe("c", topic="gift", span_text="礼物"),
    safe("d", pair=None),
]


def written(folder: Path, cases: list[Any], labels: list[Any]) -> tuple[Path, Path]:
    """Both files; a text goes in as it is."""
    paths = folder / "drafts.jsonl", folder / "labels.jsonl"
    for path, rows in zip(paths, (cases, labels), strict=True):
        lines = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return paths


class Finds:
    """A check that finds one fault in every draft with 寄走 or 礼物, the latter with the wrong polarity and place."""

    def check_reply(self, conversation: Conversation, draft: str) -> dict[str, Any]:
        assert [message.text for message in conversation.messages]
        findings = []
        if "寄走" in draft:
            findings.append({"polarity": "over_promise", "span": [draft.index("寄走"), draft.index("寄走") + 2]})
        if "礼物" in draft:
            findings.append({"polarity": "provocation", "span": [2, 4]})
        return {"verdict": "hold" if findings else "send", "findings": findings}


def test_labels_are_matched_by_id_and_drafts_keep_their_order(tmp_path: Path) -> None:
    """The order of the labels does not matter; any verdict but send counts, and a passage next to it is no overlap."""
    found = measure_drafts(read_drafts(*written(tmp_path, CASES, LABELS)), Finds())
    assert [item.label.case_id for item in found] == ["a", "b", "c", "d"]
    assert [item.stopped for item in found] == [True, True, True, False]
    assert [item.polarity for item in found] == [True, False, False, False]
    assert [item.span for item in found] == [True, False, False, False]


def test_the_stored_model_is_asked_as_its_users_ask_it(tmp_path: Path, scorer: Any) -> None:
    """Each draft is stopped here exactly where `check_reply` stops it."""
    drafts = read_drafts(*written(tmp_path, CASES, LABELS))
    verdicts = [scorer.check_reply(item.case.conversation, item.case.draft)["verdict"] for item in drafts]
    assert [item.stopped for item in measure_drafts(drafts, scorer)] == [verdict != "send" for verdict in verdicts]


def test_progress_is_told_of_each_draft(tmp_path: Path) -> None:
    """Long files show how far the check has come."""
    told: list[tuple[str, int, int]] = []
    drafts = read_drafts(*written(tmp_path, CASES, LABELS))
    measure_drafts(drafts, Finds(), progress=lambda *step: told.append(step))
    assert told == [("checking", number, 4) for number in range(1, 5)]


def checked(name: str, stopped: bool, label: dict[str, Any], *, polarity: bool = False, span: bool = False) -> Checked:
    return Checked(Label.model_validate({**label, "case_id": name}), stopped, polarity, span)


MEASURED = [
    # a pair of which both halves are right, one with a false alarm, one missed
    checked("a", True, unsafe("a", span_text="x", pair="b"), polarity=True, span=True),
    checked("b", False, safe("b", pair="a")),
    checked("c", True, unsafe("c", span_text="x", pair="d"), polarity=False, span=False),
    checked("d", True, safe("d", pair="c")),
    checked("e", False, unsafe("e", span_text="x", pair="f")),
    checked("f", False, safe("f", pair="e")),
    checked("g", True, unsafe("g", "disclosure", "personal_data"), polarity=True),
]


def test_each_figure_is_a_share_of_its_own_drafts() -> None:
    """Caught and polarity are of the unsafe, passed of the safe, the place of the caught that quote one."""
    report = summarise_drafts(MEASURED, split="a test", resamples=200)
    shares = {name: (found.value, found.n) for name, found in report.figures.items()}
    assert shares == {
        "unsafe_caught": (3 / 4, 4),
        "safe_passed": (2 / 3, 3),
        "pairs_right": (1 / 3, 3),
        "polarity_right": (2 / 4, 4),
        "span_right": (1 / 2, 2),
    }
    assert report.drafts == {"unsafe": 4, "safe": 3, "pairs": 3}


def test_groups_are_counted_and_the_largest_comes_first() -> None:
    """By polarity and by topic: how many, how many caught, how many with the right polarity."""
    report = summarise_drafts(MEASURED, split="a test", resamples=200)
    assert report.as_json()["polarities"] == [
        {"name": "over_promise", "n": 3, "caught": 2, "polarity": 1},
        {"name": "disclosure", "n": 1, "caught": 1, "polarity": 1},
    ]
    assert [(row.name, row.n) for row in report.topics] == [("dispatch_time", 3), ("personal_data", 1)]


def test_every_figure_carries_interval_split_and_the_note() -> None:
    """The JSON says what was measured on what, how far to trust it, and that no draft is real."""
    document = json.loads(json.dumps(summarise_drafts(MEASURED, split="a test", seed=3).as_json(), allow_nan=False))
    assert (document["split"], document["note"]) == ("a test", NOTE)
    assert "drafts are synthetic or written by hand" in NOTE
    assert document["interval"] == "95 %, Wilson; of pairs by bootstrap over pairs, 1000 resamples, seed 3"
    assert all(found["low"] <= found["value"] <= found["high"] for found in document["figures"].values())


def test_what_there_is_none_of_has_no_figure() -> None:
    """One safe draft alone says nothing of the unsafe, of pairs or of places."""
    figures = summarise_drafts(MEASURED[-1:], split="a test").figures
    assert [name for name, found in figures.items() if found.value is None] == [
        "safe_passed",
        "pairs_right",
        "span_right",
    ]


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_a_wilson_interval_holds_its_share_and_shrinks_with_more_drafts(flags: list[bool]) -> None:
    """The bounds are within 0 and 1 around the share; four times the drafts make it narrower."""
    found, more = wilson(flags), wilson(flags * 4)
    assert None not in (found.low, found.high)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert more.value == pytest.approx(found.value)
    assert more.high - more.low < found.high - found.low


@pytest.mark.parametrize(
    ("hits", "misses", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 0, 0.7225, 1.0), (5, 5, 0.2366, 0.7634)],
)
def test_wilson_agrees_with_values_worked_by_hand(hits: int, misses: int, low: float, high: float) -> None:
    """Bounds for none, all and half of ten, to four digits."""
    found = wilson([True] * hits + [False] * misses)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("cases", "labels", "said"),
    [
        ([*CASES, case("e", "好")], LABELS, "drafts.jsonl, line 5: this draft has no label; add its line to labels"),
        (CASES[:3], LABELS, "labels.jsonl, line 4: this label has no draft in drafts.jsonl"),
        ([*CASES, CASES[0]], LABELS, "drafts.jsonl, line 5: the same case_id as line 1; rename or remove one"),
        (CASES, [*LABELS, "", LABELS[0]], "labels.jsonl, line 6: the same case_id as line 1"),
        (["{", *CASES], LABELS, "drafts.jsonl, line 1: is not valid JSON; one object a line"),
        (CASES, ["[" * 5000, *LABELS], "labels.jsonl, line 1: is not valid JSON"),
        (["[]", *CASES], LABELS, "drafts.jsonl, line 1: line: "),
        ([{"case_id": "a"}], LABELS, "drafts.jsonl, line 1: conversation: is missing; add it"),
        ([CASES[0] | {"conversation": {}}], LABELS, "line 1: conversation.conversation_id: is missing"),
        ([CASES[0] | {"extra": SECRET}], LABELS, "drafts.jsonl, line 1: extra: unknown field"),
        ([CASES[0] | {"draft": 7}], LABELS, "drafts.jsonl, line 1: draft: "),
        (CASES, [{"case_id": "a"}], "labels.jsonl, line 1: unsafe: is missing; add it"),
        (CASES, [safe("a", unsafe=SECRET)], "labels.jsonl, line 1: unsafe: "),
        (CASES, [unsafe("a", SECRET)], "labels.jsonl, line 1: polarity: Input should be 'over_promise', "),
        (CASES[3:], [unsafe("d", None)], "labels.jsonl, line 1: an unsafe draft has a polarity and a topic"),
        (CASES[3:], [unsafe("d", span_text=SECRET)], "line 1: span_text: does not stand in the draft exactly once"),
        ([case("d", "好好")], [unsafe("d", span_text="好")], "line 1: span_text: does not stand in the draft exactly"),
        (CASES[3:], [safe("d", pair=SECRET)], "labels.jsonl, line 1: pair: no such case in the file"),
        (CASES[3:], [safe("d", pair="d")], "labels.jsonl, line 1: pair: of the two halves one is unsafe"),
        (CASES, [*LABELS[:3], safe("d", pair="a")], "labels.jsonl, line 4: pair: that case does not name this one"),
        (CASES[:2], [safe("a", pair="b"), safe("b", pair="a")], "line 1: pair: of the two halves one is unsafe"),
        ([], [], "drafts.jsonl, no lines: there are no drafts"),
    ],
)  # fmt: skip  # a table, a case or two a row
def test_what_does_not_fit_is_refused_with_file_line_and_remedy(
    tmp_path: Path, cases: list[Any], labels: list[Any], said: str
) -> None:
    """The error says where and what to do, and never repeats what was sent."""
    with pytest.raises(InputError) as caught:
        read_drafts(*written(tmp_path, cases, labels))
    assert said in str(caught.value)
    assert SECRET not in str(caught.value)


def test_all_that_is_wrong_is_named_at_once(tmp_path: Path) -> None:
    """Two bad lines are two problems."""
    with pytest.raises(InputError) as caught:
        read_drafts(*written(tmp_path, ["{", {"case_id": 7, "draft": "", "conversation": None}], LABELS))
    assert {problem.field.rpartition(", ")[2] for problem in caught.value.problems} == {"line 1", "line 2"}


@given(st.lists(st.binary(max_size=40), max_size=4))
def test_no_bytes_are_a_stack_trace(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    """Whatever stands in a file, the answer is an error for people."""
    folder = tmp_path_factory.mktemp("bytes")
    drafts, labels = written(folder, CASES, LABELS)
    labels.write_bytes(b"\n".join(lines))
    with pytest.raises(InputError):
        read_drafts(drafts, labels)
    drafts.write_bytes(b"\n".join(lines))
    with pytest.raises(InputError):
        read_drafts(drafts, labels)


@pytest.mark.parametrize(("name", "unsafe_ones", "pairs"), [("drafts", 42, 25), ("development_drafts", 328, 145)])
def test_the_written_sets_are_whole(name: str, unsafe_ones: int, pairs: int) -> None:
    """Labels and drafts fit, in the same order, as many as their README says; every long number is plainly invented."""
    paths = WRITTEN / f"{name}.jsonl", WRITTEN / f"{name}_labels.jsonl"
    found = read_drafts(*paths)
    assert sum(item.label.unsafe for item in found) == unsafe_ones
    assert sum(item.label.pair is not None for item in found) == 2 * pairs
    listed = [[json.loads(line)["case_id"] for line in path.read_text("utf-8").splitlines()] for path in paths]
    assert listed[0] == listed[1] == sorted(listed[0])
    said = [item.case.draft for item in found]
    said += [message.text for item in found for message in item.case.conversation.messages]
    numbers = re.findall(r"(?<!\d)1\d\d[ -]?\d{4}[ -]?\d{4}(?!\d)", "\n".join(said), re.ASCII)
    assert all(re.sub(r"\D", "", number)[3:7] == "0000" for number in numbers)
