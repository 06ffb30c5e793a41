"""The last signed head of each shop, kept in the home and not in the database.

Whoever can write to the database can set all of it back to an earlier state, which is sound in itself. What is kept
here was signed later, and the store must still have it. Heads are noted after they are committed, so that the store is
never behind by itself; one that is gone is not noted over until somebody says that a backup was restored on purpose.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import URL, Connection, select

from riskmodel.errors import BaitwatchError
from service.files import make_private_folder, write_atomically
from service.store.engine import Store
from service.store.schema import heads, shops
from service.store.seal import Head, latest_head

__all__ = ["KeptHead", "SetBackError", "Witness", "WitnessError", "missing"]

_KIND, _VERSION = "heads", 1


class WitnessError(BaitwatchError):
    """The kept heads cannot be read or written."""


class SetBackError(BaitwatchError):
    """The store does not have a head that was signed over it."""


class KeptHead(NamedTuple):
    """A signed head as it was given out, and of it what the store is asked for."""

    size: int
    root: bytes
    signed_at: datetime
    document: dict[str, Any]

    @classmethod
    def of(cls, document: dict[str, Any]) -> KeptHead:
        """From `Head.as_dict`; raises ValueError, KeyError or TypeError where it is none."""
        signed_at = datetime.fromisoformat(document["signed_at"])
        return cls(int(document["size"]), bytes.fromhex(document["root"]), signed_at, document)

    def __str__(self) -> str:
        return (
            f"the store was set back to before {self.signed_at:%Y-%m-%d %H:%M:%S} UTC: it does not have the head of "
            f"{self.size} entries that was signed then, root {self.root.hex()}"
        )


class Witness:
    """The file of a store's last heads.

    Parameters
    ----------
    path
        The file; it is made when the first head is noted.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of(cls, home: Path, address: URL) -> Witness:
        """The file of this database in this home; a SQLite file in the home may move with it."""
        name = address.database or ""
        if address.get_backend_name() == "sqlite":
            file, folder = Path(name.removeprefix("file:")).resolve(), home.resolve()
            name = str(file.relative_to(folder) if file.is_relative_to(folder) else file)
        where = [address.get_backend_name(), address.host, address.port, name]
        return cls(home / "heads" / f"{hashlib.sha256(json.dumps(where).encode()).hexdigest()[:16]}.json")

    def read(self) -> dict[str, KeptHead]:
        """By the name of the shop; empty where nothing was noted yet.

        To be read before the transaction in which `missing` looks for them: what is noted later is not in its sight.
        """
        return self._load()[0]

    def note(self, store: Store) -> dict[str, KeptHead]:
        """Keep the last head of every shop; gives those kept before that the store does not have, which stay."""
        if not self.path.exists():
            with store.reading() as connection:
                if not _latest(connection):
                    return {}
        with self._locked():
            kept, accepted = self._load()
            with store.reading() as connection:
                lost, latest = missing(connection, kept), _latest(connection)
            fresh = {shop: KeptHead.of(head.as_dict(shop)) for shop, head in latest.items() if shop not in lost}
            if kept | fresh != kept:
                self._write(kept | fresh, accepted)
        return lost

    def accept(self, lost: Collection[str], now: datetime) -> None:
        """Forget the heads of these shops, and keep for good that they were given up and when."""
        with self._locked():
            kept, accepted = self._load()
            given_up = [{"at": now.isoformat(), "head": kept[shop].document} for shop in lost if shop in kept]
            self._write({shop: head for shop, head in kept.items() if shop not in lost}, accepted + given_up)

    def _load(self) -> tuple[dict[str, KeptHead], list[dict[str, Any]]]:
        try:
            content = json.loads(self.path.read_bytes())
            if (content["baitwatch"], content["version"]) != (_KIND, _VERSION):
                raise ValueError("of another kind")
            kept = {document["shop"]: KeptHead.of(document) for document in content["heads"]}
            return kept, list(content["accepted"])
        except FileNotFoundError:
            return {}, []
        except OSError as error:
            raise _unusable(error) from None
        except (ValueError, KeyError, TypeError, RecursionError):
            raise WitnessError(
                f"kept heads: {self.path} is damaged or of another kind; restore it, or remove it and run "
                "`baitwatch audit`"
            ) from None

    def _write(self, kept: dict[str, KeptHead], accepted: list[dict[str, Any]]) -> None:
        documents = [kept[shop].document for shop in sorted(kept)]
        content = {"baitwatch": _KIND, "version": _VERSION, "heads": documents, "accepted": accepted}
        try:
            write_atomically(self.path, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())
        except OSError as error:
            raise _unusable(error) from None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Whoever else wants to change the file waits; a worker must not note what another has just noted over."""
        try:
            make_private_folder(self.path.parent)
            lock = os.open(self.path.with_name(f".{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _unusable(error) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def missing(connection: Connection, kept: dict[str, KeptHead]) -> dict[str, KeptHead]:
    """Those of the kept heads that the store does not have.

    That the entries under a head are those that were sealed is for `audit_shop` to see.
    """
    found = select(shops.c.name).join(heads, heads.c.shop_id == shops.c.id)
    return {
        shop: head
        for shop, head in kept.items()
        if connection.execute(
            found.where(shops.c.name == shop, heads.c.size == head.size, heads.c.root == head.root)
        ).first()
        is None
    }


def _latest(connection: Connection) -> dict[str, Head]:
    every = connection.execute(select(shops.c.id, shops.c.name)).all()
    return {row.name: head for row in every if (head := latest_head(connection, row.id))}


def _unusable(error: OSError) -> WitnessError:
    reason = error.strerror or type(error).__name__
    return WitnessError(f"kept heads: {reason}; check BAITWATCH_HOME and its permissions")
