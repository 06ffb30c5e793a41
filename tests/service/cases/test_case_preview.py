"""The checklist and the letter of a case as it stands, before any bundle is made of it."""

from __future__ import annotations

import pytest
from record_case import Case, message
from service_time import NOW

from riskmodel.errors import InputError
from service.cases.desk import CaseDesk
from service.cases.model import NewCase
from service.cases.preview import preview_of_case
from service.store.keyring import KeyFile
from service.store.schema import access_log, bundles, heads
from service.talks import Talks


def begin(case: Case, keys: KeyFile, profile: str | None, talk: str = "t") -> str:
    name = f"{talk} {profile}"
    new = NewCase(case_id=name, conversation_id=talk, claim="review", profile=profile)
    CaseDesk(case.store, keys, lambda: NOW).open(case.shop, new, actor="user 1")
    return name


def test_a_preview_leaves_nothing_behind(case: Case, keys: KeyFile, talks: Talks) -> None:
    """The profile's requirements with how far each is met; no log is sealed, no bundle and no access noted."""
    talks.add_messages(case.shop, "t", [message(1)])
    found = preview_of_case(case.store, keys, case.shop, begin(case, keys, "weixin_shop"))
    assert found is not None
    assert found.checklist["profile"] == "weixin_shop"
    assert {each["status"] for each in found.checklist["requirements"]} <= {"present", "weak", "missing"}
    assert found.letter
    assert case.rows(access_log) + case.rows(bundles) + case.rows(heads) == []


def test_there_is_no_letter_against_an_honest_review(case: Case, keys: KeyFile, talks: Talks) -> None:
    """The record does not bear one out."""
    talks.add_messages(case.shop, "t", [message(1)])
    found = preview_of_case(case.store, keys, case.shop, begin(case, keys, "taobao_review"))
    assert found is not None
    assert found.letter is None


def test_without_a_platform_or_a_message_there_is_no_preview(case: Case, keys: KeyFile) -> None:
    """Nobody asks for anything, or there is nothing to show."""
    case.add("t", [message(1)])
    case.add("empty", [])
    assert preview_of_case(case.store, keys, case.shop, begin(case, keys, None)) is None
    with pytest.raises(InputError):
        preview_of_case(case.store, keys, case.shop, begin(case, keys, "weixin_shop", "empty"))
