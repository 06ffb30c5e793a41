"""Reading the profiles' files; a profile may extend another and says only what differs."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from pydantic import ValidationError

from riskmodel.errors import CatalogueError, FieldProblem, InputError
from service.evidence.profiles.schema import Profile

__all__ = ["load_profile", "profile_names", "read_profile"]

_FOLDER = resources.files("service.evidence.profiles").joinpath("data")


@cache
def profile_names() -> tuple[str, ...]:
    """The names of all profiles, sorted."""
    return tuple(sorted(path.name.removesuffix(".toml") for path in _FOLDER.iterdir() if path.name.endswith(".toml")))


def load_profile(name: str, field: str = "profile") -> Profile:
    """Return a profile.

    Raises
    ------
    InputError
        No profile has this name; the error names `field` and lists those that there are.
    """
    if name not in profile_names():
        # the name itself is not repeated: it may be anything
        raise InputError([FieldProblem(field, f"is not known; use one of {', '.join(profile_names())}")])
    return _load(name)


def read_profile(name: str, content: dict[str, Any]) -> Profile:
    """Check the content of a profile's file; raises `CatalogueError` naming the profile and the field."""
    content = dict(content)
    if (base := content.pop("extends", None)) is not None:
        content = _laid_over(_read(base), content)
    try:
        return Profile.model_validate({**content, "name": name})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "(whole file)"
        raise CatalogueError(f"profile {name}: {where}: {first['msg']}") from None


@cache
def _load(name: str) -> Profile:
    return read_profile(name, _read(name))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(_FOLDER.joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def _laid_over(base: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    # sources are added to those of the base, everything else stands in its place
    return {**base, **content, "sources": {**base["sources"], **content.get("sources", {})}}
