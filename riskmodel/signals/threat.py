"""Conditional demands by their parts: what is threatened, what is asked, what is offered in exchange.

退款否则投诉 and 给五百否则投诉 have one form and two meanings: the first asks for a duty of the shop, the second for
money. A threat is therefore named by what is tied to what, in words that accuse nobody, and is no verdict by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from riskmodel.signals.lexicon import Reading, Span
from riskmodel.signals.threat_parts import (
    Ask,
    Clause,
    Kind,
    ThreatKind,
    asks,
    cut,
    is_meant,
    is_question,
    is_refused,
    vocabulary,
)

__all__ = ["Threat", "ThreatKind", "find_threats", "load_kinds"]

_STRENGTH: dict[Ask, int] = {"duty": 0, "goods": 1, "money": 2}
# how far apart the parts of one condition stand: clauses back and ahead, and characters; people split one over a line
_BACK, _AHEAD, _REACH = 3, 2, 40
# the review in 差评马上删 is what the offer is about
_NEXT_TO = 2
_CONSEQUENCES = ("review", "complaint", "amends", "praise", "withdrawal", "settlement")


class Threat(NamedTuple):
    """A condition at ``[start, end)`` of the folded text and the spans of its parts, as far as they are said."""

    kind: Kind
    threatened: Span | None
    asked: Span | None
    exchange: Span | None
    start: int
    end: int


class _Tie(NamedTuple):
    """One consequence or offer, the clause it stands in, and what it hangs on."""

    clause: int
    ask: Ask | None
    asked: Span | None
    threatened: Span | None = None
    exchange: Span | None = None
    offer: str | None = None


def load_kinds() -> dict[Kind, ThreatKind]:
    """What each kind of condition says, with its examples."""
    return vocabulary()[1]


def find_threats(reading: Reading) -> list[Threat]:
    """Every condition in a message that ties something to a review or a complaint, from left to right.

    Parameters
    ----------
    reading
        A buyer's message as read by the lexicon.

    Returns
    -------
    list of Threat
        In time proportional to the length of the text. Spans are offsets in the folded text.

    Examples
    --------
    >>> from riskmodel.signals import load_lexicon
    >>> [threat.kind for threat in find_threats(load_lexicon().read("再不发货我就投诉"))]
    ['duty_or_complaint']
    >>> [threat.kind for threat in find_threats(load_lexicon().read("转我200，差评马上删"))]
    ['review_for_money']
    """
    fills, _ = vocabulary()
    if {part for name in reading.concepts for part in fills.get(name, ())}.isdisjoint(_CONSEQUENCES):
        return []
    threats: list[Threat] = []
    group: list[_Tie] = []
    for tie in _ties(reading.folded.text, cut(reading)):
        if group and not _together(group, tie):
            threats.append(_named(group))
            group = []
        group.append(tie)
    if group:
        threats.append(_named(group))
    return threats


def _ties(text: str, clauses: list[Clause]) -> Iterator[_Tie]:
    for index, clause in enumerate(clauses):
        offers = [
            (span, part)
            for part in ("amends", "withdrawal", "praise", "settlement")
            for span in clause.parts.get(part, ())
            if part != "amends" or _about_a_review(clauses, index, text[slice(*span)])
        ]
        threats = [
            span
            for span in sorted({*clause.parts.get("review", ()), *clause.parts.get("complaint", ())})
            if not any(start - _NEXT_TO <= span[1] and span[0] < end for (start, end), _ in offers)
        ]
        if not (threats or offers) or clause.has("hearsay") or is_question(text, clause):
            continue
        meant = next((span for span in threats if is_meant(text, clause, span)), None)
        if meant and (tie := _threatened(text, clauses, index, meant)):
            yield tie
        if offers and (tie := _offered(text, clauses, index, _joined(span for span, _ in offers), offers[0][1])):
            yield tie


def _about_a_review(clauses: list[Clause], index: int, phrase: str) -> bool:
    """删了 and 撤掉 speak of a review only where one is named; 删评 does by itself."""
    near = clauses[max(index - _BACK, 0) : index + _AHEAD + 1]
    return "评" in phrase or "星" in phrase or any(clause.has("about", "praise") for clause in near)


def _joined(spans: Iterable[Span]) -> Span:
    """The first span with all that overlap it: 我就删 and 删差评 are one offer."""
    (left, right), *others = sorted(spans)
    for start, end in others:
        if start < right:
            right = max(right, end)
    return left, right


def _threatened(text: str, clauses: list[Clause], index: int, span: Span) -> _Tie | None:
    clause, near = clauses[index], clauses[max(index - 1, 0) : index + _AHEAD + 1]
    tied = clause.has("otherwise", "either") or any(other.has("choose") for other in near)
    ask, asked, refused = _asked(text, clauses, index, span, threatens=True)
    if asked is None:
        return _Tie(index, None, None, threatened=span) if tied else None
    conditional = any(other.has("provided", "unless") for other in clauses[max(index - 1, 0) : index + 1])
    then = clause.has("unless") or any(start <= span[0] for start, _ in clause.parts.get("then", ()))
    before = text[clause.start : span[0]]
    unmet = then and ("不" in before or "没" in before)  # 不给就投诉, of what was asked a clause before
    refused = refused and asked[0] < span[0] and (then or clause.start <= asked[0])  # 投诉你们不发货 sets no condition
    return _Tie(index, ask, asked, threatened=span) if tied or conditional or unmet or refused else None


def _offered(text: str, clauses: list[Clause], index: int, span: Span, offer: str) -> _Tie | None:
    clause = clauses[index]
    ask, asked, _ = _asked(text, clauses, index, span, threatens=False)
    if asked is None or (offer == "praise" and "也" in text[clause.start : span[0]]):  # 不送也给好评
        return None
    near = clauses[max(index - 2, 0) : index + _AHEAD + 1]
    tied = any(other.has("then", "provided", "otherwise", "either", "choose") for other in near)
    if ask == "duty":
        # praise when all is well and peace when it is settled are no trade; 退款到了投诉我撤了 reports what was done
        done = text[clause.start : clause.end].rstrip(" 。!,;~").endswith("了") and not clause.has("then")
        if not tied or done or offer in ("praise", "settlement"):
            return None
    if offer == "settlement" and not (tied and asked[0] < span[0]):
        return None
    return _Tie(index, ask, asked, exchange=span, offer=offer)


def _asked(
    text: str, clauses: list[Clause], index: int, span: Span, *, threatens: bool
) -> tuple[Ask | None, Span | None, bool]:
    """The strongest thing asked near a consequence or offer, the nearer of two alike, and whether it was refused.

    What follows a consequence is more often its object (投诉你们不发货) and counts only where nothing was asked before.
    """
    best: tuple[bool, int, int] | None = None
    result: tuple[Ask | None, Span | None, bool] = (None, None, False)
    for clause in clauses[max(index - _BACK, 0) : index + _AHEAD + 1]:
        for ask, place in asks(text, clause):
            gap = max(place[0] - span[1], span[0] - place[1])
            if not 0 <= gap <= _REACH:
                continue
            rank = (place[0] < span[0] or not threatens, _STRENGTH[ask], -gap)
            if best is None or rank > best:
                best, result = rank, (ask, place, is_refused(text, clause, place))
    return result


def _together(group: list[_Tie], tie: _Tie) -> bool:
    """Two consequences of one demand: 给五十删评,不给就投诉."""
    if tie.clause - group[0].clause > _BACK:
        return False
    return tie.clause == group[-1].clause or len({other.asked for other in (*group, tie)} - {None}) <= 1


def _named(group: list[_Tie]) -> Threat:
    leading = max(group, key=lambda tie: -1 if tie.ask is None else _STRENGTH[tie.ask])
    threatened = next((tie.threatened for tie in group if tie.threatened), None)
    exchange, offer = next(((tie.exchange, tie.offer) for tie in group if tie.exchange), (None, None))
    spans = [span for span in (threatened, leading.asked, exchange) if span is not None]
    start, end = min(left for left, _ in spans), max(right for _, right in spans)
    return Threat(_kind(leading.ask, threatened, offer), threatened, leading.asked, exchange, start, end)


def _kind(ask: Ask | None, threatened: Span | None, offer: str | None) -> Kind:
    if ask == "duty":
        return "duty_or_complaint"
    if ask is None or (offer == "settlement" and threatened is None):
        return "unclear"  # money for peace names neither a review nor a complaint
    if offer in ("amends", "praise"):
        return "review_for_money"
    if offer == "withdrawal":
        return "withdrawal_for_money"
    return "money_or_complaint" if ask == "money" else "goods_or_complaint"
