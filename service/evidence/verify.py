"""The verifier: is this bundle, bit for bit, what was signed, and by which key?

Needs the standard library and `cryptography` only, and `rfc3161-client` where there is a time-stamp; works
offline, in memory, and writes nothing. What it can show is that nothing changed since signing and, by a time-stamp, by
when the content existed. It cannot show that the export was complete.

The status is 0 where everything fits; 1 where something was changed (a truncated bundle counts as changed); 2 where
nothing is wrong but too little is shown (no signature, a key that is not trusted, an unknown version); 3 where there is
nothing to check (no such file, not readable, not a zip at all). Where several things are wrong, changed counts most.

Examples
--------
>>> report = verify_bundle(b"not a bundle")
>>> int(report.status), [failure.code for failure in report.failures]
(3, ['NotAZip'])
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from service.evidence.arrival import LOG, Arrival, check_log
from service.evidence.bag import (
    BAGIT,
    BASE,
    INFO,
    SIGNATURE,
    TAG_MANIFEST,
    TIMESTAMP,
    check_bag,
    check_version,
    take_base_off,
)
from service.evidence.container import MAX_CONTAINER_BYTES, is_canonical, read_container
from service.evidence.failures import (
    AddedFile,
    EvidenceFailure,
    MissingFile,
    NotCanonical,
    NotReadable,
    Status,
    UnknownKey,
    Unsigned,
    Unstamped,
    printable,
)
from service.evidence.openings import MAX_OPENINGS_BYTES, Opened, check_openings
from service.evidence.signature import check_signature

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from service.evidence.timestamp import Stamp

__all__ = ["Report", "Status", "validate", "verify_bundle"]

_MOST_FAILURES = 100
_FILES_DIFFER = (MissingFile, AddedFile)
_GRAVEST_FIRST = (Status.ALTERED, Status.COULD_NOT_RUN, Status.NOT_DEMONSTRATED)


@dataclass(frozen=True)
class Report:
    """What a verification found.

    Attributes
    ----------
    failures
        The gravest first; none where the bundle is verified.
    fingerprint
        SHA-256 of the public key whose signature fits the manifests, None where none does.
    key_trusted
        Whether the key is among the trusted ones; None where no trusted keys were given.
    sha256
        Digest of the whole file, None where it could not be read.
    arrival
        What the shop's log shows of when messages and orders arrived, and which were compared with it; None where the
        bundle has no log or something is wrong with it.
    stamp
        The time-stamp that fits the content, None where there is none.
    opened
        Numbers of the masked values that were opened and fit what the bundle committed to; None where none were to be
        checked.
    """

    failures: tuple[EvidenceFailure, ...] = ()
    fingerprint: str | None = None
    key_trusted: bool | None = None
    sha256: str | None = None
    arrival: Arrival | None = None
    stamp: Stamp | None = None
    opened: tuple[str, ...] | None = None

    @property
    def status(self) -> Status:
        """The exit status; see the module's text."""
        return self.failures[0].status if self.failures else Status.VERIFIED

    def explain(self, language: str = "en") -> str:
        """Return the report in plain words, one finding a line, in ``zh`` or ``en``."""
        lines = [_HEADLINES[self.status][language != "zh"]]
        lines += [f"- {failure.explain(language)}" for failure in self.failures]
        if self.fingerprint:
            lines.append(_SIGNED_BY[language != "zh"] + self.fingerprint)
            if self.key_trusted is None:
                lines.append(_NO_TRUSTED_KEYS[language != "zh"])
        if self.stamp is not None:
            zh, en = _STAMPED if self.stamp.authority_trusted else _STAMPED_BY_SOMEBODY
            time = self.stamp.time.isoformat(sep=" ")
            lines.append((zh if language == "zh" else en).format(time=time, authority=printable(self.stamp.authority)))
        if self.arrival is not None:
            lines.append(_explain_arrival(self.arrival, language))
        if self.opened is not None:
            lines.append(_OPENED[language != "zh"].format(", ".join(self.opened) or "–"))
        return "\n".join(lines)

    def as_dict(self) -> dict[str, object]:
        """Return the report as plain JSON values."""
        return {
            "status": int(self.status),
            "verdict": self.status.name.lower(),
            "sha256": self.sha256,
            "key_fingerprint_sha256": self.fingerprint,
            "key_trusted": self.key_trusted,
            "timestamp": self.stamp.as_dict() if self.stamp is not None else None,
            "log": self.arrival.as_dict() if self.arrival is not None else None,
            "opened": list(self.opened) if self.opened is not None else None,
            "failures": [
                {"code": failure.code, "text_zh": failure.explain("zh"), "text_en": failure.explain("en")}
                for failure in self.failures
            ],
        }


