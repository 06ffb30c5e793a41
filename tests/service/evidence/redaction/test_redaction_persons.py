"""Names that only the sentence introduces, and places by their name alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.evidence.redaction import find_personal_data
from service.evidence.redaction.folding import fold
from service.evidence.redaction.segments import segment


def found(text: str, kind: str) -> list[str]:
    return [text[one.start : one.end] for one in find_personal_data(text) if one.kind == kind]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("昨天是卢晓棠签收的", ["卢晓棠"]),
        ("我同事郝建业下的单", ["郝建业"]),
        ("周黑鸭还有吗", []),
        ("李宁跑鞋42码", []),
        ("李宁签收的", ["李宁"]),  # a well-known name is a buyer's where someone signs
        ("于是又买了一件", []),
        ("米吉提·艾合买提的货", ["米吉提·艾合买提"]),
    ],
)
def test_a_name_by_itself_is_known_by_what_stands_beside_it(text: str, names: list[str]) -> None:
    """Someone who signs, pays or is asked is a person; a brand or an everyday word is none."""
    assert found(text, "name") == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("汤圆，13900001234，寄江西省宜春市丰城市剑光街道人民路9号", ["汤圆"]),
        ("13900001234，前台", []),
        ("微信 abc12300", []),
        ("May Wong, +852 6000 1234", ["May Wong"]),
    ],
)
def test_a_name_may_be_any_word_in_its_place_on_a_form(text: str, names: list[str]) -> None:
    """Beside a number what stands alone is a name, unless it is a field, a bank or a role."""
    assert found(text, "name") == names


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("寄到城南客运站旁边的顺达超市", ["城南客运站旁边的顺达超市"]),
        ("放小区门口的驿站", []),
        ("送到门口超市", []),
        ("从荷塘月色11栋搬走了", ["荷塘月色11栋"]),
    ],
)
def test_a_place_by_its_name_alone_is_an_address_unless_every_place_has_one(text: str, places: list[str]) -> None:
    """A station or shop with a name of its own locates a person; a gate or a locker does not."""
    assert found(text, "address") == places


@given(st.text(max_size=60))
def test_words_leave_no_gap(text: str) -> None:
    """The words of a folded text are the whole of it, so that their edges are true places."""
    folded = fold(text).text
    words = segment(folded)
    assert [edge for one in words for edge in (one.start, one.end)] == sorted(
        edge for one in words for edge in (one.start, one.end)
    )
    assert "".join(folded[one.start : one.end] for one in words) == folded
