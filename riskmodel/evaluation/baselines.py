"""What a shop could do without this project, fitted and measured beside it: each gives a talk one number.

None of them reads a talk message by message; they see it whole, which the model is not granted when its highest risk
counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline

from riskmodel.evaluation.parity import groups_of
from riskmodel.synthesis import LabelledChat
from riskmodel.text import normalize

__all__ = ["BASELINES", "cross_scores", "fit_baselines"]

Talk = Mapping[str, Any]
"""A conversation as the contract has it."""
Score = Callable[[Sequence[Talk]], NDArray[np.float64]]

BASELINES = {
    "keywords": "keyword list · 关键词表",
    "remote_cod": "remote and cash on delivery · 偏远且货到付款",
    "tfidf_logistic": "TF-IDF, logistic · 字符逻辑回归",
    "tfidf_boosting": "TF-IDF, boosted trees · 字符梯度提升",
}
"""Names of the baselines in both languages."""

# what agents' handbooks tell to look out for, from the reported cases: a count of words, nothing more
_KEYWORDS = tuple("差评 投诉 12315 工商 赔偿 赔我 微信 加我 电话聊 私下 红包 转账 删评 违背承诺 举报 截图 答应".split())
_DIMENSIONS = 100


def _buyer(talk: Talk) -> str:
    return "\n".join(normalize(message["text"]).text for message in talk["messages"] if message["sender"] == "buyer")


def _keywords(talks: Sequence[Talk]) -> NDArray[np.float64]:
    return np.array([sum(_buyer(talk).count(word) for word in _KEYWORDS) for talk in talks], dtype=np.float64)


def _remote_cod(talks: Sequence[Talk]) -> NDArray[np.float64]:
    found = [groups_of(talk) for talk in talks]
    return np.array(
        [float(one.get("region") == "remote" and one.get("payment") == "cash_on_delivery") for one in found]
    )


def _vectorizer() -> TfidfVectorizer:
    return TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=3, sublinear_tf=True)


def fit_baselines(talks: Sequence[Talk], abusive: ArrayLike, *, seed: int = 0) -> dict[str, Score]:
    """Fit those that learn on labelled talks.

    Parameters
    ----------
    talks
        Conversations as the contract has them.
    abusive
        Shape (m,).
    seed
        Of the projection and of the boosting.

    Returns
    -------
    dict
        For each name of `BASELINES` what scores a sequence of talks.
    """
    texts = [_buyer(talk) for talk in talks]
    linear = make_pipeline(_vectorizer(), LogisticRegression(C=10.0, max_iter=2000))
    # trees want few dense columns
    boosted = make_pipeline(
        _vectorizer(),
        TruncatedSVD(_DIMENSIONS, random_state=seed),
        HistGradientBoostingClassifier(random_state=seed, max_iter=150),
    )

    def learned(model: Pipeline) -> Score:
        model.fit(texts, abusive)
        return lambda asked: np.asarray(model.predict_proba([_buyer(talk) for talk in asked])[:, 1])

    return {
        "keywords": _keywords,
        "remote_cod": _remote_cod,
        "tfidf_logistic": learned(linear),
        "tfidf_boosting": learned(boosted),
    }


def cross_scores(
    chats: Sequence[LabelledChat],
    *,
    folds: int = 5,
    seed: int = 0,
    progress: Callable[[str, int, int], None] | None = None,
) -> dict[str, NDArray[np.float64]]:
    """Scores of labelled chats, shape (m,), each by baselines that have not seen its pair of families or its writer."""
    groups = [chat.pair for chat in chats]
    abusive = np.array([int(chat.label == "abusive") for chat in chats])
    talks = [chat.conversation for chat in chats]
    scores = {name: np.zeros(len(chats)) for name in BASELINES}
    splits = list(GroupKFold(n_splits=min(folds, len(set(groups)))).split(talks, groups=groups))
    for number, (seen, unseen) in enumerate(splits, start=1):
        fitted = fit_baselines([talks[index] for index in seen], abusive[seen], seed=seed)
        for name, score in fitted.items():
            scores[name][unseen] = score([talks[index] for index in unseen])
        if progress is not None:
            progress("baselines", number, len(splits))
    return scores
