"""The production server: gunicorn with threads, told everything here and nothing by files or the environment."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
from collections.abc import Mapping
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # ships no types
from gunicorn.glogging import Logger  # type: ignore[import-untyped]  # ships no types

from riskmodel.errors import BaitwatchError
from service import config
from service.app import create_app

__all__ = ["ServerError", "listen", "serve"]

BACKLOG = 512


class ServerError(BaitwatchError):
    """The server cannot start."""


class QuietLog(Logger):  # type: ignore[misc]  # the base has no types
    """gunicorn's log, less what clients sent: its warnings and tracebacks quote request lines and addresses."""

    def warning(self, _msg: str, *_args: Any, **_kwargs: Any) -> None:
        """Keep silent."""

    def exception(self, _msg: str, *_args: Any, **_kwargs: Any) -> None:
        """Name the kind of error only."""
        error = sys.exc_info()[0]
        self.error("%s while answering a request", error.__name__ if error else "an error")


class Server(BaseApplication):  # type: ignore[misc]  # the base has no types
    """gunicorn around `create_app`; the app, and so the model, is made once in every worker."""

    def __init__(self, options: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
        self._options = options
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Take the options that this version of gunicorn knows."""
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application of this worker."""
        return create_app(self._settings)


def listen(host: str, port: int) -> socket.socket:
    """Open the socket before anything else starts, so that a taken port is said in one line.

    Port 0 takes any free port; the socket knows which.

    Raises
    ------
    ServerError
        Where the address cannot be used; the text says why.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError, OverflowError):
        raise ServerError(f"the address {host} port {port} is not known on this machine; check --host") from None
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(BACKLOG)
    except OSError as error:
        opened.close()
        raise ServerError(_why_not(error, host, port)) from None
    return opened


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken; stop the other program or choose another with --port (0: any free one)"
    if error.errno == errno.EACCES:
        return f"port {port} needs more rights than this user has; choose one above 1023 with --port"
    return f"cannot listen on {host} port {port}: {error.strerror}; check --host and --port"


def serve(
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 2,
    threads: int = 4,
    settings: Mapping[str, Any] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are finished first, for up to 30 seconds.

    The address is written to standard output as soon as it is open, on one line.

    Raises
    ------
    ServerError
        Where the address cannot be used.
    ConfigError
        Where the environment holds a setting that cannot be used.
    """
    config.settings(os.environ, settings)  # a wrong one is said here once, not by every worker
    opened = listen(host, port)
    name, bound = opened.getsockname()[:2]
    print(f"Baitwatch listens on http://{f'[{name}]' if ':' in name else name}:{bound}", flush=True)
    options = {
        "bind": [f"fd://{opened.detach()}"],
        "workers": workers,
        "threads": threads,
        "worker_class": "gthread",
        "graceful_timeout": 30,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "error",
        "logger_class": QuietLog,
        "control_socket_disable": True,
        "when_ready": _stop_gently_on_interrupt,
        "post_worker_init": _leave_interrupts_to_the_master,
    }
    Server(options, settings or {}).run()


def _stop_gently_on_interrupt(arbiter: Any) -> None:
    # gunicorn drops requests under way at SIGINT; Ctrl-C shall be as gentle as SIGTERM
    signal.signal(signal.SIGINT, lambda _number, frame: arbiter.signal(signal.SIGTERM, frame))


def _leave_interrupts_to_the_master(_worker: Any) -> None:
    # a terminal sends Ctrl-C to the whole group
    signal.signal(signal.SIGINT, signal.SIG_IGN)
