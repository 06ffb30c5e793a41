"""Does anything but the talk give the label away? Models that see one harmless channel each, and how far they get.

Each channel is fitted with a logistic regression, abusive against the rest, on four fifths of the scenario files and
scored on the fifth that it has not seen. A channel that stays near 0.5 leaks nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from riskmodel.errors import FieldProblem, InputError
from riskmodel.synthesis.generate import LabelledChat

__all__ = ["LIMITS", "Leak", "Leaks", "measure_leaks"]

# the highest AUC that each channel may reach
LIMITS = {"facts": 0.55, "agent_text": 0.60, "length": 0.60, "time": 0.55, "first_message": 0.60}
_FOLDS = 5
_RESAMPLES = 200


class Leak(NamedTuple):
    """What one channel reaches: AUC on unseen scenario files, with a 95 % interval over files."""

    auc: float
    low: float
    high: float


class Leaks(NamedTuple):
    """What each channel reaches, by name, and how many talks nearly repeat one that a split may part them from."""

    channels: dict[str, Leak]
    near_duplicates: int


def _facts(conversation: dict[str, Any]) -> dict[str, float]:
    row: dict[str, float] = {f"platform={conversation.get('platform')}": 1.0}
    for name in ("buyer", "shop"):
        part = conversation.get(name) or {}
        row[f"{name}_known"] = float(bool(part))
        for key, value in part.items():
            if isinstance(value, bool | int | float):
                row[f"{name}.{key}"] = float(np.log1p(value))
            elif isinstance(value, str) and key != "buyer_id":
                row[f"{name}.{key}={value}"] = 1.0
            elif isinstance(value, list):
                row[f"{name}.{key}.n"] = float(len(value))
    orders = conversation.get("orders") or []
    row["orders"] = float(len(orders))
    for order in orders[-1:]:
        row[f"payment={order.get('payment_method')}"] = 1.0
        row[f"status={order.get('status')}"] = 1.0
        row[f"province={(order.get('ship_to') or {}).get('province')}"] = 1.0
        row["amount"] = float(np.log1p(float(order.get("amount") or 0)))
        row["quantity"] = float(order["items"][0]["quantity"])
    return row


def _length(conversation: dict[str, Any]) -> dict[str, float]:
    row: dict[str, float] = {}
    for sender in ("buyer", "agent"):
        sizes = [len(message["text"]) for message in conversation["messages"] if message["sender"] == sender] or [0]
        row |= {f"{sender}.n": np.log1p(len(sizes)), f"{sender}.mean": np.log1p(np.mean(sizes))}
        row |= {f"{sender}.sum": np.log1p(sum(sizes)), f"{sender}.max": np.log1p(max(sizes))}
    return {name: float(value) for name, value in row.items()}


def _time(conversation: dict[str, Any]) -> dict[str, float]:
    times = [datetime.fromisoformat(message["sent_at"]) for message in conversation["messages"]]
    start = times[0]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)] or [0.0]
    return {
        f"hour={start.hour}": 1.0,
        f"weekday={start.weekday()}": 1.0,
        f"month={start.month}": 1.0,
        "median_gap": float(np.log1p(np.median(gaps))),
    }


def _text(sender: str | None) -> Callable[[dict[str, Any]], str]:
    def read(conversation: dict[str, Any]) -> str:
        messages = conversation["messages"]
        if sender is None:
            return next((str(message["text"]) for message in messages if message["sender"] == "buyer"), "")
        return "\n".join(message["text"] for message in messages if message["sender"] == sender)

    return read


def _numeric() -> Pipeline:
    return make_pipeline(DictVectorizer(), StandardScaler(with_mean=False), LogisticRegression(C=0.1, max_iter=1000))


def _textual() -> Pipeline:
    return make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=3, max_features=40_000, sublinear_tf=True),
        LogisticRegression(max_iter=300),
    )


_CHANNELS: dict[str, tuple[Callable[[dict[str, Any]], Any], Callable[[], Pipeline]]] = {
    "facts": (_facts, _numeric),
    "agent_text": (_text("agent"), _textual),
    "length": (_length, _numeric),
    "time": (_time, _numeric),
    "first_message": (_text(None), _textual),
}


def measure_leaks(
    chats: Sequence[LabelledChat], *, seed: int = 0, channels: Sequence[str] = tuple(LIMITS)
) -> dict[str, Leak]:
    """How well each channel alone tells abusive talks from all others.

    Parameters
    ----------
    chats
        At least some hundred, from at least ten scenario files.
    seed
        Of the folds and of the bootstrap.
    channels
        Which to measure, of ``facts``, ``agent_text``, ``length``, ``time`` and ``first_message``.

    Returns
    -------
    dict
        For each channel: AUC of out-of-fold scores in five
        folds that never share a scenario file, and the 95 % bootstrap interval over scenario files. `LIMITS` says how
        high each may be.

    Raises
    ------
    InputError
        With fewer than ten scenario files, or with one class only.
    """
    target = np.array([chat.label == "abusive" for chat in chats])
    groups = np.array([chat.pair for chat in chats])
    if len(set(groups)) < 2 * _FOLDS or len(set(target)) < 2:
        raise InputError([FieldProblem("chats", "need both classes and ten scenario files or more; generate more")])
    folds = list(StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=seed).split(target, target, groups))
    leaks = {}
    for name in channels:
        read, model = _CHANNELS[name]
        rows = [read(chat.conversation) for chat in chats]
        scores = np.zeros(len(rows))
        for train, test in folds:
            fitted = model().fit([rows[i] for i in train], target[train])
            scores[test] = fitted.decision_function([rows[i] for i in test])
        leaks[name] = _with_interval(target, scores, groups, seed)
    return leaks


def _with_interval(target: NDArray[np.bool_], scores: NDArray[np.float64], groups: NDArray[np.str_], seed: int) -> Leak:
    members = [np.flatnonzero(groups == name) for name in np.unique(groups)]
    rng = np.random.default_rng(seed)
    resampled = []
    for _ in range(_RESAMPLES):
        chosen = np.concatenate([members[i] for i in rng.integers(len(members), size=len(members))])
        if 0 < target[chosen].sum() < len(chosen):
            resampled.append(roc_auc_score(target[chosen], scores[chosen]))
    low, high = np.quantile(resampled, [0.025, 0.975])
    return Leak(float(roc_auc_score(target, scores)), float(low), float(high))
