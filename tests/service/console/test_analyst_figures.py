"""The page of figures, the part that tries a threshold, and the files."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import populate, say, sign_in
from sqlalchemy import update

from riskmodel.errors import ModelError
from riskmodel.scorer import Scorer
from service.console.analyst import figures
from service.console.analyst.figures import SHEETS
from service.model import model_of
from service.store.engine import Store
from service.store.schema import talk_figures


@pytest.fixture
def client(client: FlaskClient, store: Store) -> FlaskClient:
    """The analyst of a shop with two talks, one of them held."""
    say(client, store, "secret-name", "这个杯子是陶瓷的吗", "是的")
    with store.writing() as connection:
        connection.execute(update(talk_figures).values(peak=850, strongest=2, pattern="promise_bait"))
    say(client, store, "other-name", "能开发票吗", "可以")
    sign_in(client, "小数")
    return client


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


@pytest.mark.parametrize(("language", "sums"), [("zh", "2 段会话中有 1 段"), ("en", "1 of 2 talks")])
def test_the_page_says_it_in_words_and_pictures(client: FlaskClient, language: str, sums: str) -> None:
    """Counts, the card; each chart has its data, a name and a table; no talk is named."""
    page = client.get(f"/console/figures?language={language}").get_data(as_text=True)
    assert sums in plain(page)
    sha256 = model_of(client.application).get().info["sha256"]
    assert sha256 in page
    charts = re.findall(r'role="img" aria-label="[^"]+" data-chart="([a-z_]+)" data-figures="([^"]+)"', page)
    assert {name for name, _ in charts} == {"days", "what_if"}  # for drift there are no weeks before
    found = {name: json.loads(unescape(data)) for name, data in charts}
    assert (sum(found["days"]["held"]), len(found["days"]["x"])) == (1, 90)
    assert page.count("<details>") == len(charts)
    for never in ("secret-name", "陶瓷", "other-name"):
        assert never not in page


def test_a_shop_without_talks_is_told_where_figures_come_from(client: FlaskClient, store: Store) -> None:
    """And nothing is divided by nothing."""
    with store.writing() as connection:
        connection.execute(talk_figures.delete())
    page = plain(client.get("/console/figures").get_data(as_text=True))
    assert "这段时间没有会话" in page
    assert "还没有处理结果" in page


def test_another_threshold_is_tried_without_script(client: FlaskClient) -> None:
    """By the form of the page and by its part alike; what is none is said where it was typed, and stays there."""
    part = client.get("/console/figures/what-if?threshold=0.9").get_data(as_text=True)
    assert "少 1 段，共 0 段" in plain(part)
    assert part.strip() in client.get("/console/figures?threshold=0.9").get_data(as_text=True)
    refused = client.get("/console/figures/what-if?threshold=%3Cb%3E")
    assert refused.status_code == 422
    assert "0.3 到 0.99" in plain(refused.get_data(as_text=True))
    page = client.get("/console/figures?threshold=%3Cb%3E").get_data(as_text=True)
    assert 'value="&lt;b&gt;"' in page
    assert "0.3 到 0.99" in page


@pytest.mark.parametrize("query", ["days=7", "days=x", "days="])
def test_only_the_periods_offered_are_looked_at(client: FlaskClient, query: str) -> None:
    """Any other is no page."""
    for path in ("/console/figures", "/console/figures/what-if", "/console/figures/days.csv"):
        assert client.get(f"{path}?{query}").status_code == 404
    assert client.get("/console/figures/none.csv").status_code == 404


def test_each_set_is_a_file(client: FlaskClient) -> None:
    """With the mark that spreadsheets look for, and a name."""
    for name in SHEETS:
        response = client.get(f"/console/figures/{name}.csv?days=30")
        assert response.status_code == 200
        assert response.mimetype == "text/csv"
        assert response.headers["Content-Disposition"] == f'attachment; filename="baitwatch-{name}.csv"'
        assert response.data.startswith(b"\xef\xbb\xbf")
        assert b"secret-name" not in response.data


def test_without_a_model_what_was_counted_is_shown(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The card says what to do."""

    def gone() -> Scorer:
        raise ModelError("none")

    monkeypatch.setattr(figures, "scorer", gone)
    page = plain(client.get("/console/figures").get_data(as_text=True))
    assert "2 段会话中有 1 段" in page
    assert "baitwatch train" in page
    assert client.get("/console/figures/what-if").status_code == 200


def test_what_was_counted_is_good_for_a_minute(
    client: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then it is counted anew."""
    client.get("/console/figures")
    with store.writing() as connection:
        connection.execute(update(talk_figures).values(strongest=2))
    assert "2 段会话中有 1 段" in plain(client.get("/console/figures").get_data(as_text=True))
    monkeypatch.setattr("service.console.analyst.gathered._GOOD_FOR", -1.0)
    assert "2 段会话中有 2 段" in plain(client.get("/console/figures").get_data(as_text=True))


def test_another_shop_counts_its_own(client: FlaskClient, store: Store) -> None:
    """On the page and in the files; also right after the first shop looked."""
    client.get("/console/figures")
    populate(store, [("乙店", "小数", "analyst")])
    sign_in(client, "小数", "乙店")
    assert "这段时间没有会话" in plain(client.get("/console/figures").get_data(as_text=True))
    assert "与现在相同：0 段" in plain(client.get("/console/figures/what-if").get_data(as_text=True))
    assert len(client.get("/console/figures/days.csv").get_data(as_text=True).splitlines()) == 1
