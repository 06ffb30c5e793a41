"""Fits the text channel with scikit-learn and compiles it to a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from riskmodel.words.read import WordModel

__all__ = ["compile_words", "fit_words"]


def fit_words(texts: Sequence[str], abusive: NDArray[np.bool_]) -> Pipeline:
    """Fit on the buyer messages of labelled talks; each message carries the label of its talk.

    A line that both kinds of talk share ends up near zero, and one that only abusive talks hold ends up high: the label
    of the talk is enough. Repeated lines count with the logarithm of their number.

    Parameters
    ----------
    texts
        Utterances, each through `one_line`.
    abusive
        Shape (n,).
    """
    counts: dict[tuple[str, bool], int] = {}
    for text, label in zip(texts, abusive.tolist(), strict=True):
        counts[text, label] = counts.get((text, label), 0) + 1
    labels = np.array([label for _, label in counts])
    weights = 1 + np.log(np.array(list(counts.values())))
    weights = np.where(labels, weights / weights[labels].sum(), weights / weights[~labels].sum()) * len(labels)
    # no intercept: a message of which nothing is known says nothing
    model = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 2), min_df=4, binary=True, lowercase=False, norm="l2"),
        LogisticRegression(C=1.0, fit_intercept=False, solver="liblinear", max_iter=300, random_state=0),
    )
    model.fit([text for text, _ in counts], labels, logisticregression__sample_weight=weights)
    return model


def compile_words(fitted: Pipeline) -> WordModel:
    """Take the fitted weights out into arrays."""
    vectorizer, regression = fitted[0], fitted[1]
    grams = vectorizer.get_feature_names_out()
    idf = vectorizer.idf_
    return WordModel(
        np.array(grams, dtype="U2"), np.asarray(regression.coef_[0] * idf), np.asarray(idf**2, dtype=np.float64)
    )
