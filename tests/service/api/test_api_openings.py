"""Personal data over HTTP: the untouched transcript, single values opened, and the check of what was opened."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from api_case import key, problem, served
from cryptography.hazmat.primitives.serialization import Encoding
from flask.testing import FlaskClient
from sqlalchemy import select
from time_case import authority, serving
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from riskmodel.scorer import Scorer
from service.evidence import verify_bundle
from service.evidence.bag import take_base_off
from service.evidence.container import read_container
from service.evidence.openings import MAX_OPENINGS_BYTES
from service.store.engine import Store
from service.store.schema import access_log

PHONE, ADDRESS = "13900001234", "云杉路77号2单元901"
SAID = {"message_id": "m1", "sender": "buyer", "sent_at": "2026-03-04T10:00:00+08:00", "text": f"打{PHONE}"}
ORDER = {"order_id": "o1", "status": "paid", "ship_to": {"province": "青海", "detail": ADDRESS}}
ZIP = "application/zip"
OPENINGS, VERIFY = "/v1/conversations/t/openings", "/v1/evidence/verify"


@pytest.fixture
def client(url: str, store: Store, trained: Scorer, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    monkeypatch.setattr(Scorer, "load", lambda directory: trained)
    with served(url) as client:
        yield client


@pytest.fixture
def mine(store: Store) -> dict[str, str]:
    return key(store, "甲店", "score", "read", "evidence")


def tell(client: FlaskClient, headers: dict[str, str], talk: str = "t") -> None:
    client.post(f"/v1/conversations/{talk}/orders", json=ORDER, headers=headers)
    assert client.post(f"/v1/conversations/{talk}/messages", json=SAID, headers=headers).status_code == 200


def bundle(client: FlaskClient, headers: dict[str, str], talk: str = "t", query: str = "") -> bytes:
    """The bundle of a talk that was just sent."""
    tell(client, headers, talk)
    response = client.post(f"/v1/conversations/{talk}/evidence{query}", headers=headers)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_data()


def opened(client: FlaskClient, headers: dict[str, str], sealed: bytes, query: str = "?select=all") -> Any:
    return client.post(OPENINGS + query, data=sealed, content_type=ZIP, headers=headers)


def form(**files: bytes) -> dict[str, Any]:
    # the client itself would leave a large body in a file that it does not close
    boundary, body = encode_multipart(
        {name: FileStorage(io.BytesIO(content), f"{name}.bin") for name, content in files.items()}
    )
    return {"data": body, "content_type": f"multipart/form-data; boundary={boundary}"}


def actions(store: Store) -> list[str]:
    """What the access log says was done, without who."""
    with store.reading() as connection:
        return list(connection.execute(select(access_log.c.action).order_by(access_log.c.id)).scalars())


def test_values_are_opened_and_verified(client: FlaskClient, store: Store, mine: dict[str, str]) -> None:
    """What was masked comes as it was said; the check says which numbers fit, and all of the message fits the log."""
    sealed = bundle(client, mine)
    assert PHONE.encode() not in sealed
    answer = opened(client, mine, sealed, "?select=messages.0")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert [each["value"] for each in answer.get_json()["openings"]] == [PHONE]
    report = client.post(VERIFY, **form(bundle=sealed, openings=answer.get_data())).get_json()
    assert report["verdict"] == "verified"
    assert report["opened"] == [answer.get_json()["openings"][0]["number"]]
    assert report["log"]["covered"] == ["orders.0"]
    assert actions(store)[-2:] == ["evidence", "openings"]


def test_openings_that_do_not_fit_are_told(client: FlaskClient, mine: dict[str, str]) -> None:
    """Another value, what is no file of openings, and more than one can be."""
    sealed = bundle(client, mine)
    openings = opened(client, mine, sealed).get_json()
    openings["openings"][0]["value"] = "13900001235"
    for content, code in (
        (json.dumps(openings).encode(), "OpeningDoesNotFit"),
        (b"{", "OpeningsNotReadable"),
        (b"[" + b" " * MAX_OPENINGS_BYTES, "OpeningsNotReadable"),
    ):
        report = client.post(VERIFY, **form(bundle=sealed, openings=content)).get_json()
        assert code in [failure["code"] for failure in report["failures"]]


def test_an_older_bundle_of_a_talk_that_went_on_is_opened(client: FlaskClient, mine: dict[str, str]) -> None:
    """By what was kept when it was made, though the order has another address by now."""
    sealed = bundle(client, mine)
    later = {**ORDER, "ship_to": {"province": "青海", "detail": "别处1号"}}
    assert client.post("/v1/conversations/t/orders", json=later, headers=mine).status_code == 200
    values = [each["value"] for each in opened(client, mine, sealed).get_json()["openings"]]
    assert ADDRESS in values
    assert "别处1号" not in values


def test_only_a_bundle_that_was_made_of_this_talk_is_opened(
    client: FlaskClient, store: Store, mine: dict[str, str]
) -> None:
    """Else one could try out guesses at what another shop's bundle masks; 422 by the name of the part."""
    theirs = key(store, "乙店", "score", "read", "evidence")
    foreign = bundle(client, theirs)
    sealed, other = bundle(client, mine), bundle(client, mine, "other")
    for content in (foreign, other, sealed[:-1], b"PK"):
        body = problem(opened(client, mine, content), 422, "contract")
        assert [error["field"] for error in body["errors"]] == ["bundle"]
    for query, field in (("", "select"), ("?select=", "select"), ("?select=M99", "select"), ("?which=M1", "(query)")):
        body = problem(opened(client, mine, sealed, query), 422, "contract")
        assert [error["field"] for error in body["errors"]] == [field]
    problem(opened(client, key(store, "丙店", "read", "evidence"), sealed), 404, "not-found")
    problem(client.post(f"{OPENINGS}?select=all", json={}, headers=mine), 415, "media-type")
    assert "openings" not in actions(store)


