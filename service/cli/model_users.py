"""Who puts a model in use: a user with the right where the store knows any, else whoever names themselves."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from riskmodel.errors import BaitwatchError
from service.cli.home import Home, open_home
from service.store.model_changes import note_change, who_may
from service.store.users import User, is_anyone

if TYPE_CHECKING:
    from riskmodel.registry import Entry

__all__ = ["Changer", "allowed"]


class Changer(NamedTuple):
    """Whoever may put a model in use; where there are no users yet there is nothing to note it in but the journal."""

    home: Home | None
    user: User | None

    def note(self, entry: Entry) -> None:
        """Note in the store that it was done."""
        if self.home is None or self.user is None:
            return
        with self.home.store.writing() as connection:
            note_change(
                connection,
                self.home.keys.current(),
                self.user,
                action=entry.action,
                version=entry.version,
                line=entry.line,
                now=entry.at,
            )


def allowed(name: str, shop: str | None) -> Changer:
    """See that this person may; raises `BaitwatchError` where not."""
    if not name.strip() or len(name) > 160 or not name.isprintable():
        raise BaitwatchError("--by takes a name of 1 to 160 characters that can be seen")
    home = _there()
    if home is None:
        return Changer(None, None)
    with home.store.reading() as connection:
        if not is_anyone(connection):
            return Changer(home, None)
        return Changer(home, who_may(connection, home.keys.current(), name, shop))


def _there() -> Home | None:
    """The store, where there is one: to look into it must not make it."""
    home = open_home()
    made = os.environ.get("BAITWATCH_DATABASE_URL", "").strip() or (home.folder / "baitwatch.db").exists()
    return home if made else None
