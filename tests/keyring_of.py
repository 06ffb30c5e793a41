"""The keyring of a home, for tests that make keys and users beside the app or command that takes them."""

from __future__ import annotations

from pathlib import Path

from riskmodel.paths import default_home
from service.store.keyring import KeyFile, Keyring


def keyring_of(home: Path | None = None) -> Keyring:
    """Of this home, or of the one that the environment names."""
    return KeyFile((home or default_home()) / "keys" / "keyring.json").current()
