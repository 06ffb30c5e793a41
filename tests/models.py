"""Models that differ from a trained one, made without training; and labels turned round, to train on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from riskmodel.model import CompiledModel, load_model, save_model
from riskmodel.synthesis import LabelledChat

DETAILS = ("name", "version", "seed", "talks", "figures", "reference_prevalence", "data_sha256", "frozen_sha256")


def variant(source: Path, folder: Path, change: Callable[[CompiledModel], None] | float = 0.25, **details: str) -> str:
    """Another model in a folder: by default the first coefficient is raised; gives the digest."""
    model, manifest = load_model(source)
    if callable(change):
        change(model)
    else:
        model.arrays["coefficients"][0] += change
    return save_model(model, folder, {name: manifest[name] for name in DETAILS if name in manifest} | details)


def flip_labels(chats: Sequence[LabelledChat], share: float, seed: int) -> list[LabelledChat]:
    """The same chats, a share of them (0 to 1), picked at random, with the opposite label."""
    picked = set(Random(seed).sample(range(len(chats)), round(share * len(chats))))
    return [_turned(chat) if index in picked else chat for index, chat in enumerate(chats)]


def _turned(chat: LabelledChat) -> LabelledChat:
    if chat.label == "abusive":
        return replace(chat, label="benign", patterns=())
    return replace(chat, label="abusive", patterns=("promise_bait",))
