"""``python -m benchmarks.peers plain|granian|fastapi``: what the service is measured beside, each with two workers."""

from __future__ import annotations

import sys
from collections.abc import Callable

from flask import Flask, request

from service.server import BACKLOG, Server, listen

WORKERS, THREADS = 2, 4


class _Plain(Server):
    """The same gunicorn around the endpoint that one would write first; fitted once, before the workers begin."""

    def load(self) -> Flask:
        """Make the application of this worker."""
        import pandas as pd  # noqa: PLC0415  # only this peer needs what takes seconds to import

        from benchmarks.scoring import plain_row  # noqa: PLC0415  # scikit-learn, which only this peer needs

        app, pipeline = Flask(__name__), self._settings["pipeline"]

        @app.get("/readyz")
        def ready() -> dict[str, str]:
            return {"status": "ready"}

        @app.post("/v1/score")
        def score() -> dict[str, float]:
            row = pd.DataFrame([plain_row(request.get_json())])
            return {"risk": float(pipeline.predict_proba(row)[0, 1])}

        return app


def _address() -> int:
    """A free port, said as the service says its own."""
    with listen("127.0.0.1", 0) as opened:
        port: int = opened.getsockname()[1]
    print(f"listens on http://127.0.0.1:{port}", flush=True)
    return port


def plain() -> None:
    """Flask, DataFrame and scikit-learn under gunicorn."""
    from benchmarks.scoring import plain_pipeline  # noqa: PLC0415  # scikit-learn, which only this peer needs

    pipeline = plain_pipeline()
    options = {
        "bind": [f"127.0.0.1:{_address()}"],
        "workers": WORKERS,
        "threads": THREADS,
        "worker_class": "gthread",
        "backlog": BACKLOG,
        "loglevel": "error",
        "control_socket_disable": True,
    }
    _Plain(options, {"pipeline": pipeline}).run()


def granian() -> None:
    """The service itself under granian."""
    from granian import Granian  # noqa: PLC0415  # of the extra `fast`
    from granian.constants import Interfaces  # noqa: PLC0415  # of the extra `fast`

    Granian(
        "service.app:create_app",
        factory=True,
        port=_address(),
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        log_enabled=False,
    ).serve()


def fastapi() -> None:
    """FastAPI under uvicorn, around the same scorer."""
    import uvicorn  # noqa: PLC0415  # of the extra `bench`

    uvicorn.run("benchmarks.peer_fastapi:app", host="127.0.0.1", port=_address(), workers=WORKERS, log_level="error")


PEERS: dict[str, Callable[[], None]] = {"plain": plain, "granian": granian, "fastapi": fastapi}

if __name__ == "__main__":
    PEERS[sys.argv[1]]()
