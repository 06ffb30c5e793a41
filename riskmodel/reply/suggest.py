"""Ready wordings to send instead: true under this shop's policy and for this order, and promising nothing more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import islice
from typing import NamedTuple

from riskmodel.reply.conditions import Conditional, Text, read_conditionals
from riskmodel.reply.facts import Facts
from riskmodel.yaml_files import read_yaml

__all__ = ["Fault", "Wording", "load_wordings", "suggest"]

_MOST = 3
_OTHERWISE = "other"  # wordings that are true whatever was asked


class Wording(Conditional):
    """A wording to send (`zh`), and why it is safe."""

    zh: Text
    why_zh: Text
    why_en: Text


class Fault(NamedTuple):
    """What was found in a draft, by code and topic, and the facts that hold for it."""

    code: str
    topic: str
    facts: Facts


@cache
def load_wordings() -> dict[str, tuple[Wording, ...]]:
    """The wordings by topic of a finding or by its code, best first; raises `CatalogueError` naming a bad entry."""
    content = read_yaml("riskmodel.reply", "data/wordings.yaml")
    return read_conditionals("wordings", content, Wording)


def suggest(faults: Sequence[Fault], passes: Callable[[str], bool]) -> list[dict[str, str]]:
    """One to three wordings that answer instead of a draft with these faults, best first; none where there are none.

    For one matter: the first wording whose conditions hold and then those that hold anywhere. For several: the best
    for each of the first three. Where the check passes none for a matter, what is said on any other matter is offered.

    Parameters
    ----------
    faults
        What was found, the gravest first.
    passes
        Whether the check itself passes a wording in this talk: a learned reader may mishear the best of them.
    """
    offered: dict[str, Iterator[dict[str, str]]] = {}
    for fault in faults:
        key = fault.code if fault.code in load_wordings() else fault.topic
        if key not in offered:
            offered[key] = _passing(key, fault, passes)
    if len(offered) == 1:
        return list(islice(next(iter(offered.values())), _MOST))
    best = {offer["text_zh"]: offer for offers in islice(offered.values(), _MOST) for offer in islice(offers, 1)}
    return list(best.values())


def _passing(key: str, fault: Fault, passes: Callable[[str], bool]) -> Iterator[dict[str, str]]:
    known, found = frozenset(fault.facts.items()), False
    for name in dict.fromkeys((key, _OTHERWISE)):
        if name != key and found:
            return
        for offer in _offers(name, known):
            if passes(offer["text_zh"]):
                found = True
                yield {**offer, "topic": fault.topic}


@lru_cache(maxsize=1024)
def _offers(key: str, known: frozenset[tuple[str, str]]) -> tuple[dict[str, str], ...]:
    wordings, facts = load_wordings()[key], dict(known)
    fitting = next((wording for wording in wordings if not wording.always and wording.holds(facts)), None)
    chosen = [*([fitting] if fitting else []), *(wording for wording in wordings if wording.always)]
    return tuple(
        {"text_zh": wording.zh.format(**facts), "why_zh": wording.why_zh, "why_en": wording.why_en}
        for wording in chosen
    )
