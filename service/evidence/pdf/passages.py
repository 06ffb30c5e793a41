"""Which messages decide: those of both sides that reasons and promises rest on, and what stood around them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from service.evidence.record import Record

__all__ = ["Passage", "choose", "strongest"]

_SIDES = ("buyer", "agent", "system")
# what a promise weighs beside the log-odds of reasons: what cannot be kept decides more than what can
_OF_A_PROMISE = {"no": 1.5, "unknown": 1.0, "yes": 0.6}
_OF_A_CORRECTION = 0.8
_FOR_THE_BUYER = 1.0  # what the shop should not have said decides as much as what the buyer asked for
_ENDS = 3  # messages shown of each end of a talk where nothing was found in it


class Passage(NamedTuple):
    """Consecutive messages by their index, which of them decide, and how many were left out before them."""

    messages: range
    deciding: frozenset[int]
    skipped: int


def _weights(record: Record, for_the_buyer: Collection[str]) -> dict[int, float]:
    """Return how much rests on each message, by its index: reasons of either direction, promises, corrections."""
    index = {name: number for number, name in enumerate(record.messages)}
    found: dict[int, float] = defaultdict(float)
    for mark in record.reasons:
        if mark.item.message_id is not None:
            found[index[mark.item.message_id]] += abs(mark.item.contribution)
    for promise in record.promises:
        assert promise.item.message_id is not None  # a draft's is not among them
        found[index[promise.item.message_id]] += _OF_A_PROMISE[promise.item.can_keep]
        if promise.item.settled_by in index:
            found[index[promise.item.settled_by]] += _OF_A_CORRECTION
    for name in for_the_buyer:
        if name in index:
            found[index[name]] += _FOR_THE_BUYER
    return dict(found)


def strongest(record: Record, side: str, most: int, for_the_buyer: Collection[str] = ()) -> list[int]:
    """Return the indexes of one side's deciding messages, the strongest first, of equals the earliest.

    Messages that speak for the buyer by the record itself are named in `for_the_buyer`, by their ids. A side on whose
    words nothing rests is heard too: where the other one decides, its first and its last message are given.
    """
    weight = _weights(record, for_the_buyer)
    own = [number for number, message in enumerate(record.conversation.messages) if message.sender == side]
    chosen = sorted((number for number in own if number in weight), key=lambda number: (-weight[number], number))
    if not chosen and weight and side != "system":
        chosen = list(dict.fromkeys([*own[:1], *own[-1:]]))
    return chosen[:most]


def choose(
    record: Record, each_side: int, before: int, after: int, for_the_buyer: Collection[str] = ()
) -> list[Passage]:
    """Return the deciding messages in their context, in the order of the talk.

    Parameters
    ----------
    each_side
        So many deciding messages of the buyer, of the agent and of the system at most; see `strongest`.
    before, after
        Messages of context around each.
    for_the_buyer
        As for `strongest`.
    """
    messages = record.conversation.messages
    deciding = {number for side in _SIDES for number in strongest(record, side, each_side, for_the_buyer)}
    shown = {near for number in deciding for near in range(number - before, number + after + 1)}
    if not deciding:
        shown = {*range(_ENDS), *range(len(messages) - _ENDS, len(messages))}
    passages: list[Passage] = []
    end = 0
    for number in sorted(shown & set(range(len(messages)))):
        if passages and number == end:
            passages[-1] = passages[-1]._replace(messages=range(passages[-1].messages.start, number + 1))
        else:
            passages.append(Passage(range(number, number + 1), frozenset(), number - end))
        end = number + 1
    return [passage._replace(deciding=frozenset(deciding.intersection(passage.messages))) for passage in passages]
