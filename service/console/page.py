"""How a page is written: one template around all, values escaped and made visible, one style sheet."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request, session, url_for
from markupsafe import Markup

from service.console.blueprint import ANYONE, blueprint, needs
from service.console.guard import form_token
from service.console.sessions import signed_in
from service.console.texts import LANGUAGES, language, say
from service.pages import page_environment

__all__ = ["register", "write_page"]


def register() -> None:
    """Serve the style sheet."""
    blueprint.get("/style.css")(style)


@needs(ANYONE)
def style() -> Response:
    """The style sheet; a page names it with its digest, so that it may be kept."""
    response = Response(_style(), mimetype="text/css")
    response.headers["Cache-Control"] = "max-age=86400"
    return response


def write_page(
    template: str, status: int = 200, *, headers: Mapping[str, str] | None = None, **values: Any
) -> Response:
    """A page in the language of this request.

    Parameters
    ----------
    template
        The name of a file in `templates`, without what comes after the point.
    status
        Of HTTP.
    headers
        Of the response.
    values
        What the template prints. Each goes through `visible` and HTML escaping, so that no text can act or hide.
    """
    spoken = language()
    text = (
        page_environment("service.console")
        .get_template(f"{template}.html.j2")
        .render(
            say=say,
            language=spoken,
            other=next(name for name in LANGUAGES if name != spoken),
            here=_here(),
            user=signed_in(),
            note=session.pop("note") if "note" in session else None,
            url=url_for,
            at=_at,
            form_token=form_token,
            style_digest=_style_digest(),
            **values,
        )
    )
    return Response(text, status, headers, content_type="text/html; charset=utf-8")


def _here() -> str:
    """Where the other language is asked for: this page, or the first where this one is the answer to a form alone."""
    rule = request.url_rule
    return request.path if rule is not None and "GET" in (rule.methods or ()) else url_for("console.home")


def _at(moment: datetime, zone: ZoneInfo) -> Markup:
    """A time as people read it, and as programs do."""
    with suppress(OverflowError):  # the first and last day of the calendar stay as given
        moment = moment.astimezone(zone)
    return Markup('<time datetime="{}">{:%m-%d %H:%M}</time>').format(moment.isoformat(), moment)


@cache
def _style() -> bytes:
    return resources.files("service.console").joinpath("style.css").read_bytes()


@cache
def _style_digest() -> str:
    return sha256(_style()).hexdigest()[:12]
