"""Times as exports write them."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.importers.said import read_time

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2015-08-04 10:00:00", "2015-08-04T10:00:00+08:00"),
        (" 2015/8/4  9:05 ", "2015-08-04T09:05:00+08:00"),
        ("2015年8月4日 10时00分05秒", "2015-08-04T10:00:05+08:00"),
        ("2026-03-04T02:00:00.250Z", "2026-03-04T02:00:00+00:00"),
        ("2026-03-04 10:00:00+0530", "2026-03-04T10:00:00+05:30"),
        ("2015-08-04", None),
        ("2015-13-04 10:00:00", None),
        ("昨天 10:00", None),
    ],
)
def test_forms(text: str, iso: str | None) -> None:
    """Dashes, strokes or 年月日, with seconds or without, with a zone or in China's."""
    found = read_time(text, ZONE)
    assert (found and found.isoformat()) == iso


@given(st.text(alphabet="0123456789-/:. 年月日时分秒TZ+", max_size=40))
def test_any_text_is_read_or_not(text: str) -> None:
    """Nothing raises, and what is read has a zone."""
    found = read_time(text, ZONE)
    assert found is None or found.tzinfo is not None
