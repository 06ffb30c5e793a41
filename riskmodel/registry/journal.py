"""The journal of a registry: what was added, promoted and rolled back, by whom and why; only ever added to.

One JSON object a line, each with the digest of the line before, so that no line can be changed, taken out or put in
without the ones after it. Whoever rewrites the whole file is not found out by it: where a store is configured, the
same changes stand in its signed log.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from riskmodel.errors import ModelError

__all__ = ["Entry", "Journal", "Name"]

Name = Annotated[str, Field(pattern="^[0-9a-f]{12}$")]
"""A version: how the digest of its model begins."""
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
_BEGINNING = "0" * 64


class Entry(BaseModel):
    """One line.

    Attributes
    ----------
    action
        ``add``: a version came in. ``promote``, ``rollback``: it was put in use.
    version
        Which one.
    former
        The one that was in use; None where there was none.
    by, reason
        Who did it; why it was done against the gate, where it was.
    record
        At ``add`` the SHA-256 of the version's record.
    before
        The SHA-256 of the line before.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: AwareDatetime
    by: Annotated[str, Field(min_length=1, max_length=160)]
    action: Literal["add", "promote", "rollback"]
    version: Name
    former: Name | None = None
    reason: str | None = None
    record: Digest | None = None
    before: Digest

    @property
    def line(self) -> bytes:
        """As it stands in the file."""
        return self.model_dump_json(exclude_none=True).encode()


class Journal:
    """Reads and adds to the file; `path` need not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def entries(self) -> list[Entry]:
        """All lines, the oldest first.

        Raises
        ------
        ModelError
            Where a line is not what was written: its number, and what to do.
        """
        return [entry for entry, _ in self._read()]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Within it nobody else adds a version or puts one in use."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self.path.with_name(f".{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def append(
        self,
        action: Literal["add", "promote", "rollback"],
        version: str,
        *,
        by: str,
        at: datetime,
        former: str | None = None,
        reason: str | None = None,
        record: str | None = None,
    ) -> Entry:
        """Add a line, on the disk when this returns; to be called within `locked`.

        Raises
        ------
        ModelError
            As `entries`; nothing is added to a journal that was altered.
        """
        known = self._read()
        before = known[-1][1] if known else _BEGINNING
        entry = Entry(
            at=at, by=by, action=action, version=version, former=former, reason=reason, record=record, before=before
        )
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            # what a crash cut short was never reported as done
            whole = sum(len(kept) + 1 for _, kept in self._lines())
            os.ftruncate(handle, whole)
            os.pwrite(handle, entry.line + b"\n", whole)
            os.fsync(handle)
        finally:
            os.close(handle)
        return entry

    def in_use(self) -> list[str]:
        """The versions that were put in use and not taken back, the present one last: what a rollback goes down."""
        found: list[str] = []
        for entry in self.entries():
            if entry.action == "promote":
                if entry.former is not None and found[-1:] != [entry.former]:
                    found.append(entry.former)
                found.append(entry.version)
            elif entry.action == "rollback":
                while found and found[-1] != entry.version:
                    found.pop()
        return found

    def anchor(self) -> str | None:
        """The version from which the promotions by the gate began: see `riskmodel.gate`.

        The first that was ever in use; after a promotion against the gate, the one that was promoted.
        """
        found: str | None = None
        for entry in self.entries():
            if entry.action == "promote":
                found = entry.version if entry.reason is not None else found or entry.former or entry.version
        return found

    def _read(self) -> list[tuple[Entry, str]]:
        """Each entry with the digest of its line."""
        found: list[tuple[Entry, str]] = []
        before = _BEGINNING
        for number, line in self._lines():
            try:
                entry = Entry.model_validate_json(line)
            except ValidationError:
                raise ModelError(_altered(self.path, number)) from None
            if entry.before != before:
                raise ModelError(_altered(self.path, number))
            before = hashlib.sha256(line).hexdigest()
            found.append((entry, before))
        return found

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        """The number and content of each whole line."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return
        yield from enumerate(content.split(b"\n")[:-1], start=1)


def _altered(path: Path, number: int) -> str:
    return (
        f"{path}, line {number}: the journal of models was altered here; put the file back from a backup, "
        "or move it away to begin a new one"
    )
