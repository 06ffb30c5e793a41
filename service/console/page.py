"""How a page or a part of one is written: values escaped and made visible, texts in the language of the request."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, current_app, request, session, url_for
from markupsafe import Markup, escape

from service.console.assets import asset_url
from service.console.guard import form_token
from service.console.navigation import pages_of
from service.console.sessions import BACKGROUND, signed_in
from service.console.texts import LANGUAGES, day, language, moment, number, say, share
from service.pages import page_environment

__all__ = ["write_page"]


def write_page(
    template: str, status: int = 200, *, headers: Mapping[str, str] | None = None, **values: Any
) -> Response:
    """A page in the language of this request, or a part of one where the template is not framed.

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
    spoken, user = language(), signed_in()
    text = (
        page_environment("service.console")
        .get_template(f"{template}.html.j2")
        .render(
            say=say,
            language=spoken,
            other=next(name for name in LANGUAGES if name != spoken),
            here=_here(),
            user=user,
            pages=pages_of(user),
            live=user is not None and "talks" in user.rights,
            background=BACKGROUND,
            note=session.pop("note") if "note" in session else None,
            url=url_for,
            at=_at,
            clock=_clock,
            typed=_typed,
            form_token=form_token,
            asset_url=asset_url,
            number=number,
            share=share,
            day=day,
            moment=moment,
            **values,
        )
    )
    return Response(text, status, headers, content_type="text/html; charset=utf-8")


def _here() -> str:
    """Where the other language is asked for: this page, or the first where this one is the answer to a form alone."""
    rule = request.url_rule
    if rule is None or rule.endpoint == "console.send":  # a file has none
        return url_for("console.home")
    page = any(other.rule == rule.rule and "GET" in (other.methods or ()) for other in current_app.url_map.iter_rules())
    return request.path if page else url_for("console.home")


def _at(moment: datetime, zone: ZoneInfo) -> Markup:
    """A time as people read it, and as programs do."""
    with suppress(OverflowError):  # the first and last day of the calendar stay as given
        moment = moment.astimezone(zone)
    return Markup('<time datetime="{}">{:%m-%d %H:%M}</time>').format(moment.isoformat(), moment)


def _clock(moment: datetime, zone: ZoneInfo) -> Markup:
    """A time of today to the second."""
    return Markup('<time datetime="{}">{:%H:%M:%S}</time>').format(moment.isoformat(), moment.astimezone(zone))


def _typed(text: str) -> Markup:
    """What somebody typed, back in its field as it was: made visible, it would be another text when sent again."""
    return escape(text)
