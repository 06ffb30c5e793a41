"""References: short, unambiguous, without personal data."""

from __future__ import annotations

import pytest
from appeal_case import record_of
from evidence_case import PHONE, talk

from service.evidence.references import References


def test_what_a_record_holds_can_be_referred_to() -> None:
    """Messages, orders, attachments, reasons, promises and the files that are named."""
    references = References(record_of(), ["claim.txt"])
    assert references.message("d") == "d"
    assert {"a", "b", "c", "d", "O1", "E1", "R1", "P1", "claim.txt"} <= references.known
    assert not {"O2", "E2", "P2"} & references.known


@pytest.mark.parametrize("name", ["R1", "O12", "x" * 25, "消息", "a b", "claim.txt", "#2", "a]b", PHONE, "a\u202eb"])
def test_an_id_that_could_mislead_is_replaced_by_its_place(name: str) -> None:
    """Long ones, ones like another reference, ones with personal data or brackets."""
    message = {"message_id": name, "sender": "buyer", "sent_at": "2026-05-06T15:58:00+08:00", "text": "在吗"}
    references = References(record_of(talk(messages=[message])))
    assert references.message(name) == "#1"
    assert name not in references.known
