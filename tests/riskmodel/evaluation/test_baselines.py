"""Simpler means, measured beside the model."""

from __future__ import annotations

import numpy as np
from strategies import dialogue, sample

from riskmodel.evaluation.baselines import BASELINES, cross_scores, fit_baselines

CHATS = sample()[:200]


def test_every_baseline_scores_every_talk() -> None:
    """One finite number a talk from each, by fits that have not seen its families."""
    told: list[tuple[str, int, int]] = []
    scores = cross_scores(CHATS, folds=3, progress=lambda *step: told.append(step))
    assert set(scores) == set(BASELINES)
    assert all(len(values) == len(CHATS) and np.isfinite(values).all() for values in scores.values())
    assert told[-1] == ("baselines", 3, 3)


def test_what_is_counted_is_counted() -> None:
    """The list counts its words in the buyer's messages alone; the rule fires on remote and cash on delivery only."""
    fitted = fit_baselines([chat.conversation for chat in CHATS], [chat.label == "abusive" for chat in CHATS])
    calm, sharp = dialogue("b:多大的", "a:差评投诉"), dialogue("b:给我红包,不然差评投诉")
    assert fitted["keywords"]([calm, sharp]).tolist() == [0.0, 3.0]
    remote = {**calm, "orders": [{"order_id": "1", "ship_to": {"province": "青海"}, "payment_method": "online"}]}
    both = {**calm, "orders": [{**remote["orders"][0], "payment_method": "cash_on_delivery"}]}
    assert fitted["remote_cod"]([calm, remote, both]).tolist() == [0.0, 0.0, 1.0]
