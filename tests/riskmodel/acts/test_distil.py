"""Distilling vectors from an encoder's places."""

from __future__ import annotations

import numpy as np

from riskmodel.acts.distil import corpus, distil


def test_vectors_put_like_lines_near() -> None:
    """Lines that the encoder puts at opposite ends are told apart by the sums of their vectors."""
    lines = ["今天发货吗", "今天能发货", "发货今天", "红包返现", "返现红包吗", "红包要返现"]
    places = np.array([[1.0, 0.1 * index] + [0.0] * 4 for index in range(3)] + [[-1.0, 0.1, 0, 0, 0, 0]] * 3)
    table = distil(lines, places, dimensions=2)
    grams = {gram: vector[0] for gram, vector in zip(table["grams"].tolist(), table["vectors"], strict=True)}
    assert np.sign(grams["发"]) == -np.sign(grams["红"])
    assert table["vectors"].dtype == np.float16


def test_corpus_is_the_projects_own() -> None:
    """Thousands of buyers' lines, each once, none empty."""
    lines = corpus()
    assert len(lines) == len(set(lines)) > 10_000
    assert all(line.strip() == line and line for line in lines)