def _explain_arrival(arrival: Arrival, language: str) -> str:
    zh, en = _ARRIVED
    text = (zh if language == "zh" else en).format(checked=arrival.checked, signed_at=arrival.signed_at)
    if arrival.covered:
        zh, en = _COVERED
        text += (zh if language == "zh" else en) + ", ".join(arrival.covered)
    return text


_HEADLINES = {
    Status.VERIFIED: ("核验通过：自签名以来内容未被改动。", "verified: nothing has changed since it was signed"),
    Status.ALTERED: ("核验不通过：内容已被改动。", "altered: this is not the bundle that was made"),
    Status.NOT_DEMONSTRATED: (
        "未能证明：没有发现改动，但不足以证明来源。",
        "not demonstrated: no change was found, but too little is shown",
    ),
    Status.COULD_NOT_RUN: ("无法核验。", "could not run"),
}
_SIGNED_BY = ("签名公钥指纹（SHA-256）：", "signed by the key with SHA-256 ")
_ARRIVED = (
    "与店铺消息日志一致的消息和订单：{checked} 条（日志由店铺签署，自称时间 {signed_at}）",
    "{checked} messages and orders are as the shop's log has them, signed by the shop, by its own clock at {signed_at}",
)
_COVERED = ("；已登记但内容部分隐去、未作比对：", "; logged, but with content covered, not checked: ")
_STAMPED = (
    "时间戳：内容在 {time} 已经存在，由受信任的机构出具：{authority}",
    "time-stamp: the content existed at {time}, says the trusted authority {authority}",
)
_STAMPED_BY_SOMEBODY = (
    "时间戳：内容在 {time} 已经存在，由 {authority} 出具，但未提供受信任的时间戳机构证书，因此未核对是否确由其出具。",
    "time-stamp: the content existed at {time}, it says, by {authority}; no trusted authorities were given, so whether "
    "it is theirs was not checked",
)
_OPENED = ("公开的内容与封存时的承诺值一致：{}", "opened and as it was when the bundle was sealed: {}")
_NO_TRUSTED_KEYS = (
    "未提供受信任的公钥，因此未核对该公钥属于谁；请与店铺公布的指纹比对。",
    "no trusted keys were given, so whose key this is was not checked; compare it with the fingerprint that the shop "
    "has published",
)


