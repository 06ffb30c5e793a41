"""Asking a time authority: its answer is checked before it is used, and what goes wrong is said in one line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from evidence_case import KEY, TRAJECTORY, talk
from time_case import authority, serving

from service.evidence import verify_bundle
from service.evidence.authority import TimeAuthority, TimeAuthorityError
from service.evidence.bundle import build_bundle


def test_a_bundle_is_stamped_over_http() -> None:
    """Asked over HTTP the authority's answer is put in, and verifies offline."""
    root = authority().root
    with serving(authority()) as url:
        bundle = build_bundle(talk(), TRAJECTORY, KEY, stamp=TimeAuthority(url, [root]).stamp)
    assert verify_bundle(bundle, authorities=[root]).status == 0


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (500, "HTTP"),
        (b"", "cannot be read"),
        (b"<html>", "cannot be read"),
        (bytes(70_000), "too long"),
        (1.0, "no answer within 0.3 s"),
    ],
)
def test_an_answer_that_is_none_is_told(answer: object, told: str) -> None:
    """Errors, other content, too much of it and silence each end in one line that says so."""
    with serving(answer) as url, pytest.raises(TimeAuthorityError, match=told) as caught:
        build_bundle(talk(), TRAJECTORY, KEY, stamp=TimeAuthority(url, timeout=0.3).stamp)
    assert "nothing was written" in str(caught.value)
    assert url not in str(caught.value)


def test_nobody_there_is_told() -> None:
    """An address at which nobody listens is an error of its own kind."""
    with serving(500) as url:
        pass
    with pytest.raises(TimeAuthorityError, match="refused"):
        build_bundle(talk(), TRAJECTORY, KEY, stamp=TimeAuthority(url).stamp)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x", "tsa.example", ""])
def test_only_addresses_of_the_web_are_asked(url: str) -> None:
    """Anything but http and https is refused before anything is opened."""
    with pytest.raises(TimeAuthorityError, match="http"):
        TimeAuthority(url)


def test_an_authority_that_is_not_trusted_is_not_used() -> None:
    """Where trusted authorities are named, another one's stamp makes no bundle."""
    with serving(authority("theirs")) as url, pytest.raises(TimeAuthorityError, match="not among those you trust"):
        build_bundle(talk(), TRAJECTORY, KEY, stamp=TimeAuthority(url, [authority().root]).stamp)


def test_an_answer_to_another_question_is_not_used() -> None:
    """A stamp that was given before, for the same content even, lacks this question's number."""
    kept: list[bytes] = []

    def keep(files: dict[str, bytes]) -> bytes:
        kept.append(authority().stamp(files))
        return kept[0]

    build_bundle(talk(), TRAJECTORY, KEY, stamp=keep)
    with serving(kept[0]) as url, pytest.raises(TimeAuthorityError, match="another question"):
        build_bundle(talk(), TRAJECTORY, KEY, stamp=TimeAuthority(url).stamp)


def test_a_clock_that_is_behind_the_talk_is_told() -> None:
    """A stamp from before a message of the talk cannot be, and makes no bundle."""

    class Slow:
        def answer(self, question: bytes) -> bytes:
            return authority().answer(question, datetime(2026, 5, 6, tzinfo=UTC))

    with serving(Slow()) as url, pytest.raises(TimeAuthorityError, match="before a message"):
        build_bundle(talk(), TRAJECTORY, KEY, stamp=TimeAuthority(url).stamp)
