"""Each detector at its edges, and all of them on any text."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_set import DEVELOPMENT, HELD_OUT, read_lines

from service.evidence.redaction import KINDS, find_personal_data
from service.evidence.redaction.detect import Found, without_overlap
from service.evidence.redaction.folding import fold


def found(text: str) -> list[tuple[str, str]]:
    return [(text[one.start : one.end], one.kind) for one in find_personal_data(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("打13900001234一直不接", [("13900001234", "phone")]),
        ("订单号13900001234", []),
        ("SF13900001234", []),
        ("113900001234", []),
        ("139000012345", []),
        ("135 140 145 15", []),
        ("1\u200b3\u200b90000\u200b1234吧", [("1\u200b3\u200b90000\u200b1234", "phone")]),
        ("零二零八零零零零七一四转1", [("零二零八零零零零七一四转1", "phone")]),
    ],
)
def test_telephone_numbers(text: str, wanted: list[tuple[str, str]]) -> None:
    """A number is one by its form; what belongs to an order or a parcel, or to a longer number, is none."""
    assert found(text) == wanted


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("11010120901231001X", "id_number"),
        ("110101209012310013", None),  # the check digit
        ("110101209013310012", None),  # month 13
        ("身份证110101209012310013", "id_number"),
        ("6222020000000015", "bank_card"),
        ("6222020000000012", None),
        ("卡号6222020000000012", "bank_card"),
        ("订单6222020000000015", None),
    ],
)
def test_check_digits_decide_unless_a_word_does(text: str, kind: str | None) -> None:
    """Without a word in front the check digit has to fit; a word such as 订单 says that it is something else."""
    assert [one.kind for one in find_personal_data(text)] == ([kind] if kind else [])


@pytest.mark.parametrize(
    "text",
    [
        *("微信支付100元", "关注公众号shop888", "企业微信", "微信转账20000元", "qq音乐会员", "V领T恤165", "wx2024款"),
        *("18号能到吗", "在路上了", "北京路过去", "3号楼没电梯", "新疆喀什能发吗", "我们村不通快递", "一号链接"),
        *("先生您好", "我是安徽的", "我是单独下的", "谢谢老板", "金属支架", "周末师傅上门", "女士款", "方便面"),
        *("www.example.com", "12315.cn", "taobao.com", "@客服", "退一赔三", "七天无理由", "¥139.90", "400-800-0000"),
    ],
)
def test_everyday_words_are_nothing_personal(text: str) -> None:
    """What looks alike and means something else stays, so that a talk can be read."""
    assert found(text) == []


def test_the_stronger_kind_names_what_two_share() -> None:
    """A stretch has one kind, and what is left of a weaker one counts only where it holds something."""
    assert without_overlap("abcdef", [Found(0, 4, "name"), Found(2, 6, "phone")]) == [
        Found(0, 2, "name"),
        Found(2, 6, "phone"),
    ]
    assert without_overlap("a,bcd", [Found(0, 2, "name"), Found(0, 1, "phone")]) == [Found(0, 1, "phone")]


TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            "139 0000 微信 号 路 村 李 先生 我叫 栋 @qq .com 幺 - ， \u200b 62 1 https:// tb.cn/".split(" ")
        )
    ).map("".join),
)


@given(TEXTS)
def test_any_text_gives_true_places(text: str) -> None:
    """From left to right, without overlap, inside the text, never empty, of known kinds, and the same again."""
    places = find_personal_data(text)
    assert places == find_personal_data(text)
    edges = [edge for one in places for edge in (one.start, one.end)]
    assert edges == sorted(edges)
    assert all(0 <= one.start < one.end <= len(text) and one.kind in KINDS for one in places)


@given(TEXTS)
def test_folded_places_lead_back(text: str) -> None:
    """Both readings of a text are of one length, and each of their characters has its place in the original."""
    folded = fold(text)
    assert len(folded.text) == len(folded.figures)
    places = [folded.original(place, place + 1) for place in range(len(folded.text))]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)


STUFFING = [
    *("1", "13", "1 3", "6222 ", "139-", "+86", "0", "62-", "一", "幺三九"),
    *("微信", "加v", "vx:", "q ", "加我", "a", "a.", "a@", "@", "a艾特", "https://a.", "tb.cn/", "¥a1", "¥"),
    *(
        "路",
        "1栋",
        "街道",
        "东",
        "村1号",
        "在",
        "一号楼",
        "北京",
        "a-",
        "1-1",
        "中山路",
        "李",
        "我叫",
        "李明",
        "先生",
        "王·",
    ),
    *("收件人", "收件人:", "姓", "13900001234李明", "ﷺ", "\u200b", "，"),
]


def steps(text: str) -> int:
    """Lines of the detectors' code that reading a text runs: a count that no other program changes."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        if event == "call":
            return trace if "redaction" in frame.f_code.co_filename else None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        find_personal_data(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("stuffing", STUFFING)
def test_work_grows_with_the_text(stuffing: str) -> None:
    """Four times the text is at most about four times the work."""
    find_personal_data("热身")
    part, whole = ((stuffing * length)[:length] for length in (1_000, 4_000))
    assert steps(whole) <= 4.6 * steps(part) + 3_000


@pytest.mark.timeout(60)
def test_the_longest_texts_come_to_an_end() -> None:
    """Ten thousand characters made to almost match, again and again, take no time worth speaking of."""
    for stuffing in STUFFING:
        find_personal_data((stuffing * 10_000)[:10_000])


def test_the_two_sets_share_no_line_and_no_value() -> None:
    """What is measured on was not developed with."""
    development, held_out = (list(read_lines(path)) for path in (DEVELOPMENT, HELD_OUT))
    lines = {line.text for line in development} & {line.text for line in held_out}
    assert {line for line in lines if len(line) > 6} == set()
    values = [
        {line.text[one.start : one.end] for line in several for one in line.values if one.kind != "name"}
        for several in (development, held_out)
    ]
    assert values[0] & values[1] == set()
