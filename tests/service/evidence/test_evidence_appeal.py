"""An appeal in a bundle: asked for by name, sealed with the rest, and nothing changes without one."""

from __future__ import annotations

import pytest
from appeal_case import appealed, checklist_of
from evidence_case import KEY, TRAJECTORY, payload, sealed, talk

from riskmodel.errors import InputError
from service.evidence import verify_bundle
from service.evidence.appeal import checklist_of as text_of
from service.evidence.appeal import read_appeal
from service.evidence.bundle import build_bundle
from service.evidence.profiles import profile_names

ADDED = {"data/checklist.json", "data/checklist.zh.txt", "data/checklist.en.txt", "data/letter.txt"}


@pytest.mark.parametrize("name", profile_names())
def test_a_bundle_for_a_platform_verifies_and_is_the_same_each_time(name: str) -> None:
    """With the letter and the checklist among its files."""
    appeal = read_appeal(name, "2026-05-08", None)
    bundle = build_bundle(talk(), TRAJECTORY, KEY, appeal=appeal)
    assert verify_bundle(bundle).status == 0
    assert bundle == build_bundle(talk(), TRAJECTORY, KEY, appeal=appeal)
    assert set(payload(bundle)) - set(payload(sealed())) == ADDED
    assert text_of(bundle, "zh").startswith("材料清单：")


def test_without_a_profile_nothing_is_added() -> None:
    """The bundle is the one of the case alone."""
    assert build_bundle(talk(), TRAJECTORY, KEY, appeal=read_appeal(None, None, None)) == sealed()


def test_the_page_lists_the_letter_with_its_digest() -> None:
    """Like every other file."""
    assert "data/letter.txt" in appealed("tmall")["data/transcript.html"].decode()


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (("taobao", None, None), "--profile: is not known; use one of"),
        ((None, "2026-05-08", None), "--event-date: is for a profile"),
        ((None, None, "zh"), "--language: is for a profile"),
        (("tmall", None, "fr"), "--language: must be zh or en"),
        (("tmall", "soon", None), "--event-date: must be a date"),
    ],
)
def test_what_cannot_be_appealed_with_is_refused(asked: tuple[str | None, str | None, str | None], error: str) -> None:
    """The error names what was given as it was given."""
    called = {"profile": "--profile", "event_date": "--event-date", "language": "--language"}
    with pytest.raises(InputError) as caught:
        read_appeal(*asked, fields=called)
    assert str(caught.value).startswith(error)


def test_the_date_of_the_event_stands_as_it_was_given() -> None:
    """A day as a day, a moment with its offset."""
    for given in ("2026-05-08", "2026-05-08 01:00:00+08:00"):
        assert checklist_of(appealed("jd", event_date=given))["deadline"]["event_date"] == given
