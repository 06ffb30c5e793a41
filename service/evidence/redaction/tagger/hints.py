"""Which texts the tagger looks at: those in which a find, a word or a form hints at a person, a place or an account.

Two of three ordinary messages have no such hint. They need no look, and cannot be covered by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from service.evidence.redaction.segments import Word
from service.evidence.redaction.tagger.features import Mark
from service.evidence.redaction.words import alternatives

__all__ = ["has_hint"]

_PROPER = ("nr", "ns", "nt")  # parts of speech of people, places and organisations
_LISTS = (("hints", "words"), ("persons", "roles"), ("persons", "kin"), ("titles", "after_any"), ("naming", "labels"))
_HINT = re.compile(
    "|".join(alternatives(table, name) for table, name in _LISTS)
    + r"|收(?:$|[^到货益])|[a-z0-9][a-z0-9_\-.]{4,}"  # 汤圆收; ids and numbers
)


def has_hint(text: str, words: Sequence[Word], marks: Collection[Mark]) -> bool:
    """Whether a folded text is worth looking at, by its words and by what the rules found, regions among it."""
    return bool(marks) or any(one.tag.startswith(_PROPER) for one in words) or _HINT.search(text) is not None
