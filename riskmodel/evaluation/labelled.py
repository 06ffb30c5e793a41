"""Measures a stored model on a file of labelled chats, through the very answers that its users get."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from riskmodel.conversation import Conversation, read_lines
from riskmodel.errors import FieldProblem, InputError
from riskmodel.evaluation.parity import groups_of
from riskmodel.evaluation.rows import problem, read_rows, refuse, unmatched
from riskmodel.evaluation.talks import ACTIONS, LABELS, Measured
from riskmodel.patterns import PATTERNS

__all__ = ["Labelled", "measure_labelled", "read_labelled"]

Progress = Callable[[str, int, int], None]


class Scores(Protocol):
    """What `measure_labelled` asks of a scorer."""

    def assess(self, conversation: Conversation) -> dict[str, Any]: ...

    def trajectory(self, conversation: Conversation) -> Iterator[dict[str, Any]]: ...

    def check_reply(self, conversation: Conversation, draft: str) -> dict[str, Any]: ...


class Row(BaseModel):
    """One line of a labels file; other fields are for other uses and are passed over."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True, hide_input_in_errors=True)

    conversation_id: str
    label: Literal["abusive", "benign", "legit_complaint"]
    patterns: list[str] = Field(default_factory=list)
    first_commitment_message_id: str | None = None
    earliest_message_id: str | None = None
    twin_of: str | None = None


class Labelled(NamedTuple):
    """A talk and its label; `twin` is the position of its twin in the same file."""

    conversation: Conversation
    row: Row
    twin: int | None


def read_labelled(chats: Path, labels: Path) -> list[Labelled]:
    """Read chats with their labels, matched by `conversation_id`, in the order of the chats.

    Parameters
    ----------
    chats
        JSON Lines, one conversation a line.
    labels
        JSON Lines with `conversation_id`, `label` and, where known, `patterns`, `first_commitment_message_id` and
        `twin_of`.

    Raises
    ------
    InputError
        Naming file, line and what to do; with all that is wrong in the first step that finds anything.
    OSError
        Where a file cannot be read.
    """
    talks = _read_chats(chats)
    rows = read_rows(
        labels, Row, "conversation_id", twice="keep one label for each chat", explain=_explain, checks=_unknown_patterns
    )
    problems = [
        *unmatched(chats, talks, rows, f"this chat has no label; add its line to {labels.name}"),
        *unmatched(labels, rows, talks, f"this label has no chat in {chats.name}; remove the line or add the chat"),
    ]
    refuse(problems)
    positions = {name: index for index, name in enumerate(talks)}
    result = []
    for name, (_, conversation) in talks.items():
        number, row = rows[name]
        problems.extend(problem(labels, number, text) for text in _mismatches(row, conversation, rows))
        result.append(Labelled(conversation, row, positions.get(row.twin_of or "")))
    refuse(problems)
    if len({item.row.label == "abusive" for item in result}) < 2:
        there = "abusive" if result and result[0].row.label == "abusive" else "other than abusive"
        what = f"all {len(result)} talks are {there}" if result else "there are no talks"
        lines = f"lines 1 to {max(number for number, _ in rows.values())}" if rows else "no lines"
        raise InputError(
            [
                FieldProblem(
                    f"{labels}, {lines}", f"{what}; measuring takes abusive talks and others, add the missing kind"
                )
            ]
        )
    return result


def measure_labelled(talks: Sequence[Labelled], scorer: Scores, *, progress: Progress | None = None) -> list[Measured]:
    """Score every talk message by message; each talk is a cluster of its own."""
    measured = []
    for number, (conversation, row, twin) in enumerate(talks, start=1):
        # a talk without messages still has an answer
        answers = list(scorer.trajectory(conversation)) or [scorer.assess(conversation)]
        ids = [message.message_id for message in conversation.messages]
        committed = row.first_commitment_message_id
        measured.append(
            Measured(
                label=row.label,
                patterns=tuple(row.patterns),
                cluster=row.conversation_id,
                risks=np.array([answer["risk"] for answer in answers]),
                actions=np.array([ACTIONS.index(answer["action"]) for answer in answers]),
                commitment=None if committed is None else ids.index(committed),
                twin=twin,
                earliest=None if row.earliest_message_id is None else ids.index(row.earliest_message_id),
                stopped=None if committed is None else _stops(scorer, conversation, ids.index(committed)),
                groups=groups_of(conversation.model_dump(mode="json", exclude_none=True)),
            )
        )
        if progress is not None:
            progress("scoring", number, len(talks))
    return measured


def _stops(scorer: Scores, conversation: Conversation, at: int) -> bool:
    """Whether the reply check asks for another wording of a message that was sent."""
    before = conversation.model_copy(update={"messages": conversation.messages[:at]})
    return bool(scorer.check_reply(before, conversation.messages[at].text)["verdict"] != "send")


def _read_chats(path: Path) -> dict[str, tuple[int, Conversation]]:
    talks: dict[str, tuple[int, Conversation]] = {}
    problems: list[FieldProblem] = []
    with path.open("rb") as file:
        for number, conversation, error in read_lines(file):
            if error is not None:
                problems.extend(problem(path, number, str(item)) for item in error.problems)
            elif conversation is not None and conversation.conversation_id in talks:
                first = talks[conversation.conversation_id][0]
                problems.append(
                    problem(path, number, f"the same conversation_id as line {first}; rename or remove one")
                )
            elif conversation is not None:
                talks[conversation.conversation_id] = (number, conversation)
    refuse(problems)
    return talks


def _unknown_patterns(row: Row) -> Iterator[str]:
    if any(pattern not in PATTERNS for pattern in row.patterns):
        yield f"patterns: not a known pattern; known are {', '.join(PATTERNS)}"


def _explain(error: ValidationError) -> Iterator[str]:
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        field = ".".join(map(str, item["loc"]))
        if item["type"] == "json_invalid":
            yield 'is not valid JSON; one object a line, {"conversation_id": …, "label": …}'
        elif item["type"] == "missing":
            yield f"{field}: is missing; add it"
        elif field == "label":
            yield f"label: unknown; use one of {', '.join(LABELS)}"
        else:
            yield f"{field or 'line'}: {item['msg']}; mend it or leave it out"


def _mismatches(row: Row, conversation: Conversation, rows: dict[str, tuple[int, Row]]) -> Iterator[str]:
    ids = {message.message_id for message in conversation.messages}
    for field in ("first_commitment_message_id", "earliest_message_id"):
        if getattr(row, field) is not None and getattr(row, field) not in ids:
            yield f"{field}: no such message in the chat; name one of its message_ids, or null"
    if row.twin_of is not None:
        if row.twin_of not in rows:
            yield "twin_of: no such chat in the file; name one, or null"
        elif (row.label == "abusive") == (rows[row.twin_of][1].label == "abusive"):
            yield "twin_of: of two twins one is abusive and one is not; correct a label or the reference"
