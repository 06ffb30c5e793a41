"""Random choices for drawn messages: from lists, by share, of figures; the same seed chooses the same."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from random import Random
from typing import Any

__all__ = ["Chance", "read_frames"]


@cache
def read_frames() -> dict[str, Any]:
    """The content of ``frames.toml``."""
    return tomllib.loads(resources.files(__package__).joinpath("frames.toml").read_text("utf-8"))


class Chance:
    """What everything that is drawn is drawn with."""

    def __init__(self, seed: int, everyday: list[str]) -> None:
        self._random = Random(seed)  # noqa: S311  # drawn sentences guard nothing
        self._everyday = everyday
        self._lists = {
            key: text.split("|" if "|" in text else " ")
            for key, text in read_frames()["lists"].items()
            if key != "source"
        }

    def _pick(self, several: list[str]) -> str:
        return several[int(self._random.random() * len(several))]

    def _from(self, name: str) -> str:
        return self._pick(self._lists[name])

    def _often(self, several: list[str], lean: float = 2.2) -> str:
        """One of them, the first more often."""
        return several[int(self._random.random() ** lean * len(several))]

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _int(self, low: int, high: int) -> int:
        return low + int(self._random.random() * (high - low + 1))

    def _digits(self, count: int) -> str:
        return "".join(str(self._int(0, 9)) for _ in range(count))
