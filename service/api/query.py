"""What stands in paths and queries: ids of talks, sizes of pages, cursors."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from pydantic import BaseModel, ConfigDict

from riskmodel.conversation import Identifier, parse_as
from riskmodel.errors import FieldProblem, InputError

__all__ = ["bad_cursor", "is_asked", "named", "number_cursor", "page_size", "see_names"]

_PAGE, _LARGEST_PAGE = 50, 500
_DIGITS = 9  # below what a column of whole numbers holds


class _Name(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    conversation_id: Identifier


def named(conversation_id: str) -> str:
    """The id of a talk, held to the contract."""
    name = parse_as(_Name, {"conversation_id": conversation_id}).conversation_id
    see_names({"conversation_id": name})
    return name


def see_names(names: Mapping[str, str]) -> None:
    """Refuse what not every database can look for, where the contract lets it through."""
    wrong = [
        FieldProblem(field, "holds a null character; leave it out") for field, name in names.items() if "\0" in name
    ]
    if wrong:
        raise InputError(wrong)


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
