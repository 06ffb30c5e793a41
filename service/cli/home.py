"""The store, the keys and the time, as commands on this machine use them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.config import settings
from service.evidence.keys import load_or_create_key
from service.store.engine import Store
from service.store.keyring import KeyFile
from service.store.witness import Witness

__all__ = ["Home", "open_home"]

ACTOR = "command line"


class Home(NamedTuple):
    """What is kept in the home, or where the environment says."""

    folder: Path
    store: Store
    keys: KeyFile
    witness: Witness
    retention_days: int | None = None
    random_looks: float = 0.0
    model: Path = Path()

    @property
    def signing_key(self) -> Ed25519PrivateKey:
        """The key that signs heads and bundles; made where there is none."""
        return load_or_create_key(self.folder / "keys" / "signing.pem")

    @property
    def now(self) -> datetime:
        """The time."""
        return datetime.now(UTC)


def open_home() -> Home:
    """Open what the environment names; the database is made or brought up to date at its first use.

    Raises
    ------
    ConfigError, StoreUrlError, KeyringError
        Where a setting or the keyring cannot be used.
    """
    chosen = settings(os.environ)
    folder = chosen["HOME"]
    store = Store(chosen["DATABASE_URL"])
    return Home(
        folder,
        store,
        KeyFile(folder / "keys" / "keyring.json", chosen["KEYRING"] or None),
        Witness.of(folder, store.engine.url),
        chosen["RETENTION_DAYS"] or None,
        chosen["RANDOM_LOOKS"],
        chosen["MODEL_DIR"],
    )
