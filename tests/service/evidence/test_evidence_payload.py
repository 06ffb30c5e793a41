"""The payload: every file under ``data/``, each made of those before it."""

from __future__ import annotations

import json

import pytest
from evidence_case import DETAIL, KEY, PHOTO, TRAJECTORY, pdf_text, squeezed, talk

from riskmodel.conversation import Conversation
from service.evidence.appeal import read_appeal
from service.evidence.bag import PAYLOAD
from service.evidence.payload import SUMMARY, Payload
from service.evidence.record import make_record
from service.evidence.signature import fingerprint


def payload_of(conversation: Conversation | None = None, *, untouched: bool = False, **given: object) -> Payload:
    said = talk() if conversation is None else conversation
    attachments = given.get("attachments", {})
    assert isinstance(attachments, dict)
    record = make_record(said, TRAJECTORY if conversation is None else [], (), attachments, untouched=untouched)
    return Payload(record, said, **{"key": KEY, **given})  # type: ignore[arg-type]  # the fields of the class


@pytest.fixture(scope="module")
def plain() -> dict[str, bytes]:
    """The files of the case, with nothing that was asked for besides."""
    return payload_of().files()


def test_it_has_the_files_that_every_bundle_has(plain: dict[str, bytes]) -> None:
    """No more where no attachments, platform or log are there."""
    assert sorted(plain) == sorted(PAYLOAD)


def test_attachments_and_an_appeal_add_their_files() -> None:
    """The file as it was sent, checklist and letter; the page lists them all."""
    files = payload_of(attachments=PHOTO, appeal=read_appeal("tmall", None, None)).files()
    assert set(files) - set(PAYLOAD) == {
        *("data/exhibits/001-box.jpg", "data/checklist.json", "data/checklist.zh.txt", "data/checklist.en.txt"),
        "data/letter.txt",
    }
    assert files["data/exhibits/001-box.jpg"] == next(iter(PHOTO.values()))
    assert "exhibits/001-box.jpg" in files["data/transcript.html"].decode()


def test_times_of_orders_are_also_in_the_zone_of_the_shop() -> None:
    """Where an order has one, as it was given and as the shop's clock shows it."""
    orders = [{"order_id": "o1", "placed_at": "2026-05-06T08:03:00Z"}, {"order_id": "o2"}]
    written = json.loads(payload_of(talk(orders=orders)).files()["data/orders.json"])
    assert written["timezone"] == "Asia/Shanghai"
    assert written["orders"][0]["placed_at_shop_zone"] == "2026-05-06 16:03:00+08:00"
    assert "placed_at_shop_zone" not in written["orders"][1]


def test_only_an_untouched_transcript_shows_what_is_personal(plain: dict[str, bytes]) -> None:
    """And the file on masking says which of the two it is; the orders beside it stay covered."""
    untouched = payload_of(untouched=True).files()
    for files, kind in ((plain, "redacted"), (untouched, "untouched")):
        assert (DETAIL in files["data/transcript.json"].decode()) == (kind == "untouched")
        assert DETAIL not in files["data/orders.json"].decode()
        assert json.loads(files["data/masking.json"])["transcript"] == kind


def test_without_a_key_nothing_is_committed_to(plain: dict[str, bytes]) -> None:
    """With one each masked value has its commitment, and the summary names the key."""
    masking = json.loads(plain["data/masking.json"])
    assert all(len(entry["commitment"]) == 64 for entry in masking["masked"])
    assert fingerprint(KEY.public_key()) in pdf_text(plain[SUMMARY])
    unsigned = payload_of(key=None).files()
    masking = json.loads(unsigned["data/masking.json"])
    assert masking["commitments"] is None
    assert {entry["commitment"] for entry in masking["masked"]} == {None}


def test_a_time_stamp_that_is_to_come_is_not_missing(plain: dict[str, bytes]) -> None:
    """The list of what is weak is made before the stamp is asked for."""
    codes = {gap["code"] for gap in json.loads(plain["data/missing.json"])}
    stamped = {gap["code"] for gap in json.loads(payload_of(stamped=True).files()["data/missing.json"])}
    assert codes - stamped == {"no_trusted_time"}


def test_the_summary_is_signed_where_it_is_asked_for() -> None:
    """What the signer gives is the file, and nothing else is shown to it."""
    shown: list[bytes] = []

    def sign(content: bytes) -> bytes:
        shown.append(content)
        return content + b"signed"

    assert payload_of(sign_pdf=sign).files()[SUMMARY] == shown[0] + b"signed"
    assert squeezed("case-1") in pdf_text(shown[0])
