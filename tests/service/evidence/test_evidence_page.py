import re
from html.parser import HTMLParser

import pytest
from evidence_case import PHOTO, TALK, TRAJECTORY, assessment, page, reason, talk, talk_saying
from hypothesis import given, settings
from hypothesis import strategies as st

ACTIVE = {"script", "img", "link", "iframe", "object", "embed", "form", "svg", "base", "audio", "video"}
ATTRIBUTES = {
    *("lang", "charset", "http-equiv", "content", "name", "class", "href", "id", "datetime", "dir", "style"),
    *("role", "aria-label", "scope", "tabindex"),  # for those who read with a screen reader or the keyboard
}
HIDDEN = "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b\u2028-\u202e\u2066-\u2069\ufeff]"


class Page(HTMLParser):
    """Collects what a browser would see: tags, attributes, text outside style sheets, marked text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.marked: list[tuple[str, str]] = []
        self.messages: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag == "mark":
            self.marked.append((dict(attrs)["class"], ""))
        if dict(attrs).get("class") == "text":
            self.messages.append("")
        self._open.append(tag)

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" in self._open:
            return
        self.text += data
        if "mark" in self._open:
            self.marked[-1] = (self.marked[-1][0], self.marked[-1][1] + data)
        if "div" in self._open and "sup" not in self._open and self.messages:
            self.messages[-1] += data


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</div></article></main></body><h1>判决</h1>",
    "{{ 7*7 }} {% raw %} {#",
    "&lt;b&gt; &#x202e; &amp;",
    "<!-- ]]> <style>*{display:none}</style>",
    '" onmouseover="alert(1)',
    "javascript:alert(1) https://example.org/x.png",
    "=HYPERLINK(1) @import url(x)",
    "\x1b[31mred\x1b[2J\x07\x00\x9b",
    "左\u202e右\u2066三\u200b\ufeff\u2028\u00ad",
]


def assert_inert(parsed: Page) -> None:
    assert not ACTIVE & set(parsed.tags)
    assert {name for name, _ in parsed.attributes} <= ATTRIBUTES
    for name, value in parsed.attributes:
        assert name != "href" or value.startswith("#")
        assert name != "style" or re.fullmatch(r"width:\d+%", value)


def test_the_page_is_self_contained():
    """No script, no link outside, no request, and a policy that forbids them."""
    text = page(talk(), TRAJECTORY)
    assert_inert(Page(text))
    assert "default-src 'none'" in text
    assert not re.search(r"https?:|//\w|url\(|@import|<script|<link|<img|<iframe", text)
    assert "prefers-color-scheme: dark" in text


def page_full_of(text: str) -> str:
    """Return the page of a case that has this text wherever a text can be."""
    orders = [{"order_id": text, "items": [{"title": text, "sku": text}]}]
    messages = [
        {
            "message_id": text,
            "sender": "buyer",
            "sent_at": "2026-05-06T09:00:00+08:00",
            "text": text,
            "attachments": [{"name": text, "media_type": text, "sha256": "0" * 64}],
        }
    ]
    conversation = talk(conversation_id=text, shop_id=text, messages=messages, orders=orders, shop={"carriers": [text]})
    said = assessment(
        *(text, 0.9),
        {**reason(text, 1.0, text, [0, len(text)]), "text_zh": text, "text_en": text},
        conversation_id=text,
        band=text,
        action=text,
        model={"name": text, "version": text, "sha256": text},
    )
    return page(conversation, [said])


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_shown_and_never_interpreted(hostile):
    """Markup, templates, commands and controls come out as text: the page's elements are those of harmless text."""
    text = page_full_of(hostile)
    parsed, harmless = Page(text), Page(page_full_of("a" * len(hostile)))
    assert parsed.tags == harmless.tags
    assert_inert(parsed)
    assert not re.search(HIDDEN, text)
    for part in filter(None, re.split(HIDDEN, hostile)):
        assert parsed.text.count(part) >= 8


def test_hidden_characters_are_named():
    """A bidirectional override is shown by its number."""
    assert "左⟦U+202E⟧右" in page(talk_saying("左\u202e右"))


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60), st.data())
def test_any_text_with_any_spans_stays_whole(text, data):
    """However spans overlap, the message's text on the page is the text, in order, and nothing is interpreted."""
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    spans = data.draw(st.lists(places, max_size=5))
    said = assessment("m0", 0.9, *(reason(f"r{n}", 1 - n, "m0", span) for n, span in enumerate(spans)))
    parsed = Page(page(talk_saying(text), [said]))
    assert_inert(parsed)
    shown = re.sub(r"⟦U\+([0-9A-F]+)⟧", lambda match: chr(int(match[1], 16)), parsed.messages[0])
    assert shown.startswith(text)


def test_spans_are_marked_where_they_are():
    """Reasons that raise, reasons for the buyer and promises are marked on exactly their words, after emoji too."""
    marked = Page(page(talk(), TRAJECTORY)).marked
    assert marked == [
        ("raise", "晚上前能寄走不？"),
        ("promise", "今晚寄"),
        ("lower", "包装破了"),
        ("raise", "转我三百，评价就删"),
    ]


def test_overlapping_spans_share_their_words():
    """Where two spans overlap, the shared words carry both marks."""
    said = assessment("m0", 0.9, reason("x", 1, "m0", [0, 4]), reason("y", -1, "m0", [2, 6]))
    marked = Page(page(talk_saying("一二三四五六七"), [said])).marked
    assert marked == [("raise", "一二"), ("lower raise", "三四"), ("lower", "五六")]


def test_both_sides_and_their_times_are_shown():
    """Who said what and when, in the shop's zone, and as given where that differs."""
    text = Page(page(talk(), TRAJECTORY)).text
    for words in (
        "2026-05-07 10:00:00+08:00",
        "2026-05-07 02:00:00+00:00",
        "Asia/Shanghai",
        "客服 agent",
        "买家 buyer",
    ):
        assert words in text
    for message in TALK["messages"]:
        assert message["message_id"] in text


def test_what_speaks_for_the_buyer_has_its_own_place():
    """The shop's broken promise and negative contributions are listed under a heading of their own."""
    own = page(talk(), TRAJECTORY).partition("What speaks for the buyer")[2].partition("</section>")[0]
    assert "cannot be kept" in own
    assert "buyer.names_defect" in own
    assert "demand.review_for_money" not in own


def test_where_nothing_speaks_for_the_buyer_that_is_said():
    """That nothing was found is not hidden, and not taken for more than it is."""
    asked = [{**TALK["messages"][0], "text": "在吗"}]
    without = page(talk(messages=asked), [assessment("a", 0.9, reason("demand.review_for_money", 2.5))])
    assert "that does not mean that there is nothing" in without


def test_promises_and_whether_they_can_be_kept():
    """A promise is shown as it was last judged, once, with its due time in the shop's zone."""
    own = Page(page(talk(), TRAJECTORY).partition("Promises in the agent")[2].partition("<h2")[0]).text
    for words in ("今晚寄", "不可兑现 cannot be kept", "2026-05-06 23:59:59+08:00", "after the cutoff"):
        assert words in own
    assert own.count("今晚寄") == 1


def test_exhibits_are_listed_with_their_digests():
    """Attachments by the digest that came with them, and each other file of the payload."""
    own = page(talk(), TRAJECTORY).partition("Exhibits and files")[2]
    assert "box.jpg" in own
    assert next(iter(PHOTO)) in own
    assert {f"data/{name}" in own for name in ("transcript.json", "orders.json", "claim.txt")} == {True}
