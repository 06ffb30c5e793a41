"""Nothing personal leaves by a side door: marked data goes in by every route, and all that comes out is searched.

Answers to good requests may hold what the same shop has sent; logs, metrics, errors, headers and the database may not.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from keyring_of import keyring_of
from service_time import NOW
from sqlalchemy import text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from riskmodel.scorer import Scorer
from service import growth
from service.app import create_app
from service.backend import backend_of
from service.console.assets import asset
from service.console.embed.pages import HEADER
from service.console.embed.token import Opened, sign_token
from service.console.stream import live_of
from service.store.access import SCOPES, create_key, find_or_make_shop
from service.store.engine import Store
from service.store.errors import StoreError
from service.store.users import create_user

# each word is found nowhere else; those of `IDS` are names that the shop's own systems give, stored as they are
IDS = {
    **{"conversation": "talk-Qx7vT1", "message": "message-Qx7vT2", "order": "order-Qx7vT3"},
    **{"case": "case-Qx7vT13", "event": "event-Qx7vT14"},
}
WORDS = {
    "text": "标记文字壹今天发货不发就给差评",
    "buyer": "buyer-Qx7vT4",
    "recipient": "标记收件人贰",
    "phone": "13871230045",
    "address": "标记路叁号",
    "attachment": "photo-Qx7vT5.jpg",
    "draft": "标记草稿肆",
    "query": "query-Qx7vT6",
    "header": "header-Qx7vT7",
    "unknown": "field-Qx7vT8",
    "nick": "nick-Qx7vT9",
    "reason": "标记理由伍",
    "carrier": "carrier-Qx7vT12",
    "password": "password-Qx7vT10",
    "chosen": "chosen-Qx7vT11",
    "exhibit": "标记附件陆.jpg",
    "content": "标记内容柒",
}
MESSAGE = {
    "message_id": IDS["message"],
    "sender": "buyer",
    "sent_at": "2026-03-04T10:00:00+08:00",
    "text": WORDS["text"] + "，五分好评返我二十块，不然就差评" + WORDS["phone"],
    "attachments": [{"name": WORDS["attachment"], "media_type": "image/jpeg", "sha256": "0" * 64}],
}
ORDER = {
    "order_id": IDS["order"],
    "placed_at": "2026-03-04T09:00:00+08:00",
    "status": "paid",
    "amount": "9.90",
    "ship_to": {"recipient": WORDS["recipient"], "phone": WORDS["phone"], "detail": WORDS["address"]},
}
BUYER = {"buyer_id": WORDS["buyer"], "refused_cod_parcels": 3}
TALK = {"conversation_id": IDS["conversation"], "messages": [MESSAGE], "orders": [ORDER], "buyer": BUYER}
HEADERS = {"User-Agent": WORDS["header"], "X-Request-Id": WORDS["header"], "Referer": f"http://x/{WORDS['header']}"}


class Form(NamedTuple):
    """A form of the console, sent by whoever is signed in."""

    fields: dict[str, str]


class File(NamedTuple):
    """An upload."""

    content: str


class Upload(NamedTuple):
    """A file of the console's, sent by whoever is signed in."""

    name: str
    content: str


class OpenedValues(NamedTuple):
    """A bundle of the talk that was made just now, all of whose values are opened."""


