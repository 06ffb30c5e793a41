"""Words with signs put between their characters: 微-信, 红 包, 加.v, found by a second look at the folded text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from riskmodel.errors import CatalogueError
from riskmodel.yaml_files import read_yaml

if TYPE_CHECKING:  # so that the lexicon itself may take this second look
    from riskmodel.signals.lexicon import Span

__all__ = ["PartedWord", "parted"]

# what people put between two characters of one word; a comma or full stop of a sentence is no such sign
_SIGNS = r"[ ._\-*/|·•~+=^#@:'`❤⭐☆★♡]"
_MOST_SIGNS = 3


class PartedWord(BaseModel):
    """A word to look for in pieces, the concept that it stands for, and neighbours that show two other words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    word: Annotated[str, StringConstraints(min_length=2, max_length=4)]
    means: str
    not_after: list[Annotated[str, Field(min_length=1, max_length=1)]] = Field(default_factory=list)
    not_before: list[str] = Field(default_factory=list)


@cache
def _words() -> tuple[tuple[PartedWord, ...], re.Pattern[str], re.Pattern[str]]:
    """The entries, the pattern of all of them, and what each of its matches holds and hardly any other text does."""
    entries = []
    for entry in read_yaml("riskmodel.signals", "data/evasion.yaml"):
        try:
            entries.append(PartedWord.model_validate(entry))
        except ValidationError as error:
            raise CatalogueError(f"evasion: {entry.get('word', '(no word)')}: {error.errors()[0]['msg']}") from None
    pattern = "|".join(f"(?P<w{index}>{_pattern(word)})" for index, word in enumerate(entries))
    left, right = "".join(entry.word[:-1] for entry in entries), "".join(entry.word[1:] for entry in entries)
    hint = f"[{re.escape(left)}]{_SIGNS}{{1,{_MOST_SIGNS}}}[{re.escape(right)}]"
    return tuple(entries), re.compile(pattern), re.compile(hint)


def _pattern(entry: PartedWord) -> str:
    """The word with signs between its characters: each repeat is bounded, so the search stays linear."""
    before = "".join(map(re.escape, entry.not_after)) + ("a-z0-9" if entry.word[0].isascii() else "")
    after = [*map(re.escape, entry.not_before), *(["[a-z0-9]"] if entry.word[-1].isascii() else [])]
    return (
        (f"(?<![{before}])" if before else "")
        + f"{_SIGNS}{{1,{_MOST_SIGNS}}}".join(map(re.escape, entry.word))
        + (f"(?!{'|'.join(after)})" if after else "")
    )


def parted(text: str) -> Iterator[tuple[str, Span]]:
    """Concept and span of each well-known word that stands in folded `text` in pieces, from left to right.

    Examples
    --------
    >>> [(concept, "加个微-信"[start:end]) for concept, (start, end) in parted("加个微-信")]
    [('private_channel', '微-信')]
    >>> list(parted("质量太差 评论都这么说"))
    []
    """
    entries, pattern, hint = _words()
    if not hint.search(text):
        return
    for match in pattern.finditer(text):
        assert match.lastgroup is not None
        yield entries[int(match.lastgroup[1:])].means, match.span()
