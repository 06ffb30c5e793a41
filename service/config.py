"""What can be set about the service: defaults, then the environment, then what `create_app` is given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from riskmodel.paths import default_home
from service.options import OPTIONS, ConfigError

__all__ = ["ConfigError", "settings"]


def settings(environment: Mapping[str, str], given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Put the settings together.

    Parameters
    ----------
    environment
        Read by the names in `OPTIONS`; an empty value is none.
    given
        Settings by their keys that win over both, and Flask's own.

    Raises
    ------
    ConfigError
        Where the environment holds a value that cannot be used.
    """
    chosen: dict[str, Any] = {}
    for option in OPTIONS:
        text = environment.get(option.environment, "").strip()
        try:
            chosen[option.key] = option.read(text) if text else option.default
        except ValueError as error:
            raise ConfigError(f"{option.environment} {error}; change or unset it") from None
    chosen |= dict(given or {})
    home = Path(chosen["HOME"] or default_home())
    chosen["HOME"] = home
    chosen["MODEL_DIR"] = Path(chosen["MODEL_DIR"] or home / "model")
    if chosen["SHADOW_MODEL"]:
        version = home / "models" / str(chosen["SHADOW_MODEL"])
        chosen["SHADOW_MODEL"] = version if version.is_dir() else Path(chosen["SHADOW_MODEL"])
    chosen["DATABASE_URL"] = chosen["DATABASE_URL"] or f"sqlite:///{home / 'baitwatch.db'}"
    return chosen