def verify_bundle(
    data: bytes | Path,
    *,
    trusted: frozenset[str] = frozenset(),
    authorities: Sequence[Certificate] | None = None,
    openings: bytes | Path | None = None,
) -> Report:
    """Check a bundle and report everything that is wrong with it; never raises for a bad bundle.

    Parameters
    ----------
    data
        The bundle, or the path of its file.
    trusted
        Fingerprints of the keys that may sign (SHA-256 of the raw public key, hexadecimal). Where none is given any key
        is accepted and its fingerprint reported.
    authorities
        Certificates of the time authorities that may stamp; where they are given there has to be a time-stamp.
    openings
        A file of openings, or its path: values that the shop opened, to be compared with what the bundle committed to.
    """
    try:
        content = _read(data, MAX_CONTAINER_BYTES) if isinstance(data, Path) else data
        opening = _read(openings, MAX_OPENINGS_BYTES) if isinstance(openings, Path) else openings
    except OSError as error:
        return Report((NotReadable(error.strerror or type(error).__name__),))
    check = _Check(frozenset(key.strip().lower() for key in trusted), authorities, opening)
    failures = list(islice(check.run(content), _MOST_FAILURES))
    failures.sort(key=lambda failure: _GRAVEST_FIRST.index(failure.status))
    known = check.fingerprint in check.trusted if check.fingerprint and check.trusted else None
    opened = tuple(check.opened.fits) if check.opened else None
    report = Report(tuple(failures), check.fingerprint, known, hashlib.sha256(content).hexdigest(), opened=opened)
    if any(failure.status is not Status.NOT_DEMONSTRATED for failure in failures):
        # of what was changed, nothing else that it says is worth telling
        return report
    return replace(report, arrival=check.arrival, stamp=check.stamp)


def validate(
    data: bytes | Path,
    *,
    trusted: frozenset[str] = frozenset(),
    authorities: Sequence[Certificate] | None = None,
) -> Report:
    """Check a bundle as `verify_bundle` does, and raise the gravest failure unless it is verified.

    Raises
    ------
    EvidenceFailure
        Of the type that names the failure, with ``status`` and ``explain(language)``.
    """
    report = verify_bundle(data, trusted=trusted, authorities=authorities)
    if report.failures:
        raise report.failures[0]
    return report


def _read(path: Path, most: int) -> bytes:
    # one byte more than is allowed is enough to know that it is too large
    with path.open("rb") as file:
        return file.read(most + 1)


@dataclass
class _Check:
    trusted: frozenset[str]
    authorities: Sequence[Certificate] | None
    openings: bytes | None
    fingerprint: str | None = field(default=None, init=False)
    stamp: Stamp | None = field(default=None, init=False)
    arrival: Arrival | None = field(default=None, init=False)
    opened: Opened | None = field(default=None, init=False)

    def run(self, data: bytes) -> Iterator[EvidenceFailure]:
        try:
            files = take_base_off(read_container(data))
            wrong = list(islice(check_bag(files), _MOST_FAILURES))
            if {BAGIT, INFO} <= set(files) and all(isinstance(failure, _FILES_DIFFER) for failure in wrong):
                # before anything is said to be missing or too much: another version may have other files
                check_version(files)
            yield from wrong
            if TAG_MANIFEST in files and SIGNATURE in files:
                self.fingerprint = check_signature(files[SIGNATURE], files[TAG_MANIFEST])
        except EvidenceFailure as failure:
            yield failure
            return
        if self.openings is not None and not wrong:
            self.opened = Opened()
            yield from check_openings(self.openings, files, self.opened)
        if LOG in files and not wrong:
            self.arrival = Arrival()
            yield from check_log(files, self.arrival, self.opened.whole if self.opened else {})
        if not wrong:
            yield from self._check_time(files)
        if SIGNATURE not in files:
            yield Unsigned()
        elif self.trusted and self.fingerprint not in self.trusted:
            yield UnknownKey(self.fingerprint or "none")
        elif self.arrival and self.arrival.key and self.arrival.key not in {self.fingerprint, *self.trusted}:
            yield UnknownKey(self.arrival.key)
        if not is_canonical(data, {BASE + name: content for name, content in files.items()}):
            yield NotCanonical("zip structure")

    def _check_time(self, files: Mapping[str, bytes]) -> Iterator[EvidenceFailure]:
        if TIMESTAMP in files:
            from service.evidence.timestamp import check_timestamp  # noqa: PLC0415  # loads much, and is rarely needed

            try:
                self.stamp = check_timestamp(files, self.authorities)
            except EvidenceFailure as failure:
                yield failure
        elif self.authorities is not None:
            yield Unstamped()