TEXT = f"{WORDS['nick']} (2015-08-04 10:00:00): {WORDS['text']}\n小店:小雨 (2015-08-04 10:01:00): 在的\n"
LABEL = {"conversation_id": IDS["conversation"], "label": "benign", "reason": WORDS["reason"]}
LOGIN = {"shop": "甲店", "name": "小雨", "password": WORDS["password"]}
NEW = {"present": WORDS["password"], "chosen": WORDS["chosen"], "again": WORDS["chosen"]}
CASE = {"case_id": IDS["case"], "conversation_id": IDS["conversation"], "claim": "review", "profile": "taobao_review"}
LISTED = {"name": WORDS["attachment"], "media_type": "image/jpeg", "sha256": "0" * 64}
# what each route takes, in the order in which they are asked: endpoint and method -> a good body, None where it takes
# none; bytes are a bundle or a file
BODIES: dict[tuple[str, str], Any] = {
    ("score.score", "POST"): TALK,
    ("check_reply.check_reply", "POST"): {"conversation": TALK, "draft": WORDS["draft"]},
    ("conversations.set_facts", "PUT"): {"platform": "taobao", "buyer": BUYER},
    ("conversations.add_orders", "POST"): {"orders": [ORDER, ORDER | {"status": "shipped"}]},
    ("conversations.add_messages", "POST"): MESSAGE,
    ("conversations.list_conversations", "GET"): None,
    ("conversations.read_conversation", "GET"): None,
    ("conversations.list_assessments", "GET"): None,
    ("embed_tokens.make_token", "POST"): None,
    ("embed.frame", "GET"): None,
    ("embed.now", "GET"): None,
    ("embed.check", "POST"): Form({"text": WORDS["draft"]}),
    ("imports.import_chats", "POST"): File(TEXT),
    ("shop.write_policy", "PUT"): {"carriers": [WORDS["carrier"]]},
    ("shop.read_policy", "GET"): None,
    ("labels.add_label", "POST"): LABEL,
    ("labels.list_labels", "GET"): None,
    ("cases.open_case", "POST"): {**CASE, "exhibits": [LISTED]},
    ("cases.add_case_event", "POST"): {"event_id": IDS["event"], "kind": "note", "text": WORDS["reason"]},
    ("cases.file_exhibit", "PUT"): WORDS["content"].encode(),
    ("cases.read_exhibit", "GET"): None,
    ("cases.list_cases", "GET"): None,
    ("cases.read_case", "GET"): None,
    ("cases.make_case_evidence", "POST"): None,
    ("cases.delete_exhibit", "DELETE"): None,
    ("evidence.make_evidence", "POST"): None,
    ("evidence.make_openings", "POST"): OpenedValues(),
    ("evidence.verify_evidence", "POST"): json.dumps(WORDS).encode(),
    ("evidence.list_profiles", "GET"): None,
    ("console.login", "GET"): None,
    ("console.sign_in", "POST"): Form(LOGIN),
    ("console.home", "GET"): None,
    ("console.show_talk", "GET"): None,
    ("console.talk_now", "GET"): None,
    ("console.check", "POST"): Form({"text": WORDS["draft"]}),
    ("console.say", "POST"): Form({"side": "buyer", "text": WORDS["text"]}),
    ("console.paste", "GET"): None,
    ("console.take", "POST"): Form({"text": TEXT, "shop": "小店:小雨"}),
    ("console.setup", "GET"): None,
    ("console.policy", "GET"): None,
    ("console.save_policy", "POST"): Form({"carriers": WORDS["carrier"]}),
    ("console.api_keys", "GET"): None,
    ("console.make_key", "POST"): Form({"label": "test", "scope": "score"}),
    ("console.take_key", "POST"): Form({"key": "2"}),
    ("console.people", "GET"): None,
    ("console.make_person", "POST"): Form({"name": "新人", "role": "agent", "password": WORDS["chosen"]}),
    ("console.change_person", "POST"): Form({"user": "2", "do": "password", "password": WORDS["password"]}),
    ("console.retention", "GET"): None,
    ("console.keep_for", "POST"): Form({"days": "30"}),
    ("console.first", "GET"): None,
    ("console.make_first", "POST"): Form({"code": WORDS["unknown"], "shop": "甲店", "name": "小雨"}),
    ("console.panel", "GET"): None,
    ("console.looks", "GET"): None,
    ("console.ask", "POST"): Form({}),
    ("console.decide", "POST"): Form({"outcome": "abusive", "reason": WORDS["reason"]}),
    ("console.seen", "GET"): None,
    ("console.held", "GET"): None,
    ("console.held_list", "GET"): None,
    ("console.cases", "GET"): None,
    ("console.new_case", "GET"): None,
    ("console.open_case", "POST"): Form({"claim": "review", "case_id": f"{IDS['case']}-2"}),
    ("console.show_case", "GET"): None,
    ("console.appeal", "GET"): None,
    ("console.take_step", "POST"): Form({"step": "handling.contact"}),
    ("console.take_note", "POST"): Form({"text": WORDS["reason"]}),
    ("console.take_decision", "POST"): Form({"outcome": "unclear", "reason": WORDS["reason"]}),
    ("console.take_file", "POST"): Upload(WORDS["exhibit"], WORDS["content"]),
    ("console.send_file", "GET"): None,
    ("console.make_bundle", "POST"): Form({}),
    ("console.password", "GET"): None,
    ("console.change_password", "POST"): Form(NEW),
    ("console.sign_out", "POST"): Form({}),
    ("console.home_list", "GET"): None,
    ("console.send", "GET"): None,
    ("console.stream", "GET"): None,
    ("console.pulse", "GET"): None,
    ("console.figures", "GET"): None,
    ("console.shadow", "GET"): None,
    ("console.other_threshold", "GET"): None,
    ("console.figures_csv", "GET"): None,
    ("metrics.show", "GET"): None,
    ("openapi.openapi", "GET"): None,
    ("docs.docs", "GET"): None,
    ("docs.docs_file", "GET"): None,
    ("health.alive", "GET"): None,
    ("health.ready", "GET"): None,
}
# values for the variables in paths
VARIABLES = {
    **{"conversation_id": IDS["conversation"], "talk": "(found in the store)", "file": "start.js"},
    **{"case": "(found in the store)", "position": "1"},
    **{"case_id": IDS["case"], "name": WORDS["exhibit"]},
    **{"digest": asset("style.css").digest, "asset_name": "style.css", "sheet": "days"},
}
RANDOM = {"talk": "SELECT talk FROM conversations", "case": "SELECT name FROM cases"}
SENT_AS = {"evidence.verify_evidence": "application/zip", "cases.file_exhibit": "image/jpeg"}


