"""PDF/A-2b (ISO 19005-2), as far as the file's structure shows it: no package registry here has a validator."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from evidence_case import talk_saying
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject
from pyhanko.pdf_utils.reader import PdfFileReader

from service.evidence.missing import list_missing
from service.evidence.pdf.typesetting import write_summary
from service.evidence.pdf.view import Source
from service.evidence.record import make_record

# what makes a file act, hide or rest on something outside of it (ISO 19005-2, 6.1.7, 6.5, 6.6.1, 6.8)
FORBIDDEN = {
    "/JS",
    "/JavaScript",
    "/AA",
    "/OpenAction",
    "/EmbeddedFiles",
    "/FFilter",
    "/FDecodeParms",
    "/XFA",
    "/Encrypt",
}
ACTIONS = {"/GoTo", "/URI", "/Named"}
PRINTED, HIDDEN = 4, 1 | 2 | 32  # flags of an annotation


@pytest.fixture(scope="module")
def reader() -> PdfFileReader:
    """A summary with links, emoji and letters of several fonts."""
    conversation = talk_saying("好的😀", "بۈگۈن ئەۋەتەمسىز؟ Бүгін жібересіз бе? ส่งวันนี้ไหม", "https://example.org")
    record = make_record(conversation, [])
    content = write_summary(Source(record, list_missing(record), {}, "1", None)).content
    return PdfFileReader(io.BytesIO(content))


def dictionaries(reader: PdfFileReader) -> Iterator[DictionaryObject]:
    """Every dictionary of the file, those inside others and those of streams included."""
    waiting: list[Any] = [reader.get_object(one) for one in reader.xrefs.explicit_refs_in_revision(0)]
    while waiting:
        found = waiting.pop()
        if isinstance(found, DictionaryObject):
            yield found
            waiting += [found.raw_get(key) for key in found]
        elif isinstance(found, ArrayObject):
            waiting += [found.raw_get(place) for place in range(len(found))]


def test_it_says_what_it_is_and_how_its_colours_are_meant(reader: PdfFileReader) -> None:
    """It has an id, is open, and has an output intent with its own RGB profile."""
    assert len(reader.trailer["/ID"]) == 2
    assert not reader.encrypted
    assert len(reader.root["/OutputIntents"]) == 1
    intent = reader.root["/OutputIntents"][0]
    assert intent["/S"] == "/GTS_PDFA1"
    assert intent["/DestOutputProfile"]["/N"] == 3
    assert b"acsp" in intent["/DestOutputProfile"].data[:64]


def test_every_font_is_inside(reader: PdfFileReader) -> None:
    """Each font has its program in the file and says which text its glyphs stand for."""
    fonts = [found for found in dictionaries(reader) if found.get("/Type") == "/FontDescriptor"]
    assert {str(font["/FontName"])[8:] for font in fonts} >= {"NotoSansCJKsc-Regular", "NotoSansArabic-Regular"}
    assert all({"/FontFile2", "/FontFile3"} & set(font) for font in fonts)
    composite = [found for found in dictionaries(reader) if found.get("/Subtype") == "/Type0"]
    assert len(composite) == len(fonts)
    assert all("/ToUnicode" in font for font in composite)


def test_nothing_in_it_acts_or_hides(reader: PdfFileReader) -> None:
    """No script, no attached file, no action when it is opened; links are printed and only go to a place."""
    for found in dictionaries(reader):
        assert not FORBIDDEN & set(found)
        assert "/LZWDecode" not in str(found.get("/Filter", ""))
        if found.get("/Type") == "/Annot":
            assert found["/Subtype"] == "/Link"
            assert found["/F"] & PRINTED
            assert not found["/F"] & HIDDEN
        if found.get("/Type") == "/Action":
            assert found["/S"] in ACTIONS


def test_it_can_be_read_aloud(reader: PdfFileReader) -> None:
    """Beyond what level b asks for: it is tagged, names its language and has its headings as an outline."""
    assert reader.root["/MarkInfo"]["/Marked"]
    assert str(reader.root["/Lang"]).lower().startswith("zh")
    assert "/Outlines" in reader.root
