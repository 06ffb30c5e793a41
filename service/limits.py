"""How often one may ask: each API key so many requests, and whoever comes without a good one, by address.

A key counts for itself only once it is known to be good, so that trying keys gets nobody round the limit of an
address. Keys that are not good have a lower limit of their own, which leaves good ones of the same address alone.
Where Redis counts and does not answer, this process counts by itself until it does.
"""

from __future__ import annotations

import math
import threading
import time
from typing import Any

from flask import Flask, current_app, request
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from redis import RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from werkzeug.middleware.proxy_fix import ProxyFix

from service.auth import key_of_request, recognised
from service.logs import logger
from service.problems import Problem
from service.store.errors import StoreError
from service.store.keyring import KeyringError

__all__ = ["Counters", "init_app"]

FAILED_KEYS = "60/minute"
PREFIX = "baitwatch"
_NEVER_LIMITED = frozenset({"health.alive", "health.ready", "metrics.show"})
_PATIENCE = 0.5  # seconds that a request waits for Redis, once: then this process counts
_AGAIN = 5.0  # seconds until Redis is asked again


class Counters:
    """Counts how often each name came within a time that begins when it comes first.

    Parameters
    ----------
    address
        Where: ``memory://`` is here, else Redis.
    """

    def __init__(self, address: str) -> None:
        self._here = _Here()
        self._shared: FixedWindowRateLimiter | None = None
        self._away, self._ask_again_at = False, 0.0
        if not address.startswith("memory:"):
            self._shared = FixedWindowRateLimiter(storage_from_string(address, **_impatient()))

    def hit(self, limit: RateLimitItem, name: str) -> float:
        """Count one more; gives how many seconds to wait where that is too many, else 0."""
        if self._shared is not None and time.monotonic() >= self._ask_again_at:
            try:
                allowed = self._shared.hit(limit, PREFIX, name)
                wait = 0.0 if allowed else self._shared.get_window_stats(limit, PREFIX, name).reset_time - time.time()
            except RedisError:
                self._ask_again_at = time.monotonic() + _AGAIN
                self._say(away=True)
            else:
                self._say(away=False)
                return 0.0 if allowed else max(wait, 1.0)
        return self._here.hit(limit, name)

    def _say(self, *, away: bool) -> None:
        if away and not self._away:
            logger().warning(
                "rate_limit_store_unreachable", remedy="see BAITWATCH_RATE_LIMIT_STORE; this process counts"
            )
        elif self._away and not away:
            logger().info("rate_limit_store_is_back")
        self._away = away


class _Here:
    """The same in memory: the library's own starts a thread every few milliseconds to clear away what has passed."""

    def __init__(self) -> None:
        self._counts: dict[tuple[RateLimitItem, str], tuple[float, int]] = {}
        self._clear_at = 0.0
        self._lock = threading.Lock()

    def hit(self, limit: RateLimitItem, name: str) -> float:
        """As `Counters.hit`."""
        now = time.monotonic()
        with self._lock:
            if now >= self._clear_at:
                self._counts = {key: found for key, found in self._counts.items() if found[0] > now}
                self._clear_at = now + limit.get_expiry()
            until, count = self._counts.get((limit, name), (0.0, 0))
            if until <= now:
                until, count = now + limit.get_expiry(), 0
            self._counts[limit, name] = until, count + 1
        return 0.0 if count < limit.amount else until - now


def init_app(app: Flask) -> None:
    """Limit the requests of this app; trust so many proxies on the client's address as the settings say."""
    config = app.config
    if config["PROXIES"]:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # the way that Flask's documentation gives
            app.wsgi_app, x_for=config["PROXIES"], x_proto=config["PROXIES"], x_host=0, x_port=0, x_prefix=0
        )
    counters = Counters(config["RATE_LIMIT_STORE"])
    failed, general = parse(FAILED_KEYS), parse(config["RATE_LIMIT"]) if config["RATE_LIMIT"] else None

    @app.before_request
    def count() -> None:
        if request.endpoint in _NEVER_LIMITED:
            return
        if _has_bad_key():
            wait = counters.hit(failed, f"failed {request.remote_addr}")
            if wait:
                raise _too_many(wait, "Too many requests with unknown API keys came from this address", "a good key")
        wait = counters.hit(general, _who()) if general is not None else 0.0
        if wait:
            limit = current_app.config["RATE_LIMIT"].replace("/", " per ")
            again = "it again, several messages in one request, or raise BAITWATCH_RATE_LIMIT"
            raise _too_many(wait, f"More requests than {limit} were sent", again)


def _too_many(wait: float, what: str, remedy: str) -> Problem:
    seconds = max(1, math.ceil(wait))
    return Problem(
        429,
        f"{what}; wait {seconds} seconds and send {remedy}.",
        kind="rate-limit",
        title="Too many requests",
        headers={"Retry-After": str(seconds)},
    )


def _who() -> str:
    digest = key_of_request()
    try:
        good = digest is not None and recognised() is not None
    except (StoreError, KeyringError):
        good = False  # answered with 503 where the key is needed
    return f"key {digest.hex()[:32]}" if digest is not None and good else f"address {request.remote_addr}"


def _has_bad_key() -> bool:
    try:
        return "Authorization" in request.headers and recognised() is None
    except (StoreError, KeyringError):
        return False  # that is no fault of the key's


def _impatient() -> dict[str, Any]:
    wait = {"socket_timeout": _PATIENCE, "socket_connect_timeout": _PATIENCE}
    return wait | {"retry": Retry(NoBackoff(), 0)}
