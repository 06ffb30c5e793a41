"""Learning what evidence is worth: exchanges as they are heard by readers that do not know their writers."""

from __future__ import annotations

import numpy as np
import pytest

from riskmodel.promises.evidence import COLUMNS, STANCES
from riskmodel.promises.fit import fit_listener, read_exchange
from riskmodel.promises.topics import load_topics
from riskmodel.reader import LineReader
from riskmodel.reader.corpus import Exchange, read_exchanges, read_lines

LINES, EXCHANGES = read_lines()[::20], read_exchanges()[::12]


@pytest.fixture(scope="module")
def listener() -> LineReader:
    return fit_listener(LINES, EXCHANGES)


def right(exchange: Exchange, reader: LineReader) -> set[tuple[str, str]]:
    weighed = read_exchange(exchange, reader)
    found = zip(weighed.candidates, weighed.right, strict=True)
    return {(candidate.topic, candidate.stance) for candidate, is_right in found if is_right}


def test_labels_say_which_candidates_are_right(reader: LineReader) -> None:
    """Of what a reply may say, right is what its writer says it does."""
    exchange = Exchange("w", ("invoice",), (("invoice", "affirm"),), ("发票有的吧",), "有的呢")
    assert right(exchange, reader) == {("invoice", "affirm")}
    assert right(exchange._replace(said=(("other", "none"),)), reader) == set()


@pytest.mark.parametrize(
    ("said", "turn", "reply"),
    [
        (("freight_surcharge", "deny"), "到我们这要另加邮费不", "不用另加邮费,包邮的"),
        (("free_shipping", "affirm"), "到我们这要另加邮费不", "不用另加邮费,包邮的"),
    ],
)
def test_two_names_of_one_matter_are_one(reader: LineReader, said: tuple[str, str], turn: str, reply: str) -> None:
    """Whether a writer calls it free shipping or no surcharge, both candidates are right."""
    assert right(Exchange("w", (said[0],), (said,), (turn,), reply), reader) == {
        ("free_shipping", "affirm"),
        ("freight_surcharge", "deny"),
    }


def test_weighing_has_its_shape(listener: LineReader) -> None:
    """One row of weights a stance, one base a topic and stance, all finite."""
    assert listener.weighing is not None
    arrays = listener.weighing.arrays
    assert arrays["weights"].shape == (len(STANCES), COLUMNS)
    assert arrays["leanings"].shape == (len(load_topics()), len(STANCES))
    assert all(np.isfinite(array).all() for array in arrays.values())


def test_same_texts_same_listener(listener: LineReader) -> None:
    """The same lines and exchanges give the same arrays to the last bit, however many processes fit."""
    again = fit_listener(LINES, EXCHANGES, jobs=1)
    assert again.weighing is not None
    assert listener.weighing is not None
    for one, other in ((again, listener), (again.weighing, listener.weighing)):
        for name, array in one.arrays.items():
            assert (array == other.arrays[name]).all(), name
