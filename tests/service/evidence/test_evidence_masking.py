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
    squeezed,
    talk,
    talk_saying,
)

from service.evidence.bundle import build_bundle
from service.evidence.masking import MASK, PersonalValues, mask_orders

SECRETS = (DETAIL, RECIPIENT, PHONE)


def files_of(conversation, assessments=()):
    return readable(payload(build_bundle(conversation, assessments, KEY)))


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


@pytest.mark.parametrize("written", SPELLINGS)
def test_the_same_values_in_messages_are_covered_in_views_only(written):
    """In the page and the claim they are covered however they are spaced; the transcript keeps the words."""
    said = f"前{written}后"
    conversation = talk_saying(said)
    files = files_of(conversation, [assessment("m0", 0.9, reason("x", 1.0, "m0", [0, len(said)]))])
    for name in (
        "data/transcript.html",
        "data/summary.pdf",
        "data/claim.txt",
        "data/missing.json",
        "data/masking.json",
        "bag-info.txt",
    ):
        bare = re.sub(r"⟦[^⟧]*⟧|[^\w]", "", html.unescape(re.sub(r"<[^>]*>", "", files[name])))
        for secret in SECRETS:
            assert re.sub(r"\W", "", secret) not in bare, name
        assert written not in files[name]
    assert json.loads(files["data/transcript.json"])["messages"][0]["text"] == said
    assert "＊＊" in files["data/transcript.html"].partition("The whole conversation")[2].partition("<h2")[0]


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
    for name in ("data/transcript.html", "data/summary.pdf", "data/claim.txt", "bag-info.txt"):
        assert not [secret for secret in SECRETS if squeezed(secret) in squeezed(files[name])], name


def test_the_log_says_what_was_masked_where():
    """Every masked field and every covered message is listed, without a value or anything made from it."""
    told = json.loads(files_of(talk_saying("没事", f"{PHONE}，{PHONE}"))["data/masking.json"])
    assert [(entry["where"], entry["what"], entry["times"]) for entry in told["masked"]] == [
        ("orders.0.ship_to.detail", "detail", 1),
        ("orders.0.ship_to.recipient", "recipient", 1),
        ("orders.0.ship_to.phone", "phone", 1),
        ("messages.1.text", "phone", 2),
    ]


def test_only_what_is_there_is_masked():
    """An order without an address, or with empty fields, is left as it is and logs nothing."""
    orders = talk(orders=[{"order_id": "1"}, {"order_id": "2", "ship_to": {"province": "青海", "phone": ""}}]).orders
    masked, log = mask_orders(orders)
    assert (masked, log) == (orders, [])


def test_masking_keeps_the_region_and_the_rest():
    """Only the personal fields change."""
    (masked,), log = mask_orders(talk().orders)
    (order,) = talk().orders
    assert masked.model_copy(update={"ship_to": order.ship_to}) == order
    assert masked.ship_to is not None
    assert (masked.ship_to.province, masked.ship_to.phone) == ("青海", MASK)
    assert len(log) == 3


def test_a_name_of_one_character_does_not_cover_the_talk():
    """A single character is masked in its field but not looked for in texts."""
    orders = talk(orders=[{"order_id": "1", "ship_to": {"recipient": "的"}}]).orders
    assert PersonalValues(orders).cover("你的我的") == "你的我的"


def test_a_name_is_found_only_as_it_is_written():
    """Characters of a name on both sides of a comma are not the name."""
    orders = talk(orders=[{"order_id": "1", "ship_to": {"recipient": "李明"}}]).orders
    assert PersonalValues(orders).cover("行李，明天到。李明") == "行李，明天到。＊＊"


def test_covering_keeps_length():
    """Spans still fit after covering, also where one character stands for several."""
    personal = PersonalValues(talk().orders)
    text = f"㎏😀{PHONE}ﷺ"
    assert len(personal.cover(text)) == len(text)
    assert personal.cover(text) == "㎏😀" + "＊" * 11 + "ﷺ"
