"""Exhibits among the pieces: as they were sent where the form takes them so, made to fit where not, or named as out."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any

import pytest
from evidence_case import KEY, talk
from pictures import noisy, pdf, photo, plain
from PIL import Image

from riskmodel.conversation import Conversation
from service.evidence.appeal import read_appeal
from service.evidence.bundle import build_bundle
from service.evidence.pieces import make_pieces


def showing(*files: tuple[str, bytes], absent: bool = False) -> tuple[Conversation, dict[str, bytes]]:
    """A conversation whose messages bring these files, and their contents."""
    messages = [
        {
            **{"message_id": f"m{number}", "sender": "buyer", "sent_at": "2026-05-06T09:00:00+08:00", "text": "请看"},
            "attachments": [
                {"name": name, "media_type": "image/jpeg", "sha256": hashlib.sha256(content).hexdigest()},
            ],
        }
        for number, (name, content) in enumerate(files)
    ]
    contents = {hashlib.sha256(content).hexdigest(): content for _, content in files}
    return talk(messages=messages), {} if absent else contents


def pieces_for(profile: str, *files: tuple[str, bytes], absent: bool = False) -> dict[str, bytes]:
    conversation, contents = showing(*files, absent=absent)
    appeal = read_appeal(profile, None, None)
    assert appeal is not None
    bundle = build_bundle(conversation, [], KEY, appeal=appeal, attachments=contents)
    return make_pieces(bundle, appeal.profile, appeal.language)


def told(pieces: dict[str, bytes]) -> list[dict[str, Any]]:
    """What ``pieces.json`` says of the exhibits."""
    found: list[dict[str, Any]] = json.loads(pieces["pieces.json"])["exhibits"]
    return found


def test_what_the_form_takes_is_given_to_the_byte() -> None:
    """Under the exhibit's number; the same file a second time is no second piece."""
    box, paper = photo(), pdf(plain(1))
    pieces = pieces_for("card_amex", ("箱子.jpg", box), ("note.pdf", paper), ("again.jpg", box))
    assert (pieces["E1.jpg"], pieces["E2.pdf"]) == (box, paper)
    assert [(each["number"], each["files"], each["as_sent"], each["lacks"]) for each in told(pieces)] == [
        ("E1", ["E1.jpg"], True, None),
        ("E2", ["E2.pdf"], True, None),
        ("E3", ["E1.jpg"], True, None),
    ]
    assert "- E1 箱子.jpg：原样提供：E1.jpg。" in pieces["checklist.zh.txt"].decode()
    assert "- E3 again.jpg: as it was sent: E1.jpg." in pieces["checklist.en.txt"].decode()


def test_a_kind_that_is_not_taken_becomes_a_picture_that_is() -> None:
    """PNG for a form of JPEG; without what a camera notes beside it."""
    exif = Image.Exif()
    exif[0x010E] = "西宁某处"
    pieces = pieces_for("card_mastercard", ("shot.png", photo(kind="PNG", exif=exif)))
    with Image.open(io.BytesIO(pieces["E1.jpg"])) as image:
        assert (image.format, image.size) == ("JPEG", (900, 600))
        assert not image.getexif()
    assert told(pieces)[0]["as_sent"] is False
    assert "made anew to fit the form: E1.jpg" in pieces["checklist.en.txt"].decode()


def test_a_picture_that_is_too_large_is_made_smaller() -> None:
    """Two million bytes for WeChat: less sharp or less wide, and not less than can be seen."""
    large = photo(2400, 1800, quality=95)
    assert len(large) > 2_000_000
    pieces = pieces_for("weixin_shop", ("wide.jpg", large))
    assert len(pieces["E1.jpg"]) <= 2_000_000
    with Image.open(io.BytesIO(pieces["E1.jpg"])) as image:
        assert image.width >= 480


