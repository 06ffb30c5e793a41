"""Whoever guesses waits longer and longer; whoever knows does not."""

from __future__ import annotations

import pytest

from service.console import throttle
from service.console.throttle import FIRST_WAIT, FORGOTTEN_AFTER, LONGEST_WAIT, Throttle, network


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_some_failures_are_free_and_then_waits_double(clock: Clock) -> None:
    """Five, then 2, 4, 8 … seconds, up to five minutes; a try while waiting counts for nothing."""
    tried = Throttle(5, clock)
    assert [tried.attempt("a") for _ in range(5)] == [0.0] * 5
    waits = []
    for _ in range(10):
        wait = tried.attempt("a")
        assert tried.attempt("a") == wait
        waits.append(wait)
        clock.now += wait
        assert tried.attempt("a") == 0.0
    assert waits[:3] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT


def test_others_do_not_wait(clock: Clock) -> None:
    """Each key is counted for itself."""
    tried = Throttle(1, clock)
    tried.attempt("a")
    assert tried.attempt("a") > 0
    assert tried.attempt("b") == 0.0


def test_success_begins_anew(clock: Clock) -> None:
    """Whoever knows the password has all free tries again; one that was forgiven was never counted."""
    tried = Throttle(2, clock)
    tried.attempt("a")
    tried.attempt("a")
    tried.forget("a")
    assert tried.attempt("a") == 0.0
    for _ in range(9):
        assert tried.attempt("b") == 0.0
        tried.forgive("b")
    tried.attempt("b")
    tried.attempt("b")
    tried.forgive("b")
    assert tried.attempt("b") == 0.0
    assert tried.attempt("b") > 0


def test_old_failures_are_forgotten(clock: Clock) -> None:
    """After an hour without a try."""
    tried = Throttle(1, clock)
    for _ in range(4):
        clock.now += tried.attempt("a")
    clock.now += FORGOTTEN_AFTER
    assert tried.attempt("a") == 0.0


def test_memory_is_bounded(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys that were tried longest ago are dropped."""
    monkeypatch.setattr(throttle, "_MOST_KNOWN", 3)
    tried = Throttle(1, clock)
    for key in "abcde":
        tried.attempt(key)
    assert len(tried._tries) == 3
    assert tried.attempt("e") > 0
    assert tried.attempt("a") == 0.0


@pytest.mark.parametrize("address", [None, "", "unix:", "@"])
def test_a_client_without_an_address_is_counted_with_its_like(address: str | None) -> None:
    """They share one count."""
    assert network(address) == "unknown"


def test_a_line_of_ipv6_is_one_client() -> None:
    """Its devices may take any address of the line."""
    assert network("2001:db8::1") == network("2001:db8::ffff:1") != network("2001:db8:0:1::1")
