"""Assessments as the bundle reads them: the contract's fields, checked against the conversation that they speak of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from riskmodel.conversation import Conversation
from riskmodel.errors import FieldProblem, InputError
from service.evidence.plaintext import json_bytes

__all__ = ["Assessment", "Promise", "Reason", "read_assessments"]


class _Part(BaseModel):
    # a deployment may add fields to an assessment; they stay in assessments.json and are not looked at here
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class Reason(_Part):
    """One reason; a negative contribution speaks for the buyer."""

    code: str
    contribution: float = Field(allow_inf_nan=False)
    text_zh: str
    text_en: str
    message_id: str | None = None
    span: tuple[int, int] | None = None


class Promise(_Part):
    """One commitment in the agent's words.

    What became of it (`status` and the message that took it back, `settled_by`) is not in the contract; the project's
    own scorer says it.
    """

    kind: str
    message_id: str | None
    span: tuple[int, int]
    can_keep: Literal["yes", "no", "unknown"]
    due_at: AwareDatetime | None = None
    why_zh: str = ""
    why_en: str = ""
    status: Literal["kept", "open", "overdue", "superseded", "unknown"] | None = None
    settled_by: str | None = None


class _Pattern(_Part):
    pattern: str
    likelihood: float


class _Model(_Part):
    name: str
    version: str
    sha256: str


class Assessment(_Part):
    """What a model said of the conversation as it stood after one message."""

    conversation_id: str
    as_of_message_id: str | None
    risk: float = Field(ge=0, le=1)
    band: str
    action: str
    patterns: list[_Pattern]
    reasons: list[Reason]
    promises: list[Promise]
    model: _Model
    abstained: bool


def read_assessments(
    conversation: Conversation, assessments: Sequence[Mapping[str, Any]]
) -> tuple[list[Assessment], list[dict[str, Any]]]:
    """Check assessments against their conversation.

    Returns
    -------
    tuple
        The assessments as read and as given, both in the order of the messages that they go up to.

    Raises
    ------
    InputError
        An assessment does not fit the contract, is of another conversation, or points at a message or a span (in code
        points) that the conversation does not have.
    """
    order: dict[str | None, int] = {message.message_id: index for index, message in enumerate(conversation.messages)}
    order[None] = -1
    lengths = {message.message_id: len(message.text) for message in conversation.messages}
    pairs = []
    for index, given in enumerate(assessments):
        path = f"assessments.{index}"
        read = _read(given, path)
        if read.conversation_id != conversation.conversation_id:
            raise _wrong(f"{path}.conversation_id", "is of another conversation")
        if read.as_of_message_id not in order:
            raise _wrong(f"{path}.as_of_message_id", "is no message of the conversation")
        points: list[tuple[str, Sequence[Reason | Promise]]] = [("reasons", read.reasons), ("promises", read.promises)]
        for kind, entries in points:
            for number, entry in enumerate(entries):
                _check_place(entry.message_id, entry.span, lengths, f"{path}.{kind}.{number}")
        pairs.append((read, dict(given)))
    pairs.sort(key=lambda pair: order[pair[0].as_of_message_id])
    return [read for read, _ in pairs], [given for _, given in pairs]


def _read(given: Mapping[str, Any], path: str) -> Assessment:
    try:
        json_bytes(dict(given))
    except (TypeError, ValueError, RecursionError):
        raise _wrong(path, "is not plain JSON; pass the object as the scorer wrote it") from None
    try:
        return Assessment.model_validate(dict(given))
    except ValidationError as error:
        problems = [
            FieldProblem(f"{path}.{'.'.join(str(part) for part in item['loc'])}", item["msg"])
            for item in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise InputError(problems) from None


def _check_place(message_id: str | None, span: tuple[int, int] | None, lengths: Mapping[str, int], path: str) -> None:
    if message_id is None:
        return
    if message_id not in lengths:
        raise _wrong(f"{path}.message_id", "is no message of the conversation")
    if span is not None and not 0 <= span[0] <= span[1] <= lengths[message_id]:
        raise _wrong(f"{path}.span", "lies outside the message's text")


def _wrong(field: str, message: str) -> InputError:
    return InputError([FieldProblem(field, message)])
