"""Links of one shop: other accounts only, what came before only, and nothing that a pick-up point shares."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.links import LINKS, Marks, ShopLinks
from riskmodel.links.wording import ALIKE, Wording, likeness

START = datetime(2026, 3, 10, 9, tzinfo=UTC)
WORDING = Wording(b"key")
SAID = "老板你这个杯子我收到就是坏的你看怎么处理不处理我们几个都要给差评了大家说好的一起来找你"


def _talk(account: str, hours: float, *, phone: str | None = None, said: str | None = None) -> Marks:
    return Marks(
        START + timedelta(hours=hours),
        account.encode() or None,
        frozenset([phone.encode()] if phone else []),
        frozenset(),
        frozenset(),
        WORDING.signature([said]) if said else None,
    )


def test_every_value_has_its_column() -> None:
    """A talk has one value for each column of the catalogue, all of them about coordinated accounts."""
    assert len(ShopLinks().take(_talk("a", 0))) == len(LINKS)
    assert {pattern for link in LINKS for pattern in link.patterns} == {"coordinated_accounts"}


def test_other_accounts_with_the_same_phone_are_counted() -> None:
    """Two others before count two; one's own earlier talk counts nothing; without a phone the value is unknown."""
    links = ShopLinks()
    values = [links.take(_talk(name, hours, phone="p"))[0] for hours, name in enumerate("aabc")]
    assert values == [0.0, 0.0, 1.0, 2.0]
    assert links.take(_talk("d", 5))[0] is None


def test_talks_of_one_moment_do_not_know_of_one_another() -> None:
    """Of two talks that end together neither came before the other."""
    links = ShopLinks()
    assert [links.take(_talk(name, 0, phone="p"))[0] for name in "ab"] == [0.0, 0.0]


def test_an_old_talk_links_nobody() -> None:
    """After 90 days a phone, after 7 days a wording links no more."""
    links = ShopLinks()
    links.take(_talk("a", 0, phone="p", said=SAID))
    assert links.take(_talk("b", 24 * 6, phone="p", said=SAID)) == (1.0, None, None, 1.0)
    assert links.take(_talk("c", 24 * 95, phone="p", said=SAID)) == (1.0, None, None, 0.0)


def test_what_many_share_links_nobody() -> None:
    """The number of a pick-up point, which a dozen accounts have, is nobody's."""
    links = ShopLinks()
    values = [links.take(_talk(f"buyer {number}", number, phone="p"))[0] for number in range(12)]
    assert max(value for value in values if value is not None) == 3.0
    assert values[-1] == 0.0


def test_near_same_wording_is_found_and_ordinary_wording_is_not() -> None:
    """A copy with a few characters changed links; another text of that length and a greeting do not."""
    links = ShopLinks()
    links.take(_talk("a", 0, said=SAID))
    assert links.take(_talk("b", 1, said=SAID.replace("老板", "客服")))[3] == 1.0
    other = "请问这款有大号吗我平时穿一百七十五的身高体重一百三十斤左右应该选哪个尺码比较合适呢谢谢"
    assert links.take(_talk("c", 2, said=other))[3] == 0.0
    assert links.take(_talk("d", 3, said="在吗"))[3] is None


def test_likeness_is_that_of_the_texts() -> None:
    """A signature agrees with itself everywhere, and hardly anywhere with that of another text."""
    signature, other = WORDING.signature([SAID]), WORDING.signature([SAID[::-1]])
    assert signature is not None
    assert other is not None
    assert likeness(signature, signature) == 1.0
    assert likeness(signature, other) < ALIKE / 2


def test_talks_out_of_order_are_refused() -> None:
    """An earlier talk after a later one would let the earlier know of the later."""
    links = ShopLinks()
    links.take(_talk("a", 1))
    with pytest.raises(ValueError, match="in the order"):
        links.take(_talk("b", 0))


@given(
    talks=st.lists(
        st.tuples(st.sampled_from("abcd"), st.integers(0, 400), st.sampled_from(["p", "q", None])), max_size=12
    ),
    known=st.integers(0, 12),
)
def test_nothing_later_changes_a_value(talks: list[tuple[str, int, str | None]], known: int) -> None:
    """The values of the first talks are the same whatever comes after them."""
    ordered = [_talk(name, hours, phone=phone) for name, hours, phone in sorted(talks, key=lambda talk: talk[1])]
    short, long = ShopLinks(), ShopLinks()
    first = [short.take(marks) for marks in ordered[:known]]
    assert [long.take(marks) for marks in ordered][:known] == first
