import html
import json
import re

import pytest
from evidence_case import (
    DETAIL,
    KEY,
    PHONE,
    RECIPIENT,
    TALK,
    TRAJECTORY,
    assessment,
    payload,
    readable,
    reason,
    talk,
    talk_saying,
)

from service.evidence.bundle import build_bundle
from service.evidence.redaction import MASK, PersonalValues, redact, value_at
from service.evidence.trajectory import unfold

SECRETS = (DETAIL, RECIPIENT, PHONE)


def files_of(conversation, assessments=(), **options):
    bundle = build_bundle(conversation, assessments, KEY, **options)
    return readable(payload(bundle))


def test_orders_are_masked_in_every_file():
    """The personal fields of the orders are in no file of the bundle."""
    for name, text in files_of(talk(), TRAJECTORY).items():
        assert not [secret for secret in SECRETS if secret in text], name


SPELLINGS = [
    DETAIL,
    RECIPIENT,
    PHONE,
    "139 0000 1234",
    "139-0000-1234",
    "１３９００００１２３４",
    "1\u200b3900001234",
    "云杉路77号2单元901",
    f"寄给{RECIPIENT}({PHONE})，{DETAIL}",
]


def bare(text):
    """A file's text without markup, marks and spaces, so that no spelling hides a value."""
    return re.sub(r"⟦[^⟧]*⟧|[^\w]", "", html.unescape(re.sub(r"<[^>]*>", "", text)))


@pytest.mark.parametrize("written", SPELLINGS)
def test_the_same_values_in_messages_are_covered_everywhere(written):
    """What the order names is covered in every file however it is spaced, the transcript included."""
    said = f"前{written}后"
    files = files_of(talk_saying(said), [assessment("m0", 0.9, reason("x", 1.0, "m0", [0, len(said)]))])
    for name, text in files.items():
        for secret in SECRETS:
            assert re.sub(r"\W", "", secret) not in bare(text), name
        assert written not in text
    assert len(json.loads(files["data/transcript.json"])["messages"][0]["text"]) == len(said)
    assert "＊＊" in files["data/transcript.html"].partition("The whole conversation")[2].partition("<h2")[0]


OTHERS = {
    "phone": "18800004321",
    "id_number": "110101209012310012",
    "bank_card": "6222020000000011",
    "address": "梧桐路18号3栋402",
    "name": "司徒问渠",
    "chat_account": "weiyun_8800",
    "email": "somebody00@example.com",
    "link": "https://item.taobao.com/item.htm?id=600000000001",
}


def test_personal_data_of_every_kind_is_covered_in_every_file():
    """Also where no order names it: in messages, attachments' names, item titles and an assessment's texts."""
    said = (
        "收件人：{name}，{phone}，我住{address}，身份证{id_number}，"
        "卡号{bank_card}，微信{chat_account}，发{email} {link}"
    ).format(**OTHERS)
    attached = [{"name": f"{OTHERS['phone']}.jpg", "media_type": "image/jpeg", "sha256": "0" * 64}]
    messages = [{**TALK["messages"][0], "text": said, "attachments": attached}]
    order = {"order_id": "1", "items": [{"title": f"定制 电话{OTHERS['phone']}"}]}
    told = {**reason("x", 1.0, "a", [0, 2]), "text_zh": f"原话：{OTHERS['phone']}"}
    files = files_of(talk(messages=messages, orders=[order]), [assessment("a", 0.9, told, note=[OTHERS["email"]])])
    for name, text in files.items():
        assert not [secret for secret in OTHERS.values() if secret in text or bare(secret) in bare(text)], name
    listed = json.loads(files["data/masking.json"])["masked"]
    assert {entry["kind"] for entry in listed} == {*OTHERS, "buyer_account"}


def test_spans_stay_true_in_the_covered_text():
    """A quoted span is the same stretch of the covered text; one that cuts through a value shows none of it."""
    said = "打18800004321不然差评"
    spans = {"whole": [0, len(said)], "cut": [5, 14], "after": [12, len(said)]}
    reasons = [reason(code, 1.0, "m0", span) for code, span in spans.items()]
    files = files_of(talk_saying(said), [assessment("m0", 0.9, *reasons)])
    covered = json.loads(files["data/transcript.json"])["messages"][0]["text"]
    assert covered == "打" + "＊" * 11 + "不然差评"
    given = unfold(json.loads(files["data/assessments.json"]))[0]["reasons"]
    assert {entry["code"]: entry["span"] for entry in given} == spans
    assert f'<blockquote dir="auto">{"＊" * 7}不然</blockquote>' in files["data/transcript.html"]


def test_assessments_are_covered_wherever_they_say_a_value():
    """In reasons, in why a promise cannot be kept and in what a deployment adds, a list or an iterator alike."""
    step = TRAJECTORY[-1]
    said = {**step["reasons"][0], "text_zh": f"{RECIPIENT}说", "quoted": [{"words": f"打{PHONE}"}]}
    promise = {**step["promises"][0], "why_zh": f"寄到{DETAIL}"}
    told = [*TRAJECTORY[:-1], {**step, "reasons": [said], "promises": [promise], "note": {"by_hand": (PHONE,)}}]
    files = files_of(talk(), told)
    assert not [name for name, text in files.items() if any(secret in text for secret in SECRETS)]
    last = unfold(json.loads(files["data/assessments.json"]))[-1]
    assert last["reasons"][0]["text_zh"] == "＊" * len(RECIPIENT) + "说"
    assert last["note"] == {"by_hand": ["＊" * len(PHONE)]}
    assert files_of(talk(), iter(told)) == files


