"""The best way through a message by the fitted weights: which signs are a name, an address, an account."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from operator import add
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.evidence.redaction.folding import Folded
from service.evidence.redaction.segments import Word
from service.evidence.redaction.tagger.features import Mark, Token, features, tokens

__all__ = ["LETTERS", "LOOKED_FOR", "Marked", "Tagger", "load_tagger", "looked_at"]

LETTERS = {
    **{"name": "n", "address": "a", "chat_account": "c", "phone": "p", "bank_card": "b"},
    **{"id_number": "i", "email": "e", "link": "l"},
}
"""One letter for each kind that the rules find, the weakest first."""
LOOKED_FOR = ("name", "address", "chat_account")
_KINDS = len(LOOKED_FOR)


class Marked(NamedTuple):
    """What the tagger takes for personal at ``[start:end]`` of the folded text."""

    start: int
    end: int
    kind: str


class Tagger(NamedTuple):
    """Fitted weights, whole numbers all.

    `rows` says in which row of `weights` a feature is, row 0 being for those that say nothing; a row has what it speaks
    for: none, then for each kind its first sign, then for each kind its further signs. These are the seven states.
    `none` has for each state what it is worth to be none of them next, `begin` for each kind what it is worth to begin
    it next, by state, and `go_on` to go on with a kind, from its first sign and from a further one.
    """

    rows: Mapping[str, int]
    weights: NDArray[np.int32]
    none: Sequence[int]
    begin: Sequence[Sequence[int]]
    go_on: Sequence[Sequence[int]]

    def tag(self, found: Sequence[Token], rows: Sequence[Sequence[str]]) -> Iterator[Marked]:
        """What is personal among these tokens with their features, from left to right."""
        if not rows:
            return iter(())
        row_of = self.rows.get
        which = np.array([[row_of(feature, 0) for feature in row] for row in rows])
        sums = self.weights[which].sum(axis=1)
        scores: Sequence[int] = (0, *([_NEVER] * (2 * _KINDS)))
        ways: list[list[int]] = []
        for token_sums in sums.tolist():
            scores, way = self._step(scores, token_sums)
            ways.append(way)
        state = max(range(len(scores)), key=scores.__getitem__)
        end = None
        marked = []
        for token, way in zip(reversed(found), reversed(ways), strict=True):
            if state and end is None:
                end = token.end
            if 0 < state <= _KINDS:
                assert end is not None
                marked.append(Marked(token.start, end, LOOKED_FOR[state - 1]))
                end = None
            state = way[state]
        return reversed(marked)

    def _step(self, scores: Sequence[int], sums: Sequence[int]) -> tuple[list[int], list[int]]:
        """Scores after one more token, and from which state each came: the first of the best."""
        best = list(map(add, scores, self.none))
        after, way = [max(best)], []
        way.append(best.index(after[0]))
        after[0] += sums[0]
        for kind in range(_KINDS):
            best = list(map(add, scores, self.begin[kind]))
            score = max(best)
            way.append(best.index(score))
            after.append(score + sums[1 + kind])
        for kind in range(_KINDS):
            first, further = 1 + kind, 1 + _KINDS + kind
            from_first, from_further = scores[first] + self.go_on[0][kind], scores[further] + self.go_on[1][kind]
            after.append(max(from_first, from_further) + sums[further])
            way.append(first if from_first >= from_further else further)
        return after, way


_NEVER = -(10**9)


def looked_at(
    text: str, folded: Folded, words: Sequence[Word], marks: Iterable[Mark]
) -> tuple[list[Token], list[list[str]]]:
    """Tokens and features of a text: as it was, folded, its words, and what the rules found, regions first."""
    capitals = (
        {place for place in range(len(folded.text)) if text[folded.original(place, place + 1)[0]].isupper()}
        if text != text.lower()
        else frozenset[int]()
    )
    found = tokens(folded.text)
    return found, features(folded.text, found, words, marks, capitals)


@cache
def load_tagger() -> Tagger:
    """The tagger that comes with the program.

    Raises
    ------
    ValueError
        If ``weights.npz`` is not the one that ``manifest.json`` names.
    """
    folder = resources.files(__package__)
    content = folder.joinpath("weights.npz").read_bytes()
    manifest = json.loads(folder.joinpath("manifest.json").read_text("utf-8"))
    if hashlib.sha256(content).hexdigest() != manifest["sha256"]:
        message = (
            "weights.npz of the tagger does not match its digest; it was altered or cut short: install Baitwatch anew"
        )
        raise ValueError(message)
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        names = arrays["names"].tobytes().decode().split("\n")
        return Tagger(
            {name: row for row, name in enumerate(names, 1)},
            np.vstack([np.zeros((1, 1 + 2 * _KINDS), np.int32), arrays["weights"]]),
            arrays["none"].tolist(),
            arrays["begin"].tolist(),
            arrays["go_on"].tolist(),
        )
