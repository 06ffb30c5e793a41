"""What pages load: our own style and script, and what was fetched from others at set-up (see `frontend/fetch.py`)."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Final, NamedTuple

from flask import Response, url_for
from werkzeug.exceptions import NotFound

from riskmodel.errors import BaitwatchError
from service.console.blueprint import ANYONE, blueprint, needs

__all__ = ["Asset", "asset", "asset_url", "register"]

_TYPES: Final = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
_FOLDERS: Final = ("static", "vendor")


class Asset(NamedTuple):
    """A file that pages load."""

    content: bytes
    digest: str
    media_type: str


def register() -> None:
    """Serve the files."""
    blueprint.get("/assets/<digest>/<asset_name>")(send)


@needs(ANYONE)
def send(digest: str, asset_name: str) -> Response:
    """A file under its digest, so that browsers keep it for as long as it is the same."""
    found = _assets().get(asset_name)
    if found is None or found.digest != digest:
        raise NotFound
    response = Response(found.content, mimetype=found.media_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def asset(name: str) -> Asset:
    """One of the files by its name; raises `BaitwatchError` where set-up did not fetch it."""
    try:
        return _assets()[name]
    except KeyError:
        raise BaitwatchError(f"the console's file {name} is not there; set up again with ./dev or the wheel") from None


def asset_url(name: str) -> str:
    """Where a page finds a file."""
    return url_for("console.send", digest=asset(name).digest, asset_name=name)


@cache
def _assets() -> dict[str, Asset]:
    found = {}
    for folder in _FOLDERS:
        place = resources.files("service.console") / folder
        if place.is_dir():
            for file in place.iterdir():
                media_type = _TYPES.get(file.name.rpartition(".")[2])
                if media_type is not None:
                    content = file.read_bytes()
                    found[file.name] = Asset(content, sha256(content).hexdigest()[:16], media_type)
    return found
