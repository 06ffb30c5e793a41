"""What the console says: gettext catalogues in `locale`, a file an area, in the language of this request.

A text is asked for by its name (``home.title``), which is its msgid, so that no language is the source of the other.
Where a text depends on a number, it has plural forms and is asked for with ``count``.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Any, Final, NamedTuple

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from flask import g, session

__all__ = ["LANGUAGES", "Text", "catalogue", "day", "language", "locale", "moment", "number", "say", "share"]

LANGUAGES: Final = ("zh", "en")
"""The first is spoken where nothing was chosen."""
_LOCALES: Final = {"zh": Locale("zh", "CN", "Hans"), "en": Locale("en", "GB")}  # both write day and hour as 24 h


class Text(NamedTuple):
    """One text in one language: its forms, the last for most numbers, and which form a number takes."""

    forms: tuple[str, ...]
    form_of: Callable[[int], int]

    def say(self, values: Mapping[str, Any]) -> str:
        """The form for ``count``, where it has several, with the values filled in."""
        place = self.form_of(values["count"]) if len(self.forms) > 1 else -1
        return self.forms[place].format(**values)


@cache
def catalogue() -> Mapping[str, Mapping[str, Text]]:
    """All texts: by name, in each language."""
    found: dict[str, dict[str, Text]] = {}
    for spoken in LANGUAGES:
        folder = resources.files("service.console") / "locale" / spoken / "LC_MESSAGES"
        for file in sorted(folder.iterdir(), key=lambda each: each.name):
            read = read_po(BytesIO(file.read_bytes()), locale=_LOCALES[spoken], abort_invalid=True)
            form_of = gettext.c2py(read.plural_expr)
            for message in read:
                if message.id:
                    name = message.id if isinstance(message.id, str) else message.id[0]
                    said = message.string or ""
                    forms = (said,) if isinstance(said, str) else tuple(said)
                    if spoken in found.setdefault(name, {}):
                        raise ValueError(f"{file.name}: {name} is said twice")
                    found[name][spoken] = Text(forms, form_of)
    return found


def language() -> str:
    """The language of this request."""
    chosen = g.get("language") or session.get("language")
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def locale() -> Locale:
    """How numbers and dates are written in this request."""
    return _LOCALES[language()]


def say(name: str, /, **values: Any) -> str:
    """One text with its values filled in."""
    return catalogue()[name][language()].say(values)


def number(value: float, digits: int = 0) -> str:
    """A number as the language writes it."""
    return str(format_decimal(round(value, digits), locale=locale()))


def share(value: float, digits: int = 0) -> str:
    """A share of one, in percent."""
    return str(format_percent(value, "#,##0" + ("." + "0" * digits if digits else "") + "%", locale=locale()))


def day(value: date) -> str:
    """A day as people write it."""
    return str(format_date(value, "medium", locale=locale()))


def moment(value: datetime, zone: tzinfo) -> str:
    """A day and time in a zone, to the minute."""
    return str(format_datetime(value, "short", tzinfo=zone, locale=locale()))
