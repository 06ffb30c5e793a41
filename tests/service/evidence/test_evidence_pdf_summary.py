import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pypdfium2
import pytest
from evidence_case import (
    DEFECT,
    FOR_SALE,
    PHOTO,
    PROMISE,
    TALK,
    TRAJECTORY,
    assessment,
    pdf_text,
    reason,
    squeezed,
    talk,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.conversation import Conversation
from service.evidence.for_the_buyer import Point
from service.evidence.missing import list_missing
from service.evidence.pdf import typesetting
from service.evidence.pdf.fonts import FAMILIES, _characters
from service.evidence.pdf.part import Source
from service.evidence.pdf.typesetting import MOST_PAGES, Summary, write_summary
from service.evidence.record import GivenLabel, make_record
from service.evidence.wordings import wordings

FILES = {"data/transcript.json": b"{}\n", "data/transcript.html": b"<!DOCTYPE html>"}
SIGNER = "0123456789abcdef" * 4
SECTIONS = (
    *("claim", "glance", "for_buyer", "passages", "timeline", "promises", "corrections", "orders"),
    *("against", "missing", "exhibits", "masked", "model", "verify"),
)
HOSTILE = [
    "<script>alert(1)</script> &amp; <b>x</b>",
    '#let x = 1; #import "x": * #panic() #eval("1")',
    "*粗* _斜_ @ref <label> $x^2$ `raw` = 标题 - 项 // 注 /* 注 */ \\ ~",
    "\\documentclass{a}\\input{/etc/passwd}\\write18{id} % $",
    '=HYPERLINK("http://example.org") @SUM(1) +1 -1',
    "\x1b[31m红\x1b[2J\x07\x00\x9b",
    "左\u202e右\u2066三\u200b\ufeff\u2028\u00ad",
    "ffi fl -- --- ... \"引\" '单' ' \u00a0",
    "臺灣買家說這個質量問題",
    "{{ 7*7 }} {% raw %} %s %(x)s {0}",
]


def source(conversation: Conversation, said: list[dict[str, Any]], *labels: GivenLabel, signer: str | None = SIGNER):
    record = make_record(conversation, said, labels)
    return Source(record, list_missing(record), FILES, "1", signer)


def summary(conversation: Conversation, said: list[dict[str, Any]], *labels: GivenLabel) -> Summary:
    return write_summary(source(conversation, said, *labels))


def talk_of(texts: list[str], **changes: Any) -> Conversation:
    messages = [
        {
            "message_id": f"m{n}",
            "sender": ("buyer", "agent")[n % 2],
            "sent_at": (datetime(2026, 5, 6, 1, tzinfo=UTC) + timedelta(seconds=30 * n)).isoformat(),
            "text": text,
        }
        for n, text in enumerate(texts)
    ]
    return talk(messages=messages, **changes)


def shown_as(text: str) -> str:
    """A text as the summary shows it, written without the code under test."""
    hidden = r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b\u2028\u202a-\u202e\u2066-\u2069\ufeff]"
    return squeezed(re.sub(hidden, lambda match: f"〚U+{ord(match[0]):04X}〛", text))


PDF = summary(talk(), TRAJECTORY).content


def test_it_is_an_archive_file_with_one_font_family():
    """PDF/A-2b, dated by the case, with no font but the one that comes with the project."""
    assert b"<pdfaid:part>2</pdfaid:part>" in PDF
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in PDF
    assert b"2026-05-07T02:05:00" in PDF
    fonts = set(re.findall(rb"/BaseFont/(?:[A-Z]{6}\+)?([^/\s]+)", PDF))
    assert fonts
    assert all(font.startswith((b"NotoSansCJKsc", b"NotoSansMonoCJKsc")) for font in fonts)


def test_uyghur_is_shown_as_it_is_written():
    """A message in Uyghur is drawn in Arabic letters from right to left, numbers within it included."""
    document = pypdfium2.PdfDocument(summary(talk_of(["پۇل 30 كەلدى", "好"]), []).content)
    page = document[0].get_textpage()
    left = {page.get_text_range(n, 1): page.get_charbox(n)[0] for n in range(page.count_chars())}
    document.close()
    assert left["پ"] > left["ك"] > left["د"]


def test_letters_of_every_script_with_every_mark():
    """Whatever letter a mark of another script stands on, no box is drawn: PDF/A would refuse the document."""
    everything = [character for family in FAMILIES[1:] for character in _characters(family)]
    texts = ["".join(base + character for character in everything) for base in ("字", "س", "क", "a")]
    assert summary(talk_of(["".join(everything), *texts]), []).pages <= MOST_PAGES


def test_the_first_two_pages_have_the_claim_and_both_sides():
    """Whoever reads two pages has read the claim, the decisive words of both sides and the rule that they rest on."""
    text = pdf_text(PDF, 0, 1)
    for words in (
        "本材料收录会话case-1的4条消息",
        "转我三百，评价就删",
        "没问题，今晚寄",
        "包装破了",
        "demand.review_for_money",
    ):
        assert words in text


