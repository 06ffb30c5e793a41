"""The blueprint of the console, and what each of its pages asks of whoever looks at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from flask import Blueprint, Request

__all__ = ["ANYONE", "PATH", "SIGNED_IN", "ConsoleRequest", "asked_by", "blueprint", "largest_of", "needs"]

PATH: Final = "/console/"
blueprint = Blueprint("console", __name__, url_prefix=PATH.rstrip("/"))

ANYONE: Final = "anyone"
SIGNED_IN: Final = "signed in"

View = TypeVar("View", bound=Callable[..., object])
MOST_BYTES: Final = 65_536
"""Of a form: nobody types more."""
_ASKED: dict[Callable[..., object], str] = {}
_LARGEST: dict[Callable[..., object], int] = {}


class ConsoleRequest(Request):
    """A request below the path of the console is the console's to answer, where there is no such page, too."""

    @property
    def blueprint(self) -> str | None:
        """Whose handlers answer."""
        if self.url_rule is None and self.path.startswith(PATH):
            return blueprint.name
        return super().blueprint


def needs(right: str, *, most_bytes: int = MOST_BYTES) -> Callable[[View], View]:
    """A page for whoever has this right of `service.store.users.RIGHTS`, for anyone `SIGNED_IN`, or for `ANYONE`.

    `most_bytes` is the largest form that it takes.
    """

    def note(view: View) -> View:
        _ASKED[view] = right
        _LARGEST[view] = most_bytes
        return view

    return note


def asked_by(view: Callable[..., object]) -> str:
    """What the page asks; a page that forgot to say is nobody's."""
    return _ASKED.get(view, "nobody")


def largest_of(view: Callable[..., object] | None) -> int:
    """The largest form that a page takes, in bytes."""
    return _LARGEST.get(view, MOST_BYTES) if view is not None else MOST_BYTES
