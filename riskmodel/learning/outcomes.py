"""What the labels of a talk come to, and what the talk then counts for.

Labels come biased: a talk that was held is looked at, one that was not is not. A model that learns from held talks
alone never hears of what it misses, and takes the ordinary talks that it held for all ordinary ones. So some unheld
talks are picked by chance, with a known probability; each that was picked stands for one over it (Horvitz and Thompson
1952). That held talks are all looked at is taken for granted: where only some are, which ones must not hang on what
they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST_WEIGHT", "Given", "Outcome", "effective", "outcome", "weights"]

Clear: TypeAlias = Literal["abusive", "benign", "legit_complaint"]
MOST_WEIGHT: Final = 50.0
"""What a talk counts for at most. Few talks with large weights make an estimate that rests on these few; clipped, it
errs towards the held talks and varies less (Ionides 2008). At one in 200 a picked talk would stand for 200."""


class Given(NamedTuple):
    """A label as somebody gave it.

    `by` names who; `at` is when; `probability` that with which the talk was picked to be looked at, None where it was
    looked at for another reason; `platform_decision` what the platform decided later of the buyer's claim.
    """

    label: str
    by: str
    at: datetime
    probability: float | None = None
    platform_decision: str | None = None


class Outcome(NamedTuple):
    """What the labels of a talk come to.

    `label` is None where they teach nothing: all are ``unclear``, or as many people say abusive as say it is not, which
    is `contradicted`. `by` gave the label that counts, `at` is when it was given. `probability` is that of the first
    label: it says why the talk was looked at; a second look at it says nothing of that.
    """

    label: str | None
    by: str | None
    at: datetime | None
    probability: float | None
    platform_decision: str | None = None
    contradicted: bool = False


def outcome(given: Sequence[Given]) -> Outcome:
    """What labels come to, the oldest first; one or more.

    Of each person the latest counts. ``unclear`` teaches nothing and outvotes nobody. Where people contradict one
    another on whether it is abuse, most of them decide, never whoever came last; as many against as many is no outcome.

    Examples
    --------
    >>> now = datetime(2026, 3, 1)
    >>> outcome([Given("abusive", "a", now), Given("benign", "b", now)]).contradicted
    True
    >>> outcome([Given("abusive", "a", now), Given("benign", "b", now), Given("benign", "c", now)]).label
    'benign'
    """
    latest = {each.by: each for each in given}
    decided = next((each.platform_decision for each in reversed(given) if each.platform_decision), None)
    clear = [each for each in given if latest[each.by] is each and each.label != "unclear"]
    abusive = [each for each in clear if each.label == "abusive"]
    others = [each for each in clear if each.label != "abusive"]
    probability = given[0].probability
    if len(abusive) == len(others):
        return Outcome(None, None, None, probability, decided, contradicted=bool(abusive))
    last = max(abusive, others, key=len)[-1]
    return Outcome(last.label, last.by, last.at, probability, decided)


def weights(probabilities: Iterable[float | None], most: float = MOST_WEIGHT) -> NDArray[np.float64]:
    """One over the probability of each talk's being looked at, clipped; 1 for a held talk, which is looked at for sure.

    Parameters
    ----------
    probabilities
        None, or above 0 and at most 1.
    most
        Where to clip, 1 or more.

    Examples
    --------
    >>> weights([None, 0.1, 0.005]).tolist()
    [1.0, 10.0, 50.0]
    """
    return np.array([1.0 if each is None else min(1.0 / each, most) for each in probabilities])


def effective(weight: NDArray[np.float64]) -> float:
    """How many talks of equal weight say as much (Kish 1965): never more than there are."""
    return float(weight.sum() ** 2 / (weight**2).sum()) if len(weight) else 0.0
