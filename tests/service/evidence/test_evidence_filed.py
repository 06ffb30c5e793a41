"""What a case adds to a bundle: files of its own among the exhibits, and its steps in the timeline."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from evidence_case import KEY, PHONE, TALK, payload, pdf_text, talk

from service.evidence import verify_bundle
from service.evidence.appeal import read_appeal
from service.evidence.bundle import build_bundle
from service.evidence.filed import CaseFile, CaseStep, FiledExhibit

SENT, FILED, LISTED = b"as it was sent", b"as it was filed", b"never filed"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


SENT_WITH = {"name": "sent.jpg", "media_type": "image/jpeg", "sha256": digest(SENT)}
CASE = CaseFile(
    [
        FiledExhibit("copy.jpg", "image/jpeg", digest(SENT), SENT),
        FiledExhibit(f"通话{PHONE}.pdf", "application/pdf", digest(FILED), FILED),
        FiledExhibit("later.mp4", "video/mp4", digest(LISTED), None),
    ],
    [
        CaseStep(
            datetime(2026, 11, 12, 1, tzinfo=UTC), "售后申请：买家申请仅退款", "after-sales request: the buyer requests"
        )
    ],
)


def made(**more: Any) -> bytes:
    messages = [*TALK["messages"][:2], {**TALK["messages"][2], "attachments": [SENT_WITH]}]
    return build_bundle(talk(messages=messages), [], KEY, case=CASE, **more)


def test_files_of_a_case_stand_after_those_of_the_talk() -> None:
    """One that a message names is that attachment; the others have no message; what was not filed is listed."""
    bundle = made()
    files = payload(bundle)
    listed = json.loads(files["data/exhibits.json"])["exhibits"]
    assert [(each["number"], each["message_id"], each["sha256"]) for each in listed] == [
        ("E1", "c", digest(SENT)),
        ("E2", None, digest(FILED)),
        ("E3", None, digest(LISTED)),
    ]
    assert [each["file"] and files[each["file"]] for each in listed] == [SENT, FILED, None]
    assert listed[1]["size_bytes"] == len(FILED)
    assert PHONE not in listed[1]["name"]
    missing = {each["code"]: each["details"] for each in json.loads(files["data/missing.json"])}
    assert "attachments_by_digest" not in missing
    assert (missing["exhibits_filed"], missing["exhibits_by_digest"]) == (["E2", "E3"], ["E3"])
    assert verify_bundle(bundle).status == 0
    assert made() == bundle


def test_readers_see_whose_files_and_steps_they_are() -> None:
    """In page and summary: filed by the shop, and noted by the shop."""
    files = payload(made())
    page, summary = files["data/transcript.html"].decode(), pdf_text(files["data/summary.pdf"])
    for text in (page, summary):
        assert text.count("店铺提交") == 2
        assert "店铺记录：售后申请：买家申请仅退款" in text.replace("\n", "")
        assert PHONE not in text


def test_the_checklist_counts_the_files_of_the_case() -> None:
    """Weak where one is listed only, and it is named."""
    files = payload(made(appeal=read_appeal("taobao_refund_message", None, None)))
    items = {each["code"]: each for each in json.loads(files["data/checklist.json"])["requirements"]}
    assert items["exhibits"]["status"] == "weak"
    assert items["exhibits"]["rests_on"] == ["E3"]
