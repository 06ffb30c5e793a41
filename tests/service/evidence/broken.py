"""One broken bundle for each kind of failure, as the verifier meets it.

Whoever adds a type to `service.evidence.failures` adds its bundle here; a test sees to it.
"""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from evidence_case import KEY, OTHER_KEY, TRAJECTORY, pack, payload, resealed, sealed, talk, talk_saying
from stored_case import log_of, with_files
from time_case import authority

from benchmarks.mutations import Case
from service.evidence import Report, verify_bundle
from service.evidence import failures as f
from service.evidence.bag import BASE, INFO, SIGNATURE, TIMESTAMP
from service.evidence.bundle import build_bundle
from service.evidence.disclosure import reveal
from service.evidence.plaintext import json_bytes
from service.evidence.signature import fingerprint

BUNDLE = sealed()
FILES = payload(BUNDLE)
CLAIM = f"{BASE}data/claim.txt"


def _zipped_again(*, claim: str = CLAIM) -> bytes:
    """The same bundle from another tool, with the claim under another name."""
    target = io.BytesIO()
    with (
        warnings.catch_warnings(),
        zipfile.ZipFile(io.BytesIO(BUNDLE)) as old,
        zipfile.ZipFile(target, "w") as new,
    ):
        warnings.simplefilter("ignore")  # a name that is there twice may be the point
        for name in old.namelist():
            new.writestr(claim if name == CLAIM else name, old.read(name))
    return target.getvalue()


def _stamped(at: datetime) -> bytes:
    return build_bundle(talk(), TRAJECTORY, KEY, stamp=lambda files: authority().stamp(files, at))


def _without(name: str) -> dict[str, bytes]:
    return {other: content for other, content in FILES.items() if other != name}


def _log(case: Case, change: Callable[[dict], object]) -> Report:
    log = log_of(case.bundle)
    change(log)
    return verify_bundle(with_files(case.bundle, log=log))


def _transcript(case: Case, old: str, new: str) -> Report:
    files = payload(case.bundle)
    changed = files["data/transcript.json"].replace(old.encode(), new.encode(), 1)
    return verify_bundle(resealed({**files, "data/transcript.json": changed}, KEY))


def _wrong_timestamp(case: Case) -> Report:
    files = {**payload(case.bundle), TIMESTAMP: payload(case.other)[TIMESTAMP]}
    return verify_bundle(resealed(files, KEY))


def _version_2() -> bytes:
    return resealed({**FILES, INFO: FILES[INFO].replace(b"Bundle-Version: 1", b"Bundle-Version: 2")}, KEY)


def _opened(openings: object) -> Report:
    return verify_bundle(BUNDLE, openings=json_bytes(openings))


def _opened_otherwise() -> Report:
    openings = reveal(FILES, talk(), KEY, ["M1"])
    openings["openings"][0]["value"] += "x"
    return _opened(openings)


BROKEN: dict[type[f.EvidenceFailure], Callable[[Case, Path], Report]] = {
    f.AlteredFile: lambda _, __: verify_bundle(pack({**FILES, "data/claim.txt": b"another\n"})),
    f.MissingFile: lambda _, __: verify_bundle(pack(_without("data/orders.json"))),
    f.AddedFile: lambda _, __: verify_bundle(pack({**FILES, "data/more.txt": b"x"})),
    f.WrongSignature: lambda _, __: verify_bundle(
        pack({**FILES, SIGNATURE: payload(build_bundle(talk_saying("您好"), [], KEY))[SIGNATURE]})
    ),
    f.UnknownKey: lambda _, __: verify_bundle(BUNDLE, trusted=frozenset({fingerprint(OTHER_KEY.public_key())})),
    f.PathOutsideBag: lambda _, __: verify_bundle(_zipped_again(claim=f"{BASE}../../claim.txt")),
    f.ZipBomb: lambda _, __: verify_bundle(
        BUNDLE[:-22] + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 60_000, 60_000, 50, 35, 0)
    ),
    f.DuplicateName: lambda _, __: verify_bundle(_zipped_again(claim=f"{BASE}data/orders.json")),
    f.UnsupportedVersion: lambda _, __: verify_bundle(_version_2()),
    f.NotCanonical: lambda _, __: verify_bundle(_zipped_again()),
    f.Unsigned: lambda _, __: verify_bundle(sealed(key=None)),
    f.WrongTimestamp: lambda case, _: _wrong_timestamp(case),
    f.StaleTimestamp: lambda _, __: verify_bundle(_stamped(datetime(2026, 5, 6, tzinfo=UTC))),
    f.UnknownAuthority: lambda case, _: verify_bundle(case.bundle, authorities=[authority("theirs").root]),
    f.Unstamped: lambda _, __: verify_bundle(BUNDLE, authorities=[authority().root]),
    f.WrongHead: lambda case, _: _log(case, lambda log: log["head"].update(shop="乙店")),
    f.NotInLog: lambda case, _: _log(case, lambda log: log["entries"][0].update(received_at=NEVER)),
    f.NotAsLogged: lambda case, _: _transcript(case, "转我三百", "转我三千"),
    f.NotLogged: lambda case, _: _log(case, lambda log: log["entries"].pop()),
    f.MissingFromTalk: lambda case, _: _log(case, lambda log: log["entries"].pop(0)),
    f.OpeningDoesNotFit: lambda _, __: _opened_otherwise(),
    f.OpeningsNotReadable: lambda _, __: _opened({"openings": []}),
    f.Truncated: lambda _, __: verify_bundle(BUNDLE[:-1]),
    f.NotAZip: lambda _, __: verify_bundle(b"%PDF-1.7"),
    f.NotReadable: lambda _, folder: verify_bundle(folder / "absent.zip"),
}
NEVER = "2026-01-01T00:00:00.000000+00:00"
