"""Evidence over HTTP: a stored talk as a bundle, and the check of any bundle."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_case import key, problem, served
from cryptography.hazmat.primitives.serialization import Encoding
from flask.testing import FlaskClient
from time_case import authority, serving

from riskmodel.scorer import Scorer
from service.cli import main
from service.evidence import verify_bundle
from service.evidence.bag import take_base_off
from service.evidence.container import read_container
from service.evidence.profiles import profile_names
from service.store.engine import Store

SAID = {"message_id": "m1", "sender": "buyer", "sent_at": "2026-03-04T10:00:00+08:00", "text": "在吗"}


@pytest.fixture
def client(url: str, store: Store, trained: Scorer, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    monkeypatch.setattr(Scorer, "load", lambda directory: trained)
    with served(url) as client:
        yield client


def made(client: FlaskClient, headers: dict[str, str]) -> bytes:
    """The bundle of a talk that was just sent."""
    client.post("/v1/conversations/t/messages", json=SAID, headers=headers)
    response = client.post("/v1/conversations/t/evidence", headers=headers)
    assert response.status_code == 200, response.get_data(as_text=True)
    assert response.mimetype == "application/zip"
    assert response.headers["Content-Disposition"] == 'attachment; filename="baitwatch-evidence.zip"'
    return response.get_data()


def test_a_talk_comes_out_as_a_bundle(client: FlaskClient, store: Store) -> None:
    """Signed, with the entry of each message in the log, under a name that says nothing of the talk."""
    report = verify_bundle(made(client, key(store, "甲店", "score", "evidence")))
    assert report.failures == ()
    assert report.arrival is not None
    assert (report.arrival.checked, report.arrival.size, report.arrival.shop) == (1, 2, "甲店"), "one is of the key"


def test_verifying_over_http_is_verifying_on_the_command_line(
    client: FlaskClient, store: Store, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The same JSON, whatever is found; 200 for a bundle, a damaged one and what is none."""
    bundle = made(client, key(store, "甲店", "score", "evidence"))
    for number, content in enumerate(
        (bundle, bundle[:-1], bundle.replace(b"\xe5\x9c\xa8", b"\xe5\x9c\xa9"), b"", b"no")
    ):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(content)
        answer = client.post("/v1/evidence/verify", data=content, content_type="application/zip")
        capfd.readouterr()
        status = main(["verify", str(path), "--json"])
        assert answer.status_code == 200
        assert answer.get_json() == json.loads(capfd.readouterr().out)
        assert answer.get_json()["status"] == status == (0, 1, 1, 3, 3)[number]


def test_keys_that_may_sign_can_be_named(client: FlaskClient, store: Store) -> None:
    """By their fingerprints in the query; another key is not demonstrated."""
    bundle = made(client, key(store, "甲店", "score", "evidence"))
    signer = verify_bundle(bundle).fingerprint
    for trust, verdict in ((signer, "verified"), ("0" * 64, "not_demonstrated")):
        answer = client.post(f"/v1/evidence/verify?trust={trust}", data=bundle, content_type="application/zip")
        assert answer.get_json()["verdict"] == verdict


def test_a_talk_of_another_shop_or_without_words_gives_no_bundle(client: FlaskClient, store: Store) -> None:
    """404 for the one, 422 for the other."""
    mine = key(store, "甲店", "score", "evidence")
    made(client, mine)
    path = "/v1/conversations/t/evidence"
    problem(client.post(path, headers=key(store, "乙店", "evidence")), 404, "not-found")
    client.put("/v1/conversations/empty/facts", json={"platform": "taobao"}, headers=mine)
    problem(client.post("/v1/conversations/empty/evidence", headers=mine), 422, "contract")
    problem(client.post(path), 401, "key")
    problem(client.post(path, headers=key(store, "甲店", "read")), 403, "scope")