class Kit(NamedTuple):
    """A running app with one shop, its key, and where it keeps things."""

    app: Flask
    key: str
    folder: Path
    client: FlaskClient

    @property
    def marks(self) -> dict[str, str]:
        """All that must not come out."""
        return {**WORDS, **{f"id of a {name}": value for name, value in IDS.items()}, "key": self.key}


@pytest.fixture
def kit(tmp_path: Path, trained: Scorer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kit]:
    monkeypatch.setattr(Scorer, "load", lambda directory: trained)
    monkeypatch.setattr(growth, "_FROZEN_EVERY", 1)  # so that states are stored too
    url = f"sqlite:///{tmp_path / 'store.db'}"
    app = create_app({"DATABASE_URL": url, "HOME": tmp_path, "RATE_LIMIT": "", "LIVE_SECONDS": 0.0})
    store = Store(url)
    with store.writing() as connection:
        shop, _ = find_or_make_shop(connection, "甲店", NOW)
        key = create_key(connection, keyring_of(tmp_path), shop, SCOPES, now=NOW)
        made = {"role": "owner", "password": WORDS["password"], "now": NOW}
        create_user(connection, keyring_of(tmp_path), shop, "小雨", **made)
    store.close()
    yield Kit(app, key, tmp_path, app.test_client())
    live_of(app).stop()  # which would ask the store once more
    backend_of(app).store.close()


