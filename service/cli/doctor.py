"""``doctor``: checks a deployment and says what to mend. Status 0 all is well, 1 something is to be mended."""

from __future__ import annotations

import json
import os
import socket
from typing import IO, TYPE_CHECKING, Annotated

import typer

from service.cli.output import INPUT_WRONG, write_json, write_text

if TYPE_CHECKING:
    from service.doctor import Finding

__all__ = ["register"]

_SECONDS = 5.0
_MOST_READ = 10_000
_SIGNS = {"ok": "ok  ", "mend": "MEND", "note": "note"}


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("doctor")(doctor)


def doctor(
    *,
    host: Annotated[str, typer.Option(help="Where the service should listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port that it should listen on.")] = 8000,
    url: Annotated[
        str | None, typer.Option(help="Its address from outside, e.g. https://shop.example; /readyz is asked there.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines instead of text.")] = False,
) -> None:
    """Check this deployment, one line a check, and say what to mend; nothing is changed."""
    from service.config import settings
    from service.doctor import examine

    chosen = settings(os.environ)
    wrong = False
    for finding in [*examine(chosen), _reached(url) if url else _listens(host, port)]:
        wrong = wrong or finding.status == "mend"
        if as_json:
            write_json(finding._asdict())
        else:
            write_text(f"{_SIGNS[finding.status]}  {finding.check}: {finding.text}")
    if wrong:
        raise typer.Exit(INPUT_WRONG)


def _listens(host: str, port: int) -> Finding:
    from service.doctor import Finding

    try:
        socket.create_connection((host, port), timeout=_SECONDS).close()
    except (OSError, UnicodeError):
        return Finding(
            "service", "mend", f"nobody listens on {host} port {port}; start it, or give --host, --port or --url"
        )
    return Finding("service", "ok", f"somebody listens on {host} port {port}; --url asks whether it is ready")


def _reached(url: str) -> Finding:
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import urlopen

    from service.doctor import Finding

    if not url.startswith(("http://", "https://")):
        raise typer.BadParameter("--url begins with http:// or https://")
    try:
        with urlopen(url.rstrip("/") + "/readyz", timeout=_SECONDS):  # noqa: S310  # only http and https came so far
            return Finding("service", "ok", "ready")
    except HTTPError as error:
        with error:
            return Finding("service", "mend", f"not ready: /readyz was answered with {error.code}; {_reason(error)}")
    except (OSError, HTTPException, ValueError):
        return Finding("service", "mend", "does not answer at --url; see that it runs and can be reached")


def _reason(answer: IO[bytes]) -> str:
    """What the service itself says is wrong; where it was another that answered, where to look."""
    try:
        return str(json.loads(answer.read(_MOST_READ))["detail"])
    except (OSError, ValueError, KeyError, TypeError):
        return "see its log, and whether it is the service that answers there"
