"""Where things are kept unless one says otherwise."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["default_cache_dir", "default_home", "default_model_dir", "default_registry_dir"]


def default_home() -> Path:
    """The one folder of models, keys and database: `$BAITWATCH_HOME`, else `var` of the checkout or working folder."""
    named = os.environ.get("BAITWATCH_HOME")
    if named:
        return Path(named)
    checkout = Path(__file__).resolve().parent.parent
    return (checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()) / "var"


def default_cache_dir() -> Path:
    """The folder of what can be made again: `$BAITWATCH_CACHE`, else `cache` in the home."""
    named = os.environ.get("BAITWATCH_CACHE")
    return Path(named) if named else default_home() / "cache"


def default_model_dir() -> Path:
    """The folder of the model in use: `$BAITWATCH_MODEL`, else `model` in the home."""
    named = os.environ.get("BAITWATCH_MODEL")
    return Path(named) if named else default_home() / "model"


def default_registry_dir() -> Path:
    """The folder of all versions of the model that were trained: `models` in the home."""
    return default_home() / "models"
