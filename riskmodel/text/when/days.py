"""Days that people point at — 今天, 下周三, 月底, 下月5号, 12.12, 双十二 — and the last day that each one allows."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from riskmodel.text.numerals import NUMERALS, read_number
from riskmodel.text.when.clock import PART
from riskmodel.text.when.lengths import add_months
from riskmodel.text.when.named import NAMED, named_day, next_public_day

__all__ = ["DAY", "READERS", "Day"]


class Day(NamedTuple):
    """The last day that an expression allows, and the last one where 前, 之前 or 以前 follows it.

    周五前 takes in the Friday, as it does in everyday shop talk; 国庆前 ends the day before.
    """

    last: date
    before: date


_WORDS = {
    0: "今天 今日 今儿个 今个儿 今儿 当天 当日 即日 本日 下班前 下班之前 连夜 天黑前 天黑之前 晚饭前 晚饭之前",
    1: "明天 明日 明儿个 明儿 次日 隔天 隔日 第二天 翌日 今明两天 今明天",
    2: "后天 后日 后儿个 后儿 明后天 明后两天",
    3: "大后天",
}
_AHEAD = {word: ahead for ahead, words in _WORDS.items() for word in words.split()}
_WEEKDAYS = {char: index for index, char in enumerate("一二三四五六")} | {"日": 6, "天": 6, "末": 6}
_WEEKDAYS |= {str(index + 1): index for index in range(6)}
_WHICH = {"上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "次": 1, "下下": 2}  # 个 is dropped before looking up
_YEARS = {"前": -2, "去": -1, "今": 0, "本": 0, "明": 1, "后": 2}
# a month has three parts of ten days; 月初 and 月中 are the first two of them
_THIRDS = {"初": 10, "上": 10, "中": 20, "底": 31, "末": 31, "尾": 31, "下": 31}

_DATE = "3[01]|[12][0-9]|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九]"
_MONTH = rf"(?<![0-9.{NUMERALS}])(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_MIDDLE = "中(?![通国午秋奖邮])"  # 中通 is a courier
_RANGE = "(?:[0-9]{1,2} ?[-~到至] ?)?"
_WEEK = "(?:周|星期|礼拜)"
_BEFORE = "(?:[之以]?前)"
_NO_NUMBER_BEFORE = f"(?<![0-9{NUMERALS}几半])"
# 12.12 is a date only where an act, a limit or a part of the day follows: 3.5 may be anything, 7.5号 is a shoe
_USED = (
    rf"(?<!\.5)号|{_BEFORE}|当天|那天|大促|活动|{PART}|截"
    r"|[就都会要]?(?:能|可以)?(?:发|寄|送(?![0-9])|出货|到(?! ?[0-9了]))"
)
_NO_THING = "(?![楼店线仓色机柜门院桌款球钢粉针字房库车床口位模瓶头码]|电池|链接|客服|宝贝|地铁)"

_PATTERNS = {
    "past": rf"大?前天(?![猫津])|昨[天日晚夜儿早]|(?<![马晚早线网赶追碰遇])上上?个?{_WEEK}[一二三四五六日天末]?",
    # 售后天猫, 今后天天, 说明日期 hold the characters of a day and name none
    "ahead": (
        rf"(?<![售之以然最前先随今](?=后))(?:{'|'.join(sorted(_AHEAD, key=len, reverse=True))})"
        r"(?!(?<=天)[猫津]|(?<=日)[期起记])|[今明](?=[早晚夜晨]|[上中下]午)"
    ),
    "weekday": (
        rf"(?:(?P<which>(?:(?<!一)下下?|这)个?|本)|{_NO_NUMBER_BEFORE}(?<!个)){_WEEK}"
        r"(?P<name>[一二三四五六日天末1-6])(?![次0-9])"
    ),
    "week": rf"(?P<whose>(?:(?<!一)下下?|这)个?|本){_WEEK}(?![期年边围转])|{_NO_NUMBER_BEFORE}周(?=[之以]?内)",
    "dotted": (
        r"(?<![0-9a-z./\-¥赔补退转付])(?:(?P<full>20[0-9]{2})[-./])?(?P<m>1[0-2]|0?[1-9])(?:(?P<hyphen>-)|[./])"
        r"(?P<d>3[01]|[12][0-9]|0?[1-9])(?![0-9]|\.[0-9])"
        # 3-5 is a range more often than a date
        rf"(?(full)|(?(hyphen)(?={_BEFORE}|当天|那天)|(?={_USED})))号?"
    ),
    "month": (
        rf"(?:(?P<year>(?<![0-9])20[0-9]{{2}}|[今本明后去前])年的? ?)?"
        rf"(?P<month>(?:(?<!一)下下?|这|上)个?|本|当|次|{_MONTH})月(?P<share>份)?的?"
        rf"(?:(?P<third>[底末初尾]|[上中下]旬|{_MIDDLE})"
        rf"| ?{_RANGE}(?P<date>{_DATE})(?:[号日]{_NO_THING}|(?![0-9{NUMERALS}号日天个元块年月件点折.])))?"
        rf"|{_NO_NUMBER_BEFORE}(?<![个当每满正腊闰])月(?:(?P<bare>[底末初]|[上中下]旬|{_MIDDLE})|(?=[之以]?内))"
    ),
    "named": rf"(?:(?P<its_year>20[0-9]{{2}}|[今本明后去前])年的?)?{NAMED}",
    "year": rf"(?:今|本|{_NO_NUMBER_BEFORE}(?<![去明前后]))年(?:底|末|(?=[之以]?内))",
    "date": (
        rf"(?<![0-9.第{NUMERALS}])(?<![0-9]月)(?<!节)(?:{_RANGE}(?P<number>{_DATE}) ?号{_NO_THING}"
        rf"|(?<![-~])(?P<sun>{_DATE}) ?日(?!无理由|达|游|均|用|期|常|[一二两三四0-9]|[之以]?内))"
    ),
}
DAY = "|".join(f"(?P<{kind}_day>{pattern})" for kind, pattern in _PATTERNS.items())
"""Source of a pattern; the group that ends in ``_day`` says which of `READERS` understands the match."""


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _first(days: Iterable[date | None], today: date) -> Day | None:
    """The first that is there and has not passed; 前 takes it in."""
    day = next((day for day in days if day is not None and day >= today), None)
    return Day(day, day) if day is not None else None


def _integer(text: str) -> int:
    return int(read_number(text) or 0)


def _year(written: str, today: date) -> int:
    return today.year + _YEARS[written] if written in _YEARS else int(written)


def _past(_: re.Match[str], __: date) -> None:
    return None


def _ahead(match: re.Match[str], today: date) -> Day:
    word = match["ahead_day"]
    # 今晚, 明早: the part of the day is read after
    day = today + timedelta(days=_AHEAD[word] if word in _AHEAD else "今明".index(word))
    return Day(day, day)


def _weekday(match: re.Match[str], today: date) -> Day | None:
    weekday = _WEEKDAYS[match["name"]]
    if match["which"]:
        weeks = _WHICH[match["which"].rstrip("个")]
        day = today + timedelta(days=weekday - today.weekday() + 7 * weeks)
    else:
        day = today + timedelta(days=(weekday - today.weekday()) % 7)
    if day < today:
        return None
    # before the weekend is by Friday, as long as there is one
    friday = day - timedelta(days=2)
    return Day(day, friday if match["name"] == "末" and friday >= today else day)


def _week(match: re.Match[str], today: date) -> Day:
    weeks = _WHICH[(match["whose"] or "这").rstrip("个")]
    sunday = today + timedelta(days=6 - today.weekday() + 7 * weeks)
    return Day(sunday, sunday - timedelta(days=7) if weeks else sunday)


def _dotted(match: re.Match[str], today: date) -> Day | None:
    month, day = int(match["m"]), int(match["d"])
    years = [int(match["full"])] if match["full"] else range(today.year, today.year + 9)
    return _first((_day(year, month, day) for year in years), today)


def _month(match: re.Match[str], today: date) -> Day | None:
    third, written = match["third"] or match["bare"], match["month"]
    ahead = _WHICH.get((written or "这").rstrip("个"))
    if ahead is not None:
        firsts = [add_months(today.replace(day=1), ahead)]
        if not written and third:
            firsts.append(add_months(firsts[0], 1))
    else:
        # 29 February comes back after eight years at the latest
        years = [_year(match["year"], today)] if match["year"] else range(today.year, today.year + 9)
        firsts = [date(year, _integer(written), 1) for year in years if year < date.max.year]
    lasts = (monthrange(first.year, first.month)[1] for first in firsts)
    if third:
        ends = zip(firsts, lasts, strict=False)
        return _first((first.replace(day=min(_THIRDS[third[0]], last)) for first, last in ends), today)
    if match["date"]:
        return _first((_day(first.year, first.month, _integer(match["date"])) for first in firsts), today)
    following = match.string[match.end() : match.end() + 2]
    if ahead is None and not match["share"] and following[:1] not in ("前", "内") and following not in ("之前", "以前"):
        return None
    whole = _first((first.replace(day=last) for first, last in zip(firsts, lasts, strict=False)), today)
    if whole is None:
        return None
    before = whole.last.replace(day=1) - timedelta(days=1)
    return Day(whole.last, before if before >= today else whole.last)


def _named(match: re.Match[str], today: date) -> Day | None:
    if match["feast"]:
        day = next_public_day(today)
    else:
        day = named_day(
            match["called"] or match["lead"], today, _year(match["its_year"], today) if match["its_year"] else None
        )
    return Day(day, day - timedelta(days=1)) if day is not None and day >= today else None


def _year_end(_: re.Match[str], today: date) -> Day:
    end = date(today.year, 12, 31)
    return Day(end, end)


def _date(match: re.Match[str], today: date) -> Day | None:
    number = _integer(match["number"] or match["sun"])
    months = (add_months(today.replace(day=1), ahead) for ahead in range(12))
    return _first((_day(month.year, month.month, number) for month in months), today)


READERS: dict[str, Callable[[re.Match[str], date], Day | None]] = {
    "past_day": _past, "ahead_day": _ahead, "weekday_day": _weekday, "week_day": _week, "dotted_day": _dotted,
    "month_day": _month, "named_day": _named, "year_day": _year_end, "date_day": _date,
}  # fmt: skip  # a table of patterns and their readers
"""How each kind of match becomes a day from today on; ValueError or OverflowError where the calendar ends."""
