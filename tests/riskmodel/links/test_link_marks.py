"""Marks: whole numbers and addresses only, the same however they are written, and never comparable between shops."""

from __future__ import annotations

from typing import Any

import pytest

from riskmodel.conversation import parse_conversation
from riskmodel.links import Marks, marks_of

KEY = b"k" * 32


def _marks(ship_to: dict[str, Any], *, shop: str = "s1", placed_at: str = "2026-03-10T09:00:00+08:00") -> Marks:
    talk = {
        "conversation_id": "c",
        "shop_id": shop,
        "messages": [{"message_id": "m", "sender": "buyer", "sent_at": "2026-03-10T10:00:00+08:00", "text": "在吗"}],
        "buyer": {"buyer_id": "b"},
        "orders": [{"order_id": "o", "placed_at": placed_at, "ship_to": ship_to}],
    }
    marks = marks_of(parse_conversation(talk), KEY)
    assert marks is not None
    return marks


def test_the_same_number_written_otherwise_is_the_same() -> None:
    """Separators, full-width digits and the country's prefix change nothing."""
    plain = _marks({"phone": "13900001111"}).phones
    assert len(plain) == 1
    for written in ("139-0000-1111", "１３９００００１１１１", "+86 139 0000 1111"):
        assert _marks({"phone": written}).phones == plain


@pytest.mark.parametrize("phone", ["139****1111", "010-62345678", "", "1390000111"])
def test_a_number_that_is_not_one_persons_marks_nothing(phone: str) -> None:
    """Covered digits, switchboards and cut numbers are the same for many."""
    assert not _marks({"phone": phone}).phones


@pytest.mark.parametrize("detail", ["幸福路", "幸福小区***号", None])
def test_an_address_without_its_number_marks_nothing(detail: str | None) -> None:
    """A street or a covered address is many people's."""
    assert not _marks({"province": "四川省", "detail": detail}).addresses
    assert _marks({"province": "四川省", "detail": "幸福路12号3栋401"}).addresses


def test_an_order_placed_later_marks_nothing() -> None:
    """What is not known by the last message is not in the marks."""
    later = "2026-03-10T10:00:01+08:00"
    assert not _marks({"phone": "13900001111"}, placed_at=later).phones


def test_marks_cannot_be_compared_between_shops_or_read() -> None:
    """The same number has another hash in another shop, and no mark holds it."""
    here, there = _marks({"phone": "13900001111"}), _marks({"phone": "13900001111"}, shop="s2")
    assert here.phones.isdisjoint(there.phones)
    assert here.account != there.account
    assert b"13900001111" not in b"".join(here.phones)
