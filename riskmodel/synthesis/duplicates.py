"""Near duplicates among talks that a split may part: a talk whose like was trained on measures memory, not reading."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer

from riskmodel.synthesis.scribe import LabelledChat

__all__ = ["ALIKE", "near_duplicates"]

ALIKE = 0.6
"""From this share of common five-character sequences, of all that either has, talks are near duplicates (Jaccard)."""
_AT_ONCE = 500  # talks compared with all others in one product, to bound the memory


def near_duplicates(chats: Sequence[LabelledChat]) -> list[tuple[int, int]]:
    """Positions of talks that nearly repeat a talk of another pair of families or another writer, each pair once.

    What their buyers say is compared; talks of one pair never come to stand on both sides of a split.
    """
    texts = ["\n".join(m["text"] for m in chat.conversation["messages"] if m["sender"] == "buyer") for chat in chats]
    table = HashingVectorizer(
        analyzer="char", ngram_range=(5, 5), binary=True, norm=None, alternate_sign=False, n_features=2**22
    ).transform(texts)
    sizes = np.asarray(table.sum(axis=1)).ravel()
    _, groups = np.unique([chat.pair for chat in chats], return_inverse=True)
    others = table.T.tocsc()
    found: list[tuple[int, int]] = []
    for begin in range(0, len(chats), _AT_ONCE):
        common = (table[begin : begin + _AT_ONCE] @ others).tocoo()
        rows, columns = common.row + begin, common.col
        either = sizes[rows] + sizes[columns] - common.data
        alike = (common.data >= ALIKE * either) & (rows < columns) & (groups[rows] != groups[columns])
        found.extend(zip(rows[alike].tolist(), columns[alike].tolist(), strict=True))
    return sorted(found)