def test_every_section_is_there_in_its_order():
    """All sections have a heading, in both languages, also where there is nothing to say in them."""
    for content in (PDF, summary(talk(orders=[], shop=None, buyer=None), []).content):
        text = pdf_text(content)
        places = [
            text.find(squeezed(f"{n} {wordings('summary')[key]['zh']}")) for n, key in enumerate(SECTIONS, start=1)
        ]
        assert -1 not in places
        assert places == sorted(places)


def test_messages_stand_with_id_time_and_zone():
    """A message has its time in the shop's zone and, where that differs, as it was given."""
    text = pdf_text(PDF)
    assert "2026-05-0710:00:00+08:00" in text
    assert "原始2026-05-0702:00:00+00:00" in text
    assert "Asia/Shanghai" in text


def test_promises_with_what_became_of_them_and_corrections():
    """A promise has its words, due time, judgement and state; one that was taken back is listed as corrected."""
    promises = [
        {**PROMISE, "status": "overdue"},
        {**PROMISE, "kind": "gift", "span": [0, 2], "can_keep": "yes", "status": "superseded", "settled_by": "d"},
    ]
    label = GivenLabel("legit_complaint", datetime(2026, 5, 9, 1, tzinfo=UTC))
    text = pdf_text(summary(talk(), [assessment("d", 0.9, FOR_SALE, promises=promises)], label).content)
    for words in ("已逾期overdue", "不可兑现cannotbekept", "2026-05-0623:59:59+08:00", "已更正correctedsince"):
        assert words in text
    corrections = text.rpartition("7更正")[2].partition("8订单")[0]
    assert "店铺在到期之前更正了承诺：赠品。" in corrections
    assert "判断为：正当投诉。" in corrections
    assert "2026-05-0909:00:00+08:00" in corrections


def test_what_was_not_recorded_is_said():
    """Without orders, assessments, promises, corrections and signature each section says that there are none."""
    bare = source(talk(orders=[], shop=None, buyer=None), [], signer=None)
    text = pdf_text(write_summary(bare).content)
    for key in ("no_orders", "no_assessment", "no_promises", "no_corrections", "nothing_masked", "unsigned"):
        assert squeezed(wordings("summary")[key]["zh"]) in text


def test_exhibits_files_model_and_signer_by_their_digests():
    """Attachments, the other files, the model and the signing key are named by digests that can be compared."""
    text = pdf_text(PDF)
    for digest in (*PHOTO, "cd" * 32, SIGNER):
        assert digest in text
    assert "data/transcript.html" in text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_is_never_interpreted(hostile):
    """Markup, commands and controls come out as they were written, or by number, in words, names, facts and reasons."""
    message = {**TALK["messages"][0], "message_id": hostile, "text": hostile}
    attached = {"name": hostile, "media_type": "x", "sha256": "0" * 64}
    conversation = talk(
        conversation_id=hostile,
        shop_id=hostile,
        messages=[{**message, "attachments": [attached]}],
        orders=[{"order_id": hostile, "items": [{"title": hostile, "sku": hostile}]}],
        shop={"carriers": [hostile]},
    )
    said = {**reason(hostile, 1.0, hostile, [0, len(hostile)]), "text_zh": hostile, "text_en": hostile}
    text = pdf_text(summary(conversation, [assessment(hostile, 0.9, said, conversation_id=hostile)]).content)
    assert text.count(shown_as(hostile)) >= 8


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_any_text_can_be_set(text):
    """Whatever characters a message has, the document is made, within PDF/A's rule that no glyph is missing."""
    assert summary(talk_of([text]), [assessment("m0", 0.9, reason("x", 1, "m0", [0, len(text)]))]).pages <= MOST_PAGES


