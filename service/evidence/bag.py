"""The bag: BagIt 1.0 (RFC 8493) tag files over a payload, and the check that they fit.

A bag here has one base folder, `BASE`, with the four tag files, the payload under ``data/``, ``timestamp.tsr`` where a
time authority stamped the manifest, and ``signature.json`` where it was signed. That file signs the tag manifest, so it
alone is in no manifest. Standard library only.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping

from service.evidence.failures import (
    AddedFile,
    AlteredFile,
    EvidenceFailure,
    MissingFile,
    NotCanonical,
    PathOutsideBag,
    UnsupportedVersion,
)

__all__ = ["BASE", "BUNDLE_VERSION", "PAYLOAD", "check_bag", "check_version", "make_bag", "take_base_off"]

BASE = "baitwatch-evidence/"
BUNDLE_VERSION = "1"
PAYLOAD = tuple(
    f"data/{name}"
    for name in (
        *("transcript.json", "transcript.html", "summary.pdf", "orders.json", "assessments.json"),
        *("corrections.json", "missing.json", "masking.json", "exhibits.json", "claim.txt"),
    )
)
"""Files that every bundle of this version has; exhibits and the log may stand beside them."""

BAGIT, INFO, MANIFEST, TAG_MANIFEST = "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"
SIGNATURE, TIMESTAMP = "signature.json", "timestamp.tsr"
_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_VERSION_LABEL = "Baitwatch-Bundle-Version"
_MANIFEST_LINE = re.compile(rb"([0-9a-f]{64})  ([!-~]{1,700})")


def make_bag(
    payload: Mapping[str, bytes],
    info: Mapping[str, str],
    stamp: Callable[[Mapping[str, bytes]], bytes] | None = None,
) -> dict[str, bytes]:
    """Return the bag's files by path, without the base folder and without a signature.

    Parameters
    ----------
    payload
        Content by path; every path begins with ``data/``.
    info
        Further labels of ``bag-info.txt``; a value is one line.
    stamp
        Gives the time-stamp of the files that it is shown, payload and manifest among them.
    """
    octets = sum(map(len, payload.values()))
    labels = {**info, "Payload-Oxum": f"{octets}.{len(payload)}", _VERSION_LABEL: BUNDLE_VERSION}
    tags = {
        BAGIT: _DECLARATION,
        INFO: "".join(f"{label}: {labels[label]}\n" for label in sorted(labels)).encode(),
        MANIFEST: _manifest(payload),
    }
    if stamp is not None:
        tags[TIMESTAMP] = stamp({**payload, **tags})
    return {**payload, **tags, TAG_MANIFEST: _manifest(tags)}


def take_base_off(members: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the members without the base folder; a member outside it is a `PathOutsideBag`."""
    for name in members:
        if not name.startswith(BASE):
            raise PathOutsideBag(name)
    return {name.removeprefix(BASE): content for name, content in members.items()}


def check_bag(files: Mapping[str, bytes]) -> Iterator[EvidenceFailure]:
    """Yield each way in which the files do not fit their manifests."""
    payload = {name: content for name, content in files.items() if name.startswith("data/")}
    tags = {name: files[name] for name in files if name not in payload and name not in (SIGNATURE, TAG_MANIFEST)}
    for name in (BAGIT, INFO, MANIFEST, TAG_MANIFEST, *PAYLOAD):
        if name not in files:
            yield MissingFile(name)
    for manifest, listed in ((TAG_MANIFEST, tags), (MANIFEST, payload)):
        if manifest in files:
            yield from _check_manifest(manifest, files[manifest], listed)


def check_version(files: Mapping[str, bytes]) -> None:
    """Raise `UnsupportedVersion` unless the bag is of the version that this verifier knows."""
    if files[BAGIT] != _DECLARATION:
        raise UnsupportedVersion(files[BAGIT][:40].decode("utf-8", "backslashreplace"))
    lines = files[INFO].decode("utf-8", "backslashreplace").split("\n")
    versions = [line.partition(": ")[2] for line in lines if line.partition(":")[0] == _VERSION_LABEL]
    if versions != [BUNDLE_VERSION]:
        raise UnsupportedVersion(", ".join(versions) or "none given")


def _manifest(files: Mapping[str, bytes]) -> bytes:
    return _spell({name: hashlib.sha256(content).hexdigest() for name, content in files.items()})


def _spell(digests: Mapping[str, str]) -> bytes:
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode("ascii")


def _check_manifest(manifest: str, text: bytes, files: Mapping[str, bytes]) -> Iterator[EvidenceFailure]:
    digests: dict[str, str] = {}
    for number, line in enumerate(text.split(b"\n")[:-1], start=1):
        match = _MANIFEST_LINE.fullmatch(line)
        if not match:
            yield NotCanonical(f"{manifest}, line {number}")
            return
        digests[match[2].decode("ascii")] = match[1].decode("ascii")
    for name, digest in digests.items():
        # a file of PAYLOAD that is not there was named already
        if name not in files and name not in (*PAYLOAD, BAGIT, INFO, MANIFEST):
            yield MissingFile(name)
        elif name in files and hashlib.sha256(files[name]).hexdigest() != digest:
            yield AlteredFile(name)
    for name in files:
        if name not in digests:
            yield AddedFile(name)
    if text != _spell(digests):
        yield NotCanonical(manifest)
