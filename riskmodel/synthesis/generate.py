"""Labelled chats, deterministic by seed: chat `i` of a seed is the same however many are asked for.

Examples
--------
>>> first, second = generate(2, seed=7)
>>> first.conversation["conversation_id"] != second.conversation["conversation_id"]
True
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from riskmodel.errors import CatalogueError
from riskmodel.synthesis.facts import draw_facts, opaque_id
from riskmodel.synthesis.scenarios import Family, load_families, load_pools
from riskmodel.synthesis.scribe import LabelledChat, Scribe
from riskmodel.synthesis.steps import Pools, Surface
from riskmodel.synthesis.story import Telling

__all__ = ["LabelledChat", "generate", "labels_row", "write_sample"]

# of every 20 chats; benign holds the twins and the routine talks
MIX = {"abusive": 7, "benign": 8, "legit_complaint": 5}
_PAIRED_TIMES = 4
SAMPLE_SEED = 20260101


def _chance(*parts: object) -> Random:
    return Random(":".join(map(str, parts)))  # noqa: S311  # invents chats, guards nothing


class _Rotation:
    """Which family tells chat `i`: labels in the stated mix, the families of a label in turn."""

    def __init__(self, families: Sequence[Family], seed: int) -> None:
        self._seed = seed
        self._by_label: dict[str, list[Family]] = {}
        for family in families:
            self._by_label.setdefault(family.label, []).append(family)
        self._cycle = [label for label, share in MIX.items() if label in self._by_label for _ in range(share)]
        paired = {family.pair for family in families if family.label == "abusive"}
        self._unpaired = {family.name for family in families if family.pair not in paired}
        self._surfaces = [family.surface for family in families if family.label == "abusive"]
        for label, members in self._by_label.items():
            # a subject that only innocent families have would tell; so paired families come up more often
            members.extend([family for family in members if family.name not in self._unpaired] * (_PAIRED_TIMES - 1))
            _chance(seed, "label", label).shuffle(members)

    def family(self, index: int) -> Family:
        cycle, position = divmod(index, len(self._cycle))
        order = self._order(cycle)
        label = order[position]
        told = cycle * self._cycle.count(label) + order[:position].count(label)
        members = self._by_label[label]
        return members[told % len(members)]

    def where(self, family: Family, rng: Random) -> Surface:
        """Whence region, payment and amount: a family without an abusive twin borrows them, lest they tell."""
        if family.name not in self._unpaired or not self._surfaces:
            return family.surface
        borrowed = rng.choice(self._surfaces)
        # where the talk names sums of money, they were written for the family's own prices
        return borrowed.model_copy(update={"amount": family.surface.amount}) if family.names_money else borrowed

    def _order(self, cycle: int) -> list[str]:
        order = list(self._cycle)
        _chance(self._seed, "cycle", cycle).shuffle(order)
        return order


def generate(
    count: int, seed: int, families: Sequence[Family] | None = None, pools: Pools | None = None
) -> Iterator[LabelledChat]:
    """Write `count` chats.

    Parameters
    ----------
    count
        How many; chat `i` does not depend on it.
    seed
        Any whole number. Same seed and same scenario files, same chats.
    families, pools
        By default those of the project. Where a label has no family the other labels take its share.

    Yields
    ------
    LabelledChat
        In rotation over labels (35 % abusive, 40 % benign, 25 % legitimate complaints) and families.

    Raises
    ------
    CatalogueError
        For scenario files that do not fit their format, and for no families at all.
    """
    families = load_families() if families is None else families
    if not families:
        raise CatalogueError("no scenario families to generate from; give at least one")
    pools = pools or load_pools()
    rotation = _Rotation(families, seed)
    for index in range(count):
        rng = _chance(seed, "chat", index)
        family = rotation.family(index)
        key = opaque_id("chat", seed, index)
        facts = draw_facts(rng, key, family.surface, rotation.where(family, rng), pools)
        events = Telling(family, facts, pools, rng).tell()
        yield Scribe(family, facts, pools, rng, key).write(events)


def labels_row(chat: LabelledChat) -> dict[str, Any]:
    """What a labels file says of a chat: one JSON object, matched by `conversation_id`."""
    return {
        "conversation_id": chat.conversation["conversation_id"],
        "label": chat.label,
        "patterns": list(chat.patterns),
        "family": chat.family,
        "pair": chat.pair,
        "first_commitment_message_id": chat.first_commitment_message_id,
        "earliest_message_id": chat.earliest_message_id,
        "acts": list(chat.acts),
        "styles": list(chat.styles),
    }


def write_sample(folder: Path, count: int = 100, seed: int = SAMPLE_SEED) -> tuple[Path, Path]:
    """Write ``sample.jsonl`` and ``sample_labels.jsonl`` into a folder, and say where they are."""
    return write_chats(folder, count, seed, stem="sample")


def write_chats(folder: Path, count: int, seed: int, *, stem: str = "chats") -> tuple[Path, Path]:
    """Write ``STEM.jsonl`` and ``STEM_labels.jsonl`` into a folder, and say where they are."""
    chats, labels = folder / f"{stem}.jsonl", folder / f"{stem}_labels.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    with chats.open("w", encoding="utf-8") as chat_file, labels.open("w", encoding="utf-8") as label_file:
        for chat in generate(count, seed):
            chat_file.write(json.dumps(chat.conversation, ensure_ascii=False, separators=(",", ":")) + "\n")
            label_file.write(json.dumps(labels_row(chat), ensure_ascii=False, separators=(",", ":")) + "\n")
    return chats, labels
