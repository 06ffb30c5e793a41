"""How much abuse a model finds, estimated without labels from its own risks (confidence-based performance estimation).

Calibrated risks say how many talks of each height are abusive: those of held talks add up to the abuse that is found,
those of all talks to the abuse that there is. It stands on assumptions that no stream without labels can test:

* Risks are calibrated in this shop, once they are restated for how common abuse is there: a risk is stated for the
  model's own prevalence, far above any real one. The shop's is estimated by expectation and maximisation (Saerens,
  Latinne and Decaestecker 2002), which takes the wording of abuse and of other talks to be as in training, and only
  their mix to differ.
* Abuse that the model gives a low risk is counted low, too. A new pattern that it does not know is not seen here at
  all: random looks at unheld talks, with their labels, are what shows it.

So it errs upwards as wording drifts away, and a fall of it says more than its height.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskmodel.intervals import CONFIDENCE, Figure

__all__ = ["Expected", "expected_recall", "prevalence_of"]

_STEPS: Final = 500
_ENOUGH: Final = 1e-7
_LEAST: Final = 1e-5  # a stream in which abuse is rarer cannot be told from one without


class Expected(NamedTuple):
    """The share of abusive talks that were held, as the risks have it, and the prevalence that they were restated for.

    The interval is of chance alone, which talks came: that an assumption is wrong is not in it.
    """

    recall: Figure
    prevalence: float


def prevalence_of(risks: NDArray[np.float64], stated: float) -> float:
    """The prevalence that makes the risks of a stream add up to itself.

    Parameters
    ----------
    risks
        Calibrated at the stated prevalence, from 0 to 1, shape (n,).
    stated
        Above 0 and below 1.

    Examples
    --------
    >>> round(prevalence_of(np.array([0.001] * 95 + [0.999] * 5), 0.1), 2)
    0.05
    """
    found = stated
    for _ in range(_STEPS):
        before, found = found, max(float(_restated(risks, stated, found).mean()), _LEAST)
        if abs(found - before) < _ENOUGH:
            break
    return found


def expected_recall(risks: NDArray[np.float64], held: NDArray[np.bool_], stated: float) -> Expected:
    """Estimate from the talks of some time.

    Parameters
    ----------
    risks
        Of each talk as it stands, shape (n,).
    held
        Whether it ever was to be held, shape (n,).
    stated
        The prevalence that risks are stated for.
    """
    if not risks.any():
        return Expected(Figure(None, None, None, 0), stated)
    prevalence = prevalence_of(risks, stated)
    abusive = _restated(risks, stated, prevalence)
    value = float(abusive[held].sum() / abusive.sum())
    # a ratio of two sums over the same talks (Cochran 1977, ratio estimators)
    spread = float(np.sqrt(((abusive * (held - value)) ** 2).sum()) / abusive.sum())
    reach = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2) * spread
    low, high = max(value - reach, 0.0), min(value + reach, 1.0)
    return Expected(Figure(value, low, high, len(risks)), prevalence)


def _restated(risks: NDArray[np.float64], stated: float, prevalence: float) -> NDArray[np.float64]:
    """Risks at another prevalence."""
    up, down = prevalence / stated, (1 - prevalence) / (1 - stated)
    return np.asarray(up * risks / (up * risks + down * (1 - risks)), dtype=np.float64)
