"""The time-stamp in the bag: what it shows, whom it shows it to, and what it cannot be."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from evidence_case import KEY, TRAJECTORY, payload, resealed, sealed, talk
from time_case import STAMPED_AT, authority

from service.evidence import verify_bundle
from service.evidence.bag import MANIFEST, TIMESTAMP
from service.evidence.bundle import build_bundle
from service.evidence.failures import WrongTimestamp
from service.evidence.timestamp import read_authorities


@pytest.fixture(scope="module")
def bundle() -> bytes:
    return build_bundle(talk(), TRAJECTORY, KEY, stamp=authority().stamp)


def test_a_stamped_bundle_says_by_when_its_content_existed(bundle: bytes) -> None:
    """With the authority's root at hand the time and the authority are told as checked, in both languages."""
    report = verify_bundle(bundle, authorities=[authority("theirs").root, authority().root])
    assert report.status == 0
    assert report.stamp is not None
    assert (report.stamp.time, report.stamp.authority, report.stamp.authority_trusted) == (
        *(STAMPED_AT, "CN=ours stamps", True),
    )
    assert "existed at 2026-06-01 12:00:00+00:00, says the trusted authority CN=ours stamps" in report.explain("en")
    assert "由受信任的机构出具" in report.explain("zh")
    assert report.as_dict()["timestamp"] == {
        **{"time": "2026-06-01T12:00:00+00:00", "authority": "CN=ours stamps", "authority_trusted": True}
    }


def test_without_trusted_authorities_it_says_that_whose_stamp_was_not_checked(bundle: bytes) -> None:
    """Nothing is wrong then, and what was not looked at is said."""
    report = verify_bundle(bundle)
    assert report.status == 0
    assert "was not checked" in report.explain("en").splitlines()[-1]
    assert "未核对" in report.explain("zh").splitlines()[-1]
    assert verify_bundle(sealed()).stamp is None


def test_it_stands_in_the_tag_manifest_and_its_bundle_says_no_more_that_time_is_not_proved(bundle: bytes) -> None:
    """The signature covers it, and the list of what is missing does not miss it."""
    files = payload(bundle)
    assert f"  {TIMESTAMP}\n" in files["tagmanifest-sha256.txt"].decode()
    assert "no_trusted_time" not in files["data/missing.json"].decode()
    assert "no_trusted_time" in payload(sealed())["data/missing.json"].decode()


@pytest.mark.parametrize("content", [b"", b"\x30\x00", b"no DER", b"\x30\x03\x02\x01\x02", bytes(70_000)])
def test_what_is_no_time_stamp_is_wrong(bundle: bytes, content: bytes) -> None:
    """Anything else in its place is a wrong time-stamp, never a crash."""
    report = verify_bundle(resealed({**payload(bundle), TIMESTAMP: content}, KEY))
    assert [type(failure) for failure in report.failures] == [WrongTimestamp]


def test_no_bit_of_it_can_change_where_the_authority_is_known(bundle: bytes) -> None:
    """Even where manifests and signature are made anew, a changed stamp does not pass for one of the authority."""
    files = payload(bundle)
    stamp = files[TIMESTAMP]
    for place in range(len(stamp) // 2, len(stamp), 37):
        changed = bytearray(stamp)
        changed[place] ^= 4
        report = verify_bundle(resealed({**files, TIMESTAMP: bytes(changed)}, KEY), authorities=[authority().root])
        assert report.status != 0, place


@pytest.mark.parametrize("at", [datetime(2029, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)])
def test_a_time_outside_the_certificate_does_not_hold(at: datetime) -> None:
    """A stamp from before or after its authority's certificate shows no time."""
    late = build_bundle(talk(), TRAJECTORY, KEY, stamp=lambda files: authority().stamp(files, at))
    report = verify_bundle(late, authorities=[authority().root])
    assert [failure.code for failure in report.failures] == ["StaleTimestamp"]
    assert report.stamp is None


def test_an_unsigned_bundle_can_be_stamped() -> None:
    """It shows by when the content existed, though not by whom it was made."""
    unsigned = build_bundle(talk(), TRAJECTORY, None, stamp=authority().stamp)
    report = verify_bundle(unsigned, authorities=[authority().root])
    assert [failure.code for failure in report.failures] == ["Unsigned"]
    assert report.stamp is not None


def test_it_is_of_the_manifest_of_all_payload_files(bundle: bytes) -> None:
    """Another manifest, and be it by one bit, is not what was stamped."""
    files = payload(bundle)
    other = resealed({**files, "data/claim.txt": files["data/claim.txt"] + b"\n"}, KEY)
    assert payload(other)[MANIFEST] != files[MANIFEST]
    assert [failure.code for failure in verify_bundle(other).failures] == ["WrongTimestamp"]


def test_a_stamped_bundle_is_verified_where_model_and_web_are_missing(bundle: bytes, tmp_path: Path) -> None:
    """Whoever receives a bundle needs neither: only what reads a time-stamp is loaded besides."""
    (tmp_path / "case.zip").write_bytes(bundle)
    (tmp_path / "ca.pem").write_bytes(authority().root.public_bytes(Encoding.PEM))
    code = (
        "import sys\n"
        "for name in ('riskmodel', 'flask', 'pydantic', 'jinja2', 'sqlalchemy', 'sklearn', 'numpy', 'typst'):\n"
        "    sys.modules[name] = None\n"
        "from pathlib import Path\n"
        "from service.evidence import verify_bundle\n"
        "from service.evidence.timestamp import read_authorities\n"
        "authorities = read_authorities(Path(sys.argv[2]).read_bytes())\n"
        "report = verify_bundle(Path(sys.argv[1]), authorities=authorities)\n"
        "print(int(report.status), report.stamp.authority_trusted)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "case.zip"), str(tmp_path / "ca.pem")]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (done.stdout, done.stderr) == ("0 True\n", "")


def test_authorities_are_read_from_pem() -> None:
    """A file may hold several certificates; one without any is refused."""
    roots = [authority().root, authority("theirs").root]
    assert read_authorities(b"".join(root.public_bytes(Encoding.PEM) for root in roots)) == roots
    with pytest.raises(ValueError, match="PEM"):
        read_authorities(b"nothing")
