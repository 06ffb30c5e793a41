"""Attachments in the bag: found by their SHA-256, under safe names, refused where they are others."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from evidence_case import KEY, PHONE, TALK, payload, pdf_text, readable, talk
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.conversation import Conversation
from riskmodel.errors import InputError
from service.evidence import exhibits, verify_bundle
from service.evidence.appeal import read_appeal
from service.evidence.bundle import build_bundle
from service.evidence.container import SAFE_NAME
from service.evidence.exhibits import find_attachments, safe_name


def attached(*files: tuple[str, bytes]) -> Conversation:
    """The case with these files attached to its third message."""
    return talk(messages=[*TALK["messages"][:2], {**TALK["messages"][2], "attachments": [*map(_told, files)]}])


def _told(file: tuple[str, bytes]) -> dict[str, Any]:
    name, content = file
    return {"name": name, "media_type": "image/jpeg", "sha256": hashlib.sha256(content).hexdigest()}


def listed(files: dict[str, bytes]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(files["data/exhibits.json"])["exhibits"]
    return found


def contents(*several: bytes) -> dict[str, bytes]:
    return {hashlib.sha256(content).hexdigest(): content for content in several}


def codes(files: dict[str, bytes]) -> dict[str, list[str]]:
    return {entry["code"]: entry["details"] for entry in json.loads(files["data/missing.json"])}


def test_an_attachment_is_in_the_bag_as_it_was_sent() -> None:
    """Its bytes, its place in the table, its SHA-256 in manifest and page; nothing is missing then."""
    bundle = build_bundle(attached(("box.jpg", b"picture")), [], KEY, attachments=contents(b"picture"))
    files = payload(bundle)
    digest = hashlib.sha256(b"picture").hexdigest()
    assert files["data/exhibits/001-box.jpg"] == b"picture"
    assert listed(files) == [
        {
            **{"number": "E1", "message_id": "c", "name": "box.jpg", "media_type": "image/jpeg", "sha256": digest},
            **{"size_bytes": 7, "file": "data/exhibits/001-box.jpg"},
        }
    ]
    assert f"{digest}  data/exhibits/001-box.jpg" in files["manifest-sha256.txt"].decode()
    assert files["data/transcript.html"].decode().count(digest) == 1
    assert "attachments_by_digest" not in codes(files)
    assert "exhibits_as_sent" in codes(files)
    assert verify_bundle(bundle).status == 0


def test_what_is_not_at_hand_is_listed_as_missing() -> None:
    """Of two attachments the one that was not found is named by its message, in list and page."""
    files = payload(build_bundle(attached(("a.jpg", b"1"), ("b.jpg", b"2")), [], KEY, attachments=contents(b"1")))
    assert [entry["file"] for entry in listed(files)] == ["data/exhibits/001-a.jpg", None]
    assert codes(files)["attachments_by_digest"] == ["c"]
    assert files["data/transcript.html"].decode().count("文件不在材料内") == 1
    summary = pdf_text(files["data/summary.pdf"])
    assert summary.count("文件不在材料内") == 1
    assert "exhibits/001-a.jpg" in summary


def test_a_checklist_is_told_which_files_are_there() -> None:
    """An attachment whose file is in the bundle is present; one that is not is weak and named, here the second."""
    conversation, appeal = attached(("a.jpg", b"1"), ("b.jpg", b"2")), read_appeal("taobao_refund_message", None, None)
    for there, status, rests_on in ((contents(b"1", b"2"), "present", ["E1", "E2"]), (contents(b"1"), "weak", ["E2"])):
        files = payload(build_bundle(conversation, [], KEY, appeal=appeal, attachments=there))
        lines = json.loads(files["data/checklist.json"])["requirements"]
        (line,) = [line for line in lines if line["code"] == "exhibits"]
        assert (line["status"], line["rests_on"]) == (status, rests_on)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../x", "007-x"),
        ("/etc/passwd", "007-etc-passwd"),
        ("..\\..\\x.exe", "007-x.exe"),
        ("破损照片.png", "007.png"),
        ("ｂｏｘ．ｊｐｇ", "007-box.jpg"),
        ("CON", "007-CON"),
        ("", "007"),
        (".", "007"),
        ("a\u202egpj.exe\x00", "007-agpj-exe"),
        ("x" * 300, "007-" + "x" * 60),
        ("x" * 300 + ".JPEG", "007-" + "x" * 60 + ".jpeg"),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    """Nothing of a name leads out of the folder, hides an ending or is longer than a disk takes."""
    assert safe_name(7, name) == safe


@given(st.text(max_size=260), st.integers(1, 5_000))
def test_any_name_becomes_one_that_the_container_takes(name: str, number: int) -> None:
    """Whatever a file was called, its name in the bag is plain and begins with its number."""
    safe = safe_name(number, name)
    assert SAFE_NAME.fullmatch(safe)
    assert safe.startswith(f"{number:03d}")


def test_files_of_one_name_are_kept_apart() -> None:
    """Two files that were called alike are two files; the same file twice is one, listed twice."""
    conversation = attached(("../x.jpg", b"1"), ("../x.jpg", b"2"), ("again.jpg", b"1"))
    files = payload(build_bundle(conversation, [], KEY, attachments=contents(b"1", b"2")))
    assert [entry["file"] for entry in listed(files)] == [
        *("data/exhibits/001-x.jpg", "data/exhibits/002-x.jpg", "data/exhibits/001-x.jpg")
    ]
    assert sorted(name for name in files if name.startswith("data/exhibits/")) == [
        *("data/exhibits/001-x.jpg", "data/exhibits/002-x.jpg")
    ]


def test_personal_values_in_a_name_are_covered() -> None:
    """A telephone number of an order that stands in a file's name is neither in its name in the bag nor in the page."""
    files = payload(build_bundle(attached((f"{PHONE}.jpg", b"1")), [], KEY, attachments=contents(b"1")))
    assert not any(PHONE in name for name in files)
    assert not [name for name, text in readable(files).items() if PHONE in text]


