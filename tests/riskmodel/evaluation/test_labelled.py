"""Labelled files: matched by id, measured through the scorer's own answers, refused with file, line and remedy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from riskmodel.conversation import Conversation
from riskmodel.errors import InputError
from riskmodel.evaluation import measure_labelled, read_labelled

SECRET = "13800138000"


def chat(name: str, texts: int = 3) -> dict[str, Any]:
    """A talk whose buyer and agent take turns."""
    return {
        "conversation_id": name,
        "messages": [
            {
                "message_id": f"m{number}",
                "sender": "agent" if number % 2 else "buyer",
                "sent_at": f"2026-03-01T10:0{number}:00+08:00",
                "text": "在吗",
            }
            for number in range(texts)
        ],
    }


CHATS = [chat("a"), chat("b")]
LABELS: list[dict[str, Any]] = [
    {"conversation_id": "b", "label": "benign", "twin_of": "a", "note": "other fields are passed over"},
    {
        "conversation_id": "a",
        "label": "abusive",
        "patterns": ["promise_bait"],
        "first_commitment_message_id": "m1",
    },
]
COMMITS_NOWHERE = LABELS[1] | {"first_commitment_message_id": SECRET}


def written(folder: Path, chats: list[Any], labels: list[Any]) -> tuple[Path, Path]:
    """Both files; a text goes in as it is."""
    paths = folder / "chats.jsonl", folder / "labels.jsonl"
    for path, rows in zip(paths, (chats, labels), strict=True):
        lines = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return paths


class Rising:
    """A scorer whose risk rises by message and is higher for the talk `a`."""

    def trajectory(self, conversation: Conversation) -> Iterator[dict[str, Any]]:
        for number in range(len(conversation.messages)):
            risk = 0.1 * (number + 1) + 0.5 * (conversation.conversation_id == "a")
            yield {"risk": risk, "action": "hold" if risk > 0.55 else "proceed"}

    def check_reply(self, conversation: Conversation, draft: str) -> dict[str, Any]:
        return {"verdict": "send" if "页面" in draft else "revise"}

    def assess(self, conversation: Conversation) -> dict[str, Any]:
        assert not conversation.messages
        return {"risk": 0.05, "action": "proceed"}


def test_labels_are_matched_by_id_and_talks_keep_their_order(tmp_path: Path) -> None:
    """The order of the labels does not matter; what the scorer said after each message is what is measured."""
    talks = read_labelled(*written(tmp_path, CHATS, LABELS))
    first, second = measure_labelled(talks, Rising())
    assert (first.label, first.patterns, first.commitment, first.twin) == ("abusive", ("promise_bait",), 1, None)
    assert (second.label, second.commitment, second.twin) == ("benign", None, 0)
    assert first.risks.tolist() == pytest.approx([0.6, 0.7, 0.8])
    assert first.actions.tolist() == [2, 2, 2]
    assert first.lead("hold") == 1
    assert first.lead("escalate") is None
    assert second.highest_action == 0
    assert first.cluster != second.cluster


def test_an_empty_talk_is_measured_by_its_one_answer(tmp_path: Path) -> None:
    """A talk without messages has a risk too."""
    talks = read_labelled(
        *written(tmp_path, [*CHATS, chat("c", 0)], [*LABELS, {"conversation_id": "c", "label": "benign"}])
    )
    assert measure_labelled(talks, Rising())[2].peak == 0.05


@pytest.mark.parametrize(
    ("chats", "labels", "said"),
    [
        ([*CHATS, chat("c")], LABELS, "chats.jsonl, line 3: this chat has no label"),
        (CHATS[:1], LABELS, "labels.jsonl, line 1: this label has no chat"),
        ([*CHATS, CHATS[0]], LABELS, "chats.jsonl, line 3: the same conversation_id as line 1"),
        (CHATS, [*LABELS, "", LABELS[0]], "labels.jsonl, line 4: the same conversation_id as line 1"),
        (["{", *CHATS], LABELS, "chats.jsonl, line 1: (whole document): is not valid JSON"),
        (CHATS, [*LABELS, "{"], "labels.jsonl, line 3: is not valid JSON; one object a line"),
        (CHATS, [LABELS[0], {"conversation_id": "a"}], "labels.jsonl, line 2: label: is missing; add it"),
        (CHATS, [LABELS[0] | {"label": SECRET}, LABELS[1]], "labels.jsonl, line 1: label: unknown; use one of"),
        (CHATS, [LABELS[0], LABELS[1] | {"patterns": [SECRET]}], "labels.jsonl, line 2: patterns: not a known pattern"),
        (CHATS, [LABELS[0], LABELS[1] | {"patterns": SECRET}], "labels.jsonl, line 2: patterns: "),
        (CHATS, [LABELS[0], COMMITS_NOWHERE], "line 2: first_commitment_message_id: no such"),
        (CHATS, [LABELS[0] | {"twin_of": SECRET}, LABELS[1]], "labels.jsonl, line 1: twin_of: no such chat"),
        (CHATS, [LABELS[0] | {"twin_of": "b"}, LABELS[1]], "labels.jsonl, line 1: twin_of: of two twins one"),
        (CHATS, [LABELS[0], LABELS[1] | {"label": "benign"}], "labels.jsonl, line 1: twin_of: of two twins"),
        (CHATS[1:], [{"conversation_id": "b", "label": "benign"}], "lines 1 to 1: all 1 talks are other than"),
        (CHATS[:1], LABELS[1:], "lines 1 to 1: all 1 talks are abusive; measuring takes"),
        ([], [], "labels.jsonl, no lines: there are no talks"),
    ],
)  # fmt: skip  # a table, a case or two a row
def test_what_does_not_fit_is_refused_with_file_line_and_remedy(
    tmp_path: Path, chats: list[Any], labels: list[Any], said: str
) -> None:
    """The error says where and what to do, and never repeats what was sent."""
    with pytest.raises(InputError) as caught:
        read_labelled(*written(tmp_path, chats, labels))
    assert said in str(caught.value)
    assert SECRET not in str(caught.value)


def test_all_that_is_wrong_is_named_at_once(tmp_path: Path) -> None:
    """Two bad lines are two problems."""
    with pytest.raises(InputError) as caught:
        read_labelled(*written(tmp_path, CHATS, ["{", {"label": "benign", "conversation_id": 7}]))
    assert [problem.field.rpartition(", ")[2] for problem in caught.value.problems] == ["line 1", "line 2"]
