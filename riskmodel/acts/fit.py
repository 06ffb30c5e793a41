"""Fits the classifier of acts on marked lines, with scikit-learn, and compiles it to one table of weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped]  # scipy ships no types
from sklearn.linear_model import LogisticRegression

from riskmodel.acts.names import HEARD
from riskmodel.acts.read import ActReader, bordered
from riskmodel.acts.vectors import GramVectors, load_vectors
from riskmodel.errors import CatalogueError
from riskmodel.text.grams import Grams

__all__ = ["ActLine", "fit_acts", "read_act_lines", "tfidf"]

# Tried at 10 and 40, and the vectors at 0.5 to 1, on lines of a writer whom the fit did not know.
_STRENGTH = 10.0
# Further steps than this take their time and teach the texts by heart: 1e-4 found no more on chats by others.
_ENOUGH = 1e-3
_VECTORS = 0.7


class ActLine(NamedTuple):
    """One buyer's message as the text channel reads it, and the act that its writer marked."""

    act: str
    text: str


def _folder() -> Path:
    inside = Path(__file__).parent / "data" / "acts"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "data" / "synthetic" / "acts"


def read_act_lines(folder: Path | None = None) -> list[ActLine]:
    """The single lines of a folder, by default the project's own: act and text, parted by a tab.

    Raises
    ------
    CatalogueError
        With the file and the number of the line, at the first that has another form or an unknown act.
    """
    return list(_rows(folder or _folder()))


def _rows(folder: Path) -> Iterator[ActLine]:
    for path in sorted(folder.glob("*.tsv")):
        for number, row in enumerate(path.read_text("utf-8").splitlines(), start=1):
            act, tab, text = row.partition("\t")
            if not tab or not text.strip():
                raise CatalogueError(f"{path.name}: line {number}: must be act and text, parted by a tab")
            if act not in HEARD:
                raise CatalogueError(f"{path.name}: line {number}: unknown act {act!r}; use one of {', '.join(HEARD)}")
            yield ActLine(act, text)


def tfidf(texts: Sequence[str], table: GramVectors) -> csr_matrix:
    """Normalised TF-IDF of texts over the sequences of a table, shape (n, G)."""
    grams = Grams(table.grams)
    found = [grams.places(bordered(text)) for text in texts]
    places = np.array([place for row in found for place in row], dtype=np.int64)
    lengths = [len(row) for row in found]
    values = table.idf[places] if len(places) else np.zeros(0)
    owners = np.repeat(np.arange(len(texts)), lengths)
    norms = np.sqrt(np.bincount(owners, weights=values**2, minlength=len(texts)))
    values = values / norms[owners]
    return csr_matrix((values, places, np.concatenate([[0], np.cumsum(lengths)])), shape=(len(texts), len(table.grams)))


def fit_acts(lines: Sequence[ActLine], table: GramVectors | None = None) -> ActReader:
    """Fit on marked lines; same lines, same arrays.

    The sequences of a line and the vector that they add up to are columns beside each other. Both are linear in the
    sequences, so that after the fit the vectors are folded into the weights and cost nothing when a line is read.
    """
    table = table or load_vectors()
    columns = tfidf([line.text for line in lines], table)
    vectors = columns @ table.vectors
    scale = _VECTORS / max(float(np.sqrt((vectors**2).sum(axis=1).mean())), 1e-12)
    # most sequences of the table stand in no line; their weights stay zero, and fitting them takes most of the time
    stands = np.flatnonzero(columns.getnnz(axis=0))
    model = LogisticRegression(C=_STRENGTH, tol=_ENOUGH, max_iter=3000)
    model.fit(hstack([columns[:, stands], csr_matrix(vectors * scale)]).tocsr(), [HEARD[line.act] for line in lines])
    weights = scale * (table.vectors @ model.coef_[:, len(stands) :].T)
    weights[stands] += model.coef_[:, : len(stands)].T
    used = np.asarray(np.abs(weights).max(axis=1) > 0)
    return ActReader(
        grams=table.grams[used],
        weights=np.asarray(weights[used] * table.idf[used, None], dtype=np.float64),
        norms=np.asarray(table.idf[used] ** 2, dtype=np.float64),
        intercepts=np.asarray(model.intercept_, dtype=np.float64),
        names=np.array(model.classes_, dtype="U"),
    )