def test_what_is_personal_needs_a_key_that_may_read(client: FlaskClient, store: Store, mine: dict[str, str]) -> None:
    """One for evidence alone gets neither the untouched transcript nor an opening."""
    sealed = bundle(client, mine)
    seals = key(store, "甲店", "evidence")
    problem(opened(client, seals, sealed), 403, "scope")
    problem(client.post("/v1/conversations/t/evidence?untouched=true", headers=seals), 403, "scope")
    assert client.post("/v1/conversations/t/evidence?untouched=false", headers=seals).status_code == 200
    problem(client.post("/v1/conversations/t/evidence?untouched=yes", headers=mine), 422, "contract")


def test_the_untouched_transcript_comes_on_request(client: FlaskClient, store: Store, mine: dict[str, str]) -> None:
    """It verifies, says so in itself, and the access log tells it from a covered one."""
    sealed = bundle(client, mine, query="?untouched=true")
    assert verify_bundle(sealed).failures == ()
    files = take_base_off(read_container(sealed))
    assert PHONE.encode() in files["data/transcript.json"]
    assert PHONE.encode() not in files["data/transcript.html"]
    assert json.loads(files["data/masking.json"])["transcript"] == "untouched"
    assert actions(store)[-1] == "untouched evidence"


def test_time_authorities_to_trust_can_be_sent(client: FlaskClient, mine: dict[str, str]) -> None:
    """As `--tsa-ca`: theirs verifies, another's is told, and without a time-stamp there is none."""
    unstamped = bundle(client, mine)
    with serving(authority()) as url:
        client.application.config["TSA_URL"] = url
        stamped = bundle(client, mine)
    ours, others = (each.root.public_bytes(Encoding.PEM) for each in (authority(), authority("another")))
    for sealed, pem, codes in (
        (stamped, ours, []),
        (stamped, others, ["UnknownAuthority"]),
        (unstamped, ours, ["Unstamped"]),
    ):
        report = client.post(VERIFY, **form(bundle=sealed, authorities=pem)).get_json()
        assert [failure["code"] for failure in report["failures"]] == codes
    for pem in (b"", b"no certificate", b"#" * 1_000_001 + ours):
        body = problem(client.post(VERIFY, **form(bundle=stamped, authorities=pem)), 422, "contract")
        assert [error["field"] for error in body["errors"]] == ["authorities"]


def test_a_form_that_is_no_good_is_refused(url: str, client: FlaskClient) -> None:
    """Without a bundle, with two, with something unknown, cut off, or too large; what is wrong is named."""
    for files, field in (
        (form(openings=b"{}"), "bundle"),
        ({"data": {"bundle": [(io.BytesIO(b"PK"), "a"), (io.BytesIO(b"PK"), "b")]}}, "bundle"),
        ({"data": {"bundle": (io.BytesIO(b"PK"), "a"), "more": (io.BytesIO(b""), "b")}}, "more"),
        ({"data": {"bundle": (io.BytesIO(b"PK"), "a"), "trust": "ab"}}, "trust"),
    ):
        body = problem(client.post(VERIFY, **files), 422, "contract")
        assert [error["field"] for error in body["errors"]] == [field]
    cut = {"data": b"--x\r\nno form", "content_type": "multipart/form-data; boundary=x"}
    problem(client.post(VERIFY, **cut), 400, "body-not-form")
    with served(url, MAX_CONTENT_LENGTH=1000) as small:
        body = problem(small.post(VERIFY, **form(bundle=bytes(1000))), 413, None)
        assert "larger than 1000 bytes" in body["detail"]


def test_a_large_file_of_any_bytes_is_read_as_a_part(client: FlaskClient) -> None:
    """Line ends wherever the parser stops reading are no reason to refuse it."""
    for content in (b"\r\n" * 200_000, b"\r\n--" * 100_000, bytes(65_500) + b"\r" * 100_000):
        report = client.post(VERIFY, **form(bundle=content)).get_json()
        assert report["verdict"] == "could_not_run"


def test_the_list_of_profiles_takes_no_parameters(client: FlaskClient) -> None:
    """A slip is told, as everywhere else."""
    body = problem(client.get("/v1/profiles?name=tmall"), 422, "contract")
    assert "takes none" in body["errors"][0]["message"]
