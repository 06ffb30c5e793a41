"""How often one may ask: each API key so many requests, and whoever comes without a good one, by address.

A key counts for itself only once it is known to be good, so that trying keys gets nobody round the limit of an
address. Keys that are not good have a lower limit of their own, which leaves good ones of the same address alone.
Where Redis counts and does not answer, this process counts by itself until it does.
"""

from __future__ import annotations

import logging
import math
import time
from typing import Any

from flask import Flask, Response, current_app, request
from flask_limiter import ApplicationLimit, Limiter, RateLimitExceeded
from redis.backoff import NoBackoff
from redis.retry import Retry
from werkzeug.middleware.proxy_fix import ProxyFix

from service.auth import key_of_request, recognised
from service.logs import logger
from service.problems import Problem
from service.store.errors import StoreError

__all__ = ["init_app"]

FAILED_KEYS = "60/minute"
PREFIX = "baitwatch"
_FAILED = "failed"
_NEVER_LIMITED = frozenset({"health.alive", "health.ready", "metrics.show"})
_PATIENCE = 0.5  # seconds that a request waits for Redis, once: then this process counts


def init_app(app: Flask) -> None:
    """Limit the requests of this app; trust so many proxies on the client's address as the settings say."""
    config = app.config
    if config["PROXIES"]:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # the way that Flask's documentation gives
            app.wsgi_app, x_for=config["PROXIES"], x_proto=config["PROXIES"], x_host=0, x_port=0, x_prefix=0
        )
    failed = ApplicationLimit(FAILED_KEYS, key_function=_failing, exempt_when=_no_failing_key)
    general = [ApplicationLimit(config["RATE_LIMIT"], key_function=_who)] if config["RATE_LIMIT"] else []
    address = config["RATE_LIMIT_STORE"]
    limiter = Limiter(
        _who,
        application_limits=[failed, *general],
        storage_uri=address,
        storage_options={} if address.startswith("memory:") else _impatient(),
        in_memory_fallback_enabled=not address.startswith("memory:"),
        key_prefix=PREFIX,
    )
    limiter.request_filter(lambda: request.endpoint in _NEVER_LIMITED)
    limiter.logger.handlers = [_OneLine(logging.INFO)]
    limiter.logger.setLevel(logging.INFO)
    limiter.logger.propagate = False
    limiter.init_app(app)

    @app.errorhandler(RateLimitExceeded)
    def too_many(_error: RateLimitExceeded) -> Response:
        found = limiter.current_limit
        wait = max(1, math.ceil(found.reset_at - time.time())) if found is not None else 60
        failing = found is not None and any(part.startswith(_FAILED) for part in found.request_args)
        return _too_many(wait, failing=failing)


def _too_many(wait: int, *, failing: bool) -> Response:
    if failing:
        detail = (
            f"Too many requests with unknown API keys came from this address; wait {wait} seconds and send a good one."
        )
    else:
        limit = current_app.config["RATE_LIMIT"].replace("/", " per ")
        detail = (
            f"More requests than {limit} were sent; wait {wait} seconds and send it again, several messages in one "
            "request, or raise BAITWATCH_RATE_LIMIT."
        )
    return Problem(
        429,
        detail,
        kind="rate-limit",
        title="Too many requests",
        headers={"Retry-After": str(wait)},
    ).response()


def _who() -> str:
    digest = key_of_request()
    if digest is not None and _is_good():
        return f"key {digest.hex()[:32]}"
    return f"address {request.remote_addr}"


def _failing() -> str:
    return f"{_FAILED} {request.remote_addr}"


def _no_failing_key() -> bool:
    try:
        return "Authorization" not in request.headers or recognised() is not None
    except StoreError:
        return True  # that is no fault of the key's


def _is_good() -> bool:
    try:
        return recognised() is not None
    except StoreError:
        return False  # answered with 503 where the key is needed


def _impatient() -> dict[str, Any]:
    wait = {"socket_timeout": _PATIENCE, "socket_connect_timeout": _PATIENCE}
    return wait | {"retry": Retry(NoBackoff(), 0), "retry_on_timeout": False}


class _OneLine(logging.Handler):
    """What the library says of its storage, in this service's log and without addresses."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line where the storage went or came back."""
        if "unreachable" in str(record.msg):
            logger().warning(
                "rate_limit_store_unreachable", remedy="see BAITWATCH_RATE_LIMIT_STORE; counting goes on here"
            )
        elif "recovered" in str(record.msg):
            logger().info("rate_limit_store_is_back")
