"""The profiles: each figure with source and confidence, each example true, deadlines never too late."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from appeal_case import ABOUT_PEOPLE
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.errors import CatalogueError, InputError
from service.evidence.checklist.requirements import _TESTS
from service.evidence.profiles import due, load_profile, profile_names, read_event_date, text_size
from service.evidence.profiles.load import _read, read_profile
from service.evidence.profiles.schema import Code, Deadline

SHANGHAI = ZoneInfo("Asia/Shanghai")
PLATFORMS = {
    *("taobao_review", "taobao_refund_message", "tmall", "weixin_shop", "pinduoduo", "jd", "douyin"),
    *("ebay", "etsy", "google_reviews", "card_dispute", "card_amex", "card_discover", "card_mastercard"),
}


def test_every_platform_has_a_profile() -> None:
    """Those that the documents name, and no others."""
    assert set(profile_names()) == PLATFORMS


@pytest.mark.parametrize("name", profile_names())
def test_examples_of_a_profile_are_true(name: str) -> None:
    """The last day after an event, none where no deadline could be verified, and the size of a text."""
    profile = load_profile(name)
    for example in profile.examples:
        if example.event_date is not None:
            event = read_event_date(example.event_date)
            found = due(profile.deadline, event, SHANGHAI).last_day if profile.deadline else None
            assert found == example.last_day
        if example.text is not None:
            assert profile.limits.text is not None
            assert text_size(example.text, profile.limits.text.unit) == example.size


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_speaks_of_text(name: str) -> None:
    """None of its words, titles of sources apart, is about a kind of person."""
    profile = load_profile(name)
    words = profile.model_dump_json(exclude={"sources"})
    assert ABOUT_PEOPLE.findall(words) == []
    assert not re.search("[。.]$", profile.request_zh + "\n" + profile.request_en, re.MULTILINE)


@pytest.mark.parametrize("name", ["pinduoduo", "jd", "douyin", "tmall", "card_dispute"])
def test_where_nothing_could_be_verified_nothing_is_limited(name: str) -> None:
    """There is no limit and no deadline, and the note says so in both languages."""
    profile = load_profile(name)
    assert not profile.limits.model_dump(exclude_none=True)
    assert profile.deadline is None
    assert re.search("不设限制", profile.note_zh)
    assert re.search("none", profile.note_en)


def test_every_requirement_can_be_tested() -> None:
    """Each code has a test of the record and is wanted by some platform."""
    assert set(_TESTS) == set(get_args(Code))
    assert {item.code for name in profile_names() for item in load_profile(name).requirements} == set(get_args(Code))


def test_a_profile_that_extends_another_has_its_requirements() -> None:
    """It says what differs; sources of the base stay."""
    base, amex = load_profile("card_dispute"), load_profile("card_amex")
    assert amex.requirements == base.requirements
    assert amex.sources.keys() > base.sources.keys()
    assert amex.limits.pages is not None


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"colour": "red"}, "colour"),
        ({"requirements": [{"code": "seal", "source": "reviewers", "confidence": "mid"}]}, "requirements.0.code"),
        ({"requirements": [{"code": "times", "source": "rumour", "confidence": "mid"}]}, "not listed"),
        ({"limits": {"text": {"value": 0, "unit": "characters", "source": "reviewers", "confidence": "mid"}}}, "value"),
        ({"limits": {"files": {"value": 5}}}, "limits.files.source"),
        ({"deadline": {"event": "review", "source": "reviewers", "confidence": "mid"}}, "either days or hours"),
        ({"letter_needs": "review_links"}, "letter_needs"),
        ({"examples": []}, "examples"),
        ({"sources": {}}, "not listed"),
        ({"requirements": [{"code": "times", "source": "reviewers", "confidence": "low"}] * 2}, "twice"),
    ],
)
def test_a_profile_against_the_schema_is_refused(change: dict[str, Any], where: str) -> None:
    """The error names the profile and the field."""
    with pytest.raises(CatalogueError, match=f"profile jd: .*{re.escape(where)}"):
        read_profile("jd", {**_read("jd"), **change})


def test_a_source_that_nothing_rests_on_is_refused() -> None:
    """A list of sources says what the figures rest on, no more."""
    content = _read("jd")
    content["sources"] = {**content["sources"], "more": {"title": "more", "read": date(2026, 1, 1)}}
    with pytest.raises(CatalogueError, match="nothing rests on: more"):
        read_profile("jd", content)


def test_an_unknown_profile_is_answered_with_the_names() -> None:
    """What was given is not repeated; the field is called as it was given."""
    with pytest.raises(InputError) as caught:
        load_profile("../taobao", "--profile")
    assert str(caught.value).startswith("--profile: is not known; use one of card_amex, ")
    assert "../taobao" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-02-30",
        "2026-13-01",
        "12.3.2026",
        "2026-03-12T10:00:00",
        "2026-03-12T25:00:00+08:00",
        "٢٠٢٦-03-12",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    """A time without its offset, too; the error names the field."""
    with pytest.raises(InputError, match=r"^--event-date: "):
        read_event_date(text, "--event-date")


@pytest.mark.parametrize("text", ["0001-01-01", "1969-12-31", "3000-01-01", "9999-12-31T23:59:59-12:00"])
def test_a_date_that_no_event_has_is_refused(text: str) -> None:
    """A slip of the hand; no deadline can then lie outside the calendar."""
    with pytest.raises(InputError, match="event_date: must lie in the years 1970 to 2999"):
        read_event_date(text)


@given(
    st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    st.integers(0, 24 * 60 - 1),
    st.integers(1, 200),
    st.sampled_from(["days", "hours"]),
    st.sampled_from(["Asia/Shanghai", "America/New_York", "Pacific/Apia", "Europe/London"]),
)
def test_a_deadline_is_never_later_for_knowing_less(day: date, minute: int, number: int, unit: str, zone: str) -> None:
    """With the day alone it lies no later than with any moment of that day, and at most a day sooner."""
    where = ZoneInfo(zone)
    moment = datetime.combine(day, datetime.min.time(), where) + timedelta(minutes=minute)
    deadline = Deadline.model_validate({"event": "review", unit: number, "source": "x", "confidence": "low"})
    vague = due(deadline, read_event_date(day.isoformat()), where)
    exact = due(deadline, read_event_date(moment.isoformat(timespec="seconds")), where)
    assert vague.before <= exact.before
    assert vague.last_day <= vague.before.date()
    assert exact.before.timestamp() - vague.before.timestamp() <= 26 * 3600
