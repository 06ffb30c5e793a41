"""A bare yes or no: 嗯嗯可以, 行, 没问题, 那不行的. It says little itself and takes its content from what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from riskmodel.promises.clauses import Clause, spoken
from riskmodel.signals import Reading
from riskmodel.signals.lexicon import Span

__all__ = ["Answer", "bare_answer"]

_SLACK = 2  # characters of a bare answer that the lexicon need not know
_AFTER_NOD = 3  # characters that may follow a 好的 or 嗯 that is an answer and not just a sign of listening
# what a yes is made of, besides fillers; a bare answer may also repeat when and how
_YES = ("assent", "certain", "can", "ack", "same_day", "day", "give", "carry")
_NO = ("deny", "negation", "no_invoice", "can", "assent", "do", "greeting", "same_day", "day")
# with these about, a yes is politeness and not an answer; a mere nod already with the second kind
_POLITE = ("hedge", "ask_back", "self_service")
_LISTENING = (*_POLITE, "wait")


class Answer(NamedTuple):
    """A bare answer at ``[start, end)`` of the folded text.

    `kind` is ``yes`` (可以, 能), ``sure`` (放心, 没问题, 肯定), ``nod`` (是的, 嗯, 好的) or ``no``.
    """

    kind: Literal["yes", "sure", "nod", "no"]
    start: int
    end: int


def bare_answer(reading: Reading, parts: list[Clause]) -> Answer | None:
    """The bare answer that the message opens with, after a greeting or so; None where it says something of its own."""
    text = reading.folded.text
    for clause in parts:
        if clause.has("as_said") and not clause.negated and not clause.asks:
            said = spoken(text, clause.start, clause.end)
            return Answer("sure", said[0], said[-1] + 1) if said else None
    for number, clause in enumerate(parts):
        said = spoken(text, clause.start, clause.end)
        if not said:
            continue
        if clause.asks or clause.has("quoting") or text[: clause.end].endswith("的话"):
            return None
        if clause.has("greeting") and not clause.has("assent", "ack") and not clause.negated:
            continue
        answer = _answer(clause, said, text)
        if answer is None or answer.kind == "no":
            return answer
        following = parts[number + 1 :]
        listens = answer.kind == "nod" and not clause.has("assent", "can")
        if any(part.has(*(_LISTENING if listens else _POLITE)) for part in parts):
            return None
        if listens and _characters(text, following) > _AFTER_NOD and not _acts(following):
            return None
        return answer
    return None


def _answer(clause: Clause, said: list[int], text: str) -> Answer | None:
    start, end = said[0], said[-1] + 1
    if clause.negated:
        if not _opens_with(clause, ("deny", "no_invoice"), start) and _rest(clause.marks, _NO, said) > 0:
            return None
        return Answer("no", start, end)
    if clause.has("certain", "sure_yes", "as_said"):
        return Answer("sure", start, end)
    if not clause.has("assent", "can", "ack"):
        return None
    if _rest(clause.marks, _YES, said) > _SLACK:
        return None
    # 是的 says yes to a fact as it was put, with its not: 不能退是吧
    agrees = [text[left] for name in ("assent", "can") for left, _ in clause.marks.get(name, ())]
    return Answer("yes" if any(char not in "是对" for char in agrees) else "nod", start, end)


def _acts(parts: list[Clause]) -> bool:
    """What follows a nod does the thing: 好的,马上为您取消."""
    return bool(parts) and parts[0].has("give", "same_day", "as_said") and not parts[0].negated


def _opens_with(clause: Clause, names: tuple[str, ...], start: int) -> bool:
    return any(span[0] <= start for name in names for span in clause.marks.get(name, ()))


def _rest(marks: Mapping[str, list[Span]], names: tuple[str, ...], said: list[int]) -> int:
    """Characters of the clause that none of these concepts covers."""
    covered = {index for name in names for start, end in marks.get(name, ()) for index in range(start, end)}
    return sum(index not in covered for index in said)


def _characters(text: str, parts: list[Clause]) -> int:
    return sum(len(spoken(text, part.start, part.end)) for part in parts)
