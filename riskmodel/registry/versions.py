"""A folder of versions, each in a folder of its own named after its digest, and the journal beside them.

::

    models/
      journal.jsonl
      5f537e3e2620/   model.npz  manifest.json  record.json

A version is added as a whole or not at all, and never changed. One with a missing or altered file is named, and
cannot be put in use; the others are as good as before. What is in use is what lies in the folder that the service
reads; the journal says how it came there.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import ValidationError

from riskmodel.errors import ModelError
from riskmodel.model import load_model
from riskmodel.model.artifact import arrays_path, put_model, read_manifest
from riskmodel.registry.journal import Entry, Journal
from riskmodel.registry.record import Record, record_of
from riskmodel.scorer import Scorer

__all__ = ["Broken", "Registry", "Version"]

_ARRAYS, _MANIFEST, _RECORD = "model.npz", "manifest.json", "record.json"
_NAME = 12


class Version(NamedTuple):
    """A whole version."""

    folder: Path
    record: Record

    @property
    def name(self) -> str:
        """How its digest begins."""
        return self.record.version

    def load(self) -> Scorer:
        """Its scorer; raises `ModelError` where this program cannot use it."""
        return Scorer.load(self.folder)


class Broken(NamedTuple):
    """A folder that is no whole version, and what is wrong with it."""

    name: str
    problem: str


class Registry:
    """The versions in a folder, and the one that the service uses.

    Parameters
    ----------
    folder
        Of the versions; made at the first use.
    in_use
        Where the service looks for its model.
    """

    def __init__(self, folder: Path, in_use: Path) -> None:
        self.folder, self.in_use = folder, in_use
        self.journal = Journal(folder / "journal.jsonl")

    def add(self, source: Path, *, made_by: str, made_at: datetime | None = None, parent: str | None = None) -> Version:
        """Take in the model of a folder; one that is here already stays as it is.

        Parameters
        ----------
        source
            The folder of a whole model.
        made_by, made_at
            Who trained it, and when; by default now.
        parent
            The version that was in use then; by default the one that is.

        Raises
        ------
        ModelError
            Where the model cannot be used, or a broken version of it is in the way.
        """
        _, manifest = load_model(source)
        name = str(manifest["sha256"])[:_NAME]
        with self.journal.locked():
            if (self.folder / name).exists():
                there = self._whole(name)
                if there.record.files[_MANIFEST] != _digest(source / _MANIFEST):
                    raise ModelError(
                        f"model {name} is here with other bands or figures; move {there.folder} away to replace it"
                    )
                return there
            parent = parent or self.used()
            partial = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=self.folder))
            try:
                shutil.copyfile(arrays_path(source), partial / _ARRAYS)
                shutil.copyfile(source / _MANIFEST, partial / _MANIFEST)
                record = record_of(
                    manifest,
                    {_MANIFEST: _digest(partial / _MANIFEST)},
                    parent=parent if parent != name else None,
                    made_by=made_by,
                    made_at=made_at or datetime.now(UTC),
                )
                content = record.model_dump_json(indent=2).encode() + b"\n"
                (partial / _RECORD).write_bytes(content)
                load_model(partial)
                self.journal.append(
                    "add", name, by=made_by, at=record.made_at, record=hashlib.sha256(content).hexdigest()
                )
                partial.rename(self.folder / name)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
            return Version(self.folder / name, record)

    def versions(self) -> tuple[list[Version], list[Broken]]:
        """Those that are whole, the oldest first, and those that are not."""
        whole, broken = list[Version](), list[Broken]()
        for name in self._names():
            try:
                whole.append(self._whole(name))
            except ModelError as error:
                broken.append(Broken(name, str(error)))
        return sorted(whole, key=lambda version: (version.record.made_at, version.name)), broken

    def get(self, name: str) -> Version:
        """A version by its name or how that begins.

        Raises
        ------
        ModelError
            Where there is none, several begin so, or it is not whole.
        """
        found = [known for known in self._names() if name and known.startswith(name)]
        if len(found) != 1:
            what = "several models begin so; give more of the digest" if found else "there is no such model"
            raise ModelError(f"{name or '(empty)'}: {what}; `baitwatch models list` shows them")
        return self._whole(found[0])

    def used(self) -> str | None:
        """The version that the service finds, whether it can be used or not; None where there is none."""
        digest = (read_manifest(self.in_use) or {}).get("sha256")
        name = digest[:_NAME] if isinstance(digest, str) else ""
        return name if re.fullmatch("[0-9a-f]{12}", name) else None

    def scorer_in_use(self) -> Scorer | None:
        """The model in use; None where there is none that this program can use."""
        try:
            return Scorer.load(self.in_use)
        except ModelError:
            return None

    def promote(
        self, version: Version, *, by: str, reason: str | None = None, at: datetime | None = None
    ) -> Entry | None:
        """Put a version in use; None where it is already. Whether it should be is for the gate to say.

        The one that was in use is taken in first, where it is not here, so that there is a way back.

        Raises
        ------
        ModelError, OSError
            Where that cannot be done; then the one before is still in use.
        """
        former = self.used()
        if former == version.name:
            return None
        if former is not None and former not in self._names() and self.scorer_in_use() is not None:
            self.add(self.in_use, made_by=by)
        return self._put("promote", version, by=by, reason=reason, at=at)

    def before(self) -> Version:
        """The version that a rollback goes to.

        Raises
        ------
        ModelError
            Where none was in use before, or that one is not whole.
        """
        stack, used = self.journal.in_use(), self.used()
        if stack[-1:] == [used]:
            stack.pop()
        if not stack:
            raise ModelError("no model was in use before this one; `baitwatch models promote` puts another in use")
        return self._whole(stack[-1])

    def rollback(self, *, by: str, reason: str | None = None, at: datetime | None = None) -> Entry:
        """Put the version before in use again; errors as `before` and `promote`."""
        return self._put("rollback", self.before(), by=by, reason=reason, at=at)

    def _put(
        self,
        action: Literal["promote", "rollback"],
        version: Version,
        *,
        by: str,
        reason: str | None,
        at: datetime | None,
    ) -> Entry:
        version.load()
        with self.journal.locked():
            now, former = at or datetime.now(UTC), self.used()
            entry = self.journal.append(action, version.name, by=by, reason=reason, at=now, former=former)
            put_model(version.folder, self.in_use)
        return entry

    def _names(self) -> list[str]:
        if not self.folder.is_dir():
            return []
        return sorted(path.name for path in self.folder.iterdir() if path.is_dir() and not path.name.startswith("."))

    def _whole(self, name: str) -> Version:
        """See every file of a version, and that its record is the one that was added."""
        folder = self.folder / name
        try:
            content = (folder / _RECORD).read_bytes()
            record = Record.model_validate_json(content)
            noted = [entry.record for entry in self.journal.entries() if (entry.action, entry.version) == ("add", name)]
            if hashlib.sha256(content).hexdigest() not in noted or record.version != name:
                raise ModelError(_spoilt(folder, _RECORD, "was altered, or is not in the journal"))
            for file, digest in ((_ARRAYS, record.sha256), *record.files.items()):
                if _digest(folder / file) != digest:
                    raise ModelError(_spoilt(folder, file, "was altered or cut short"))
        except ValidationError:
            raise ModelError(_spoilt(folder, _RECORD, "is damaged")) from None
        except OSError as error:
            file = Path(error.filename).name if error.filename else _RECORD
            what = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read ({error.strerror})"
            raise ModelError(_spoilt(folder, file, what)) from None
        return Version(folder, record)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _spoilt(folder: Path, file: str, what: str) -> str:
    return (
        f"model {folder.name}: {file} in {folder} {what}; put the file back, or move the folder away and train anew; "
        "the other models are not touched"
    )