def full_case(unit: str, messages: int) -> Source:
    """A case in which there is too much of everything, and each text as long as it may be."""

    def long(most: int) -> str:
        return (unit * most)[:most]

    texts = [long(1_500)] * messages
    orders = [
        {
            "order_id": long(100) + str(n),
            "placed_at": "2026-05-06T09:02:00+08:00",
            "ship_to": {"province": long(64), "city": long(64), "detail": long(400), "recipient": "欧阳试样"},
            "items": [{"title": long(500), "sku": long(128)}] * 30,
        }
        for n in range(40)
    ]
    shop = {
        "carriers": [long(100)] * 40,
        "unserved_provinces": [long(100)] * 40,
        "usual_compensation_yuan": {"same_city": 9},
    }
    conversation = talk_of(
        texts, conversation_id=long(128), shop_id=long(128), orders=orders, shop=shop, buyer={"buyer_id": long(128)}
    )
    attached = [{"name": long(255), "media_type": "x", "sha256": f"{n:064x}"} for n in range(60)]
    conversation = conversation.model_validate(
        {
            **conversation.model_dump(mode="json"),
            "messages": [{**m.model_dump(mode="json"), "attachments": attached} for m in conversation.messages],
        }
    )
    reasons = [
        {
            **reason(long(90) + str(n), 3 - n / 100, f"m{n % messages}", [n * 10, n * 10 + 300]),
            "text_zh": long(300),
            "text_en": long(300),
        }
        for n in range(60)
    ]
    reasons += [{**each, "contribution": -each["contribution"] or -1, "code": "b" + each["code"]} for each in reasons]
    promises = [
        {
            **PROMISE,
            "message_id": f"m{n % messages}",
            "span": [n, n + 200],
            "why_zh": long(300),
            "why_en": long(300),
            "settled_by": f"m{(n + 2) % messages}",
        }
        for n in range(60)
    ]
    said = assessment(
        *(f"m{messages - 1}", 0.9, *reasons),
        conversation_id=long(128),
        promises=promises,
        model={"name": long(300), "version": long(300), "sha256": long(300)},
    )
    labels = [GivenLabel("unclear", datetime(2026, 5, 9, 1, tzinfo=UTC))] * 100
    points = [Point(long(300), long(300), long(1_500), [f"m{n}" for n in range(messages)])] * 40
    return replace(source(conversation, [said], *labels), points=points)


@pytest.mark.parametrize("unit", ["字", "a\n", "W ", "🌹", "سلام"])
def test_however_much_there_is_it_takes_ten_pages_at_most(unit):
    """Every field at its longest, of wide, broken, unbreakable, missing or stacked characters, is cut to fit."""
    made = write_summary(full_case(unit, 12))
    assert made.pages <= MOST_PAGES
    document = pypdfium2.PdfDocument(made.content)
    assert len(document) == made.pages
    document.close()


def test_the_tightest_limits_always_leave_room(monkeypatch):
    """With the last limits even the fullest case stays under ten pages by far, so the loop always ends in a fit."""
    monkeypatch.setattr(typesetting, "_SHARES", typesetting._SHARES[-1:])
    assert write_summary(full_case("W\n", 12)).pages <= MOST_PAGES - 2


def test_five_thousand_messages_are_summed_up():
    """The strongest passages of a long case are shown, and each gap and list says how much was left out."""
    conversation = talk_of([f"第{n}条消息，今天能发货吗" for n in range(5_000)])
    reasons = [reason(f"r{n % 7}", 2 - n / 400, f"m{16 * n}", [0, 4]) for n in range(300)]
    promises = [{**PROMISE, "message_id": f"m{16 * n + 1}", "span": [0, 4]} for n in range(300)]
    made = summary(conversation, [assessment("m4999", 0.97, *reasons, promises=promises)])
    assert made.pages <= MOST_PAGES
    text = pdf_text(made.content)
    assert "messagesnotshownhere" in text
    assert "292more,intranscript.html" in text
    assert "第0条" in pdf_text(made.content, 0, 1)


def odd_case() -> Source:
    conversation = talk_of([*HOSTILE, "x" * 400, "字" * 900, "a\n" * 40])
    return source(conversation, [assessment("m1", 0.9, reason("x", 1, "m3", [0, 6]))])


@pytest.mark.parametrize(
    "case",
    [
        lambda: source(talk(), TRAJECTORY),
        odd_case,
        *(partial(full_case, unit, 12) for unit in ("字", "W", "Wide ", "🌹")),
    ],
)
def test_nothing_is_cut_off_or_printed_over(case):
    """On every page each character lies inside the margins, and no two pieces of text lie on each other."""
    document = pypdfium2.PdfDocument(write_summary(case()).content)
    for page in document:
        width, height = page.get_size()
        text = page.get_textpage()
        boxes = [text.get_rect(n) for n in range(text.count_rects())]
        for left, bottom, right, top in boxes:
            assert 50 <= left <= right <= width - 50
            assert 20 <= bottom <= top <= height - 35
        for number, one in enumerate(boxes):
            for other in boxes[:number]:
                across = min(one[2], other[2]) - max(one[0], other[0])
                along = min(one[3], other[3]) - max(one[1], other[1])
                assert across < 1.5 or along < 1.5, (one, other)
    document.close()


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_times_at_the_ends_of_the_calendar(time):
    """A case of a year that PDF can hardly write is set all the same."""
    assert summary(talk(messages=[{**TALK["messages"][0], "sent_at": time}]), []).pages <= MOST_PAGES


def test_what_speaks_for_the_buyer_is_announced_on_the_cover():
    """The cover says how much speaks for the buyer and how much is missing, and on which page."""
    text = pdf_text(PDF, 0)
    assert re.search(r"有利于买家之处WhatspeaksforthebuyerI?1项entries", text)
    assert re.search(r"缺少或薄弱之处Whatismissingorweak\d+项entries·§10·页page\d", text)
    assert DEFECT["text_zh"].replace(" ", "") in pdf_text(PDF, 0, 1)
