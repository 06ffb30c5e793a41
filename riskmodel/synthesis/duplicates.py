"""Near duplicates among talks that a split may part: a talk whose like was trained on measures memory, not reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer

from riskmodel.errors import FieldProblem, InputError
from riskmodel.synthesis.scribe import LabelledChat

__all__ = ["ALIKE", "near_duplicates", "near_repeats", "refuse_repeats"]

ALIKE = 0.6
"""From this share of common five-character sequences, of all that either has, talks are near duplicates (Jaccard)."""
_AT_ONCE = 500  # talks compared with all others in one product, to bound the memory


def near_duplicates(chats: Sequence[LabelledChat], of: NDArray[np.int_] | None = None) -> list[tuple[int, int]]:
    """Positions of talks that nearly repeat a talk of another pair of families or another writer, each pair once.

    What their buyers say is compared; talks of one pair never come to stand on both sides of a split.

    Parameters
    ----------
    chats
        The talks; nothing is like one whose buyer says nothing.
    of
        Positions of talks, shape (k,), of which one is to be in each pair found; by default of all.
    """
    asked = np.arange(len(chats)) if of is None else np.asarray(of)
    table = _sequences(chats)
    sizes = np.asarray(table.sum(axis=1)).ravel()
    _, groups = np.unique([chat.pair for chat in chats], return_inverse=True)
    others = table.T.tocsc()
    found: list[tuple[int, int]] = []
    for begin in range(0, len(asked), _AT_ONCE):
        at_once = asked[begin : begin + _AT_ONCE]
        common = (table[at_once] @ others).tocoo()
        rows, columns = at_once[common.row], common.col
        either = sizes[rows] + sizes[columns] - common.data
        alike = (common.data >= ALIKE * either) & (groups[rows] != groups[columns])
        first, second = np.minimum(rows[alike], columns[alike]), np.maximum(rows[alike], columns[alike])
        found.extend(zip(first.tolist(), second.tolist(), strict=True))
    return sorted(set(found))


def near_repeats(chats: Sequence[LabelledChat], others: Sequence[LabelledChat]) -> list[tuple[int, int]]:
    """Positions of talks that nearly repeat one of some others, whoever wrote them, each with the first such one."""
    first, second = _sequences(chats), _sequences(others)
    sizes, other_sizes = (np.asarray(table.sum(axis=1)).ravel() for table in (first, second))
    found: dict[int, int] = {}
    for begin in range(0, len(chats), _AT_ONCE):
        common = (first[begin : begin + _AT_ONCE] @ second.T).tocoo()
        rows, columns = common.row + begin, common.col
        alike = common.data >= ALIKE * (sizes[rows] + other_sizes[columns] - common.data)
        for own, other in sorted(zip(rows[alike].tolist(), columns[alike].tolist(), strict=True)):
            found.setdefault(own, other)
    return sorted(found.items())


def refuse_repeats(chats: Sequence[LabelledChat], frozen: Sequence[LabelledChat]) -> None:
    """See that no talk of a training nearly repeats one that is measured on.

    Raises
    ------
    InputError
        Naming the talks that do, and those that they repeat.
    """
    found = near_repeats(chats, frozen)
    if found:
        raise InputError(
            [
                FieldProblem(
                    str(chats[own].conversation["conversation_id"]),
                    f"nearly repeats talk {frozen[other].conversation['conversation_id']} of a frozen set, which no "
                    "training may know; leave it out, or generate with another seed",
                )
                for own, other in found
            ]
        )


def _sequences(chats: Sequence[LabelledChat]) -> Any:
    """Which five-character sequences the buyer of each talk uses: a sparse table, a row a talk."""
    texts = ["\n".join(m["text"] for m in chat.conversation["messages"] if m["sender"] == "buyer") for chat in chats]
    return HashingVectorizer(
        analyzer="char", ngram_range=(5, 5), binary=True, norm=None, alternate_sign=False, n_features=2**22
    ).transform(texts)
