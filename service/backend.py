"""What the requests of one worker share: the store, the keys and the talks that happen."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask, current_app

from service.cases.desk import CaseDesk
from service.evidence.keys import load_or_create_key
from service.model import WorkerModel
from service.shadow import Shadow
from service.store.engine import Store
from service.store.keyring import KeyFile, Keyring
from service.store.retention import erase_due, erasures
from service.store.seal import seal_log, unsealed_shops
from service.store.witness import SetBackError, Witness
from service.talks import Talks

__all__ = ["Backend", "backend", "backend_of", "init_app"]

EXTENSION = "baitwatch_backend"
ACTOR = "service"
"""As the access log calls what nobody asked for."""


class Backend:
    """Opened when it is first needed; what cannot be opened is tried again at the next request.

    Parameters
    ----------
    home
        The folder of the keys.
    url
        The database.
    keyring
        The data keys as JSON, where they do not lie in the home.
    model
        The model of this worker.
    retention_days
        After which talks are erased, where their shop has no limit of its own; None to keep them.
    random_looks
        Of new talks, the share that chance picks for a random look.
    candidate
        A model that scores live talks in the background.
    """

    def __init__(
        self,
        home: Path,
        url: str,
        keyring: str,
        model: WorkerModel,
        *,
        retention_days: int | None = None,
        random_looks: float = 0.0,
        candidate: WorkerModel | None = None,
    ) -> None:
        self._random_looks, self._candidate = random_looks, candidate
        self._home, self._keyring, self._model, self._retention_days = home, keyring, model, retention_days
        self.store = Store(url)
        self._witness = Witness.of(home, self.store.engine.url)
        self._erasures: tuple[int, int] | None = None

    @cached_property
    def keys(self) -> KeyFile:
        """The data keys; raises `KeyringError`."""
        return KeyFile(self._home / "keys" / "keyring.json", self._keyring or None)

    @cached_property
    def signing_key(self) -> Ed25519PrivateKey:
        """The key that signs heads and bundles; raises `KeyFileError`."""
        return load_or_create_key(self._home / "keys" / "signing.pem")

    @cached_property
    def talks(self) -> Talks:
        """The talks of all shops."""
        if self.shadow is None:
            return Talks(self.store, self.keys, self._model.get, looks=self._random_looks)
        return Talks(self.store, self.keys, self._model.get, looks=self._random_looks, grown=self.shadow.offer)

    @cached_property
    def shadow(self) -> Shadow | None:
        """The candidate that scores live talks in the background, where there is one."""
        return None if self._candidate is None else Shadow(self.store, self.keys, self._candidate)

    @cached_property
    def cases(self) -> CaseDesk:
        """The cases of all shops."""
        return CaseDesk(self.store, self.keys)

    def _open_keyring(self) -> Keyring:
        return self.keys.current()  # made at the first use, and no sooner

    def look_after(self) -> None:
        """What is due at intervals: sign logs that grew, erase talks past their time, forget talks that were erased.

        The last heads are kept in the home, too; raises `SetBackError` where the store lost one that is kept there.
        """
        now = datetime.now(UTC)
        with self.store.reading() as connection:
            due = unsealed_shops(connection, now)
        for shop_id in due:
            # a transaction each, so that no writer waits long; whoever comes second finds nothing left to do
            with self.store.writing() as connection:
                seal_log(connection, shop_id, self.signing_key, now)
        lost = self._witness.note(self.store)
        erase_due(self.store, self._open_keyring, self._retention_days, ACTOR, now)
        self._forget_erased()
        if lost:
            earliest = min(head.signed_at for head in lost.values())
            raise SetBackError(
                f"the store was set back to before {earliest:%Y-%m-%d %H:%M:%S} UTC; see `baitwatch audit`"
            )

    def _forget_erased(self) -> None:
        with self.store.reading() as connection:
            found = erasures(connection)
        if found != self._erasures:
            if self._erasures is not None:
                self.talks.forget()
            self._erasures = found


def init_app(app: Flask, model: WorkerModel) -> None:
    """Make the backend of this app; the database is not touched yet."""
    config = app.config
    app.extensions[EXTENSION] = Backend(
        Path(config["HOME"]),
        config["DATABASE_URL"],
        config["KEYRING"],
        model,
        retention_days=config["RETENTION_DAYS"] or None,
        random_looks=config["RANDOM_LOOKS"],
        candidate=WorkerModel(Path(shadow), config["RETRY_SECONDS"]) if (shadow := config["SHADOW_MODEL"]) else None,
    )


def backend() -> Backend:
    """The backend of the app that handles this request."""
    return backend_of(current_app)


def backend_of(app: Flask) -> Backend:
    """The backend of an app."""
    found: Backend = app.extensions[EXTENSION]
    return found
