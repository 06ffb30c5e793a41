"""Bare answers: what is one, which kind, and where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from shop_talk import read
from strategies import EMOJI, texts

from riskmodel.promises.answers import Answer, bare_answer
from riskmodel.promises.clauses import clauses


def answer(text: str) -> Answer | None:
    reading = read(text)
    return bare_answer(reading, clauses(reading))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("yes", "可以 可以的亲 能 能的 能呢 行 行的 行滴 会的 会的亲 有的哈 嗯嗯可以 成 中的 好的可以 今天可以 "
                "明天能的 可以发 可以走顺丰"),
        ("sure", "没问题 没问题哒 放心 放心吧亲 必须的 当然 那肯定 肯定 一定 OK OK的 ok👌 👌 🆗 包的 稳的 问题不大"),
        ("nod", "嗯 嗯嗯 好 好的 好滴 好嘞 好哒 好的呢亲 收到 恩恩"),
        ("no", "不行 不行的 不行哦亲 不可以 不能的 没有 没有呢 没有的哈 不会的 不用 不用的 不是 "
               "不送的 不包的 开不了 做不到"),
    ],
)  # fmt: skip  # a table, a case or two a row
def test_kind_of_a_bare_answer(kind: str, said: str) -> None:
    """Each way to say a plain yes, a firm one, a nod or a no is heard as that, from its first word to its last."""
    for text in said.split():
        found = answer(text)
        assert found is not None, text
        assert found.kind == kind, text


@pytest.mark.parametrize("text", ["可以", "没问题", "好的", "不行"])
def test_address_and_signs_change_nothing(text: str) -> None:
    """The same answer with an address before it, particles after it and stickers around it is the same answer."""
    plain = answer(text)
    assert plain is not None
    for around in ("亲,{}", "亲亲~{}的呢", "您好,{}", "在的亲,{}", "{}!!!", "{}😊", f"{EMOJI[0]}{{}}"):
        found = answer(around.format(text))
        assert found is not None, around
        assert (found.kind, found.end - found.start) == (plain.kind, plain.end - plain.start), around


@pytest.mark.parametrize(
    "text",
    [
        "",
        "😊",
        "[微笑]",
        "您好",
        "谢谢亲",
        "在的",
        "这款是纯棉的",
        "可以吗",
        "好的吗",
        "您说的可以",
        "可以的话",
        "可以的话尽量",
        "可以,不过以页面为准",
        "行,您自己在订单页点一下",
        "没问题,麻烦用下单账号来问",
        "页面写着三天内能走的",
    ],
)
def test_what_is_no_answer(text: str) -> None:
    """Greetings, statements, questions, conditions, and a yes that is only polite before a refusal answer nothing."""
    assert answer(text) is None


@pytest.mark.parametrize(
    "text",
    ["好的,稍等", "嗯嗯我看下", "好的亲,帮您查一下", "收到,我问一下仓库", "好的,这款是棉麻的", "好的亲您慢慢看"],
)
def test_nod_of_somebody_who_listens(text: str) -> None:
    """A nod before other words shows only that one listens."""
    assert answer(text) is None


@pytest.mark.parametrize("text", ["好的,马上为您取消", "好的,给您改好了", "嗯嗯,今天给您走", "收到,谢谢", "嗯嗯,好"])
def test_nod_that_answers(text: str) -> None:
    """A nod that stands alone, with thanks, or before doing the thing, is an answer."""
    found = answer(text)
    assert found is not None
    assert found.kind == "nod"


@pytest.mark.parametrize("text", ["可以的,这款是棉麻的", "没问题,稍等我给您看一下", "行,我先记下了"])
def test_yes_is_one_before_other_words_too(text: str) -> None:
    """A plain yes answers whatever is said after it."""
    found = answer(text)
    assert found is not None
    assert found.kind in ("yes", "sure")


@pytest.mark.parametrize("text", ["没有的呢,只有圆通", "不行哦,您可以在线付", "不会的,您放心"])
def test_no_comes_first(text: str) -> None:
    """A no answers too, whatever is offered instead."""
    found = answer(text)
    assert found is not None
    assert (found.kind, found.start) == ("no", 0)


@pytest.mark.parametrize("text", ["怎么会不能", "哪能不行呢", "不会不行的"])
def test_two_nots_are_no_no(text: str) -> None:
    """A denied no is a yes."""
    found = answer(text)
    assert found is not None
    assert found.kind != "no"


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("跟您说的一样", "跟您说的一样"),
        ("按您说的来", "按您说的来"),
        ("亲,就按刚才说的,您放心", None),
        ("您放心,按备注来", "按备注来"),
        ("说话算数的", "说话算数"),
    ],
)
def test_as_was_said(text: str, quoted: str | None) -> None:
    """A promise by reference is a firm yes, wherever it stands in the message."""
    found = answer(text)
    assert found is not None
    assert found.kind == "sure"
    if quoted is not None:
        assert text[found.start : found.end] == quoted


@pytest.mark.parametrize("text", ["按您说的来吗", "没法按您说的来", "不能照您说的办"])
def test_not_as_was_said(text: str) -> None:
    """Asked or denied it is none."""
    found = answer(text)
    assert found is None or found.kind == "no"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("没有问题", "sure"),
        ("抱歉不行", "no"),
        ("不好意思,不能的", "no"),
        ("抱歉亲,今天不行", "no"),
        ("那不行的", "no"),
        ("是的", "nod"),
        ("对的,这款都是棉麻的", "nod"),
    ],
)
def test_kind_of_what_opens_politely(text: str, kind: str) -> None:
    """An apology before a no leaves it a no, and 是的 agrees to what was put, with its not."""
    found = answer(text)
    assert found is not None
    assert found.kind == kind


@given(text=texts())
def test_an_answer_lies_in_its_text(text: str) -> None:
    """An answer is a stretch of the text that is not empty."""
    found = answer(text)
    if found is not None:
        assert 0 <= found.start < found.end <= len(read(text).folded.text)
        assert found.kind in ("yes", "sure", "nod", "no")
