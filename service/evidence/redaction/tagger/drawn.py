"""Invented messages with their personal data marked, drawn from the sentences and lists of ``frames.toml``.

Only training reads them. Names follow the frequency of surnames and of the signs of given names; two of five are
everyday words, because those are what rules miss. Regions are official ones; what stands behind them is put together.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from service.evidence.redaction.tagger.chance import read_frames
from service.evidence.redaction.tagger.drawn_accounts import Accounts
from service.evidence.redaction.tagger.drawn_places import Places

__all__ = ["Writer"]

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")
_SHARES = {"blocks": 0.23, "lines": 0.25, "places": 0.18, "accounts": 0.12, "pieces": 0.02, "nothing": 0.20}


class Writer(Places, Accounts):
    """Draws messages; the same seed draws the same.

    Parameters
    ----------
    seed
        Of the random numbers.
    everyday
        Words that stand in ordinary messages and may be names.
    """

    def __init__(self, seed: int, everyday: list[str]) -> None:
        super().__init__(seed, everyday)
        frames = read_frames()["frames"]
        self._frames = {key: text.strip().split("\n") for key, text in frames.items() if key != "source"}
        self._fillers: dict[str, Callable[[], str]] = {
            "n": self._name, "s": self._surname, "latin": self._latin, "a": self._detail, "m": self._place,
            "ra": lambda: self._region() + self._gap() + self._detail(town=True), "hk": self._hong_kong,
            "tw": self._taiwan, "abroad": self._abroad, "campus": self._campus, "c": self._account,
            "w": self._messenger, "nick": self._nick, "qq": self._spelled, "p": self._phone,
            "i": self._identity, "b": self._card, "e": self._email, "l": self._link, "word": self._word,
            "num": lambda: str(self._int(1, 399)),
            "order": self._order, "model": self._model, "code": self._code, "zip": lambda: f"{self._int(100, 859)}000",
        }  # fmt: skip  # a table

    def message(self) -> str:
        """One message; ``{kind|value}`` marks what is personal."""
        kind = self._random.choices(list(_SHARES), list(_SHARES.values()))[0]
        text = self._written(self._pick(self._frames[kind]))
        if kind in ("lines", "accounts") and self._chance(0.12):
            text += self._pick(["，", " ", "。", "\n"]) + self._written(self._pick(self._frames["nothing"]))
        return self._manner(text.replace("\\n", "\n"))

    def _written(self, frame: str) -> str:
        while match := _CHOICE.search(frame):
            frame = frame[: match.start()] + self._pick(match[1].split("|")) + frame[match.end() :]
        return _SLOT.sub(lambda match: self._fill(match[1]), frame)

    def _fill(self, slot: str) -> str:
        return self._fillers[slot]() if slot in self._fillers else self._pick(self._lists[slot])

    def _manner(self, text: str) -> str:
        """How it is typed: without punctuation, with other signs, with something polite around it."""
        chance = self._random.random()
        if chance < 0.10:
            text = re.sub("[，。；：]", " ", text)
        elif chance < 0.16:
            text = re.sub("[，。；：]", "", text)
        elif chance < 0.24:
            text = text.replace("，", self._pick([",", "、", "；", "/", "…", "\n", "  "]))
        if self._chance(0.10):
            text = self._from("opening") + text
        if self._chance(0.14):
            text += self._from("closing")
        return text
