"""One talk in a frame beside a chat workbench: advice, promises, and a box that checks a reply; without cookies.

A program of the shop asks for a token with its API key and hands it to the frame in the fragment of the address, which
browsers send nowhere. The frame asks for its parts with the token in a header, so that no log has it.
"""

from __future__ import annotations

from flask import Flask

from service.console.embed import pages

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Put the frame below `/embed/`."""
    app.register_blueprint(pages.blueprint)
