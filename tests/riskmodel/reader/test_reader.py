"""The learned reader of lines: compiled as fitted, the same each time, and blind to places, figures and signs."""

from __future__ import annotations

from math import fsum
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from strategies import PROVINCES, texts

from riskmodel.reader import LineReader, fit
from riskmodel.reader.corpus import read_lines
from riskmodel.reader.fit import fit_reader
from riskmodel.reader.read import plain
from riskmodel.text import normalize

LINES = read_lines()[::12]


class Fitted(NamedTuple):
    """A reader, and the parts of scikit-learn that it was compiled from: for topics, stances and what is left open."""

    reader: LineReader
    vectorizer: TfidfVectorizer
    models: list[LogisticRegression]

    def decision(self, text: str) -> np.ndarray[Any, Any]:
        columns = self.vectorizer.transform([plain(text)])
        return np.concatenate([np.ravel(model.decision_function(columns)) for model in self.models])


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    made: dict[str, list[Any]] = {"TfidfVectorizer": [], "LogisticRegression": []}

    def kept(kind: type[Any]) -> Any:
        def make(**options: Any) -> Any:
            made[kind.__name__].append(kind(**options))
            return made[kind.__name__][-1]

        return make

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fit, "TfidfVectorizer", kept(TfidfVectorizer))
        patch.setattr(fit, "LogisticRegression", kept(LogisticRegression))
        reader = fit_reader(LINES)
    (vectorizer,) = made["TfidfVectorizer"]
    return Fitted(reader, vectorizer, made["LogisticRegression"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "^$"),
        ("~!。", "^$"),
        ("可以的", "^可以的$"),
        ("可以的,亲!", "^可以的,亲$"),
        ("可以的 ~ 亲", "^可以的,亲$"),
        ("今天发吗?", "^今天发吗?$"),
        ("补15块", "^补0块$"),
        ("补1500块3", "^补0块0$"),
        ("寄到拉萨", "^寄到#$"),
        ("新疆和西藏", "^#和#$"),
        ("ok👌", "^ok$"),
    ],
)
def test_line_as_the_reader_sees_it(text: str, expected: str) -> None:
    """Places and figures are one sign each, punctuation and emoji a comma or nothing; a question mark stays."""
    assert plain(text) == expected


@given(text=texts())
def test_plain_line_has_nothing_to_tell_apart(text: str) -> None:
    """A plain line has one beginning and one end, no figure but 0, and no space; it is short, however long the text."""
    shown = plain(normalize(text).text)
    assert (shown[0], shown[-1]) == ("^", "$")
    assert not any(char.isspace() for char in shown)
    assert not set(shown) & set("123456789")
    assert "00" not in shown
    assert ",," not in shown
    assert len(plain(normalize(text * 200).text)) <= 402


@given(text=texts(), places=st.lists(st.sampled_from(PROVINCES), min_size=2, max_size=2))
def test_where_it_goes_is_nothing(scorer: Any, text: str, places: list[str]) -> None:
    """A line says the same of one place as of another."""
    one, other = (f"寄到{place},{normalize(text).text}" for place in places)
    assert scorer.model.reader.scores(one) == scorer.model.reader.scores(other)


@given(text=texts())
def test_compiled_equals_fitted(fitted: Fitted, text: str) -> None:
    """The table's log-odds are scikit-learn's decision functions, to 1e-9, whatever the text."""
    folded = normalize(text).text
    assert fitted.reader.scores(folded) == pytest.approx(fitted.decision(folded), abs=1e-9)


def test_compiled_equals_fitted_on_what_it_learned(fitted: Fitted) -> None:
    """So they are on the lines of the fit."""
    for line in LINES[::20]:
        folded = normalize(line.text).text
        assert fitted.reader.scores(folded) == pytest.approx(fitted.decision(folded), abs=1e-9)


def test_same_lines_same_arrays(fitted: Fitted) -> None:
    """Fitting again gives the same arrays to the last bit."""
    again = fit_reader(LINES)
    assert again.arrays.keys() == fitted.reader.arrays.keys()
    for name, array in again.arrays.items():
        assert array.dtype == fitted.reader.arrays[name].dtype
        assert (array == fitted.reader.arrays[name]).all(), name


def test_arrays_are_all_there_is(fitted: Fitted) -> None:
    """A reader made of the stored arrays reads as the one that was compiled."""
    again = LineReader(**fitted.reader.arrays)
    for line in LINES[::50]:
        assert again.scores(line.text) == fitted.reader.scores(line.text)
    count = len(again.topics) + len(again.stances) + 1
    grams = len(again.arrays["grams"])
    assert again.arrays["weights"].shape == (grams, count)
    assert again.arrays["norms"].shape == (grams,)
    assert again.arrays["intercepts"].shape == (count,)


@given(text=texts())
def test_likelihoods_are_ones(scorer: Any, text: str) -> None:
    """Topics share one, stances share one, and the likeliest topic is the one that is named."""
    reader = scorer.model.reader
    heard = reader.read(normalize(text).text)
    for shares, names in ((heard.topics, reader.topics), (heard.stances, reader.stances)):
        assert list(shares) == names
        assert fsum(shares.values()) == pytest.approx(1.0, abs=1e-12)
        assert all(0 <= share <= 1 for share in shares.values())
    assert 0 <= heard.opens <= 1
    assert heard.likelihood == pytest.approx(max(heard.topics.values()), abs=1e-12)
    assert heard.topics[heard.topic] == max(heard.topics.values())


@pytest.mark.parametrize("text", ["", "ʘʘʘ", "~~~", "\u200b"])
def test_line_of_nothing_known_is_the_average_one(fitted: Fitted, text: str) -> None:
    """A line of which no character is known gets what the reader holds before it has read anything."""
    known = set("".join(fitted.reader.arrays["grams"].tolist()))
    assert not known & set(text)
    nothing = fitted.reader.scores("ʘ")
    if text == "ʘʘʘ":
        assert fitted.reader.scores(text) == nothing
    assert fitted.reader.scores(text) == pytest.approx(fitted.decision(text), abs=1e-9)


def test_very_long_line_is_cut(fitted: Fitted) -> None:
    """Of a novel only its beginning is read."""
    head, tail = "可以开的亲" * 80, "不包邮" * 100
    assert fitted.reader.scores(head + tail) == fitted.reader.scores(head)


@pytest.mark.parametrize(
    ("text", "topic", "stance"),
    [
        ("保证明天就给您发走", "dispatch_time", "affirm"),
        ("我们家开不了发票的哦", "invoice", "deny"),
        ("开票要另外补税点的亲", "invoice", "charge"),
        ("送达时间要看快递,说不准的", "delivery_time", "careful"),
        ("这款面料是纯棉的哦", "other", "none"),
    ],
)
def test_plain_lines_are_heard(scorer: Any, text: str, topic: str, stance: str) -> None:
    """Ordinary words are heard for what they are."""
    heard = scorer.model.reader.read(normalize(text).text)
    assert (heard.topic, max(heard.stances, key=heard.stances.__getitem__)) == (topic, stance)
