"""``serve``: the HTTP service in production mode."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from service.cli.score import ModelOption

__all__ = ["register"]


class Server(StrEnum):
    """What answers."""

    GUNICORN = "gunicorn"
    GRANIAN = "granian"


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("serve")(serve)


def serve(
    *,
    host: Annotated[
        str, typer.Option(help="The address to listen on; the default is this machine only.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes, each with its own model.")] = 2,
    threads: Annotated[int, typer.Option(min=1, max=256, help="Requests at a time in each process.")] = 4,
    server: Annotated[
        Server, typer.Option(help="granian is faster, and is installed as `baitwatch[fast]`; behind a proxy only.")
    ] = (Server.GUNICORN),
    model: ModelOption = None,
) -> None:
    """Serve over HTTP until Ctrl-C or SIGTERM; SIGHUP takes up the model in its folder at once."""
    if server is Server.GRANIAN:
        from service.granian_server import serve as run_server
    else:
        from service.server import serve as run_server

    run_server(host, port, workers, threads, {} if model is None else {"MODEL_DIR": model})
