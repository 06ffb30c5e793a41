"""What is written down of a version of the model: what it was made of and by, and how it did."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

import riskmodel
from riskmodel.registry.journal import Digest, Name

__all__ = ["Card", "CodeVersion", "Record", "code_version", "record_of"]

_FIGURES = "figures"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CodeVersion(_Strict):
    """Of the program that trained it: its version, and the SHA-256 over the sources and data of the library."""

    version: str
    sha256: Digest


class Card(_Strict):
    """What a reader must know before the figures: what the model is, what it learned from, what its figures mean."""

    name: str
    version: str
    trained_on: str
    figures_of: str
    thresholds: Mapping[str, float]
    prevalence: float | None


class Record(_Strict):
    """One version.

    Attributes
    ----------
    sha256
        Of its arrays: the model's digest, which every answer carries.
    files
        SHA-256 of each other file of the version.
    data_sha256
        Of the labelled talks that it was trained on; None where that was not written down.
    frozen_sha256
        Of the frozen sets that these were compared with for near duplicates; None where they were not.
    feature_version
        Of the columns that it reads.
    seed, talks
        Of the training.
    figures
        As the training measured them, with the note that says on what.
    parent
        The version that was in use when it was trained.
    """

    sha256: Digest
    files: Mapping[str, Digest]
    data_sha256: Digest | None
    frozen_sha256: Digest | None
    code: CodeVersion
    feature_version: int
    seed: int | None
    talks: int | None
    figures: Mapping[str, Any]
    card: Card
    parent: Name | None
    made_at: AwareDatetime
    made_by: Annotated[str, Field(min_length=1, max_length=160)]

    @property
    def version(self) -> str:
        """How the digest begins: what the version is called."""
        return self.sha256[:12]


@cache
def code_version() -> CodeVersion:
    """Of this program."""
    root = Path(riskmodel.__file__).parent
    found = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            for part in (path.relative_to(root).as_posix().encode(), path.read_bytes()):
                found.update(hashlib.sha256(part).digest())
    return CodeVersion(version=riskmodel.__version__, sha256=found.hexdigest())


def record_of(
    manifest: Mapping[str, Any], files: Mapping[str, str], *, parent: str | None, made_by: str, made_at: datetime
) -> Record:
    """The record of a model that was just trained, by what its manifest says."""
    figures = manifest.get(_FIGURES, {})
    talks = manifest.get("talks")
    return Record(
        sha256=manifest["sha256"],
        files=files,
        data_sha256=manifest.get("data_sha256"),
        frozen_sha256=manifest.get("frozen_sha256"),
        code=code_version(),
        feature_version=manifest["feature_version"],
        seed=manifest.get("seed"),
        talks=talks,
        figures=figures,
        card=Card(
            name=str(manifest.get("name", "")),
            version=str(manifest.get("version", "")),
            trained_on=str(manifest.get("trained_on") or f"{talks} labelled chats, synthetic or written by hand"),
            figures_of=str(figures.get("note", "no figures were written down")),
            thresholds=manifest["thresholds"],
            prevalence=manifest.get("reference_prevalence"),
        ),
        parent=parent,
        made_by=made_by,
        made_at=made_at,
    )
