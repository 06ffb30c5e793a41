"""The pages that whoever is signed in can go to: each stands behind one right, and answers to one key."""

from __future__ import annotations

from typing import Final, NamedTuple

from service.console.blueprint import SIGNED_IN
from service.store.users import User

__all__ = ["PAGES", "Page", "pages_of"]


class Page(NamedTuple):
    """A page in the bar: its view, its text ``frame.<name>``, the right it asks, the key it answers to."""

    view: str
    name: str
    right: str
    key: str


PAGES: Final = (
    Page("home", "talks", "talks", "1"),
    Page("paste", "paste", "replies", "2"),
    Page("held", "held", "held", "3"),
    Page("cases", "cases", "cases", "4"),
    Page("figures", "figures", "figures", "5"),
    Page("setup", "setup", "settings", "9"),
    Page("password", "password", SIGNED_IN, ""),
)
"""In the order of the bar; the first one that somebody may open is that person's first page."""


def pages_of(user: User | None) -> list[Page]:
    """The pages that this user may open."""
    return [page for page in PAGES if user is not None and (page.right == SIGNED_IN or page.right in user.rights)]
