"""What a buyer's message is heard to do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from riskmodel.acts import HEARD, LOWERING, RAISING, ActReader, ActTally
from riskmodel.acts.fit import ActLine, fit_acts, read_act_lines, tfidf
from riskmodel.acts.read import MOST_LOWERING
from riskmodel.acts.vectors import load_vectors
from riskmodel.errors import CatalogueError
from riskmodel.scorer import Scorer
from riskmodel.text import normalize
from riskmodel.words import Utterance

LINES = [
    ActLine(act, text)
    for act, said in {
        "goods": ("多大尺寸", "什么颜色", "多重", "能洗吗", "几个人用", "什么材质"),
        "sell_review": ("返钱就给好评", "红包到了改五星", "给钱删评", "十块换好评", "送一个就好评", "好评多少钱"),
        "accept": ("好的", "行 谢谢", "那就这样", "明白了", "可以的", "没关系"),
    }.items()
    for text in said
]
READER = fit_acts(LINES)
likelihoods = st.dictionaries(st.sampled_from(sorted(set(HEARD.values()))), st.floats(0, 1))


@given(text=texts())
def test_compiled_equals_fitted(text: str) -> None:
    """With the vectors folded in, the table's log-odds are those of the normalised sequences times its weights."""
    text = normalize(text).text
    table = load_vectors()
    kept = np.isin(table.grams, READER.arrays["grams"])
    row = tfidf([text], table).toarray()[0]
    weights = READER.arrays["weights"] / table.idf[kept, None]
    assert READER.scores(text) == pytest.approx(row[kept] @ weights + READER.arrays["intercepts"], abs=1e-9)


@given(text=texts())
def test_likelihoods_add_up_to_one(text: str) -> None:
    """Where anything is said, the acts share one; where nothing is, none is heard."""
    heard = READER.hear(text)
    assert not heard or sum(heard.values()) == pytest.approx(1.0)
    assert READER.hear("  ") == READER.hear("") == {}


def test_lines_are_heard_as_marked() -> None:
    """The lines that taught it are heard as what they are, and a like one too."""
    for line in LINES:
        heard = READER.hear(line.text)
        assert max(heard, key=lambda name: heard[name]) == line.act
    heard = READER.hear("给个红包就好评")
    assert max(heard, key=lambda name: heard[name]) == "sell_review"


@given(said=st.lists(st.tuples(likelihoods, st.booleans(), st.booleans()), max_size=12))
def test_tally_is_bounded_and_grows(said: list[tuple[dict[str, float], bool, bool]]) -> None:
    """Acts that raise the risk are at most one, those that lower it at most their bound; neither ever falls."""
    tally = ActTally()
    for heard, sells, shows in said:
        before = dict(tally.heard)
        spoken = Utterance("x", 0.0 if sells else -np.inf, 0.0 if shows and not sells else np.inf)
        tally.add(heard, spoken)
        changed = {name for name, value in tally.heard.items() if value != before.get(name, 0.0)}
        assert all(tally.heard[name] >= value for name, value in before.items())
        assert not (sells and changed & set(LOWERING))
        assert not (shows and not sells and changed & set(RAISING))
    assert all(tally.heard.get(name, 0.0) <= 1.0 for name in RAISING)
    assert all(tally.heard.get(name, 0.0) <= MOST_LOWERING for name in LOWERING)


def test_every_act_that_counts_can_be_heard(scorer: Scorer) -> None:
    """The trained reader knows every act that has a column, and every act that a writer may mark has a name."""
    assert {*RAISING, *LOWERING} <= set(scorer.model.acts.names) <= set(HEARD.values())


def test_stored_arrays_hear_the_same() -> None:
    """A reader made of the stored arrays hears as the one that was fitted."""
    again = ActReader(**READER.arrays)
    assert again.hear("什么颜色的好") == READER.hear("什么颜色的好")


def test_single_lines_are_many_and_different() -> None:
    """Every act with a column has single lines, and none stands twice."""
    lines = read_act_lines()
    assert len({line.text for line in lines}) == len(lines)
    assert {HEARD[line.act] for line in lines} >= set(RAISING)


@pytest.mark.parametrize(("row", "says"), [("goods 多大", "parted by a tab"), ("good\t多大", "unknown act 'good'")])
def test_a_wrong_line_is_named(tmp_path: Path, row: str, says: str) -> None:
    """A line of another form is refused with file, line and what to do."""
    (tmp_path / "a.tsv").write_text(f"goods\t多大\n{row}\n", "utf-8")
    with pytest.raises(CatalogueError, match=r"a\.tsv: line 2") as caught:
        read_act_lines(tmp_path)
    assert says in str(caught.value)


def test_vectors_fit_each_other() -> None:
    """Every sequence has one vector and a positive weight, and stands once."""
    table = load_vectors()
    assert len(set(table.grams.tolist())) == len(table.grams) == len(table.idf) == len(table.vectors)
    assert (table.idf > 0).all()
    assert np.isfinite(table.vectors).all()
