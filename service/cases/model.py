"""A case and its events, as a program or a person of the shop tells them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import from_json

from riskmodel.conversation import Identifier, Timestamp, parse_as
from riskmodel.errors import FieldProblem, InputError
from service.cases.table import load_table
from service.evidence.profiles import profile_names, read_event_date

__all__ = [
    "EVENTS",
    "MEDIA_TYPES",
    "MOST_BYTES",
    "MOST_EVENTS",
    "MOST_EXHIBITS",
    "MOST_FILE_BYTES",
    "Decision",
    "Event",
    "ListedExhibit",
    "NewCase",
    "Note",
    "Outcome",
    "StepTaken",
    "parse_event",
    "see_file_name",
]

MOST_EVENTS = 1_000
MOST_EXHIBITS = 200
MOST_FILE_BYTES, MOST_BYTES = 20 * 2**20, 100 * 2**20
"""Of one file, and of all files of a case: a bundle holds 128 MiB, the talk and its pages included."""
_LONGEST_NAME = 255  # as in the contract's attachments

MEDIA_TYPES = {
    **{"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"},
    **{"application/pdf": "pdf", "text/plain": "txt", "audio/mpeg": "mp3", "audio/mp4": "m4a", "video/mp4": "mp4"},
    **{"application/octet-stream": "bin"},
}
"""What an exhibit can be, and the ending of its file: nothing that a browser would run."""

Outcome = Literal["legit_complaint", "abusive", "unclear"]
"""What a person decided, in the words of the labels: of the talk's wording, never of a person."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


def _in_a_path(name: str) -> str:
    if any(character in name for character in "/\0\ufffd"):
        raise ValueError("is part of addresses; leave out `/`, NUL and U+FFFD")
    return name


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds a NUL character, which cannot be stored; leave it out")
    return text


def see_file_name(name: str) -> str:
    """Return the name of a file, as one that an exhibit can have; raises `ValueError`."""
    if not 0 < len(name) <= _LONGEST_NAME:
        raise ValueError(f"must have 1 to {_LONGEST_NAME} characters; give the file a shorter name")
    if name in (".", "..") or any(character in name for character in "/\\\ufffd") or not name.isprintable():
        raise ValueError("must be a plain file name: no folder, no `..`, no character that cannot be seen")
    return name


def _known_profile(name: str) -> str:
    if name not in profile_names():
        raise ValueError(f"is not known; use one of {', '.join(profile_names())}")
    return name


def _event_date(text: str) -> str:
    try:
        read_event_date(text)
    except InputError as error:
        raise ValueError(error.problems[0].message) from None
    return text


def _known_cause(code: str) -> str:
    codes = [cause.code for cause in load_table().causes]
    if code not in codes:
        raise ValueError(f"is not known; use one of {', '.join(codes)}")
    return code


def _lower(text: object) -> object:
    return text.lower() if isinstance(text, str) else text


CaseName = Annotated[
    Identifier, AfterValidator(_in_a_path), Field(json_schema_extra={"pattern": "^[^/\\x00\\ufffd]*$"})
]
Name = Annotated[Identifier, AfterValidator(_storable), Field(json_schema_extra={"pattern": "^[^\\x00]*$"})]
# a schema names what is known only when it is asked for: the catalogues take a while to load
ProfileName = Annotated[
    str,
    AfterValidator(_known_profile),
    Field(json_schema_extra=lambda schema: schema.update(enum=list(profile_names()))),
]
Cause = Annotated[
    str,
    AfterValidator(_known_cause),
    Field(json_schema_extra=lambda schema: schema.update(enum=[cause.code for cause in load_table().causes])),
]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=5_000)]


class ListedExhibit(_Strict):
    """A file that belongs to the case, before or after its content was filed."""

    name: Annotated[str, AfterValidator(see_file_name), Field(json_schema_extra={"minLength": 1, "maxLength": 255})]
    media_type: Annotated[Literal[tuple(MEDIA_TYPES)], BeforeValidator(_lower)]  # type: ignore[valid-type]  # a list made above
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    size_bytes: Annotated[int, Field(ge=0, le=MOST_FILE_BYTES)] | None = None


class NewCase(_Strict):
    """A case about one talk of the shop; `exhibits` lists files whose content is filed later."""

    case_id: CaseName
    conversation_id: Name
    claim: Literal["review", "complaint", "refund", "chargeback", "other"]
    profile: ProfileName | None = None
    event_date: Annotated[str, AfterValidator(_event_date)] | None = None
    language: Literal["zh", "en"] | None = None
    exhibits: Annotated[list[ListedExhibit], Field(max_length=MOST_EXHIBITS)] = []


class _Event(_Strict):
    event_id: Name


class StepTaken(_Event):
    """Something that was done by the table of the flow; `at` is the time of its arrival where it is not said."""

    kind: Literal["step"]
    object: Annotated[str, StringConstraints(max_length=64)]
    action: Annotated[str, StringConstraints(max_length=64)]
    at: Timestamp | None = None


class Note(_Event):
    """Something worth noting; never shown in a bundle."""

    kind: Literal["note"]
    text: Prose


class Decision(_Event):
    """What a person decided that the case came to, and why; it is kept as a label of the talk, too.

    `platform_decision` is what the platform decided of the buyer's claim, where that is known by then.
    """

    kind: Literal["decision"]
    outcome: Outcome
    reason: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
    cause: Cause | None = None
    platform_decision: Literal["upheld", "rejected", "settled", "unknown"] | None = None


Event = StepTaken | Note | Decision
EVENTS: dict[str, type[Event]] = {"step": StepTaken, "note": Note, "decision": Decision}


def parse_event(body: bytes) -> Event:
    """Read an event, whose `kind` says what it is; raises `InputError`."""
    try:
        content = from_json(body)
    except ValueError:
        return parse_as(Note, body)  # which says what is wrong with it
    kind = content.get("kind") if isinstance(content, dict) else None
    if not isinstance(kind, str) or kind not in EVENTS:
        raise InputError([FieldProblem("kind", f"must be one of {', '.join(EVENTS)}")])
    return parse_as(EVENTS[kind], body)
