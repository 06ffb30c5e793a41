"""How pages are written: every value that a template prints is made visible and escaped, so that none can act."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from service.evidence.plaintext import visible

__all__ = ["page_environment"]


@cache
def page_environment(package: str) -> Environment:
    """The templates of a package; each printed value goes through `visible` and then through HTML escaping."""
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_show,
    )


def _show(value: object) -> object:
    # what a macro returns went through here already, value by value
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
