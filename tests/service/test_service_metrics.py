"""``/metrics``: what is counted, who may see it, and that nothing of what was sent is in it."""

from __future__ import annotations

from typing import Any

import pytest
from fake_scorer import RISKY, FakeScorer
from flask.testing import FlaskClient
from keyring_of import keyring_of
from prometheus_client.parser import text_string_to_metric_families
from service_time import NOW
from strange_input import SECRET, talk
from test_problems import assert_problem

from riskmodel.scorer import Scorer
from service.app import create_app
from service.backend import backend_of
from service.logs import METHODS
from service.metrics import exposition
from service.store.access import create_key, find_or_make_shop
from service.store.engine import Store

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(text: str) -> Samples:
    """Every sample by its name and labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def of(client: FlaskClient) -> Samples:
    response = client.get("/metrics")
    assert response.status_code == 200
    return samples(response.get_data(as_text=True))


def rise(before: Samples, after: Samples, name: str, **labels: str) -> float:
    key = (name, tuple(sorted(labels.items())))
    return after[key] - before.get(key, 0.0)


def test_what_is_answered_is_counted(client: FlaskClient) -> None:
    """Requests by rule, method and class of status; assessments by band; drafts by verdict."""
    before = of(client)
    client.post("/v1/score", json=talk(RISKY))
    client.post("/v1/score", json=talk("在吗"))
    client.post("/v1/score", json={})
    client.post("/v1/check-reply", json={"conversation": talk("在吗"), "draft": "可以的亲"})
    after = of(client)
    requests = "baitwatch_request_seconds_count"
    assert rise(before, after, requests, route="/v1/score", method="POST", status="2xx") == 2
    assert rise(before, after, requests, route="/v1/score", method="POST", status="4xx") == 1
    assert rise(before, after, "baitwatch_assessments_total", band="critical") == 1
    assert rise(before, after, "baitwatch_assessments_total", band="low") == 1
    assert rise(before, after, "baitwatch_reply_checks_total", verdict="revise") == 1
    assert rise(before, after, "baitwatch_reply_findings_total", verdict="revise") == 1
    assert after["baitwatch_model_info", (("name", "fake"), ("sha256", "0" * 64), ("version", "1"))] == 1


def test_what_is_stored_is_counted_once(
    url: str, store: Store, trained: Scorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that comes again is no new one; what no head covers yet is the queue."""
    monkeypatch.setattr(Scorer, "load", lambda directory: trained)
    app = create_app({"DATABASE_URL": url})
    client = app.test_client()
    with store.writing() as connection:
        made = create_key(connection, keyring_of(), find_or_make_shop(connection, "甲店", NOW)[0], ["score"], now=NOW)
    before = of(client)
    body = {"message_id": "m1", "sender": "buyer", "sent_at": "2026-03-04T10:00:00+08:00", "text": "在吗"}
    for _ in range(2):
        client.post("/v1/conversations/t/messages", json=body, headers={"Authorization": f"Bearer {made}"})
    after = of(client)
    assert rise(before, after, "baitwatch_messages_stored_total") == 1
    assert (after["baitwatch_unsealed_entries", ()], after["baitwatch_store_up", ()]) == (2, 1), "the key is in it, too"
    assert after["baitwatch_unsealed_seconds", ()] >= 0
    backend_of(app).look_after()
    assert of(client)["baitwatch_unsealed_entries", ()] == 0
    backend_of(app).store.close()


def test_without_a_store_or_a_model_there_are_metrics_still(no_model: None) -> None:
    """What is gone is said by the figures, and 503 answers are counted by what was missing."""
    client = create_app({"DATABASE_URL": "postgresql://somebody@127.0.0.1:1/nothing"}).test_client()
    before = of(client)
    client.post("/v1/score", json=talk("在吗"))
    client.get("/v1/conversations", headers={"Authorization": "Bearer bw_x"})
    after = of(client)
    assert after["baitwatch_store_up", ()] == 0
    assert not any(name in ("baitwatch_unsealed_entries", "baitwatch_model_info") for name, _ in after)
    for kind in ("model-unavailable", "store-unavailable"):
        assert rise(before, after, "baitwatch_unavailable_total", kind=kind) == 1


def test_labels_are_few_and_nothing_that_was_sent(client: FlaskClient) -> None:
    """Unknown paths and methods are one label each; no text, id, header or query is in any."""
    client.get(f"/{SECRET}")
    client.open("/v1/score", method=f"X{SECRET}")
    client.post(f"/v1/score?phone={SECRET}", json=talk(SECRET), headers={"User-Agent": SECRET})
    client.get(f"/v1/conversations/{SECRET}", headers={"Authorization": f"Bearer {SECRET}"})
    found = of(client)
    values = {value for _, labels in found for name, value in labels if name in ("route", "method", "status")}
    assert SECRET not in str(found)
    rules = {rule.rule for rule in client.application.url_map.iter_rules()}
    assert values <= {*rules, *METHODS, "(none)", "(other)", "2xx", "3xx", "4xx", "5xx"}


@pytest.mark.parametrize(
    ("address", "headers", "settings", "seen"),
    [
        ("127.0.0.1", {}, {}, True),
        ("::1", {}, {}, True),
        ("::ffff:127.0.0.1", {}, {}, True),
        ("10.1.2.3", {}, {}, False),
        ("", {}, {}, False),
        ("10.1.2.3", {}, {"METRICS_FROM": "127.0.0.0/8,10.1.0.0/16"}, True),
        ("127.0.0.1", {}, {"METRICS_FROM": ""}, False),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, {}, False),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, {"PROXIES": 1}, False),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, {"PROXIES": 1}, True),
    ],
)
def test_who_may_see_the_metrics(
    scorer: FakeScorer, address: str, headers: dict[str, str], settings: dict[str, Any], seen: bool
) -> None:
    """By default this machine, and whoever the settings name; not who comes through a proxy that is not counted."""
    client = create_app(settings).test_client()
    response = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    if seen:
        assert response.status_code == 200
    else:
        assert "BAITWATCH_METRICS_FROM" in assert_problem(response, 403, "scope")["detail"]


def test_exposition_names_each_metric_once(client: FlaskClient, store: Store) -> None:
    """Prometheus refuses a page on which a metric is named twice."""
    types = [line.split()[2] for line in exposition(store, []).decode().splitlines() if line.startswith("# TYPE")]
    assert len(types) == len(set(types))
