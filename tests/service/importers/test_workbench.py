"""Text exports: the common forms, lines that run on, and what cannot be read."""

from zoneinfo import ZoneInfo

import pytest

from service.importers.workbench import read_workbench

ZONE = ZoneInfo("Asia/Shanghai")

INLINE = """\
================================================================
阿木的杯子店:小雨 (2015-08-04 10:00:00): 在的,您说
tb_7788（2015-08-04 10:00:31）：杯盖会漏吗
我要带上车
2015-08-05
tb_7788 (2015-8-5 9:05:02): 好,拍了
"""
HEADS = """\
聊天记录
tb_7788 2015-08-04 10:00:00
杯盖会漏吗

我要带上车
阿木的杯子店:小雨 2015-08-04 10:01:00
旋紧了不漏的
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_head_and_text_on_one_line(ends: str) -> None:
    """Half- and full-width signs, a message over two lines, a ruled line and a day between."""
    said, rejected = read_workbench(INLINE.replace("\n", ends), ZONE)
    assert not rejected
    assert [(item.row, item.name, item.at.isoformat(), item.text) for item in said] == [
        (2, "阿木的杯子店:小雨", "2015-08-04T10:00:00+08:00", "在的,您说"),
        (3, "tb_7788", "2015-08-04T10:00:31+08:00", "杯盖会漏吗\n我要带上车"),
        (6, "tb_7788", "2015-08-05T09:05:02+08:00", "好,拍了"),
    ]


def test_text_beneath_its_head() -> None:
    """Empty lines inside a message stay, those at its end do not; a title before the first message is passed over."""
    said, rejected = read_workbench(HEADS, ZONE)
    assert not rejected
    assert [(item.name, item.text) for item in said] == [
        ("tb_7788", "杯盖会漏吗\n\n我要带上车"),
        ("阿木的杯子店:小雨", "旋紧了不漏的"),
    ]


def test_a_time_in_a_sentence_begins_no_message() -> None:
    """Only a line that ends with the time, or has a colon after it, is a head."""
    said, _ = read_workbench("tb_1 (2015-08-04 10:00:00): 我 2015-08-04 10:00:00 拍的\n那天 (10点) 没人理", ZONE)
    assert [item.text for item in said] == ["我 2015-08-04 10:00:00 拍的\n那天 (10点) 没人理"]


def test_what_cannot_be_read_is_named_by_its_line() -> None:
    """A day that does not exist, a head without text; no word of the chat is in the answer."""
    said, rejected = read_workbench("tb_1 (2015-02-30 10:00:00): 在吗\ntb_1 (2015-08-04 10:00:00):\n", ZONE)
    assert not said
    assert [(item.row, item.field) for item in rejected] == [(1, "time"), (2, "text")]
    assert "在吗" not in str(rejected)


def test_a_file_of_another_kind_is_refused() -> None:
    """No line of it begins a message."""
    _, rejected = read_workbench("亲爱的日记\n今天下雨", ZONE)
    assert [item.field for item in rejected] == ["file"]
