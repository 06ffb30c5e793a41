"""The reader of lines: compiled as fitted, and a reading that adds up."""

from __future__ import annotations

import pickle
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from strategies import texts

from riskmodel.reader import LOWEST, LineReader
from riskmodel.reader.corpus import read_lines
from riskmodel.reader.fit import fit_reader
from riskmodel.reader.read import plain
from riskmodel.text import normalize


@cache
def reader() -> LineReader:
    return fit_reader(read_lines()[::4])


def expected(folded: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The scores from the stored arrays, worked out in the open."""
    arrays, text = reader().arrays, plain(folded)
    found = np.isin(arrays["grams"], [*text, *map("".join, pairwise(text))])
    if not found.any():
        return np.asarray(arrays["intercepts"])
    norm = np.sqrt(arrays["norms"][found].sum())
    return np.asarray(arrays["weights"][found].sum(0) / norm + arrays["intercepts"])


@given(text=texts())
def test_scores_are_those_of_the_arrays(text: str) -> None:
    """Each topic and stance scores what its weights say of the characters and pairs of the line, to 1e-9."""
    folded = normalize(text).text
    assert reader().scores(folded) == pytest.approx(expected(folded).tolist(), abs=1e-9)


@given(text=texts())
def test_likelihoods_add_up(text: str) -> None:
    """Topics are shares of one, stances are shares of one, and the likeliest topic is the one named."""
    heard = reader().read(normalize(text).text)
    assert sum(heard.topics.values()) == pytest.approx(1.0)
    assert sum(heard.stances.values()) == pytest.approx(1.0)
    assert 0.0 <= heard.opens <= 1.0
    assert heard.topics[heard.topic] == max(heard.topics.values())
    assert heard.likelihood == pytest.approx(heard.topics[heard.topic])


@given(text=texts())
def test_the_loudest_topic_stands_before_the_next(text: str) -> None:
    """The likeliest topic and the next one are the first two of all, no log-likelihood below the floor."""
    heard = reader().read(normalize(text).text)
    place, highest, second = heard.loudest
    floored = [max(value, LOWEST) for value in heard.topic_logs]
    assert heard.topic_floors == floored
    assert heard.stance_floors == [max(value, LOWEST) for value in heard.stance_logs]
    assert sorted(floored)[-2:] == [second, highest]
    assert reader().topics[place] == heard.topic


def test_what_is_remembered_is_read_as_before() -> None:
    """A line that was read a moment ago, and one that was forgotten since, are heard alike."""
    first = reader().read("这个可以的")
    assert reader().read("这个可以的") is first
    reader().forget()
    again = reader().read("这个可以的")
    assert again is not first
    assert (again.topics, again.stances, again.opens) == (first.topics, first.stances, first.opens)


def test_a_copy_for_another_process_reads_alike() -> None:
    """It remembers nothing of what was read here."""
    reader().read("能开票吗")
    copy = pickle.loads(pickle.dumps(reader()))
    assert copy.scores("能开票吗") == reader().scores("能开票吗")
    assert copy.topics == reader().topics


def test_line_of_nothing_known() -> None:
    """Of a line with nothing known in it only the intercepts speak."""
    arrays = {**reader().arrays, "grams": np.array(["甲", "乙丙"]), "norms": np.ones(2)}
    strange = LineReader(**{**arrays, "weights": arrays["weights"][:2]})  # type: ignore[arg-type]  # arrays by name
    assert strange.scores("不知道") == arrays["intercepts"].tolist()


def test_score_beyond_floats() -> None:
    """A log-odds of minus ten thousand is a likelihood of nothing and no error."""
    low = LineReader(**{**reader().arrays, "intercepts": np.full(len(reader().arrays["intercepts"]), -1e4)})  # type: ignore[arg-type]  # arrays by name
    assert low.read("在").opens == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("line", "seen"),
    [("发到拉萨吗", "^发到#吗$"), ("12.5元", "^0,0元$"), ("#1 好的!!", "^#0,好的$"), ("", "^$"), ("。。", "^$")],
)
def test_plain(line: str, seen: str) -> None:
    """Places and figures are one sign each, punctuation is a comma, and none at the ends."""
    assert plain(line) == seen


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", ["拉萨", "能发", "1a", "。好"])
def test_only_the_beginning_of_a_novel_is_read(text: str) -> None:
    """What stands after the first 400 characters changes nothing."""
    assert reader().scores(text * 10_000) == reader().scores((text * 200)[:400])
