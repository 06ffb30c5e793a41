"""The pieces: within the platform's limits, counted in its unit, legible, the same bytes, all of them or none."""

from __future__ import annotations

import hashlib
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from appeal_case import demo_talks
from evidence_case import KEY, TRAJECTORY, pack, payload, talk, talk_saying
from hypothesis import given
from hypothesis import strategies as st
from pictures import noisy, pdf, plain
from PIL import Image

from riskmodel.conversation import Conversation
from riskmodel.errors import InputError
from service.evidence.appeal import read_appeal
from service.evidence.bundle import build_bundle
from service.evidence.graphemes import graphemes
from service.evidence.pieces import folder, make_pieces, write_folder
from service.evidence.pieces.pages import count_pages, encode
from service.evidence.pieces.text import MARKERS, trim
from service.evidence.profiles import load_profile, profile_names, text_size
from service.evidence.profiles.schema import Unit


def pieces_of(
    name: str, summary: bytes | None = None, conversation: Conversation | None = None, language: str | None = None
) -> dict[str, bytes]:
    """The pieces of a bundle for a profile, with a summary in it."""
    appeal = read_appeal(name, None, language)
    assert appeal is not None
    given = TRAJECTORY if conversation is None else []
    files = payload(build_bundle(conversation or talk(), given, KEY, appeal=appeal))
    files.pop("data/summary.pdf", None)
    if summary is not None:
        files["data/summary.pdf"] = summary
    return make_pieces(pack(files), appeal.profile, appeal.language)


def notes_of(pieces: dict[str, bytes]) -> dict[str, Any]:
    """What is said of the pieces."""
    found: dict[str, Any] = json.loads(pieces["pieces.json"])
    return found


SENTENCES = st.lists(
    st.text(st.sampled_from("甲乙丙a👨\u200d👩👧🏽e\u0301🇨🇳"), min_size=1, max_size=12), min_size=1, max_size=6
)
UNITS = st.sampled_from(["utf8_bytes", "characters"])


@given(SENTENCES, st.integers(1, 120), UNITS, st.sampled_from(["zh", "en"]))
def test_a_text_fits_and_is_cut_between_sentences_or_graphemes(
    sentences: list[str], most: int, unit: Unit, language: str
) -> None:
    """It is never longer than allowed, whole where it fits, and marked where it was cut and a mark has room."""
    marker = MARKERS[language]
    text, is_cut = trim(sentences, most, unit, marker)
    assert text_size(text, unit) <= most
    whole = "\n".join(sentences)
    assert is_cut == (text_size(whole, unit) > most)
    if not is_cut:
        assert text == whole
        return
    lines = text.splitlines()
    if text.endswith("\n" + marker) and "〔…〕" not in text:
        assert lines[:-1] == sentences[: len(lines) - 1]
    else:
        shown = text.removesuffix("\n" + marker).removesuffix("〔…〕")
        parts = graphemes(sentences[0])
        assert shown in ["".join(parts[:count]) for count in range(len(parts) + 1)]
        assert "〔…〕" in text or most < text_size("〔…〕", unit)


@pytest.mark.parametrize("name", ["taobao_refund_message", "weixin_shop"])
@pytest.mark.parametrize("talk_id", [None, *demo_talks()])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_text_of_a_letter_fits_the_platform(name: str, talk_id: str | None, language: str) -> None:
    """Counted as the platform counts, and the note beside it says how long it is."""
    pieces = pieces_of(name, None, demo_talks()[talk_id] if talk_id else None, language)
    limit = load_profile(name).limits.text
    assert limit is not None
    text = pieces["text.txt"].decode()
    size = len(pieces["text.txt"]) if limit.unit == "utf8_bytes" else len(text)
    assert size <= limit.value
    said = notes_of(pieces)["text"]
    assert said == {"unit": limit.unit, "size": size, "limit": limit.value, "cut": text.endswith(MARKERS[language])}


def test_what_speaks_for_the_buyer_is_said_before_the_limit_cuts() -> None:
    """400 bytes hold the words, the shop's promise that cannot be kept, and that there is more."""
    text = pieces_of("taobao_refund_message")["text.txt"].decode()
    assert "「转我三百，评价就删」" in text
    assert "不可兑现，对买家有利。[P1]" in text
    assert text.endswith(MARKERS["zh"])


def test_a_platform_without_a_limit_gets_the_letter_as_it_is() -> None:
    """There is no second text."""
    pieces = pieces_of("tmall")
    assert "text.txt" not in pieces
    assert pieces["letter.txt"].decode().startswith("情况说明（申诉书）")


def test_without_a_letter_there_is_the_checklist_alone() -> None:
    """An honest review is not appealed against."""
    pieces = pieces_of("taobao_review", None, demo_talks()["demo-angry"])
    assert set(pieces) == {"checklist.json", "checklist.zh.txt", "checklist.en.txt", "pieces.json"}


