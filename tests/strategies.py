"""Talks to try the rules on: generated chats, talks put together at random, and the noise of real typing."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

from hypothesis import strategies as st
from opencc import OpenCC

from riskmodel.signals import load_catalogue
from riskmodel.synthesis import LabelledChat, generate

Talk = dict[str, Any]

_to_traditional = OpenCC("s2t").convert

EMOJI = ("😀", "👌", "🌹", "👨\u200d👩\u200d👧", "❤\ufe0f", "🍰")
INVISIBLE = ("\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u0301", "\u20e3", "\u202e", "\u2066", "\u2069", "\x00")
WIDE = ("㍿", "ﷺ", "½", "Ⅷ", "㈠", "ﬃ", "İ", "ß")  # one code point that folds to several, or to others
PUNCTUATION = ("，", "。", "？", "!", " ", "\n", "~", "、", ",", "“", "」")
SHARED_WORDS = (
    "亲",
    "我",
    "你们",
    "这个",
    "50",
    "200元",
    "三百块",
    "¥88",
    "明天",
    "0",
    "x",
    "V",
    "新疆",
    "喀什",
    "12315",
)


@cache
def sample() -> tuple[LabelledChat, ...]:
    """Generated chats of another seed than any model of the tests is trained on."""
    return tuple(generate(300, seed=97))


@cache
def _phrases() -> tuple[str, ...]:
    # whatever the lexicon may know, without its data: the words of the catalogue's own reasons and of generated chats
    found = {signal.zh for signal in load_catalogue().signals.values()}
    for chat in sample()[:80]:
        for message in chat.conversation["messages"]:
            found.update(message["text"].replace("，", ",").split(","))
    return tuple(sorted(phrase for phrase in found if 0 < len(phrase) <= 24))


def texts() -> st.SearchStrategy[str]:
    """Anything that may stand in a message: talk, noise, and code points at random."""
    pieces = st.one_of(
        st.deferred(lambda: st.sampled_from(_phrases())),
        st.sampled_from(SHARED_WORDS + PUNCTUATION),
        st.sampled_from(EMOJI + INVISIBLE + WIDE),
        st.text(max_size=4),
    )
    return st.lists(pieces, max_size=12).map("".join)


@st.composite
def noisy(draw: st.DrawFn, text: str) -> str:
    """`text` as somebody else would have typed it: traditional, full-width, with signs strewn in."""
    if draw(st.booleans()):
        text = _to_traditional(text)
    if draw(st.booleans()):
        text = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(st.sampled_from(EMOJI + INVISIBLE + WIDE)) + text[place:]
    return text


def chats(*labels: str) -> st.SearchStrategy[Talk]:
    """Generated chats, of these labels or of all; each one a copy that may be changed."""
    return st.deferred(
        lambda: st.sampled_from([chat.conversation for chat in sample() if not labels or chat.label in labels])
    ).map(deepcopy)


@st.composite
def noisy_chats(draw: st.DrawFn) -> Talk:
    """Generated chats with noise in some messages."""
    talk = draw(chats())
    for message in talk["messages"]:
        if draw(st.booleans()):
            message["text"] = draw(noisy(message["text"]))
    return talk


def clock(minute: int) -> str:
    """A time that many minutes after the morning on which the tests' own talks begin."""
    return f"2026-03-{3 + minute // 1440:02}T{8 + minute // 60 % 16:02}:{minute % 60:02}:00+08:00"


def orders() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"order_id": st.uuids().map(str)},
        optional={
            "placed_at": st.none() | st.integers(0, 600).map(clock),
            "payment_method": st.sampled_from(["online", "cash_on_delivery", None]),
            "amount": st.sampled_from(["0", "0.01", "9.90", "58", "1200.00", None]),
            "ship_to": st.none() | st.fixed_dictionaries({"province": st.sampled_from([*PROVINCES, None, "?"])}),
        },
    )


PROVINCES = ("浙江省", "广东", "新疆维吾尔自治区", "西藏", "上海市", "黑龙江")
SHOPS: tuple[dict[str, Any] | None, ...] = (
    None,
    {},
    {
        "same_day_cutoff": "16:00", "dispatch_hours": 48, "cash_on_delivery": "listed_provinces",
        "cash_on_delivery_provinces": ["浙江", "广东"], "free_shipping": "except_listed_provinces",
        "free_shipping_excluded_provinces": ["新疆", "西藏"], "unserved_provinces": [], "invoice": "free_on_request",
        "carriers": ["中通快递"], "gifts": "none", "usual_compensation_yuan": {"other_province": 15},
    },
    {"cash_on_delivery": "none", "free_shipping": "none", "unserved_provinces": ["西藏"], "invoice": "none"},
)  # fmt: skip  # a table, a setting a row


@st.composite
def loose_talks(draw: st.DrawFn) -> Talk:
    """Talks that nobody ever had: any sender after any other, times that run backwards, orders at any moment."""
    messages: list[dict[str, Any]] = [
        {
            "message_id": f"m{number}",
            "sender": draw(st.sampled_from(["buyer", "buyer", "agent", "agent", "system"])),
            "sent_at": clock(draw(st.integers(0, 600))),
            "text": draw(texts()),
        }
        for number in range(draw(st.integers(0, 7)))
    ]
    for message in messages:
        if draw(st.integers(0, 5)) == 0:
            message["attachments"] = [photo()]
    buyer = draw(
        st.none()
        | st.fixed_dictionaries(
            {},
            optional={
                "orders_in_shop": st.sampled_from([None, 0, 6, 30]),
                "refunds_in_shop": st.sampled_from([None, 0, 5, 40]),
                "refused_cod_parcels": st.sampled_from([None, 0, 1, 4]),
            },
        )
    )
    return {
        "conversation_id": "loose",
        "messages": messages,
        "buyer": buyer,
        "orders": draw(st.lists(orders(), max_size=3, unique_by=lambda order: order["order_id"])),
        "shop": deepcopy(draw(st.sampled_from(SHOPS))),
    }


def talks() -> st.SearchStrategy[Talk]:
    """All of the above."""
    return st.one_of(noisy_chats(), loose_talks(), chats())


def photo() -> dict[str, Any]:
    return {"name": "p.jpg", "media_type": "image/jpeg", "sha256": "0" * 64}


def saying(talk: Talk, text: str, sender: str = "buyer", **more: Any) -> Talk:
    """The talk with one more message at its end, at the time of the last."""
    last = talk["messages"][-1]["sent_at"] if talk["messages"] else clock(0)
    message = {"message_id": f"added-{len(talk['messages'])}", "sender": sender, "sent_at": last, "text": text, **more}
    return {**talk, "messages": [*talk["messages"], message]}


def dialogue(*lines: str, start: int = 60, **more: Any) -> Talk:
    """A talk written as ``b:…`` (buyer), ``a:…`` (agent) and ``s:…`` (system) lines, a minute apart."""
    senders = {"b": "buyer", "a": "agent", "s": "system"}
    messages = []
    for number, line in enumerate(lines):
        short, _, text = line.partition(":")
        messages.append(
            {"message_id": f"m{number}", "sender": senders[short], "sent_at": clock(start + number), "text": text}
        )
    return {"conversation_id": "written", "messages": messages, **more}
