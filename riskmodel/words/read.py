"""Reads a buyer's messages through the compiled text channel: the balance of a talk, and what each message adds."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from math import sqrt
from typing import NamedTuple

import numpy as np
from ahocorasick_rs import AhoCorasick, MatchKind
from numpy.typing import NDArray

from riskmodel.regions import place_names
from riskmodel.text.grams import Grams

__all__ = ["MOST_LOWERED", "MOST_RAISED", "SALES", "Tally", "Utterance", "WordModel", "one_line", "utterance"]

# Statutory rights and the offices that uphold them: quoting one is not a threat. Source: hard rules of the domain.
RIGHTS = tuple(
    "七天无理由 7天无理由 无理由退货 无理由 退一赔三 退一赔十 假一赔三 假一赔十 12315 12345 消协 消费者协会 "
    "消费者权益保护法 食品安全法 消法 工商局 工商 市场监管局 市场监管 市监局 平台介入 小二介入 客服介入 三包".split()
)
# What the channel may say of a whole talk, in its own log-odds.
MOST_RAISED = 12.0
MOST_LOWERED = 6.0
_FIGURES = re.compile("[0-9]")
# stickers ([微笑]) and what a platform puts in brackets are no words of the buyer; nor is punctuation
_NO_WORDS = re.compile(r"\[[^\[\]]{0,12}\]|[\W_]")
# A short talk is thin evidence: with n known sequences it says n / (n + this) of what it would. Tried at 0 to 80 on
# pairs of scenario families unseen and on chats by others, by the highest risk that a talk reaches.
_THIN = 40.0
_CLAUSE = re.compile(r"[^,。!?;、~ \n]+")
_LONGEST = 2000  # characters of one message that are read; the rest of a novel adds nothing
SALES = ("demand.review_for_money", "demand.withdrawal_for_money", "demand.money_outside", "demand.veiled")
"""What a sale of a review or a complaint is said with: such a message never speaks for the buyer."""


@cache
def _blanked() -> AhoCorasick:
    return AhoCorasick([*RIGHTS, *place_names()], matchkind=MatchKind.LeftmostLongest)


class Utterance(NamedTuple):
    """One buyer message as the text channel reads it.

    `text` has the length of the folded message; `lowest` and `highest` bound what it may add, in log-odds. What stands
    `apart` is weighed by itself, so that it moves nothing that others say.
    """

    text: str
    lowest: float = -np.inf
    highest: float = np.inf
    apart: bool = False


def utterance(folded: str, codes: Collection[str], *, attached: bool) -> Utterance:
    """Prepare a folded message, with the codes of its signals: blank what must not count, and bound what it may say.

    A message with a sale of a review or complaint in it never lowers the risk; one with a photo or a quoted right and
    no such sale never raises it.
    """
    text, quotes_right = folded[:_LONGEST], False
    for _, start, end in _blanked().find_matches_as_indexes(text):
        quotes_right |= folded[start:end] in RIGHTS
        text = text[:start] + " " * (end - start) + text[end:]
    sells = any(code in codes for code in SALES)
    return Utterance(
        _FIGURES.sub("0", _NO_WORDS.sub(lambda match: " " * len(match.group()), text)),
        0.0 if sells else -np.inf,
        0.0 if (attached or quotes_right) and not sells else np.inf,
        sells or quotes_right,
    )


def one_line(text: str) -> str:
    """The text as it is cut into characters: white space of any length is one space, none at the ends."""
    return " ".join(text.split())


class WordModel:
    """The compiled channel: a weight and a norm for each character sequence it knows.

    Parameters
    ----------
    grams
        Sequences of one or two characters, shape (G,).
    weights
        Log-odds per unit of normalised TF-IDF times the sequence's IDF, shape (G,).
    norms
        Squared IDF of each sequence, shape (G,).
    """

    def __init__(self, grams: NDArray[np.str_], weights: NDArray[np.float64], norms: NDArray[np.float64]) -> None:
        self.arrays = {"word_grams": grams, "word_weights": weights, "word_norms": norms}
        self._grams = Grams(grams)
        self._weights: list[float] = weights.tolist()
        self._norms: list[float] = norms.tolist()

    def log_odds(self, texts: Sequence[str]) -> float:
        """The fitted model's own log-odds of a buyer's messages together, before the intercept."""
        known = {place for text in texts for place in self._places(text)}
        total, norm = self._sums(known)
        return total / sqrt(norm) if norm else 0.0

    def decisive(self, text: str) -> tuple[int, int]:
        """Span of the clause of `text` that adds most."""
        best, best_total = (0, len(text)), -np.inf
        for clause in _CLAUSE.finditer(text):
            total, _ = self._sums(self._places(clause.group()))
            if total > best_total:
                best, best_total = clause.span(), total
        return best

    def _places(self, text: str) -> list[int]:
        # a message begins and ends with a border, as where it is fitted
        line = one_line(text)
        return self._grams.places(f"\n{line}\n") if line else []

    def _sums(self, places: Iterable[int]) -> tuple[float, float]:
        weights, norms = self._weights, self._norms
        total = norm = 0.0
        for place in places:
            total += weights[place]
            norm += norms[place]
        return total, norm


class Tally:
    """What the channel says of a talk so far: takes one message at a time, and is as large as the words are many.

    The messages of a talk are weighed together, so that an opinion formed of many words is not overturned by a few.
    What a message adds is the change that it makes.
    """

    def __init__(self, model: WordModel) -> None:
        self._model = model
        self.balance = 0.0
        self.known: set[int] = set()
        self.total = self.norm = self.together = 0.0

    def add(self, spoken: Utterance) -> float:
        """Take a message; gives what it adds to the balance, in log-odds, within its bounds."""
        places = self._model._places(spoken.text)
        if spoken.apart:
            change = _opinion(*self._model._sums(places), len(places))
        else:
            fresh = set(places).difference(self.known)
            total, norm = self._model._sums(sorted(fresh))
            self.known |= fresh
            self.total, self.norm = self.total + total, self.norm + norm
            opinion = _opinion(self.total, self.norm, len(self.known))
            change, self.together = opinion - self.together, opinion
        change = min(max(change, spoken.lowest), spoken.highest)
        before = self.balance
        self.balance = min(max(before + change, -MOST_LOWERED), MOST_RAISED)
        return self.balance - before


def _opinion(total: float, norm: float, known: int) -> float:
    """Log-odds of so many known sequences together; few of them say less."""
    return total / sqrt(norm) * known / (known + _THIN) if norm else 0.0