def test_the_untouched_transcript_comes_only_on_request_and_every_cover_says_so():
    """The transcript is then what was given, verbatim; the views stay covered."""
    said = f"寄给{RECIPIENT}，{PHONE}"
    conversation = talk_saying(said)
    files = files_of(conversation, untouched=True)
    assert json.loads(files["data/transcript.json"]) == conversation.model_dump(mode="json", exclude_none=True)
    for name in set(files) - {"data/transcript.json"}:
        assert not [secret for secret in SECRETS if secret in files[name]], name
    assert "untouched transcript" in files["data/claim.txt"]
    assert "untouched transcript" in files["data/transcript.html"]
    assert json.loads(files["data/masking.json"])["transcript"] == "untouched"
    assert "untouched" not in files_of(conversation)["data/transcript.html"]


def test_ids_are_covered_only_where_they_repeat_what_an_order_names():
    """The number of an order that looks like a bank card stays; a conversation named after the buyer does not."""
    number = "6222020000000011"
    files = files_of(
        talk(conversation_id="buyer-1/7", orders=[{"order_id": number}]),
        [{**entry, "conversation_id": "buyer-1/7"} for entry in TRAJECTORY],
    )
    assert number in files["data/transcript.html"]
    assert number in files["data/orders.json"]
    assert not [name for name, text in files.items() if "buyer-1" in text]
    assert json.loads(files["data/assessments.json"])["conversation_id"] == "＊" * 7 + "/7"


def test_other_places_of_the_page_are_covered_too():
    """Ids, item titles and attachment names that repeat a personal value are covered on the page."""
    order = {**TALK["orders"][0], "order_id": PHONE, "items": [{"title": f"定制 {RECIPIENT}", "sku": PHONE}]}
    messages = [
        {**TALK["messages"][2], "attachments": [{"name": f"{RECIPIENT}.jpg", "media_type": "x", "sha256": "0" * 64}]}
    ]
    conversation = talk(
        conversation_id=PHONE, shop_id=PHONE, messages=messages, orders=[order], buyer={"buyer_id": PHONE}
    )
    files = files_of(conversation)
    for name in ("data/transcript.html", "data/claim.txt", "bag-info.txt"):
        assert not [secret for secret in SECRETS if secret in files[name]], name


def test_the_log_says_what_was_masked_where():
    """Every masked field and every covered value is listed with its number and place, without the value."""
    told = json.loads(files_of(talk_saying("没事", f"{PHONE}，{PHONE}"))["data/masking.json"])
    assert [
        (entry["number"], entry["where"], entry["kind"], entry["start"], entry["end"]) for entry in told["masked"]
    ] == [
        ("M1", "orders.0.ship_to.detail", "address", None, None),
        ("M2", "orders.0.ship_to.recipient", "name", None, None),
        ("M3", "orders.0.ship_to.phone", "phone", None, None),
        ("M4", "buyer.buyer_id", "buyer_account", None, None),
        ("M5", "messages.1.text", "phone", 0, 11),
        ("M6", "messages.1.text", "phone", 12, 23),
    ]


def test_only_what_is_there_is_masked():
    """An order without an address, or with empty fields, is left as it is and logs nothing."""
    orders = [{"order_id": "1"}, {"order_id": "2", "ship_to": {"province": "青海", "phone": ""}}]
    conversation = talk(orders=orders, buyer=None)
    redacted, masked, _ = redact(conversation)
    assert (redacted, masked) == (conversation, [])


def test_masking_keeps_the_region_and_the_rest():
    """Only the personal fields change."""
    redacted, masked, _ = redact(talk())
    (order,), (given,) = redacted.orders, talk().orders
    assert order.model_copy(update={"ship_to": given.ship_to}) == given
    assert order.ship_to is not None
    assert (order.ship_to.province, order.ship_to.phone) == ("青海", MASK)
    assert len(masked) == 4


def test_each_listed_place_leads_to_its_value():
    """From the path and the span the value is found in the untouched conversation, and nowhere else."""
    conversation = talk_saying("没事", f"寄{RECIPIENT}")
    values = [value_at(conversation, entry.where, entry.start, entry.end) for entry in redact(conversation).masked]
    assert values == [DETAIL, RECIPIENT, PHONE, "buyer-1", RECIPIENT]
    assert [
        value_at(conversation, where, None, None) for where in ("messages.9.text", "orders.0", "x.y", "shop.zone")
    ] == [None] * 4


def test_a_name_of_one_character_does_not_cover_the_talk():
    """A single character is masked in its field but not looked for in texts."""
    orders = [{"order_id": "1", "ship_to": {"recipient": "的"}}]
    assert PersonalValues(talk(orders=orders)).cover("你的我的") == "你的我的"


def test_a_name_is_found_only_as_it_is_written():
    """Characters of a name on both sides of a comma are not the name."""
    orders = [{"order_id": "1", "ship_to": {"recipient": "李明"}}]
    assert PersonalValues(talk(orders=orders)).cover("行李，明天到。李明") == "行李，明天到。＊＊"


def test_covering_keeps_length():
    """Spans still fit after covering, also where one character stands for several."""
    personal = PersonalValues(talk())
    text = f"㎏😀{PHONE}ﷺ"
    assert len(personal.cover(text)) == len(text)
    assert personal.cover(text) == "㎏😀" + "＊" * 11 + "ﷺ"