def test_a_wrong_content_is_refused_by_name() -> None:
    """A content under a SHA-256 that is not its own, or that no message has, makes no bundle."""
    digest = hashlib.sha256(b"1").hexdigest()
    with pytest.raises(InputError, match=r"messages\.2\.attachments\.0: 'box.jpg' has another SHA-256"):
        build_bundle(attached(("box.jpg", b"1")), [], KEY, attachments={digest: b"2"})
    with pytest.raises(InputError, match="no message names"):
        build_bundle(attached(("box.jpg", b"1")), [], KEY, attachments=contents(b"3"))


def test_a_folder_is_searched_by_digest(tmp_path: Path) -> None:
    """A file is found whatever it is called there; what belongs to no message stays out."""
    (tmp_path / "IMG_0001.jpg").write_bytes(b"1")
    (tmp_path / "other.txt").write_bytes(b"3")
    (tmp_path / "folder").mkdir()
    moved: list[tuple[int, int]] = []
    found = find_attachments(attached(("a.jpg", b"1"), ("b.jpg", b"2")), tmp_path, lambda *done: moved.append(done))
    assert found == contents(b"1")
    assert moved[-1] == (2, 2)


def test_a_file_of_the_same_name_that_is_another_is_refused(tmp_path: Path) -> None:
    """A file called like an attachment, with other bytes, is refused by name, and personal values in it are covered."""
    (tmp_path / f"{PHONE} a.jpg").write_bytes(b"edited")
    with pytest.raises(InputError, match=r"messages\.2\.attachments\.0: '＊+ a.jpg' lies in the folder") as caught:
        find_attachments(attached((f"{PHONE} a.jpg", b"1")), tmp_path)
    assert PHONE not in str(caught.value)


def test_names_never_lead_out_of_the_folder(tmp_path: Path) -> None:
    """An attachment called ``../secret`` is not looked for outside the folder."""
    (tmp_path / "secret").write_bytes(b"1")
    inside = tmp_path / "inside"
    inside.mkdir()
    assert find_attachments(attached(("../secret", b"1")), inside) == {}


def test_more_than_a_bundle_holds_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Attachments that would not fit are refused before they are all read."""
    monkeypatch.setattr(exhibits, "MAX_BYTES", 3)
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(name.encode() * 2)
    with pytest.raises(InputError, match="more than the"):
        find_attachments(attached(("a", b"aa"), ("b", b"bb")), tmp_path)


def test_a_folder_of_too_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that can hardly be the right one is not searched."""
    monkeypatch.setattr(exhibits, "_MOST_FILES", 1)
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(InputError, match="more than 1 files"):
        find_attachments(attached(("a", b"aa")), tmp_path)
