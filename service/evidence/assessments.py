"""Assessments as the bundle reads them: the contract's fields, checked against the conversation that they speak of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from riskmodel.conversation import Conversation
from riskmodel.errors import FieldProblem, InputError
from service.evidence.trajectory import Folder

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
    conversation: Conversation,
    assessments: Iterable[Mapping[str, Any]],
    shown_id: str | None = None,
    cover: Callable[[str], str] = str,
) -> tuple[list[Assessment], bytes]:
    """Check assessments against their conversation.

    What many assessments say alike, the promises above all, is checked once and is one object in all of them.

    Parameters
    ----------
    assessments
        In any order; an iterator is read one at a time and has to keep the order of the messages.
    shown_id
        The conversation's id as the bundle shows it, where that is not its own.
    cover
        Covers personal data in their texts, sign by sign: a reason may repeat what was said.

    Returns
    -------
    tuple
        The assessments as read, in the order of the messages that they go up to, and ``assessments.json``, which has
        all their fields (see `trajectory`); both with their texts covered.

    Raises
    ------
    InputError
        An assessment does not fit the contract, is of another conversation, or points at a message or a span (in code
        points) that the conversation does not have.
    """
    order: dict[Any, int] = {message.message_id: index for index, message in enumerate(conversation.messages)}
    order[None] = -1
    pairs: Iterable[tuple[int, Mapping[str, Any]]] = enumerate(assessments)
    if isinstance(assessments, Sequence):
        # what names no message of the conversation is refused below, wherever it stands
        pairs = sorted(pairs, key=lambda pair: _rank(pair[1], order))
    reader = _Reader(conversation, shown_id or conversation.conversation_id, cover)
    found: list[Assessment] = []
    for index, given in pairs:
        path = f"assessments.{index}"
        read = reader.read(given, path)
        if read.conversation_id != conversation.conversation_id:
            raise _wrong(f"{path}.conversation_id", "is of another conversation")
        if read.as_of_message_id not in order:
            raise _wrong(f"{path}.as_of_message_id", "is no message of the conversation")
        if found and order[read.as_of_message_id] < order[found[-1].as_of_message_id]:
            raise _wrong(f"{path}.as_of_message_id", "comes after a later one; give them in the order of the messages")
        found.append(read)
    return found, reader.folder.content()


def _rank(given: Mapping[str, Any], order: Mapping[Any, int]) -> int:
    as_of = given.get("as_of_message_id")
    return order.get(as_of, -1) if isinstance(as_of, str) else -1


Part = TypeVar("Part", Reason, Promise)


class _Reader:
    """Reads assessments of one conversation; each reason and promise once, however often it is said."""

    def __init__(self, conversation: Conversation, shown_id: str, cover: Callable[[str], str]) -> None:
        self._cover = partial(_covered, cover=cover)
        self.folder = Folder(shown_id, self._cover)
        self._lengths = {message.message_id: len(message.text) for message in conversation.messages}
        self._known: dict[tuple[type, Any], Any] = {}

    def read(self, given: Mapping[str, Any], path: str) -> Assessment:
        if not _has_shape(given):
            return _validate(Assessment, given, path)  # which names what is wrong
        try:
            numbers = self.folder.add(given)
        except (TypeError, ValueError, RecursionError):
            raise _wrong(path, "is not plain JSON; pass the object as the scorer wrote it") from None
        parts = {
            "reasons": self._parts(Reason, numbers.reasons, given["reasons"], f"{path}.reasons"),
            "promises": self._parts(Promise, numbers.promises, given["promises"], f"{path}.promises"),
        }
        return _validate(Assessment, {**given, **parts}, path)

    def _parts(self, kind: type[Part], numbers: Sequence[Any], given: Sequence[Any], path: str) -> list[Part]:
        known = self._known
        return [
            known.get((kind, number)) or self._part(kind, number, given[place], f"{path}.{place}")
            for place, number in enumerate(numbers)
        ]

    def _part(self, kind: type[Part], number: Any, given: Any, path: str) -> Part:
        read = _validate(kind, self._cover(given), path)
        _check_place(read.message_id, read.span, self._lengths, path)
        self._known[kind, number] = read
        return read


def _has_shape(given: Mapping[str, Any]) -> bool:
    """Whether it can be folded; what its parts are is checked after."""
    parts = [given.get("reasons"), given.get("promises")]
    return (
        all(isinstance(several, list) and all(isinstance(part, dict) for part in several) for several in parts)
        and all("contribution" in reason for reason in given["reasons"])
        and isinstance(given.get("model"), dict)
    )


# words of the contract and of the model's name: no text in which personal data could stand
_NO_TEXT = frozenset(
    "message_id as_of_message_id settled_by code kind pattern band action "
    "can_keep status due_at name version sha256".split()
)


def _covered(value: Any, cover: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return cover(value)
    if isinstance(value, Mapping):
        return {name: inner if name in _NO_TEXT else _covered(inner, cover) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_covered(inner, cover) for inner in value]
    return value


Model = TypeVar("Model", bound=_Part)


def _validate(kind: type[Model], given: Any, path: str) -> Model:
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        problems = [
            FieldProblem(".".join([path, *(str(part) for part in item["loc"])]), item["msg"])
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
