"""The console: pages for the people of a shop, written on the server, live and typed into with a little script.

Without the script all of it can be read and decided; nothing is asked of another site.
"""

from __future__ import annotations

from flask import Flask, Response

from service.console import accounts, agent, analyst, assets, embed, errors, guard, sessions, setup, stream, supervisor
from service.console.blueprint import ConsoleRequest, blueprint

__all__ = ["init_app"]

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}

for _module in (guard, accounts, assets, stream, agent, supervisor, analyst, setup):
    _module.register()
blueprint.register_error_handler(Exception, errors.page_of_error)


@blueprint.after_request
def _protect(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response


def init_app(app: Flask) -> None:
    """Put the console below `/console/`."""
    app.request_class = ConsoleRequest
    sessions.init_app(app)
    stream.init_app(app)
    app.register_blueprint(blueprint)
    embed.init_app(app)
