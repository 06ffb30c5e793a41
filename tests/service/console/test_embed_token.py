"""The token of a frame: for how long it is good, and which pages may hold the frame."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from service.console.embed import token as tokens
from service.console.embed.token import GOOD_FOR, Opened, open_token, sign_token
from service.options import OPTIONS
from service.store.keyring import Keyring


def test_it_ends_after_a_quarter_of_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """And is none where the keyring is another."""
    keyring, opened = Keyring.new(), Opened(1, "a" * 32)
    token, ends_at = sign_token(keyring, opened)
    assert timedelta(minutes=15) == GOOD_FOR
    assert abs(ends_at - datetime.now(UTC) - GOOD_FOR) < timedelta(seconds=10)
    assert open_token(keyring, token) == opened
    assert open_token(Keyring.new(), token) is None
    monkeypatch.setattr(tokens, "GOOD_FOR", timedelta(seconds=-1))
    assert open_token(keyring, token) is None


def test_origins_are_read_strictly() -> None:
    """An address with a path, a wildcard or another directive is refused with what to write."""
    read = next(option.read for option in OPTIONS if option.key == "EMBED_ORIGINS")
    assert read("https://Desk.example, http://127.0.0.1:9000") == "https://desk.example http://127.0.0.1:9000"
    assert read("none") == ""
    for wrong in ("*", "https://*", "https://a.example/x", "https://a.example; script-src *", "a.example"):
        with pytest.raises(ValueError, match="origins parted by commas"):
            read(wrong)
