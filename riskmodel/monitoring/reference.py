"""What the talks were like that a model learned from: counts by bin of columns and risk, kept in its manifest.

Talks without abuse are counted, since nearly all talks of any shop are, each as it stood at its end, with columns and
risk as a model gives them that had not seen it. Only counts are kept: no talk can be told from them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskmodel.errors import ModelError
from riskmodel.features import FEATURES
from riskmodel.table import Table

__all__ = ["Bins", "Reference", "reference_of"]

_CUTS: Final = (*np.linspace(0.1, 0.9, 9).tolist(), 0.99)
"""Quantiles at which bins end; most columns are zero in most talks, and then all of these but the last are one."""
_DIGITS: Final = 6


class Bins(NamedTuple):
    """Bins of a column: each ends at a cut, which belongs to it, the last one has no end; `counts` has one more."""

    cuts: Sequence[float]
    counts: Sequence[int]

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Bins:
        """Bins that hold about the same counts of these values, shape (n,).

        >>> Bins.of(np.array([0.0, 0.0, 0.0, 2.0]))
        Bins(cuts=[0.0, 2.0], counts=[3, 1, 0])
        """
        quantiles = np.quantile(values, _CUTS, method="averaged_inverted_cdf")
        cuts = np.unique(np.round(quantiles, _DIGITS)).tolist()
        return cls(cuts, cls(cuts, []).sorted_in(values))

    def sorted_in(self, values: NDArray[np.float64]) -> list[int]:
        """How many of other values fall into each bin."""
        places = np.searchsorted(self.cuts, values, side="left")
        counts: list[int] = np.bincount(places, minlength=len(self.cuts) + 1).tolist()
        return counts


class Reference(NamedTuple):
    """The bins of each column, in the order of `FEATURES`, and of the risk."""

    columns: Sequence[Bins]
    risk: Bins

    @classmethod
    def read(cls, manifest: Mapping[str, Any]) -> Reference:
        """Those of a model, from its manifest.

        Raises
        ------
        ModelError
            Where it has none that fit: the model is of before they were kept, or damaged.
        """
        try:
            kept = manifest["reference"]
            return cls([_read(kept["columns"][feature.name]) for feature in FEATURES], _read(kept["risk"]))
        except (KeyError, TypeError, ValueError):
            raise ModelError(
                "the model does not say what its talks were like; train a new one with `baitwatch train`"
            ) from None


def reference_of(table: Table, risks: NDArray[np.float64]) -> dict[str, Any]:
    """What a manifest keeps, from a table and the held-out risk of each of its rows, shape (n,)."""
    last = np.array([end - 1 for (_, end), abusive in zip(table.bounds, table.abusive, strict=True) if not abusive])
    columns = table.columns[last]
    return {
        "note": "training talks without abuse, each at its end; counts by bin, each bin up to and with its cut",
        "talks": len(last),
        "columns": {feature.name: Bins.of(columns[:, place])._asdict() for place, feature in enumerate(FEATURES)},
        "risk": Bins.of(risks[last])._asdict(),
    }


def _read(kept: dict[str, Any]) -> Bins:
    cuts, counts = [float(each) for each in kept["cuts"]], [int(each) for each in kept["counts"]]
    if len(counts) != len(cuts) + 1 or sorted(cuts) != cuts or min(counts) < 0:
        raise ValueError("bins that do not fit")
    return Bins(cuts, counts)
