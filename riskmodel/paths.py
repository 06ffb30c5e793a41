"""Where things are kept unless one says otherwise."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["default_model_dir"]


def default_model_dir() -> Path:
    """The folder of the model in use: `$BAITWATCH_MODEL`, else `var/model` of the checkout or of the working folder."""
    named = os.environ.get("BAITWATCH_MODEL")
    if named:
        return Path(named)
    checkout = Path(__file__).resolve().parent.parent
    home = checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()
    return home / "var" / "model"
