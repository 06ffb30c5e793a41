"""What stands in paths and queries: ids of talks, sizes of pages, cursors."""

from __future__ import annotations

from flask import request
from pydantic import BaseModel, ConfigDict

from riskmodel.conversation import Identifier, parse_as
from riskmodel.errors import FieldProblem, InputError
from service.growth import WITH_NUL
from service.store.errors import NO_SUCH_TALK, NotFoundError

__all__ = ["bad_cursor", "is_asked", "named", "number_cursor", "page_size", "see_query", "sought"]

_PAGE, _LARGEST_PAGE = 50, 500
_DIGITS = 9  # below what a column of whole numbers holds


class _Name(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    conversation_id: Identifier


def named(conversation_id: str) -> str:
    """The id of a talk, as one that a talk can have; raises `InputError`."""
    if "\ufffd" in conversation_id:
        # bytes that are no UTF-8 were replaced by it: ids in another encoding would become one
        raise InputError([FieldProblem("conversation_id", "is not UTF-8 in the path; percent-encode it as UTF-8")])
    if "\0" in conversation_id:
        raise InputError([FieldProblem("conversation_id", WITH_NUL)])
    return parse_as(_Name, {"conversation_id": conversation_id}).conversation_id


def sought(conversation_id: str) -> str:
    """The id of a talk to read; where no talk can have it there is none: raises `NotFoundError`."""
    try:
        return named(conversation_id)
    except InputError:
        raise NotFoundError(NO_SUCH_TALK) from None


def see_query(*known: str) -> None:
    """Refuse parameters that a list does not have, so that a slip in a name does not show all instead of some."""
    if not set(request.args) <= set(known):
        what = f"use {', '.join(known)}" if known else "it takes none"
        raise InputError([FieldProblem("(query)", f"has an unknown parameter; {what}")])


def page_size() -> int:
    """How many things a page of a list has: ``?limit=``."""
    text = request.args.get("limit", str(_PAGE))
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 0 < int(text) <= _LARGEST_PAGE):
        raise InputError([FieldProblem("limit", f"must be a number from 1 to {_LARGEST_PAGE}")])
    return int(text)


def number_cursor() -> int | None:
    """Where a list that is in the order of a number goes on: ``?cursor=``; None where it begins."""
    text = request.args.get("cursor", "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise bad_cursor()
    return int(text)


def bad_cursor() -> InputError:
    """What is answered to a cursor that was never given."""
    return InputError([FieldProblem("cursor", "is not one that was given; begin without a cursor")])


def is_asked(field: str) -> bool:
    """Whether ``?field=true``; raises `InputError` for anything but true and false."""
    text = request.args.get(field, "false").lower()
    if text not in ("true", "false"):
        raise InputError([FieldProblem(field, "must be true or false")])
    return text == "true"