def routes(app: Flask) -> list[tuple[Rule, str]]:
    """Every route with each of its own methods, those that write first."""
    found = [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    order = list(BODIES)
    return sorted(found, key=lambda item: order.index((item[0].endpoint, item[1])))


def address(kit: Kit, rule: Rule, **values: str) -> str:
    path = rule.rule
    for name in rule.arguments:
        assert name in VARIABLES, f"{rule.rule} has a variable that this test cannot fill; add it to VARIABLES"
        value = values.get(name, VARIABLES[name])
        if name in RANDOM and name not in values:
            value = random_name(kit, name)
        path = path.replace(f"<{name}>", quote(value, safe=""))
    assert "<" not in path, f"{rule.rule} has a variable that this test cannot fill"
    return path


def random_name(kit: Kit, what: str) -> str:
    """The random name of a talk or case, where there is one."""
    try:
        with backend_of(kit.app).store.reading() as connection:
            return str(connection.execute(text(RANDOM[what])).scalar())
    except StoreError:
        return "ab" * 16


def token(kit: Kit) -> str:
    """What a form of the console carries."""
    for page in ("login", "password"):
        found = re.search(
            r'name="csrf_token" value="([^"]+)"', kit.client.get(f"/console/{page}").get_data(as_text=True)
        )
        if found:
            return found[1]
    return "none"


def ask(kit: Kit, rule: Rule, method: str, body: Any, key: str = "", **more: Any) -> TestResponse:
    headers = HEADERS | {"Authorization": f"Bearer {key or kit.key}"}
    if rule.endpoint.startswith("embed.") and not key:
        headers |= {HEADER: sign_token(keyring_of(kit.folder), Opened(1, random_name(kit, "talk")))[0]}
    given: dict[str, Any] = {"json": body} if body is not None else {}
    if isinstance(body, bytes):
        given = {"data": body, "content_type": SENT_AS.get(rule.endpoint, "application/json")}
    elif isinstance(body, Form):
        given = {"data": body.fields | {"csrf_token": token(kit)}}
    elif isinstance(body, Upload):
        file = io.BytesIO(body.content.encode()), body.name
        given = {"data": {"file": file, "csrf_token": token(kit)}}
    elif isinstance(body, File):
        given = {"data": {"file": (io.BytesIO(body.content.encode()), f"{WORDS['nick']}.txt"), "form": "text"}}
    elif isinstance(body, OpenedValues):
        bundle = kit.client.post(address(kit, rule).replace("/openings", "/evidence"), headers=headers).get_data()
        given = {"data": bundle, "content_type": "application/zip", "query_string": {"select": "all"}}
    if "content_type" in more:
        given = {"data": WORDS["text"].encode()}
    return kit.client.open(address(kit, rule), method=method, headers=headers, **{**given, **more})


def broken(body: Any) -> Iterator[Any]:
    """Bodies that are wrong in many ways, each with marked data in it."""
    words = json.dumps(WORDS, ensure_ascii=False).encode()
    yield words  # unknown fields
    yield words[:-3]  # no JSON
    yield b'"' + WORDS["text"].encode() + b'"'
    yield WORDS["text"].encode("gbk")
    yield b'{"' + WORDS["unknown"].encode() + b'": ' * 300
    if isinstance(body, dict):
        for field in body:
            for value in (WORDS["text"], [WORDS["buyer"]], {WORDS["unknown"]: WORDS["phone"]}, 9e99):
                yield body | {field: value}
            yield {name: value for name, value in body.items() if name != field} | {WORDS["unknown"]: 1}


def check(kit: Kit, where: str, content: str | bytes, *, but: tuple[str, ...] = ()) -> None:
    """Fail where any of the marked data is in this, as it is or escaped as in JSON, addresses or other encodings."""
    found = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    for name, mark in kit.marks.items():
        if mark in but:
            continue
        forms = {mark.encode(), mark.encode("utf-16-le"), mark.encode("gbk"), quote(mark).encode()}
        forms.add(json.dumps(mark)[1:-1].encode())
        assert not any(form in found for form in forms), f"{name} is in {where}"


def check_answer(kit: Kit, response: TestResponse) -> None:
    """Headers never hold marked data, bodies of errors neither."""
    check(kit, "a response header", repr(list(response.headers)))
    if response.status_code >= 400:
        # whoever sent an unknown field is told its name, or could not find it; a page of the console that is not there
        # links to itself in the other language
        but: tuple[str, ...] = (WORDS["unknown"],) if response.status_code == 422 else ()
        path = response.request.path
        if response.status_code in (400, 404) and path.startswith(("/console/talks/", "/console/cases/")):
            but = tuple(mark for mark in WORDS.values() if mark in path)
        if response.status_code in (409, 422) and path.startswith(
            ("/console/paste", "/console/setup/", "/console/talks", "/console/cases")
        ):
            # what was typed stands in its field again, to be mended, on the page of what it is about
            but = (*WORDS.values(), *IDS.values())
        check(kit, f"the body of a {response.status_code} to {path}", response.get_data(), but=but)


def check_outputs(kit: Kit, capfd: pytest.CaptureFixture[str]) -> None:
    """Search the log, the metrics and the files of the database."""
    output = capfd.readouterr()
    assert output.err, "nothing was logged"
    check(kit, "the log", output.err)
    check(kit, "standard output", output.out)
    metrics = kit.client.get("/metrics")
    if metrics.status_code == 200:
        check(kit, "the metrics", metrics.get_data())
    files = [file for file in kit.folder.rglob("*") if file.is_file()]
    assert {"store.db", "store.db-wal"} <= {file.name for file in files}
    for file in files:
        check(kit, file.name, file.read_bytes(), but=tuple(IDS.values()))


def test_this_test_knows_how_to_feed_every_route(kit: Kit) -> None:
    """A new route fails here until it is said what it takes."""
    found = {
        (rule.endpoint, method)
        for rule in kit.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert found == set(BODIES), "say in BODIES what a new route takes, with marked data in it"


def test_good_requests_leave_no_trace(kit: Kit, capfd: pytest.CaptureFixture[str]) -> None:
    """Each route is fed what it takes, twice; logs, headers and files hold nothing of it."""
    for again in (False, True):
        for rule, method in routes(kit.app):
            if again and isinstance(BODIES[rule.endpoint, method], Form | Upload):
                continue  # the password is another one by now
            response = ask(kit, rule, method, BODIES[rule.endpoint, method])
            taken = rule.endpoint == "console.make_first"  # there is a user already
            assert response.status_code == 409 if taken else response.status_code < 400, (
                rule.rule,
                response.get_data(as_text=True),
            )
            check_answer(kit, response)
    with backend_of(kit.app).store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM messages")).scalar() == 4
    check_outputs(kit, capfd)


def test_bad_requests_leave_no_trace(kit: Kit, capfd: pytest.CaptureFixture[str]) -> None:
    """Wrong bodies, keys, methods, media types, ids and queries are refused without being repeated."""
    for rule, method in routes(kit.app):
        good = BODIES[rule.endpoint, method]
        for body in broken(good) if good is not None else ():
            check_answer(kit, ask(kit, rule, method, body))
        if isinstance(good, Form):
            wrong = {field: WORDS["draft"] for field in good.fields if field not in ("shop", "name")}
            check_answer(kit, ask(kit, rule, method, Form(good.fields | wrong)))
            check_answer(kit, kit.client.post(address(kit, rule), data=good.fields))
        answers = [
            ask(kit, rule, method, good, key=WORDS["unknown"]),
            ask(kit, rule, "PATCH", good),
            ask(kit, rule, f"X{WORDS['unknown'].upper()}", good),
            ask(kit, rule, method, b"", content_type=f"text/{WORDS['unknown']}"),
            kit.client.open(address(kit, rule, **dict.fromkeys(VARIABLES, WORDS["text"] * 20)), method=method, json={}),
            kit.client.open(address(kit, rule, **dict.fromkeys(VARIABLES, WORDS["text"])), method=method, json={}),
            kit.client.open(rule.rule + WORDS["unknown"], method=method, json={}),
        ]
        queries = ("limit", "cursor", "band", "conversation_id", "preview", "trust", "untouched", "select")
        for name in (*queries, WORDS["unknown"]):
            answers.append(kit.client.open(f"{address(kit, rule)}?{name}={WORDS['query']}", method=method, json={}))
        for response in answers:
            check_answer(kit, response)
    check_answer(kit, kit.client.get(f"/{WORDS['unknown']}", headers=HEADERS))
    capfd_lines = capfd.readouterr().err
    check(kit, "the log", capfd_lines)
    assert '"status": 422' in capfd_lines


def test_a_conflict_leaves_no_trace(kit: Kit, capfd: pytest.CaptureFixture[str]) -> None:
    """The same id with another text is refused without either."""
    (rule,) = (rule for rule, _ in routes(kit.app) if rule.endpoint == "conversations.add_messages")
    assert ask(kit, rule, "POST", MESSAGE).status_code == 200
    response = ask(kit, rule, "POST", MESSAGE | {"text": WORDS["draft"]})
    assert response.status_code == 409
    check_answer(kit, response)
    check_outputs(kit, capfd)


def quoting(*_given: Any, **_named: Any) -> Any:
    raise RuntimeError(" ".join([*WORDS.values(), *IDS.values()]))


def empty(kit: Kit) -> None:
    """As another program would."""
    with backend_of(kit.app).store.writing() as connection:
        for name in ("assessments", "messages", "orders", "entries", "api_keys"):
            connection.execute(text(f"DROP TABLE {name}"))


@pytest.mark.parametrize("what", ["unforeseen", "database"])
def test_errors_leave_no_trace(
    kit: Kit, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """An error of ours that quotes all it was given, and a database that fails: kind and place are logged, no value."""
    statuses = set()
    if what == "database":
        empty(kit)
    else:
        for name in ("Scorer.assess", "Scorer.assess_state", "Scorer.check_reply"):
            monkeypatch.setattr(f"riskmodel.scorer.{name}", quoting)
        monkeypatch.setattr("service.store.talks.TalkStore.find", quoting)
    for rule, method in routes(kit.app):
        response = ask(kit, rule, method, BODIES[rule.endpoint, method])
        statuses.add(response.status_code)
        check_answer(kit, response)
    assert {"unforeseen": 500, "database": 503}[what] in statuses
    check_outputs(kit, capfd)
