"""What a model's files hold of the talks that it was trained on: pairs of characters that many share, and no words.

A pair of characters may be a short name, so that this is no proof against everything; whole names, numbers, addresses
and sentences have no place in the files.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from riskmodel.acts import BUYER_ACTS
from riskmodel.acts.names import HEARD
from riskmodel.acts.vectors import load_vectors
from riskmodel.features import FEATURES
from riskmodel.patterns import PATTERNS
from riskmodel.promises.evidence import STANCES
from riskmodel.promises.topics import load_topics
from riskmodel.reader.corpus import read_lines
from riskmodel.registry import Registry

SEQUENCES = ("word_grams", "act_grams", "reader_grams")
NAMES = {"act_names", "reader_topics", "reader_stances"}


@pytest.fixture(scope="module")
def arrays(model_folder: Path) -> dict[str, np.ndarray]:
    with np.load(model_folder / "model.npz", allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def test_only_sequences_and_names_are_text(arrays: dict[str, np.ndarray]) -> None:
    """All else is floating-point numbers."""
    texts = {name for name, array in arrays.items() if array.dtype.kind != "f"}
    assert texts == {*SEQUENCES, *NAMES}


@pytest.mark.parametrize("name", SEQUENCES)
def test_sequences_are_too_short_to_tell(arrays: dict[str, np.ndarray], name: str) -> None:
    """Two characters at most; every figure is a nought, so that no number is among them."""
    found = arrays[name].tolist()
    assert max(map(len, found)) <= 2
    assert not [gram for gram in found if any(char.isdecimal() and char != "0" for char in gram)]


def test_names_are_those_of_the_catalogues(arrays: dict[str, np.ndarray]) -> None:
    """Of topics, stances and acts; the sequences of acts are those of the committed table."""
    assert set(arrays["act_names"].tolist()) <= {*HEARD.values(), *BUYER_ACTS}
    assert set(arrays["reader_topics"].tolist()) <= {*load_topics(), *(line.topic for line in read_lines())}
    assert set(arrays["reader_stances"].tolist()) <= {*STANCES, *(line.stance for line in read_lines())}
    assert set(arrays["act_grams"].tolist()) <= set(load_vectors().grams.tolist())


def said(content: Any) -> list[str]:
    """All texts in a JSON document, also the names of its fields."""
    if isinstance(content, dict):
        return [text for name, value in content.items() for text in (name, *said(value))]
    if isinstance(content, list):
        return [text for value in content for text in said(value)]
    return [content] if isinstance(content, str) else []


def test_manifest_and_record_quote_nothing(model_folder: Path, tmp_path: Path) -> None:
    """Names of features and patterns, digests and figures: not one character of Chinese, in which all talks are."""
    version = Registry(tmp_path / "models", tmp_path / "model").add(
        model_folder, made_by="trainer", made_at=datetime(2026, 3, 4, tzinfo=UTC)
    )
    for name in ("manifest.json", "record.json"):
        texts = said(json.loads((version.folder / name).read_text("utf-8")))
        assert all(text.isascii() for text in texts)
    manifest = json.loads((version.folder / "manifest.json").read_text("utf-8"))
    assert manifest["features"] == [feature.name for feature in FEATURES]
    assert set(manifest["patterns"]) <= set(PATTERNS)
