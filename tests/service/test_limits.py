"""How often one may ask: by key, by address, and with keys that are not good; in memory and in Redis."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from fake_scorer import FakeScorer
from flask.testing import FlaskClient
from keyring_of import keyring_of
from service_time import NOW
from strange_input import talk
from test_problems import assert_problem

from service import limits
from service.app import create_app
from service.backend import backend_of
from service.store.access import create_key, find_or_make_shop

REDIS = os.environ.get("BAITWATCH_TEST_REDIS", "redis://127.0.0.1:6379/0")


@pytest.fixture(params=["memory", "redis"])
def counters(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where requests are counted; in Redis under names of this test's own."""
    if request.param == "memory":
        yield "memory://"
        return
    server = redis.Redis.from_url(REDIS, socket_connect_timeout=5)
    try:
        server.ping()
    except redis.RedisError:
        if os.environ.get("CI"):
            raise
        pytest.skip("needs Redis on 127.0.0.1:6379 (start it, or name another with BAITWATCH_TEST_REDIS)")
    prefix = f"baitwatch-test-{secrets.token_hex(6)}"
    monkeypatch.setattr(limits, "PREFIX", prefix)
    yield REDIS
    for name in server.scan_iter(f"*{prefix}*"):
        server.delete(name)
    server.close()


def client_of(counters: str, **settings: Any) -> FlaskClient:
    return create_app({"RATE_LIMIT": "3/hour", "RATE_LIMIT_STORE": counters} | settings).test_client()


def ask(client: FlaskClient, address: str = "192.0.2.1", path: str = "/v1/score", **headers: str) -> Any:
    return client.post(path, json=talk("在吗"), headers=headers, environ_base={"REMOTE_ADDR": address})


def key(client: FlaskClient) -> dict[str, str]:
    store = backend_of(client.application).store
    with store.writing() as connection:
        number, _ = find_or_make_shop(connection, "甲店", NOW)
        return {"Authorization": f"Bearer {create_key(connection, keyring_of(), number, ['score'], now=NOW)}"}


def test_an_address_has_so_many_requests(scorer: FakeScorer, counters: str) -> None:
    """The next is 429, with a time to come back and what to do; another address is not touched."""
    client = client_of(counters)
    assert [ask(client).status_code for _ in range(3)] == [200] * 3
    response = ask(client)
    problem = assert_problem(response, 429, "rate-limit")
    assert "3 per hour" in problem["detail"]
    assert 0 < int(response.headers["Retry-After"]) <= 3601
    assert ask(client, "192.0.2.2").status_code == 200


def test_all_routes_share_the_limit(scorer: FakeScorer, counters: str) -> None:
    """Requests that are refused for something else count, too."""
    client = client_of(counters)
    ask(client)
    assert ask(client, path="/v1/check-reply").status_code == 422
    assert ask(client, path="/v1/conversations/t/messages").status_code == 401
    assert ask(client).status_code == 429