def test_one_picture_within_500_kilobytes() -> None:
    """Where one is taken it is the first page, sharp where it is plain and still legible where it is not."""
    for page, suffix in ((plain(3), "png"), (noisy(), "jpg")):
        pieces = pieces_of("taobao_refund_message", pdf(page, plain(1)))
        (name,) = [name for name in pieces if name.startswith("page")]
        assert name == f"page01.{suffix}"
        assert len(pieces[name]) <= 500_000
        assert notes_of(pieces)["pages"] == {"in_summary": 2, "given": 1}
        with Image.open(io.BytesIO(pieces[name])) as image:
            assert image.format == {"png": "PNG", "jpg": "JPEG"}[suffix]
            assert round(image.info["dpi"][0]) >= 80


def test_a_picture_shows_the_page() -> None:
    """In its place and colours, not mirrored or empty."""
    picture = encode(pdf(plain(3)), 0, ["png"], None)
    assert picture is not None
    with Image.open(io.BytesIO(picture.content)) as image:
        small = image.convert("L").resize((827, 1169))
    for x, y, dark in ((100, 60, True), (100, 85, True), (100, 72, False), (30, 60, False), (700, 1150, False)):
        assert (small.getpixel((x, y)) < 128) == dark


def test_a_pdf_is_given_as_it_is_where_one_is_taken() -> None:
    """Within pages and sizes; else its pages as pictures, as many as are taken."""
    summary = pdf(*map(plain, range(4)))
    assert pieces_of("card_amex", summary)["summary.pdf"] == summary
    long = pdf(*map(plain, range(21)))
    pieces = pieces_of("card_amex", long)
    assert [name for name in pieces if name.startswith("page")] == [f"page{n:02d}.jpg" for n in range(1, 6)]
    assert notes_of(pieces)["pages"] == {"in_summary": 21, "given": 5}


def test_all_pictures_together_keep_to_the_sum() -> None:
    """Three million bytes for Discover, however many pages."""
    pieces = pieces_of("card_discover", pdf(*[noisy()] * 8))
    pages = {name: content for name, content in pieces.items() if name.startswith("page")}
    assert len(pages) == 8
    assert sum(map(len, pages.values())) <= 3_000_000


def test_a_page_that_would_not_be_legible_is_refused() -> None:
    """Rather than given blurred."""
    with pytest.raises(InputError, match="page 1 is not legible within the platform's limits"):
        pieces_of("card_discover", pdf(*[noisy()] * 120))


def test_pieces_are_the_same_bytes_each_time() -> None:
    """Pictures too; and the note has the digest of each."""
    summary = pdf(noisy())
    pieces = pieces_of("taobao_refund_message", summary)
    assert pieces == pieces_of("taobao_refund_message", summary)
    assert notes_of(pieces)["files"] == {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in pieces.items()
        if name != "pieces.json"
    }


@pytest.mark.parametrize("name", profile_names())
def test_names_of_pieces_are_plain(name: str) -> None:
    """Letters, digits and dots, at most 16 of them."""
    for piece in pieces_of(name, pdf(plain(1)), talk_saying("转我两百我就把差评删了")):
        assert len(piece) <= 16
        assert piece.replace(".", "").isalnum()


def test_pages_are_counted() -> None:
    """As the PDF has them."""
    assert count_pages(pdf(plain(1), plain(2), plain(3))) == 3


FILES = {"letter.txt": "信".encode(), "page01.png": b"\x89PNG"}


def test_a_folder_is_written_whole_and_for_its_owner_only(tmp_path: Path) -> None:
    """Into a new folder or an empty one."""
    (tmp_path / "empty").mkdir()
    for name in ("new", "empty"):
        write_folder(tmp_path / name, FILES)
        found = {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        assert found == FILES
        if os.name == "posix":
            assert {path.stat().st_mode & 0o077 for path in (tmp_path / name, *(tmp_path / name).iterdir())} == {0}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "new"]


def test_a_folder_that_is_not_free_is_left_alone(tmp_path: Path) -> None:
    """One with something in it, a file, a link, and one whose parent is not there."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("x")
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name, why in (("full", "is not empty"), ("file", "no folder"), ("link", "no folder"), ("a/b", "not there")):
        with pytest.raises(OSError, match=why) as caught:
            write_folder(tmp_path / name, FILES)
        assert caught.value.filename == str(tmp_path / name)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_nothing_half_written_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """When the disk is full or somebody stops it."""

    def fail(descriptor: int) -> None:
        raise error

    monkeypatch.setattr(folder.os, "fsync", fail)
    with pytest.raises(type(error)):
        write_folder(tmp_path / "pieces", FILES)
    assert list(tmp_path.iterdir()) == []
