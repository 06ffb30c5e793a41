"""Fits the reader on the hand-written lines, with scikit-learn, and compiles it to arrays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # scipy ships no types
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from riskmodel.errors import CatalogueError
from riskmodel.reader.read import LineReader, plain
from riskmodel.text import normalize

__all__ = ["Line", "fit_reader", "lines_folder", "read_lines"]

_STANCES = ("affirm", "deny", "charge", "careful", "asks", "mentions", "none")
# Chosen by cross-writer validation: fitted on the lines of all writers but one, measured on that one.
_STRENGTH = 40.0
_BUYERS = "buyer"  # files of buyers' lines begin so


class Line(NamedTuple):
    """One hand-written line: who wrote it (the file), what it speaks of and what it says to that."""

    writer: str
    topic: str
    stance: str
    text: str


def lines_folder() -> Path:
    """The folder of the lines: inside an installed wheel, else data/synthetic/lines of the checkout."""
    inside = Path(__file__).parent / "data" / "lines"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "data" / "synthetic" / "lines"


def read_lines(folder: Path | None = None) -> list[Line]:
    """The lines of all files of a folder, by default the project's own: topic, stance and text, parted by tabs.

    Raises
    ------
    CatalogueError
        With the file and the number of the line, at the first that has another form.
    """
    lines = []
    for path in sorted((folder or lines_folder()).glob("*.tsv")):
        for number, row in enumerate(path.read_text("utf-8").splitlines(), start=1):
            parts = row.split("\t")
            if len(parts) != 3 or parts[1] not in _STANCES or not parts[2].strip():
                raise CatalogueError(f"{path.name}: line {number}: must be topic, stance and text, parted by tabs")
            lines.append(Line(path.stem, *parts))
    return lines


def fit_reader(lines: Sequence[Line]) -> LineReader:
    """Fit topics on all lines, stances on the shop's, openness on the buyers'; same lines, same arrays."""
    texts = [plain(normalize(line.text).text) for line in lines]
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), binary=True, lowercase=False, min_df=2)
    columns = csr_matrix(vectorizer.fit_transform(texts))
    buyers = np.array([line.writer.startswith(_BUYERS) for line in lines])

    def fit(rows: NDArray[np.int_], targets: list[str] | list[bool]) -> LogisticRegression:
        return LogisticRegression(C=_STRENGTH, max_iter=500).fit(columns[rows], [targets[row] for row in rows])

    topics = fit(np.arange(len(lines)), [line.topic for line in lines])
    stances = fit(np.flatnonzero(~buyers), [line.stance for line in lines])
    opens = fit(np.flatnonzero(buyers), [line.stance == "asks" for line in lines])
    idf = vectorizer.idf_
    return LineReader(
        grams=np.array(vectorizer.get_feature_names_out(), dtype="U2"),
        weights=np.vstack([topics.coef_, stances.coef_, opens.coef_]).T * idf[:, None],
        norms=np.asarray(idf**2),
        intercepts=np.concatenate([topics.intercept_, stances.intercept_, opens.intercept_]),
        topics=np.array(topics.classes_, dtype="U"),
        stances=np.array(stances.classes_, dtype="U"),
    )
