"""Ready wordings to send instead: true under this shop's policy and for this order, and promising nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import yaml

from riskmodel.reply.conditions import Conditional, Text, read_conditionals
from riskmodel.reply.facts import Facts

__all__ = ["Fault", "Wording", "load_wordings", "suggest"]

_MOST = 3


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
    content = yaml.safe_load(files("riskmodel.reply").joinpath("data/wordings.yaml").read_text("utf-8"))
    return read_conditionals("wordings", content, Wording)


def suggest(faults: Sequence[Fault]) -> list[dict[str, str]]:
    """One to three wordings that answer instead of a draft with these faults, best first; none where there are none.

    For one matter: the first wording whose conditions hold and then those that hold anywhere. For several: the best
    for each of the first three.

    Parameters
    ----------
    faults
        What was found, the gravest first.
    """
    offered: dict[str, list[dict[str, str]]] = {}
    for fault in faults:
        key = fault.code if fault.code in load_wordings() else fault.topic
        if key not in offered:
            offered[key] = [{**offer, "topic": fault.topic} for offer in _offers(key, frozenset(fault.facts.items()))]
    if len(offered) == 1:
        return next(iter(offered.values()))[:_MOST]
    best = {offers[0]["text_zh"]: offers[0] for offers in offered.values()}
    return list(best.values())[:_MOST]


@lru_cache(maxsize=1024)
def _offers(key: str, known: frozenset[tuple[str, str]]) -> tuple[dict[str, str], ...]:
    wordings, facts = load_wordings()[key], dict(known)
    fitting = next((wording for wording in wordings if not wording.always and wording.holds(facts)), None)
    chosen = [*([fitting] if fitting else []), *(wording for wording in wordings if wording.always)]
    return tuple(
        {"text_zh": wording.zh.format(**facts), "why_zh": wording.why_zh, "why_en": wording.why_en}
        for wording in chosen
    )
