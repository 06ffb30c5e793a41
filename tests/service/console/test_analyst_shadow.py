"""The page of what a candidate would change: counts and reasons in words, and no talk."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from people import say, sign_in
from service_time import NOW
from sqlalchemy import select

from service.store.engine import Store
from service.store.schema import conversations
from service.store.shadow_scores import keep, why

FEATURE = "press.after_careful"


def said(band: str, digest: str, contribution: float) -> dict[str, object]:
    reasons = [{"code": FEATURE, "contribution": contribution}]
    return {"risk": 0.5, "band": band, "reasons": reasons, "model": {"sha256": digest * 64}}


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


@pytest.fixture
def client(client: FlaskClient, store: Store) -> FlaskClient:
    """The analyst of a shop with one talk that would change and one that would not."""
    for name, band in (("secret-name", "high"), ("other-name", "low")):
        say(client, store, name, "这个杯子是陶瓷的吗")
        with store.writing() as connection:
            number = connection.execute(
                select(conversations.c.id).where(conversations.c.conversation_id == name)
            ).scalar_one()
            now, then = said("low", "a", 0.1), said(band, "b", 1.6)
            keep(connection, number, 0, now, then, why=why(now, then), now=NOW)
    sign_in(client, "小数")
    return client


@pytest.mark.parametrize(
    ("language", "sums", "feature"),
    [
        ("zh", "2 段会话中有 1 段会改变等级", "谨慎答复之后仍追问同一承诺"),
        ("en", "1 of 2 talks would change band", "pressed again after a careful answer"),
    ],
)
def test_the_page_says_what_would_change_and_why(client: FlaskClient, language: str, sums: str, feature: str) -> None:
    """By digest, bands and features; the figures lead to it."""
    assert "/console/figures/shadow" in client.get("/console/figures").get_data(as_text=True)
    page = client.get(f"/console/figures/shadow?language={language}").get_data(as_text=True)
    assert sums in plain(page)
    assert feature in plain(page)
    assert "b" * 12 in page
    assert "1.5" in page
    for never in ("secret-name", "陶瓷", "other-name"):
        assert never not in page


def test_a_shop_without_a_candidate_is_told_how_to_begin(client: FlaskClient, store: Store) -> None:
    """With the name of the setting."""
    with store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM shadow_scores")
    assert "BAITWATCH_SHADOW_MODEL" in client.get("/console/figures/shadow").get_data(as_text=True)
