"""The box for a reply: what is checked as one types, and what is taken down."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import form_token, say, sign_in
from sqlalchemy import select
from werkzeug.test import TestResponse

from service.backend import backend_of
from service.console.agent.reply import TYPED, stretches
from service.store.engine import Store
from service.store.schema import access_log, assessments, conversations

ASKED = "请问今天下单今天能发出来吗"
RASH = "能的，今天一定给您发出去"


@pytest.fixture
def talk(client: FlaskClient, store: Store) -> str:
    """The random name of a talk in which something was asked; whoever looks is signed in."""
    say(client, store, "t", ASKED)
    sign_in(client)
    with store.reading() as connection:
        return str(connection.execute(select(conversations.c.talk)).scalar_one())


def ask(client: FlaskClient, talk: str, what: str, **fields: str) -> TestResponse:
    given = {"csrf_token": form_token(client, f"/console/talks/{talk}"), **fields}
    return client.post(f"/console/talks/{talk}/{what}", data=given, headers={"HX-Request": "true"})


def test_a_finding_is_marked_in_the_draft(client: FlaskClient, app: Flask, store: Store, talk: str) -> None:
    """With why, and each safe wording as a button; as the API would answer for the same talk and draft."""
    page = ask(client, talk, "check", text=RASH).get_data(as_text=True)
    checked = backend_of(app).talks.check_reply(shop(store), "t", RASH)
    assert checked["findings"]
    marked = [unescape(found) for found in re.findall(r"<mark[^>]*>(.*?)</mark>", page)]
    assert marked == [RASH[slice(*finding["span"])] for finding in checked["findings"]]
    for finding in checked["findings"]:
        assert finding["text_zh"] in unescape(page)
    put = [unescape(found) for found in re.findall(r'data-put="draft" data-text="([^"]*)"', page)]
    assert put == [suggestion["text_zh"] for suggestion in checked["suggestions"]] != []
    assert "<html" not in page


def test_what_is_typed_is_kept_nowhere(client: FlaskClient, store: Store, talk: str) -> None:
    """A draft leaves the talk, its assessments and the log as they were."""
    before = kept(store)
    ask(client, talk, "check", text=RASH)
    assert kept(store) == before


def shop(store: Store) -> int:
    """The number of the shop whose talk it is."""
    with store.reading() as connection:
        return int(connection.execute(select(conversations.c.shop_id)).scalar_one())


def kept(store: Store) -> list[object]:
    with store.reading() as connection:
        queries = (
            select(conversations),
            select(assessments),
            select(access_log.c.action).where(access_log.c.action != "read"),
        )
        return [[tuple(row) for row in connection.execute(query)] for query in queries]


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_draft_has_no_answer(client: FlaskClient, talk: str, text: str) -> None:
    """Neither good nor bad."""
    answer = ask(client, talk, "check", text=text)
    assert (answer.status_code, answer.get_data(as_text=True).strip()) == (200, "")


def test_a_draft_has_an_end(client: FlaskClient, talk: str) -> None:
    """Beyond the contract's 20,000 characters it is refused in words, and nothing breaks; up to there it is checked."""
    assert ask(client, talk, "check", text="好" * 20_000).status_code == 200
    answer = ask(client, talk, "check", text="好" * 20_001)
    assert (answer.status_code, "最多 20000 字" in answer.get_data(as_text=True)) == (422, True)


def test_the_policy_of_now_judges_a_draft(client: FlaskClient, app: Flask, store: Store, talk: str) -> None:
    """A shop that changes its settings while somebody types is answered by the new ones."""
    from keyring_of import keyring_of

    from riskmodel.conversation import ShopPolicy
    from service.store.shops import set_policy

    def free() -> object:
        checked = backend_of(app).talks.check_reply(shop(store), "t", "这件全国包邮的")
        return [promise["can_keep"] for promise in checked["promises"] if promise["kind"] == "free_shipping"]

    shop_id = shop(store)
    assert free() == ["unknown"]
    with store.writing() as connection:
        policy = ShopPolicy(free_shipping="everywhere")
        set_policy(connection, keyring_of(), shop_id, policy, actor="test", now=datetime.now(UTC))
    assert free() == ["yes"]


@pytest.mark.parametrize("side", ["agent", "buyer"])
def test_what_was_said_is_taken_down(client: FlaskClient, app: Flask, store: Store, talk: str, side: str) -> None:
    """As a message of that side, assessed, marked as typed by the shop, and noted."""
    answer = ask(client, talk, "say", text="第一行\r\n第二行", side=side)
    assert "已记入会话" in answer.get_data(as_text=True)
    message = backend_of(app).talks.conversation(shop(store), "t").messages[-1]
    assert (message.sender, message.text) == (side, "第一行\n第二行")
    assert message.message_id.startswith(TYPED)
    with store.reading() as connection:
        assert connection.execute(select(conversations.c.messages)).scalar_one() == 2
        assert "say" in connection.execute(select(access_log.c.action)).scalars().all()
    assert "本店录入" in client.get(f"/console/talks/{talk}").get_data(as_text=True)


@pytest.mark.parametrize(("text", "said"), [("", "没有内容"), ("\n", "没有内容"), ("好" * 20_001, "最多 20000 字")])
def test_what_cannot_be_taken_is_said(client: FlaskClient, store: Store, talk: str, text: str, said: str) -> None:
    """And the talk is as it was."""
    answer = ask(client, talk, "say", text=text, side="buyer")
    assert (answer.status_code, said in answer.get_data(as_text=True)) == (422, True)
    assert len(backend_of(client.application).talks.conversation(shop(store), "t").messages) == 1


def test_without_the_script_one_comes_back_to_the_talk(client: FlaskClient, talk: str) -> None:
    """By a redirect, as after any form."""
    token = form_token(client, f"/console/talks/{talk}")
    answer = client.post(f"/console/talks/{talk}/say", data={"csrf_token": token, "text": "好的", "side": "agent"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/console/talks/{talk}")
    wrong = client.post(f"/console/talks/{talk}/say", data={"csrf_token": token, "text": "好的", "side": "system"})
    assert wrong.status_code == 400


def test_a_cut_draft_is_whole() -> None:
    """Findings that overlap or touch share their stretches, and no sign is lost."""
    draft = "甲乙丙丁戊"
    cut = list(stretches(draft, [{"span": [0, 3]}, {"span": [2, 4]}, {"span": [4, 5]}]))
    assert "".join(stretch.text for stretch in cut) == draft
    assert [stretch.findings for stretch in cut] == [(1,), (1, 2), (2,), (3,)]
    assert list(stretches("", [])) == []
