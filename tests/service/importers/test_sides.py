"""Which side is the shop: given, told by its agents' names, said by the file, or asked for."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from riskmodel.errors import InputError
from service.importers.said import Said, Side
from service.importers.sides import conversations

START = datetime(2026, 3, 4, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def said(*lines: tuple[str, str], talk: str | None = None, side: Side | None = None) -> list[Said]:
    return [
        Said(number, talk, name, side, START + timedelta(minutes=number), text)
        for number, (name, text) in enumerate(lines, start=1)
    ]


def senders(messages: list[Said], *shop: str) -> list[str]:
    (found,) = conversations(messages, shop)
    return [message["sender"] for message in found["messages"]]


def test_a_name_with_agents_is_the_shop() -> None:
    """小店:小王 and 小店:小李 are two agents of one shop; the platform speaks for itself."""
    lines = said(("tb_1", "在吗"), ("小店:小王", "在"), ("系统消息", "已付款"), ("小店:小李", "谢谢"))
    assert senders(lines) == ["buyer", "agent", "system", "agent"]


def test_a_given_name_stands_for_all_its_agents() -> None:
    """Also where the buyer's own name has a colon in it."""
    assert senders(said(("a:b", "在吗"), ("小店:小王", "在")), "小店") == ["buyer", "agent"]


def test_where_it_is_not_clear_it_is_asked_for() -> None:
    """Two plain names: the error names the option, and shows the names masked with their counts."""
    with pytest.raises(InputError, match="--shop") as caught:
        senders(said(("tb58211907", "在吗"), ("杯子小店", "在"), ("tb58211907", "嗯")))
    assert "t***7 (2)" in str(caught.value)
    assert "58211907" not in str(caught.value)
    assert "杯子" not in str(caught.value)


def test_two_buyers_in_one_talk_are_refused() -> None:
    """Nobody knows to whom the shop speaks."""
    with pytest.raises(InputError, match="has 2 buyers"):
        senders(said(("tb_1", "在吗"), ("tb_2", "在吗"), ("小店", "在")), "小店")


def test_a_talk_of_the_shop_alone_is_refused() -> None:
    """The name given was the buyer's, or all names were."""
    with pytest.raises(InputError, match="no buyer"):
        senders(said(("小店", "在"), ("小店:小王", "在")), "小店")


def test_each_talk_of_a_file_is_one_conversation() -> None:
    """In the order of the file, with identifiers that hold no name and come out the same again."""
    both = [*said(("tb_1", "在吗"), talk="one", side="buyer"), *said(("tb_2", "你好"), talk="two", side="buyer")]
    found = conversations(both, platform="jd")
    assert [len(item["messages"]) for item in found] == [1, 1]
    assert len({item["conversation_id"] for item in found}) == 2
    assert found == conversations(both, platform="jd")
    assert "tb_1" not in str(found)
    assert {item["platform"] for item in found} == {"jd"}