def test_a_pdf_that_is_not_taken_as_it_is_comes_as_pictures_of_its_pages() -> None:
    """As many as there is room for; that there are more is said."""
    pieces = pieces_for("card_amex", ("long.pdf", pdf(*map(plain, range(21)))))
    assert [name for name in pieces if name.startswith("E1")] == [f"E1p{n:02d}.jpg" for n in range(1, 5)]
    assert told(pieces)[0]["lacks"] == "files"
    assert "in part: E1p01.jpg, E1p02.jpg" in pieces["checklist.en.txt"].decode()


@pytest.mark.parametrize(
    ("profile", "name", "content", "lacks"),
    [
        ("taobao_refund_message", "box.jpg", photo(), "files"),
        ("card_amex", "clip.mp4", b"\x00\x00\x00\x18ftypmp42", "format"),
        ("card_amex", "broken.png", photo(kind="PNG")[:900], "unreadable"),
        ("card_amex", "none.pdf", b"%PDF-1.7 nothing", "format"),
    ],
)
def test_what_is_left_out_is_named_in_the_checklist(profile: str, name: str, content: bytes, lacks: str) -> None:
    """With the reason and what to do, in both languages."""
    pieces = pieces_for(profile, (name, content))
    assert [(each["files"], each["lacks"]) for each in told(pieces)] == [([], lacks)]
    for language, left_out in (("zh", "未提供"), ("en", "left out")):
        text = pieces[f"checklist.{language}.txt"].decode()
        assert f"E1 {name}" in text
        assert left_out in text


def test_a_file_that_is_not_in_the_bundle_is_named_too() -> None:
    """With the option that puts it in."""
    pieces = pieces_for("tmall", ("box.jpg", b"1"), absent=True)
    assert told(pieces)[0]["lacks"] == "file"
    assert "--attachments" in pieces["checklist.zh.txt"].decode()


def test_where_no_kinds_could_be_verified_any_file_is_given() -> None:
    """What is not known to be limited is not limited here."""
    clip = b"\x00\x00\x00\x18ftypmp42"
    pieces = pieces_for("tmall", ("clip.MP4", clip), ("notes", b"1"), ("p.webp", photo(kind="WEBP")))
    assert (pieces["E1.mp4"], pieces["E2.bin"]) == (clip, b"1")
    assert "E3.webp" in pieces


def test_exhibits_come_before_the_later_pages_of_the_summary() -> None:
    """Five files for American Express: where the summary does not go as a PDF, two pages, then three exhibits."""
    conversation, contents = showing(*((f"{n}.jpg", photo(600 + n, 400)) for n in range(4)))
    appeal = read_appeal("card_amex", None, None)
    assert appeal is not None
    long = pdf(*map(plain, range(21)))
    bundle = build_bundle(conversation, [], KEY, appeal=appeal, attachments=contents, sign_pdf=lambda _: long)
    pieces = make_pieces(bundle, appeal.profile, appeal.language)
    assert [name for name in pieces if name[0] in "Ep" and name[-4:] == ".jpg"] == [
        *("page01.jpg", "page02.jpg", "E1.jpg", "E2.jpg", "E3.jpg"),
    ]
    assert [each["lacks"] for each in told(pieces)] == [None, None, None, "files"]


def test_pages_leave_half_of_the_bytes_to_the_exhibits() -> None:
    """Three million for Discover: noisy pages would take all of them."""
    conversation, contents = showing(("a.jpg", photo(800, 600)))
    appeal = read_appeal("card_discover", None, None)
    assert appeal is not None
    noise = pdf(*[noisy()] * 4)
    bundle = build_bundle(conversation, [], KEY, appeal=appeal, attachments=contents, sign_pdf=lambda _: noise)
    pieces = make_pieces(bundle, appeal.profile, appeal.language)
    assert told(pieces)[0]["files"] == ["E1.jpg"]
    given = [content for name, content in pieces.items() if name.endswith((".jpg", ".png"))]
    assert len(given) == 5
    assert sum(map(len, given)) <= 3_000_000
