"""Fits the text channel with scikit-learn and compiles it to a table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from riskmodel.words.read import WordModel, one_line

__all__ = ["LEAST_TALKS", "compile_words", "document", "fit_words", "rare", "sequences"]

LEAST_TALKS: Final = 5
"""Groups of a shop's talks that a sequence must stand in before a model may know it, where no invented text has it."""

# Tried at 1 to 30 on pairs of scenario families unseen and on chats by others: little hangs on it from 3 up.
_STRENGTH = 10.0
# Further steps than this take their time and teach the texts by heart: 1e-4 found no more on chats by others.
_ENOUGH = 1e-3


def document(messages: Sequence[str]) -> str:
    r"""A buyer's messages as the one text that the channel is fitted on, with a border around each.

    Examples
    --------
    >>> document(["在吗 ", "", "发货了没"])
    '\n在吗\n发货了没\n'
    """
    said = list(filter(None, map(one_line, messages)))
    return "\n".join(["", *said, ""]) if said else ""


def sequences(text: str) -> list[str]:
    """The single characters and pairs of neighbours of a document; a border or a space counts only in a pair."""
    return [char for char in text if not char.isspace()] + [first + second for first, second in pairwise(text)]


def rare(
    documents: Sequence[str], private: NDArray[np.bool_], groups: NDArray[Any], least: int = LEAST_TALKS
) -> frozenset[str]:
    """The sequences that would tell of a shop's single talks: a name, say, that only few buyers wrote.

    A vocabulary is plain text, and a sequence that only a few talks have leads back to them.

    Parameters
    ----------
    documents
        Each through `document`.
    private
        Shape (n,): whether it is of a shop's own talk.
    groups
        Shape (n,): talks of one group count once, as one buyer or one text that goes round says nothing more often.
    least
        In how many groups a sequence must stand that no document has that is not private.
    """
    if not private.any():
        return frozenset()
    known = {each for place in np.flatnonzero(~private).tolist() for each in sequences(documents[place])}
    seen: dict[str, set[Any]] = {}
    for place in np.flatnonzero(private).tolist():
        for each in set(sequences(documents[place])) - known:
            seen.setdefault(each, set()).add(groups[place])
    return frozenset(each for each, of in seen.items() if len(of) < least)


def fit_words(
    documents: Sequence[str],
    abusive: NDArray[np.bool_],
    weights: NDArray[np.float64] | None = None,
    hidden: Collection[str] = (),
) -> Pipeline:
    """Fit on what the buyers of labelled talks say, each talk as a whole and at some earlier point.

    Parameters
    ----------
    documents
        Each through `document`.
    abusive
        Shape (n,): of the talk that a document is the beginning of.
    weights
        Shape (n,): what a document counts for; by default all the same.
    hidden
        Sequences that are read as if they were not there.
    """

    def seen(text: str) -> list[str]:
        return [each for each in sequences(text) if each not in hidden]

    model = make_pipeline(
        TfidfVectorizer(analyzer=seen if hidden else sequences, min_df=4, binary=True, norm="l2"),
        LogisticRegression(C=_STRENGTH, tol=_ENOUGH, max_iter=3000),
    )
    model.fit(documents, abusive, logisticregression__sample_weight=weights)
    return model


def compile_words(fitted: Pipeline) -> WordModel:
    """Take the fitted weights out into arrays; the intercept is left to the model that reads the balance."""
    vectorizer, regression = fitted[0], fitted[1]
    grams = vectorizer.get_feature_names_out()
    idf = vectorizer.idf_
    return WordModel(
        np.array(grams, dtype="U2"), np.asarray(regression.coef_[0] * idf), np.asarray(idf**2, dtype=np.float64)
    )
