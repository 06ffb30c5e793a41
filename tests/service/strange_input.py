"""Inputs that a careless or hostile client sends, shared by the tests of HTTP and of the command line."""

from __future__ import annotations

import json
from typing import Any


def talk(*texts: str, sender: str = "buyer", **more: Any) -> dict[str, Any]:
    """A valid conversation of one sender's messages, a minute apart."""
    messages = [
        {
            "message_id": f"m{number}",
            "sender": sender,
            "sent_at": f"2026-03-{1 + number // 1440 % 28:02}T{number // 60 % 24:02}:{number % 60:02}:00+08:00",
            "text": text,
        }
        for number, text in enumerate(texts)
    ]
    return {"conversation_id": "c1", "messages": messages, **more}


def encoded(document: object) -> bytes:
    """JSON in UTF-8, on one line."""
    return json.dumps(document, ensure_ascii=False).encode("utf-8")


def _changed(**changes: Any) -> bytes:
    document = talk("在吗")
    document["messages"][0].update(changes)
    return encoded(document)


# name -> body; none of these is JSON that can be read
NOT_JSON: dict[str, bytes] = {
    "no JSON": b"hello",
    "cut off": encoded(talk("在吗"))[:-5],
    "single quotes": b"{'conversation_id': 'c1'}",
    "two documents": b'{"conversation_id": "c1", "messages": []} {}',
    "lone surrogate as an escape": b'{"conversation_id": "c1\\ud83d", "messages": []}',
    "lone surrogate as bytes": b'{"conversation_id": "c1\xed\xa0\xbd", "messages": []}',
    "not UTF-8": '{"conversation_id": "在吗", "messages": []}'.encode("gbk"),
    "nested too deeply": b"[" * 50_000,
    "a number of 6,000 digits": b'{"conversation_id": ' + b"9" * 6_000 + b"}",
}

# name -> (body, a field that the error has to name)
AGAINST_CONTRACT: dict[str, tuple[bytes, str]] = {
    "a list": (b"[]", "(whole document)"),
    "null": (b"null", "(whole document)"),
    "a string": (b'"c1"', "(whole document)"),
    "nothing in it": (b"{}", "conversation_id"),
    "id is a number": (encoded({"conversation_id": 7, "messages": []}), "conversation_id"),
    "id is empty": (encoded({"conversation_id": "", "messages": []}), "conversation_id"),
    "messages is an object": (encoded({"conversation_id": "c1", "messages": {}}), "messages"),
    "a message is a string": (encoded({"conversation_id": "c1", "messages": ["hi"]}), "messages.0"),
    "no offset": (_changed(sent_at="2026-03-01T10:00:00"), "messages.0.sent_at"),
    "a time that is a number": (_changed(sent_at=1_772_000_000), "messages.0.sent_at"),
    "February 30": (_changed(sent_at="2026-02-30T10:00:00+08:00"), "messages.0.sent_at"),
    "unknown sender": (_changed(sender="robot"), "messages.0.sender"),
    "text is null": (_changed(text=None), "messages.0.text"),
    "text too long": (_changed(text="长" * 20_001), "messages.0.text"),
    "unknown field": (_changed(mood="angry"), "messages.0.mood"),
    "too many messages": (encoded(talk(*["在吗"] * 5_001)), "messages"),
    "an id twice": (encoded({"conversation_id": "c1", "messages": talk("a")["messages"] * 2}), "messages"),
    "a negative count": (encoded(talk("在吗", buyer={"orders_in_shop": -1})), "buyer.orders_in_shop"),
    "an amount as a number": (encoded(talk("在吗", orders=[{"order_id": "o", "amount": 6.9}])), "orders.0.amount"),
    "an infinite number": (b'{"conversation_id":"c1","messages":[],"shop":{"dispatch_hours":1e999}}', "shop.dispatch"),
}

# name -> body; strange, but what the contract allows
ALLOWED: dict[str, bytes] = {
    "no messages": encoded(talk()),
    "only agent messages": encoded(talk("您好", "在的亲", sender="agent")),
    "only system messages": encoded(talk("包裹已签收", sender="system")),
    "an empty text": encoded(talk("")),
    "5,000 messages": encoded(talk(*["今天能发货吗，能发的话我就拍了"] * 5_000)),
    "20,000 characters": encoded(talk("长" * 20_000)),
    "bidirectional controls": encoded(talk("abc\u202e\u2066fed\u200f")),
    "zero-width characters": encoded(talk("加\u200b薇\u2060信\ufeff")),
    "control characters": encoded(talk("a\x00b\x1b[2J\x7f")),
    "emoji": encoded(talk("👨\u200d👩\u200d👧差🍰评😡")),
    "everything unknown": encoded(talk("在吗", platform=None, shop_id=None, buyer=None, shop=None, orders=[])),
}

# words that stand for personal data: no log, no error and no address may ever hold them
SECRET = "13800138000"
