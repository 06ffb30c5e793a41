"""Times as people write them, resolved against a moment in the shop's zone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from re import Pattern
from re import _constants as tokens  # the parsed form of a pattern has no public door
from re import _parser as parser
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from riskmodel.text import money, normalize
from riskmodel.text.when import clock, dues, find_clock, find_cutoff, find_due, find_dues, lengths

NOW = datetime.fromisoformat("2026-03-04T10:00:00+08:00")  # a Wednesday


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("今晚寄走", "2026-03-04T23:59:59+08:00"),
        ("连夜出库", "2026-03-04T23:59:59+08:00"),
        ("天黑之前交快递", "2026-03-04T23:59:59+08:00"),
        ("天黑路滑", None),
        ("后儿能到", "2026-03-06T23:59:59+08:00"),
        ("现在就给您寄", "2026-03-04T23:59:59+08:00"),
        ("现在没货", None),
        ("17:20装车", "2026-03-04T17:20:00+08:00"),
        ("后天到", "2026-03-06T23:59:59+08:00"),
        ("24小时内发", "2026-03-05T10:00:00+08:00"),
        ("四十八小时之内", "2026-03-06T10:00:00+08:00"),
        ("三天内送到", "2026-03-07T23:59:59+08:00"),
        ("周五前", "2026-03-06T23:59:59+08:00"),
        ("周二", "2026-03-10T23:59:59+08:00"),
        ("星期三一定", "2026-03-04T23:59:59+08:00"),
        ("8号之前", "2026-03-08T23:59:59+08:00"),
        ("2号之前", "2026-04-02T23:59:59+08:00"),
        ("1月3日", "2027-01-03T23:59:59+08:00"),
        ("31号没有的月份", "2026-03-31T23:59:59+08:00"),
        ("3号楼", None),
        ("99月99号", None),
        ("尽快", None),
    ],
)
def test_due(text: str, due: str | None) -> None:
    """Named days, spans of hours and days, weekdays and dates give the last moment that they allow."""
    found = find_due(text, NOW)
    assert found == (due and datetime.fromisoformat(due))


def shown(text: str) -> list[tuple[str, str]]:
    """The words of each time in `text` and when it is due, to the minute; the end of a day is only its date."""
    folded = normalize(text).text
    return [
        (folded[due.start : due.end], due.at.strftime("%m-%d %H:%M").removesuffix(" 23:59"))
        for due in find_dues(folded, NOW)
    ]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("今儿个", "03-04"),
        ("明儿", "03-05"),
        ("明早", "03-05"),
        ("明天上午", "03-05"),
        ("明后天", "03-06"),
        ("大后天", "03-07"),
        ("下班前", "03-04"),
        ("今天下班前", "03-04"),
        ("马上", "03-04"),
        ("一会儿", "03-04"),
        ("这周五", "03-06"),
        ("本周内", "03-08"),
        ("下周内", "03-15"),
        ("下周前", "03-08"),
        ("下周三", "03-11"),
        ("下礼拜二", "03-10"),
        ("下下周一", "03-16"),
        ("周末", "03-08"),
        ("周末前", "03-06"),
        ("月底前", "03-31"),
        ("月初", "03-10"),
        ("月中", "03-20"),
        ("下月5号", "04-05"),
        ("这个月20号", "03-20"),
        ("4月底", "04-30"),
        ("4月前", "03-31"),
        ("十二号", "03-12"),
        ("3月12", "03-12"),
        ("2026年3月12日", "03-12"),
        ("2026-03-12", "03-12"),
        ("3月3号到5号", "03-05"),
        ("五一前", "04-30"),
        ("清明节前", "04-04"),
        ("节前", "04-04"),
        ("今年底", "12-31"),
    ],
)
def test_whole_days(text: str, due: str) -> None:
    """Days, weeks and months end with their last day; before a feast is the day before it."""
    assert shown(f"{text}到") == [(text, due)]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("半小时内", "03-04 10:30"),
        ("半个小时", "03-04 10:30"),
        ("一个钟头", "03-04 11:00"),
        ("一个半小时", "03-04 11:30"),
        ("1.5h", "03-04 11:30"),
        ("一刻钟", "03-04 10:15"),
        ("20分钟内", "03-04 10:20"),
        ("半天内", "03-04 22:00"),
        ("3-5天", "03-09"),
        ("两三天", "03-07"),
        ("三到五天", "03-09"),
        ("3天左右", "03-07"),
        ("一周内", "03-11"),
        ("两个星期内", "03-18"),
        ("半个月内", "03-19"),
        ("一个月内", "04-04"),
        ("2个工作日内", "03-06"),
        ("3个工作日内", "03-09"),
        ("1-2个工作日", "03-06"),
    ],
)
def test_lengths(text: str, due: str) -> None:
    """Minutes and hours run from now, days to the end of the last one; a range is as late as its end."""
    assert shown(f"{text}发") == [(text, due)]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("四点前", "03-04 16:00"),
        ("下午三点之前", "03-04 15:00"),
        ("16:30以前", "03-04 16:30"),
        ("8点前", "03-04 20:00"),
        ("上午8点前", "03-05 08:00"),
        ("今晚八点前", "03-04 20:00"),
        ("今晚12点前", "03-05 00:00"),
        ("今天三四点", "03-04 16:00"),
        ("明天中午前", "03-05 12:00"),
        ("明早十点", "03-05 10:00"),
        ("明天四点后", "03-05"),
        ("明天9点到10点", "03-05 10:00"),
        ("周五晚上8点到9点", "03-06 21:00"),
        ("周五下午三点一刻", "03-06 15:15"),
        ("12号上午9点半前", "03-12 09:30"),
        ("五一晚上8点", "05-01 20:00"),
    ],
)
def test_clock_times(text: str, due: str) -> None:
    """A clock time holds for the day that is named with it, or else for the next time that it comes."""
    assert shown(f"{text}发") == [(text, due)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12.12前到", [("12.12前", "12-12")]),
        ("12-12之前", [("12-12之前", "12-12")]),
        ("12/12发", [("12/12", "12-12")]),
        ("今天发,周五到", [("今天", "03-04"), ("周五", "03-06")]),
        ("今天或者明天", [("今天或者明天", "03-05")]),
        ("周一到周五", [("周一到周五", "03-06")]),
        ("24小时内发，三天内到", [("24小时内", "03-05 10:00"), ("三天内", "03-07")]),
        ("四点前拍的今天能发", [("今天", "03-04")]),
        ("今天四点前付款都能发", [("今天", "03-04")]),
        ("过了四点就明天发", [("明天", "03-05")]),
        ("昨天拍的今天发", [("今天", "03-04")]),
        ("17点前当天发", [("当天", "03-04")]),
        ("没赶上周末", [("周末", "03-08")]),
        ("我周六回家", [("周六", "03-07")]),
    ],
)
def test_several(text: str, found: list[tuple[str, str]]) -> None:
    """All times are found from left to right; what joins two makes one of them, and a condition on ordering is none."""
    assert shown(text) == found


@pytest.mark.parametrize(
    "text",
    """昨天发的 前天到 上周五发的 上个月5号 去年12月底 三天前拍的 等了48小时 超过48小时 24小时还没发
    今天上午九点前发 2026-03-03 周五之后发 国庆后发 四点后统一发 25点前发 24:30前发 99号发 13月1号发 2月30号发
    0小时 0天内 零点五 3.5 1-2 3.5到4.5cm 7.5号 补12.12 5号电池 1号链接 7天无理由 七天内无理由退货 24小时客服
    保温12小时 快一点发 便宜一点 有两点要说 9点上班 在线9:00-22:00 5个点 税6点 下午好 一周一次 本周期 周边
    售后天猫 说明日期 12月中通发 挑了半天手机壳 就聊五分钟 还差一刻到六点 下午到的 立即购买 马上双十一了
    等一会 穿了三天 一会员 圣诞树发货 双11订单多 要十一件 13800138000 订单20261112 双十一会不会更便宜
    三分钟传不上去 四节五号""".split(),
)
def test_no_due_time(text: str) -> None:
    """What has passed or only begins, what no calendar has, and numbers and words that look like times are not due."""
    assert shown(text) == []


@pytest.mark.parametrize(
    ("now", "text", "due"),
    [
        ("2026-01-31T09:00:00+08:00", "30号到", "2026-03-30T23:59:59+08:00"),
        ("2026-01-31T09:00:00+08:00", "一个月内", "2026-02-28T23:59:59+08:00"),
        ("2026-03-01T09:00:00+08:00", "2月29号", "2028-02-29T23:59:59+08:00"),
        ("2026-03-07T09:00:00+08:00", "周末前", "2026-03-08T23:59:59+08:00"),
        ("2026-03-07T09:00:00+08:00", "本周五前", None),
        ("2026-03-07T09:00:00+08:00", "1个工作日内", "2026-03-09T23:59:59+08:00"),
        ("2026-03-04T17:00:00+08:00", "三点前发", "2026-03-05T15:00:00+08:00"),
        ("2026-03-04T17:00:00+08:00", "今天三点前发", None),
        ("2026-03-04T23:59:59.500000+08:00", "今天发", "2026-03-04T23:59:59.500000+08:00"),
        ("9999-12-31T09:00:00+08:00", "明天发", None),
        ("9999-12-31T09:00:00+08:00", "下个月5号", None),
        ("9999-06-01T09:00:00+08:00", "年前发", None),
    ],
)
def test_edges_of_the_calendar(now: str, text: str, due: str | None) -> None:
    """Short months, ends of weeks, days that are over and the last day there is all give a sensible time or none."""
    assert find_due(text, datetime.fromisoformat(now)) == (due and datetime.fromisoformat(due))


WORDS = """今天 明早 后天 昨晚 周 五 下 上 个 月 底 号 日 年 前 之前 后 内 点 半 : - . / 到 的 小时 分钟 天 工作日
    一 两 三 十 十二 0 1 3 12 25 99 2026 0001 晚上 下午 凌晨 双十二 年前 节前 除夕 国庆
    发 拍 付款 截单 过了 马上 一会 ,""".split()
times = st.lists(st.sampled_from(WORDS) | st.text(max_size=2), max_size=12).map("".join)
moments = st.datetimes(timezones=st.timezones()) | st.just(NOW)


@given(text=st.one_of(texts(), times), now=moments)
def test_any_text_at_any_moment(text: str, now: datetime) -> None:
    """No text and no moment of the calendar is too much: times lie in the text, in order, and none before now."""
    folded = normalize(text).text
    end = 0
    found = find_dues(folded, now)
    for due in found:
        assert end <= due.start < due.end <= len(folded)
        assert due.at >= now
        assert due.at.tzinfo is now.tzinfo
        end = due.end
    assert find_due(folded, now) == (found[0].at if found else None)
    for time in (find_clock(folded), find_cutoff(folded)):
        assert time is None or (0 <= time[0] < 24 and 0 <= time[1] < 60)


@given(text=times)
def test_what_is_passed_over_holds_no_time(text: str) -> None:
    """The quick look that spares most messages the search never hides a time."""
    folded = normalize(text).text
    assert find_dues(f"{folded},天", NOW) == find_dues(folded, NOW)


PATTERNS = {
    f"{module.__name__}.{name}": value
    for module in (clock, dues, lengths, money)
    for name, value in vars(module).items()
    if isinstance(value, Pattern)
}


def repeats(parsed: Any, around: int = 1) -> Iterator[tuple[int, int]]:
    """How often each repeat and the one around it may go on."""
    for token, argument in parsed:
        most = around
        if token in (tokens.MAX_REPEAT, tokens.MIN_REPEAT):
            yield around, argument[1]
            most = max(around, argument[1])
        for part in argument if isinstance(argument, tuple) else ():
            for inner in part if isinstance(part, list) else [part]:
                if isinstance(inner, parser.SubPattern):
                    yield from repeats(inner, most)


@pytest.mark.parametrize("name", PATTERNS)
def test_patterns_look_a_bounded_way_ahead(name: str) -> None:
    """No repeat is without a bound or stands in another one, so that each place of a text costs a bounded time."""
    found = list(repeats(parser.parse(PATTERNS[name].pattern, PATTERNS[name].flags)))
    assert all(inner <= 20 and (around == 1 or inner == 1) for around, inner in found)


def steps(work: Callable[[], object]) -> int:
    """Lines of code that `work` runs: a count that no other program changes."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece", ["今天", "12月", "3-", "四点", "上午1", "一", "两三天到", "周五到", "明天9点到", "的", "年前", "2026-"]
)
def test_work_grows_with_the_text(piece: str) -> None:
    """Four times the text is at most about four times the work, also where it is made to almost match."""

    def reading(length: int) -> Callable[[], object]:
        text = (piece * length)[:length]
        return lambda: (find_dues(text, NOW), find_cutoff(text), list(money.find_amounts(text)))

    steps(reading(100))
    quarter, whole = steps(reading(5_000)), steps(reading(20_000))
    assert whole <= 4.2 * quarter + 1_000
