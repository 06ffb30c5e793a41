"""The production server: gunicorn with threads, told everything here and nothing by files or the environment.

SIGTERM and SIGINT stop it gently; SIGHUP has every worker take up the model in its folder, if it can be used.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # ships no types
from gunicorn.glogging import Logger  # type: ignore[import-untyped]  # ships no types

from riskmodel.errors import BaitwatchError
from service import config, metrics_folder
from service.invitation import invite, show
from service.worker import PatientWorker, whole_bodies

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["ServerError", "announce", "listen", "prepare", "serve", "why_not"]

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
        metrics_folder.reserve()
        from service.app import create_app  # noqa: PLC0415  # it imports the metrics, whose folder is ready by now

        app = create_app(self._settings)
        app.wsgi_app = whole_bodies(app.wsgi_app)  # type: ignore[assignment,method-assign]  # as Flask documents it
        return app


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
        raise ServerError(why_not(error, host, port)) from None
    return opened


def why_not(error: OSError, host: str, port: int) -> str:
    """Why an address cannot be used, and what to do."""
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
    chosen = prepare(name, settings)
    code, chosen["INVITATION"] = invite(chosen)
    announce(name, bound, code)
    PatientWorker.patience = chosen["REQUEST_SECONDS"]
    options = {
        "bind": [f"fd://{opened.detach()}"],
        "workers": workers,
        "threads": threads + chosen["LIVE_PAGES"],  # so that open pages take none of those that answer
        "worker_class": PatientWorker,
        "graceful_timeout": 30,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "error",
        "logger_class": QuietLog,
        "control_socket_disable": True,
        "when_ready": _take_signals,
        "post_worker_init": _begin_work,
        "worker_exit": _end_work,
        "on_exit": lambda _arbiter: metrics_folder.clean(),
    }
    Server(options, chosen).run()


def prepare(address: str, settings: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The settings as workers shall have them, with what they share made ready.

    Where others than this machine's own can reach the service, what stores nothing needs a key too, unless the
    environment or `settings` say otherwise.
    """
    chosen = config.settings(os.environ, settings)
    reachable = chosen["PROXIES"] > 0 or not ipaddress.ip_address(address.partition("%")[0]).is_loopback
    said = os.environ.get("BAITWATCH_OPEN_SCORING", "").strip() or "OPEN_SCORING" in (settings or {})
    if reachable and not said:
        chosen["OPEN_SCORING"] = False
    metrics_folder.prepare(chosen["HOME"])
    return chosen


def announce(name: str, port: int, code: str | None = None) -> None:
    """Say where the service listens, as the first line of its output, and by which code its first user is made."""
    address = f"http://{f'[{name}]' if ':' in name else name}:{port}"
    print(f"Baitwatch listens on {address}", flush=True)
    if code is not None:
        show(code, address)


def _take_signals(arbiter: Any) -> None:
    # gunicorn drops requests under way at SIGINT; Ctrl-C shall be as gentle as SIGTERM
    signal.signal(signal.SIGINT, lambda _number, frame: arbiter.signal(signal.SIGTERM, frame))
    # at SIGHUP gunicorn would start new workers, which have no model to fall back on where the new one is bad
    signal.signal(signal.SIGHUP, lambda _number, _frame: arbiter.kill_workers(signal.SIGHUP))


def _begin_work(worker: Any) -> None:
    from service.backend import backend_of  # noqa: PLC0415  # it imports the metrics, whose folder is ready by now
    from service.keeper import Keeper  # noqa: PLC0415  # after `metrics_folder.prepare`, for it imports the metrics
    from service.model import model_of  # noqa: PLC0415  # after `metrics_folder.prepare`, for it imports the metrics

    # a terminal sends Ctrl-C to the whole group
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    model, backend = model_of(worker.wsgi), backend_of(worker.wsgi)

    def look(_number: int, _frame: Any) -> None:
        threading.Thread(target=model.look, kwargs={"again": True}, name="model", daemon=True).start()

    signal.signal(signal.SIGHUP, look)
    worker.keeper = Keeper(backend, worker.wsgi.config["SEAL_SECONDS"])
    worker.keeper.start()


def _end_work(_arbiter: Any, worker: Any) -> None:
    # requests have been answered by now
    keeper = getattr(worker, "keeper", None)
    if keeper is not None:
        keeper.stop()
