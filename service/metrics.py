"""What is counted, for Prometheus: nothing of any talk, person, shop or key, and every label is one of a few.

Under several workers each counts in files of its own (see `service.metrics_folder`), and whichever is asked adds them
up. What can be looked up (the model, the entries that no head covers) is looked up when it is asked for.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from riskmodel.errors import BaitwatchError
from riskmodel.scorer import Scorer
from service.logs import METHODS
from service.store.engine import Store
from service.store.seal import count_unsealed

__all__ = [
    "MESSAGES",
    "MODELS_REFUSED",
    "SHADOW",
    "UNAVAILABLE",
    "count_assessments",
    "count_reply_check",
    "exposition",
    "init_app",
]

_COUNTED = CollectorRegistry()
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

REQUESTS = Histogram(
    "baitwatch_request_seconds",
    "How long requests took, by the route's rule, the method and the class of the status.",
    ["route", "method", "status"],
    buckets=_SECONDS,
    registry=_COUNTED,
)
ASSESSMENTS = Counter("baitwatch_assessments", "Assessments made, by band.", ["band"], registry=_COUNTED)
MESSAGES = Counter("baitwatch_messages_stored", "Messages stored.", registry=_COUNTED)
REPLY_CHECKS = Counter("baitwatch_reply_checks", "Drafts checked, by verdict.", ["verdict"], registry=_COUNTED)
FINDINGS = Counter(
    "baitwatch_reply_findings",
    "Findings in checked drafts, by the verdict on the draft.",
    ["verdict"],
    registry=_COUNTED,
)
MODELS_REFUSED = Counter(
    "baitwatch_models_refused",
    "Models that were put in the folder and could not be used, so that the one before went on.",
    registry=_COUNTED,
)
SHADOW = Counter(
    "baitwatch_shadow_talks",
    "Turns of talks that a candidate was to score in the background, by what came of it: scored, dropped, failed.",
    ["outcome"],
    registry=_COUNTED,
)
UNAVAILABLE = Counter(
    "baitwatch_unavailable",
    "Answers that were 503, and failed upkeep, by what was missing.",
    ["kind"],
    registry=_COUNTED,
)
"""With the kind `store-unavailable` these are the errors of the store."""


def init_app(app: Flask) -> None:
    """Time every request of this app."""

    @app.after_request
    def measure(response: Response) -> Response:
        REQUESTS.labels(
            request.url_rule.rule if request.url_rule else "(none)",
            request.method if request.method in METHODS else "(other)",
            f"{response.status_code // 100}xx",
        ).observe(time.perf_counter() - g.started)
        return response


def count_assessments(assessments: Iterable[Mapping[str, Any]]) -> None:
    """Count assessments that were made."""
    for assessment in assessments:
        ASSESSMENTS.labels(assessment["band"]).inc()


def count_reply_check(checked: Mapping[str, Any]) -> None:
    """Count a draft that was checked, and what was found in it."""
    REPLY_CHECKS.labels(checked["verdict"]).inc()
    FINDINGS.labels(checked["verdict"]).inc(len(checked["findings"]))


def exposition(store: Store, model: Sequence[Scorer]) -> bytes:
    """All metrics in the text format of Prometheus.

    Parameters
    ----------
    store
        Where unsealed entries are counted.
    model
        The scorer in use, or nothing.
    """
    registry = CollectorRegistry()
    registry.register(_Now(store, model))
    counted = _COUNTED
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]  # the library leaves it untyped
    return generate_latest(counted) + generate_latest(registry)


class _Now(Collector):
    """What is looked up."""

    def __init__(self, store: Store, model: Sequence[Scorer]) -> None:
        self._store, self._model = store, model

    def collect(self) -> Iterator[Metric]:
        """Give the model in use and what waits to be sealed; a store that is gone is a figure too."""
        names = ("name", "version", "sha256")
        used = GaugeMetricFamily("baitwatch_model_info", "The model in use by the answering worker.", labels=names)
        for scorer in self._model:
            used.add_metric([scorer.info[name] for name in names], 1)
        yield used
        try:
            with self._store.reading() as connection:
                waiting, oldest = count_unsealed(connection)
        except BaitwatchError:
            yield GaugeMetricFamily("baitwatch_store_up", "Whether the database answers.", 0)
            return
        yield GaugeMetricFamily("baitwatch_store_up", "Whether the database answers.", 1)
        yield GaugeMetricFamily("baitwatch_unsealed_entries", "Entries of the log that no signed head covers.", waiting)
        age = 0.0 if oldest is None else max(0.0, (datetime.now(UTC) - oldest).total_seconds())
        yield GaugeMetricFamily("baitwatch_unsealed_seconds", "How long the oldest of them has waited.", age)
