"""The fast production server: granian, where it is installed; it has threads, too, and stops as gently."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec
from multiprocessing.util import Finalize
from typing import Any

from service import config, metrics_folder
from service.invitation import invite
from service.server import BACKLOG, ServerError, announce, listen, prepare

__all__ = ["serve"]

SECONDS_TO_STOP = 30
_OPENED_WITHIN = 60.0


def serve(host: str, port: int, workers: int, threads: int, settings: Mapping[str, Any] | None = None) -> None:
    """Serve until SIGTERM or SIGINT, as `service.server.serve`.

    Raises
    ------
    ServerError
        Where granian is not installed, or the address cannot be used.
    """
    if find_spec("granian") is None:
        raise ServerError("granian is not installed; pip install 'baitwatch[fast]', or serve without --server granian")
    from granian.constants import Interfaces  # noqa: PLC0415  # granian is of the extra `fast`, and may be missing
    from granian.http import HTTP1Settings  # noqa: PLC0415  # granian is of the extra `fast`, and may be missing
    from granian.server import Server  # noqa: PLC0415  # granian is of the extra `fast`, and may be missing

    config.settings(os.environ, settings)  # a wrong one is said here once, not by every worker
    with listen(host, port) as tried:  # a taken port is said in one line; granian opens its own
        name, bound = tried.getsockname()[:2]
    chosen = prepare(name, settings)
    code, chosen["INVITATION"] = invite(chosen)
    # its workers do not hear that they are to stop before all is answered
    chosen["LIVE_SECONDS"] = min(chosen["LIVE_SECONDS"], SECONDS_TO_STOP / 2)
    server = Server(
        "baitwatch",
        address=name,
        port=bound,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads + chosen["LIVE_PAGES"],  # so that open pages take none of those that answer
        backlog=BACKLOG,
        log_enabled=False,
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_STOP,
        http1_settings=HTTP1Settings(header_read_timeout=int(min(60.0, chosen["REQUEST_SECONDS"]) * 1000)),
        websockets=False,
    )
    # workers see another model by themselves; new ones would have none to fall back on where it is bad
    server.signal_handler_reload = lambda *_given: None  # type: ignore[method-assign]  # there is no setting for it
    server.on_shutdown(metrics_folder.clean)
    threading.Thread(target=_announce_when_open, args=(name, bound, code), daemon=True).start()
    server.serve(target_loader=partial(_load, chosen), wrap_loader=False)


def _load(settings: Mapping[str, Any]) -> Callable[..., Any]:
    """The application of a worker, with its keeper."""
    metrics_folder.reserve()
    from service.app import create_app  # noqa: PLC0415  # it imports the metrics, whose folder is ready by now
    from service.backend import backend_of  # noqa: PLC0415  # after `metrics_folder.prepare`, for it imports the metrics
    from service.keeper import Keeper  # noqa: PLC0415  # after `metrics_folder.prepare`, for it imports the metrics

    app = create_app(settings)
    keeper = Keeper(backend_of(app), app.config["SEAL_SECONDS"])
    keeper.start()
    Finalize(None, keeper.stop, exitpriority=1)  # what runs at the end of a child process
    return app


def _announce_when_open(name: str, port: int, code: str | None) -> None:
    until = time.monotonic() + _OPENED_WITHIN
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(name, name)  # noqa: S104  # compared, not bound
    while time.monotonic() < until:
        try:
            socket.create_connection((reached, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            announce(name, port, code)
            return
    os.kill(os.getpid(), signal.SIGTERM)