def test_what_is_not_sent_as_a_bundle_is_refused(url: str, client: FlaskClient, store: Store) -> None:
    """Another media type is 415, too much is 413, too many trusted keys are 422."""
    path, kind = "/v1/evidence/verify", "application/zip"
    problem(client.post(path, json={}), 415, "media-type")
    problem(client.post(path, data=b"", content_type=kind, headers={"Content-Encoding": "gzip"}), 415, "media-type")
    problem(client.post(path + "?" + "&".join(["trust=0"] * 51), data=b"", content_type=kind), 422, "contract")
    with served(url, MAX_CONTENT_LENGTH=100) as small:
        problem(small.post(path, data=bytes(101), content_type=kind), 413, None)


def test_verifying_needs_a_key_only_where_the_settings_say(url: str, client: FlaskClient, store: Store) -> None:
    """Open as other endpoints that store nothing; a key that is given must be good for it."""
    path, kind = "/v1/evidence/verify", "application/zip"
    problem(client.post(path, data=b"", content_type=kind, headers=key(store, "甲店", "read")), 403, "scope")
    with served(url, OPEN_SCORING=False) as closed:
        problem(closed.post(path, data=b"", content_type=kind), 401, "key")


def test_a_bundle_for_a_platform_over_http(client: FlaskClient, store: Store) -> None:
    """The same files as on the command line, the deadline counted from the event; what is wrong is 422 by its name."""
    headers = key(store, "甲店", "score", "evidence")
    made(client, headers)
    path = "/v1/conversations/t/evidence?profile=taobao_refund_message"
    answer = client.post(path + "&language=en", headers=headers)
    assert answer.status_code == 200
    assert verify_bundle(answer.get_data()).failures == ()
    files = take_base_off(read_container(answer.get_data()))
    assert "data/checklist.json" in files
    assert files["data/letter.txt"].decode().startswith("The record has no words that trade a review")
    for query, field in (
        ("profile=taobo", "profile"),
        ("profile=tmall&event_date=soon", "event_date"),
        ("profile=taobao_review&event_date=9999-12-30", "event_date"),
        ("profile=tmall&language=fr", "language"),
        ("language=zh", "language"),
        ("profil=tmall", "(query)"),
    ):
        body = problem(client.post(f"/v1/conversations/t/evidence?{query}", headers=headers), 422, "contract")
        assert [error["field"] for error in body["errors"]] == [field]


def test_profiles_are_listed_over_http(client: FlaskClient) -> None:
    """All of them, with their sources; where nothing could be verified there is null."""
    listed = {profile["name"]: profile for profile in client.get("/v1/profiles").get_json()["profiles"]}
    assert list(listed) == list(profile_names())
    assert listed["jd"]["deadline"] is None
    assert listed["weixin_shop"]["limits"]["text"]["value"] == 500
    assert listed["weixin_shop"]["sources"]["proof_api"]["address"].startswith("https://developers.weixin.qq.com/")


def test_a_bundle_is_stamped_where_the_service_has_a_time_authority(
    client: FlaskClient, store: Store, tmp_path: Path
) -> None:
    """Its time-stamp leads to the authority that was set; one that does not answer, or is another, makes no bundle."""
    headers = key(store, "甲店", "score", "evidence")
    config = client.application.config
    (tmp_path / "ca.pem").write_bytes(authority("theirs").root.public_bytes(Encoding.PEM))
    with serving(Late()) as url:
        config["TSA_URL"] = url
        assert verify_bundle(made(client, headers), authorities=[authority().root]).failures == ()
        config["TSA_CA"] = str(tmp_path / "ca.pem")
        another = client.post("/v1/conversations/t/evidence", headers=headers)
        config["TSA_CA"] = str(tmp_path / "absent.pem")
        unread = client.post("/v1/conversations/t/evidence", headers=headers)
        config["TSA_CA"] = ""
    silent = client.post("/v1/conversations/t/evidence", headers=headers)
    for response, told in ((another, "among those you trust"), (unread, "BAITWATCH_TSA_CA"), (silent, "refused")):
        assert response.status_code == 503
        assert response.get_json()["type"] == "urn:baitwatch:problem:time-authority"
        assert told in response.get_json()["detail"]
        assert response.headers["Retry-After"]


class Late:
    """An authority with a clock of the case."""

    def answer(self, question: bytes) -> bytes:
        return authority().answer(question)