def test_a_good_key_counts_for_itself(scorer: FakeScorer, counters: str) -> None:
    """Two keys behind one address have a limit each, and neither uses up that of the address."""
    client = client_of(counters)
    for headers in (key(client), key(client)):
        assert [ask(client, **headers).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert ask(client).status_code == 200


def test_workers_share_what_redis_counts(scorer: FakeScorer, counters: str) -> None:
    """One limit for all processes in Redis, one for each in memory."""
    several = [client_of(counters) for _ in range(4)]
    answers = [ask(client).status_code for client in several]
    assert answers == [200, 200, 200, 200 if counters == "memory://" else 429]


def test_keys_that_are_not_good_have_a_lower_limit(
    scorer: FakeScorer, counters: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trying keys ends in 429 for the address, while its good key goes on."""
    monkeypatch.setattr(limits, "FAILED_KEYS", "2/hour")
    client = client_of(counters, RATE_LIMIT="100/hour")
    good = key(client)
    tries = [ask(client, Authorization=f"Bearer bw_{number}") for number in range(3)]
    assert [response.status_code for response in tries] == [401, 401, 429]
    assert "API key" in assert_problem(tries[2], 429, "rate-limit")["detail"]
    assert int(tries[2].headers["Retry-After"]) > 0
    assert ask(client, Authorization="Basic eDp5").status_code == 429
    assert ask(client, **good).status_code == 200
    assert ask(client, "192.0.2.2", Authorization="Bearer bw_other").status_code == 401


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_who_watches_the_service_is_never_limited(scorer: FakeScorer, path: str) -> None:
    """Health, readiness and metrics are answered, however often they are asked for."""
    client = client_of("memory://", RATE_LIMIT="1/hour")
    assert [client.get(path).status_code for _ in range(3)] == [200] * 3


def test_there_may_be_no_limit(scorer: FakeScorer) -> None:
    """`none` lets everything pass."""
    client = client_of("memory://", RATE_LIMIT="")
    assert {ask(client).status_code for _ in range(20)} == {200}


def test_a_redis_that_is_down_stops_nothing(
    scorer: FakeScorer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests are answered, and counted here; the log says so in one line."""
    client = client_of("redis://:hidden@127.0.0.1:1/0")
    assert [ask(client).status_code for _ in range(4)] == [200, 200, 200, 429]
    log = capsys.readouterr().err
    assert log.count("rate_limit_store_unreachable") == 1
    assert "hidden" not in log


def test_a_store_that_is_down_is_no_fault_of_the_key(scorer: FakeScorer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that cannot be looked up gets 503, however often it is sent, and not the answer to a wrong one."""
    monkeypatch.setattr(limits, "FAILED_KEYS", "1/hour")
    client = client_of("memory://", RATE_LIMIT="", DATABASE_URL="postgresql://somebody@127.0.0.1:1/nothing")
    for _ in range(3):
        assert_problem(ask(client, Authorization="Bearer bw_x"), 503, "store-unavailable")


def test_the_address_is_that_of_the_client_behind_trusted_proxies(scorer: FakeScorer) -> None:
    """So many proxies are believed as the settings say; without any the header is not read."""
    for proxies, after in ((1, 200), (0, 429)):
        client = client_of("memory://", PROXIES=proxies)
        for _ in range(3):
            ask(client, **{"X-Forwarded-For": "198.51.100.1"})
        assert ask(client, **{"X-Forwarded-For": "198.51.100.2"}).status_code == after


@pytest.mark.parametrize("counters", ["redis"], indirect=True)
def test_a_redis_that_comes_back_counts_again(
    counters: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """While it is away this process counts; then the shared count goes on, and the log says both once."""
    monkeypatch.setattr(limits, "_AGAIN", 0.0)
    limit, found = limits.parse("2/hour"), limits.Counters(counters)
    assert found.hit(limit, "a") == 0
    with monkeypatch.context() as patch:
        patch.setattr(limits.FixedWindowRateLimiter, "hit", lambda *_: (_ for _ in ()).throw(redis.ConnectionError()))
        assert [found.hit(limit, "a") > 0 for _ in range(3)] == [False, False, True]
    assert [found.hit(limit, "a") > 0 for _ in range(2)] == [False, True]
    log = capsys.readouterr().err
    assert (log.count("unreachable"), log.count("is_back")) == (1, 1)


def test_a_time_begins_with_the_first_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """After it the count begins anew, and what has passed takes no memory."""
    now = 100.0
    monkeypatch.setattr(limits.time, "monotonic", lambda: now)
    limit, found = limits.parse("1/minute"), limits.Counters("memory://")
    assert (found.hit(limit, "a"), found.hit(limit, "a")) == (0, 60)
    now = 159.0
    assert found.hit(limit, "a") == 1
    now = 160.0
    assert (found.hit(limit, "b"), found.hit(limit, "a")) == (0, 0)
    now = 400.0
    found.hit(limit, "c")
    assert len(found._here._counts) == 1
