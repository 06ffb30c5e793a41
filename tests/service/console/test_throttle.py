"""What stands for a client where tries are counted."""

from __future__ import annotations

import pytest

from service.console.throttle import network


@pytest.mark.parametrize("address", [None, "", "unix:", "@"])
def test_a_client_without_an_address_is_counted_with_its_like(address: str | None) -> None:
    """They share one count."""
    assert network(address) == "unknown"


def test_a_line_of_ipv6_is_one_client() -> None:
    """Its devices may take any address of the line."""
    assert network("2001:db8::1") == network("2001:db8::ffff:1") != network("2001:db8:0:1::1")
