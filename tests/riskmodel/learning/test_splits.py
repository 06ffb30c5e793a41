"""No split parts near duplicates, nor the talks of one buyer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shop_talks import said

from riskmodel.channels import folds
from riskmodel.learning.splits import grouped, groups_of
from riskmodel.synthesis import LabelledChat, generate
from riskmodel.table import read_table

WORDS = "这个杯子的盖子拧不紧,热水会漏出来,麻烦帮我看一下怎么处理"
OTHERS = (
    "请问这件外套有没有加大的尺码",
    "地毯的颜色跟图片比起来深不深",
    "台灯的插头是两脚的还是三脚的",
    "鱼缸的水泵声音大不大,晚上能睡吗",
)


def test_near_duplicates_are_of_one_group_also_by_way_of_a_third() -> None:
    """A chain of talks, each nearly the one before, is one group; what is alike in nothing stays apart."""
    chain = [WORDS, WORDS + ",谢谢啦", WORDS + ",谢谢啦,等您回复", OTHERS[0]]
    groups = groups_of([said(text, number) for number, text in enumerate(chain)])
    assert groups.tolist() == [0, 0, 0, 3]


def test_the_talks_of_a_buyer_are_of_one_group() -> None:
    """Whatever is said in them."""
    talks = [said(text, number, buyer="b1" if number != 1 else "b2") for number, text in enumerate(OTHERS[:3])]
    assert groups_of(talks).tolist() == [0, 1, 0]


def test_a_talk_like_a_synthetic_one_goes_with_its_pair() -> None:
    """So that it is not measured by a model that learned its like; synthetic pairs are as they were."""
    invented = list(generate(30, 3))
    copy = replace(said("", 0), conversation=invented[4].conversation)
    pairs = [chat.pair for chat in grouped([*invented, copy])]
    assert pairs == [chat.pair for chat in invented] + [invented[4].pair]


@pytest.mark.parametrize("copies", [2, 9])
def test_near_duplicates_do_not_cross_a_split(copies: int) -> None:
    """Of the folds that training makes, however often a talk is repeated."""
    repeated = [said(f"{WORDS}{'!' * number}", number) for number in range(copies)]
    talks = grouped([*repeated, *(said(text, 50 + number) for number, text in enumerate(OTHERS)), *generate(40, 1)])
    for seen, unseen in folds(read_table(talks, jobs=1)):
        sides = [bool({*range(copies)} & set(side.tolist())) for side in (seen, unseen)]
        assert sides.count(True) == 1


def test_grouping_keeps_the_talks() -> None:
    """All but their group is as it was."""
    talks: list[LabelledChat] = [said(WORDS, 0), said(WORDS, 1)]
    assert [replace(each, pair="") for each in grouped(talks)] == [replace(each, pair="") for each in talks]
