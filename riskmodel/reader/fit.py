"""Fits the reader on hand-written lines and exchanges, with scikit-learn, and compiles it to arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # scipy ships no types
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from riskmodel.reader.corpus import Exchange, Line
from riskmodel.reader.read import LineReader, plain
from riskmodel.text import normalize

__all__ = ["fit_reader"]

# Chosen by cross-writer validation: fitted on the lines of all writers but one, measured on that one.
_STRENGTH = 40.0
_SPEAKS = 5  # characters from which a reply has a topic by itself


class _Sample(NamedTuple):
    """A text, and what it teaches: its topic, the stance of a reply, whether a buyer's leaves it open."""

    text: str
    topic: str | None
    stance: str | None
    opens: bool | None


def _samples(lines: Sequence[Line], exchanges: Sequence[Exchange]) -> Iterator[_Sample]:
    for line in lines:
        text = normalize(line.text).text
        if line.by_buyer:
            yield _Sample(text, line.topic, None, line.stance == "asks")
        else:
            yield _Sample(text, line.topic, line.stance, None)
    for exchange in exchanges:
        turn = ",".join(normalize(line).text for line in exchange.turn)
        reply = normalize(exchange.reply).text
        for topic in exchange.asked:
            yield _Sample(turn, topic, None, topic != "other")
        speaks = sum(sign.isalnum() for sign in reply) >= _SPEAKS
        for topic, stance in exchange.said:
            if speaks:
                yield _Sample(reply, topic, stance, None)


def fit_reader(lines: Sequence[Line], exchanges: Sequence[Exchange] = ()) -> LineReader:
    """Fit topics on all texts, stances on the shop's, openness on the buyers'; same texts, same arrays."""
    samples = list(_samples(lines, exchanges))
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), binary=True, lowercase=False, min_df=2)
    columns = csr_matrix(vectorizer.fit_transform([plain(sample.text) for sample in samples]))

    def fit(targets: list[str | None] | list[bool | None]) -> LogisticRegression:
        rows = [row for row, target in enumerate(targets) if target is not None]
        return LogisticRegression(C=_STRENGTH, max_iter=500).fit(columns[rows], [targets[row] for row in rows])

    topics = fit([sample.topic for sample in samples])
    stances = fit([sample.stance for sample in samples])
    opens = fit([sample.opens for sample in samples])
    idf = vectorizer.idf_
    return LineReader(
        grams=np.array(vectorizer.get_feature_names_out(), dtype="U2"),
        weights=np.vstack([topics.coef_, stances.coef_, opens.coef_]).T * idf[:, None],
        norms=np.asarray(idf**2),
        intercepts=np.concatenate([topics.intercept_, stances.intercept_, opens.intercept_]),
        topics=np.array(topics.classes_, dtype="U"),
        stances=np.array(stances.classes_, dtype="U"),
    )
