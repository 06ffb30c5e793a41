"""Reads one buyer message through the compiled text channel."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from math import sqrt
from typing import NamedTuple

import numpy as np
from ahocorasick_rs import AhoCorasick, MatchKind
from numpy.typing import NDArray

from riskmodel.regions import place_names
from riskmodel.signals import Found
from riskmodel.text.grams import Grams

__all__ = ["MOST_LOWERED", "MOST_RAISED", "Utterance", "WordModel", "one_line", "utterance"]

# Statutory rights and the offices that uphold them: quoting one is not a threat. Source: hard rules of the domain.
RIGHTS = tuple(
    "七天无理由 7天无理由 无理由退货 无理由 退一赔三 退一赔十 假一赔三 假一赔十 12315 12345 消协 消费者协会 "
    "消费者权益保护法 食品安全法 消法 工商局 工商 市场监管局 市场监管 市监局 平台介入 小二介入 客服介入 三包".split()
)
# What the channel may say of a whole talk, in its own log-odds: an hour of chatter cannot outweigh one sale of a
# review, nor the same line sent a thousand times become certainty.
MOST_RAISED = 12.0
MOST_LOWERED = 6.0
_FIGURES = re.compile("[0-9]")
# stickers ([微笑]) and what a platform puts in brackets are no words of the buyer; nor is punctuation
_NO_WORDS = re.compile(r"\[[^\[\]]{0,12}\]|[\W_]")
# A short message is thin evidence: with n known sequences it says n / (n + this) of what it would.
_THIN = 6.0
_CLAUSE = re.compile(r"[^,。!?;、~ \n]+")
_LONGEST = 2000  # characters of one message that are read; the rest of a novel adds nothing
# what a sale of a review or a complaint is said with: such a message never speaks for the buyer
_SALES = ("demand.review_for_money", "demand.withdrawal_for_money", "demand.money_outside", "demand.veiled")


@cache
def _blanked() -> AhoCorasick:
    return AhoCorasick([*RIGHTS, *place_names()], matchkind=MatchKind.LeftmostLongest)


class Utterance(NamedTuple):
    """One buyer message as the text channel reads it.

    `text` has the length of the folded message; `lowest` and `highest` bound what it may add, in log-odds.
    """

    text: str
    lowest: float
    highest: float


def utterance(folded: str, found: Sequence[Found], *, attached: bool) -> Utterance:
    """Prepare a folded message: blank what must not count, and bound what it may say.

    A message with a sale of a review or complaint in it never lowers the risk; one with a photo or a quoted right and
    no such sale never raises it.
    """
    text, quotes_right = folded[:_LONGEST], False
    for _, start, end in _blanked().find_matches_as_indexes(text):
        quotes_right |= folded[start:end] in RIGHTS
        text = text[:start] + " " * (end - start) + text[end:]
    codes = {item.signal.code for item in found}
    sells = any(code in codes for code in _SALES)
    return Utterance(
        _FIGURES.sub("0", _NO_WORDS.sub(lambda match: " " * len(match.group()), text)),
        0.0 if sells else -np.inf,
        0.0 if (attached or quotes_right) and not sells else np.inf,
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
        self._grams = Grams(grams.tolist())
        self._rows = np.column_stack([weights, norms])

    def score(self, spoken: Utterance) -> float:
        """What the message adds to the log-odds, within its bounds; 0 where nothing in it is known."""
        log_odds, known = self.log_odds(spoken.text)
        return min(max(log_odds * known / (known + _THIN), spoken.lowest), spoken.highest)

    def log_odds(self, text: str) -> tuple[float, int]:
        """The fitted model's own log-odds of a text, and how many sequences in it are known."""
        total, norm, known = self._sums(text)
        return (total / sqrt(norm) if norm else 0.0), known

    def decisive(self, text: str) -> tuple[int, int]:
        """Span of the clause of `text` that adds most."""
        best, best_total = (0, len(text)), -np.inf
        for clause in _CLAUSE.finditer(text):
            total, _, _ = self._sums(clause.group())
            if total > best_total:
                best, best_total = clause.span(), total
        return best

    def _sums(self, text: str) -> tuple[float, float, int]:
        places = self._grams.places(one_line(text))
        total, norm = np.add.reduce(self._rows.take(places, 0), 0).tolist() if places else (0.0, 0.0)
        return total, norm, len(places)
