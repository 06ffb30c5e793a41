"""Which messages decide: those of both sides that reasons and promises rest on, and what stood around them."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from service.evidence.record import Record

__all__ = ["Passage", "choose", "weights"]

_SIDES = ("buyer", "agent", "system")
# what a promise weighs beside the log-odds of reasons: what cannot be kept decides more than what can
_OF_A_PROMISE = {"no": 1.5, "unknown": 1.0, "yes": 0.6}
_OF_A_CORRECTION = 0.8
_ENDS = 3  # messages shown of each end of a talk where nothing was found in it


class Passage(NamedTuple):
    """Consecutive messages by their index, which of them decide, and how many were left out before them."""

    messages: range
    deciding: frozenset[int]
    skipped: int


def weights(record: Record) -> dict[int, float]:
    """Return how much rests on each message, by its index: reasons at the peak, promises, corrections."""
    index = {name: number for number, name in enumerate(record.messages)}
    found: dict[int, float] = defaultdict(float)
    for kind in ("raise", "lower"):
        for mark in record.at_peak(kind):
            if mark.item.message_id is not None:
                found[index[mark.item.message_id]] += abs(mark.item.contribution)
    for promise in record.promises:
        assert promise.item.message_id is not None  # a draft's is not among them
        found[index[promise.item.message_id]] += _OF_A_PROMISE[promise.item.can_keep]
        if promise.item.settled_by in index:
            found[index[promise.item.settled_by]] += _OF_A_CORRECTION
    return dict(found)


def choose(record: Record, each_side: int, before: int, after: int) -> list[Passage]:
    """Return the deciding messages in their context, in the order of the talk.

    Parameters
    ----------
    each_side
        So many deciding messages of the buyer, of the agent and of the system at most; the strongest, of equals the
        earliest.
    before, after
        Messages of context around each.
    """
    messages = record.conversation.messages
    weight = weights(record)
    deciding: set[int] = set()
    for side in _SIDES:
        own = [number for number in weight if messages[number].sender == side]
        deciding.update(sorted(own, key=lambda number: (-weight[number], number))[:each_side])
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
