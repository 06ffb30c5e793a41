"""What can be set about the service: defaults, then the environment, then what `create_app` is given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from riskmodel.errors import BaitwatchError
from riskmodel.paths import default_model_dir

__all__ = ["ConfigError", "settings"]

MEBIBYTE = 1024 * 1024

# 64 MiB holds 5,000 messages of 4,000 Chinese characters each, far beyond any real chat; the contract's own limit
# (5,000 x 20,000 characters, 300 MB) is for files, where one request cannot fill a worker's memory
MAX_BODY_BYTES = 64 * MEBIBYTE

# how long a service without a model waits before it looks for one again
RETRY_SECONDS = 5.0


class ConfigError(BaitwatchError):
    """A setting that cannot be used."""


def settings(environment: Mapping[str, str], given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Put the settings together.

    Parameters
    ----------
    environment
        ``BAITWATCH_MODEL`` (a folder) and ``BAITWATCH_MAX_BODY_BYTES`` are read.
    given
        Settings that win over both: ``MODEL_DIR``, ``MAX_CONTENT_LENGTH`` (bytes), ``RETRY_SECONDS``, and Flask's own.

    Raises
    ------
    ConfigError
        Where the environment holds a value that is no size.
    """
    chosen: dict[str, Any] = {
        "MODEL_DIR": default_model_dir(),
        "MAX_CONTENT_LENGTH": _size(environment, "BAITWATCH_MAX_BODY_BYTES", MAX_BODY_BYTES),
        "RETRY_SECONDS": RETRY_SECONDS,
    }
    return chosen | dict(given or {})


def _size(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, "").strip()
    if not text:
        return default
    if re.fullmatch("[1-9][0-9]{0,15}", text) is None:
        raise ConfigError(f"{name} must be a number of bytes above zero, e.g. {default}; change or unset it")
    return int(text)
