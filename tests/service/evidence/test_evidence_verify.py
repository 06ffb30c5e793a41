import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from evidence_case import KEY, OTHER_KEY, TRAJECTORY, pack, payload, resealed, sealed, talk_saying

from service.evidence import Status, validate, verify_bundle
from service.evidence.bag import BASE, INFO, SIGNATURE
from service.evidence.bundle import build_bundle
from service.evidence.container import MAX_MEMBERS, write_container
from service.evidence.failures import (
    AddedFile,
    AlteredFile,
    DuplicateName,
    MissingFile,
    NotAZip,
    NotCanonical,
    NotReadable,
    PathOutsideBag,
    Truncated,
    UnknownKey,
    Unsigned,
    UnsupportedVersion,
    WrongSignature,
    ZipBomb,
)
from service.evidence.signature import fingerprint
from service.evidence.trajectory import unfold

BUNDLE = sealed()
FILES = payload(BUNDLE)
OURS = fingerprint(KEY.public_key())
THEIRS = fingerprint(OTHER_KEY.public_key())
EDITED = {**FILES, "data/transcript.json": FILES["data/transcript.json"].replace("三百".encode(), "三千".encode())}


def rezipped(bundle: bytes, folder: Path, method: int = zipfile.ZIP_DEFLATED, **renamed: str) -> bytes:
    """Pack a bundle again with another tool, perhaps under other names."""
    source, target = folder / "source.zip", folder / "target.zip"
    source.write_bytes(bundle)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", method) as new:
        for name in old.namelist():
            new.writestr(renamed.get(name.rpartition("/")[2].replace(".", "_").replace("-", "_"), name), old.read(name))
    return target.read_bytes()


def kinds(data: bytes | Path, trusted: frozenset[str] = frozenset()) -> set[type]:
    return {type(failure) for failure in verify_bundle(data, trusted=trusted).failures}


def test_a_fresh_bundle_is_verified():
    """What was built verifies, with the signer's fingerprint and no failure."""
    report = verify_bundle(BUNDLE)
    assert (report.status, report.failures, report.fingerprint, report.key_trusted) == (0, (), OURS, None)
    assert validate(BUNDLE, trusted=frozenset({OURS})).key_trusted is True


def test_a_file_is_verified_like_its_bytes(tmp_path):
    """A path and the bytes behind it give the same report."""
    path = tmp_path / "bundle.zip"
    path.write_bytes(BUNDLE)
    assert verify_bundle(path) == verify_bundle(BUNDLE)


def test_trusted_fingerprints_may_be_spelled_in_capitals():
    """A fingerprint copied in upper case or with spaces around it is the same fingerprint."""
    assert verify_bundle(BUNDLE, trusted=frozenset({f" {OURS.upper()}\n"})).status is Status.VERIFIED


def test_an_edited_file_is_named():
    """Text edited and packed canonically again is an altered file."""
    report = verify_bundle(pack(EDITED))
    assert report.status is Status.ALTERED
    assert [(type(failure), failure.subject) for failure in report.failures] == [(AlteredFile, "data/transcript.json")]


def test_edited_manifests_break_the_signature():
    """Whoever edits text and manifests cannot keep the signature."""
    again = {**payload(resealed(EDITED, None)), SIGNATURE: FILES[SIGNATURE]}
    assert kinds(pack(again)) == {WrongSignature}
    assert verify_bundle(pack(again)).status is Status.ALTERED


def test_a_signature_of_another_bundle_does_not_fit():
    """A signature replayed from another bundle of the same shop is wrong here."""
    other = payload(build_bundle(talk_saying("您好"), [], KEY))
    assert kinds(pack({**FILES, SIGNATURE: other[SIGNATURE]})) == {WrongSignature}


def test_signed_again_by_another_key():
    """An edit signed by a stranger shows the stranger's fingerprint, and is not shown where keys are trusted."""
    theirs = resealed(EDITED, OTHER_KEY)
    report = verify_bundle(theirs)
    assert (report.status, report.fingerprint) == (Status.VERIFIED, THEIRS)
    assert THEIRS in report.explain("en")
    assert THEIRS in report.explain("zh")
    assert "not checked" in report.explain("en")
    strict = verify_bundle(theirs, trusted=frozenset({OURS}))
    assert (strict.status, strict.key_trusted) == (Status.NOT_DEMONSTRATED, False)
    assert [type(failure) for failure in strict.failures] == [UnknownKey]


def test_unsigned_is_not_demonstrated():
    """Without a signature nothing is wrong and little is shown, whether built so or stripped."""
    for data in (sealed(key=None), pack({name: FILES[name] for name in FILES if name != SIGNATURE})):
        report = verify_bundle(data)
        assert report.status is Status.NOT_DEMONSTRATED
        assert [type(failure) for failure in report.failures] == [Unsigned]
        assert report.fingerprint is None


def test_altered_weighs_more_than_unsigned():
    """An unsigned bundle that was changed is reported as changed first."""
    report = verify_bundle(sealed(key=None) + b" ")
    assert report.status is Status.ALTERED


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_removed_file_is_missed(name):
    """Each file is missed when it is taken out."""
    found = kinds(pack({other: FILES[other] for other in FILES if other != name}))
    assert found == {Unsigned} if name == SIGNATURE else MissingFile in found


@pytest.mark.parametrize("name", ["data/extra.txt", "extra.txt", "data/sub/extra.txt"])
def test_an_added_file_is_found(name):
    """A file that no manifest lists is found, in the payload and beside it."""
    assert kinds(pack({**FILES, name: b"x"})) == {AddedFile}


def test_a_renamed_file_is_missing_and_added():
    """A renamed file is missed under its old name and foreign under its new one."""
    files = dict(FILES)
    files["data/renamed.json"] = files.pop("data/orders.json")
    assert kinds(pack(files)) == {MissingFile, AddedFile}


def test_swapped_files_are_both_named():
    """Two files that changed places are both altered."""
    files = {**FILES, "data/orders.json": FILES["data/missing.json"], "data/missing.json": FILES["data/orders.json"]}
    failures = verify_bundle(pack(files)).failures
    assert {failure.subject for failure in failures} == {"data/orders.json", "data/missing.json"}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_packed_again_is_not_canonical(method, tmp_path):
    """The same files in a zip by another tool are not the bundle that was made."""
    assert kinds(rezipped(BUNDLE, tmp_path, method)) == {NotCanonical}


def test_another_base_folder_is_outside(tmp_path):
    """Every member is in the bag's one folder."""
    assert kinds(rezipped(BUNDLE, tmp_path, claim_txt="elsewhere/claim.txt")) == {PathOutsideBag}


def test_a_path_out_of_the_bag_is_refused(tmp_path):
    """A member that climbs out of the folder is named as such."""
    assert kinds(rezipped(BUNDLE, tmp_path, claim_txt=f"{BASE}../../claim.txt")) == {PathOutsideBag}


@pytest.mark.filterwarnings("ignore:Duplicate name")  # that zipfile warns of it is the point
def test_a_second_entry_of_a_name_is_refused(tmp_path):
    """A name that occurs twice is refused, because tools differ in which one they show."""
    assert kinds(rezipped(BUNDLE, tmp_path, claim_txt=f"{BASE}data/orders.json")) == {DuplicateName}


def test_a_zip_bomb_is_refused(tmp_path):
    """A member of a gigabyte of zeros is refused without being inflated further than the limit."""
    path = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(f"{BASE}data/bomb.txt", "w") as member,
    ):
        for _ in range(160):
            member.write(bytes(2**20))
    assert kinds(path) == {ZipBomb}


def test_more_files_than_any_bundle_has(tmp_path):
    """Thousands of members are refused by their number."""
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(MAX_MEMBERS + 1):
            archive.writestr(f"{BASE}data/{number}", b"")
    assert kinds(path) == {ZipBomb}


@pytest.mark.parametrize("version", [b"2", b"1.1", b"", b"1\nBaitwatch-Bundle-Version: 2"])
def test_a_newer_version_says_to_update(version):
    """A signed bundle of a version that is not known here is not demonstrated, and nothing else is said of it."""
    info = FILES[INFO].replace(b"Baitwatch-Bundle-Version: 1", b"Baitwatch-Bundle-Version: " + version)
    report = verify_bundle(resealed({**FILES, INFO: info}, KEY))
    assert report.status is Status.NOT_DEMONSTRATED
    assert [type(failure) for failure in report.failures] == [UnsupportedVersion]


def test_a_newer_version_may_have_other_files():
    """What this version would miss, or find too much, is no matter where the version is another; an altered file is."""
    files = {name: content for name, content in FILES.items() if name != "data/exhibits.json"}
    files["data/newer.json"] = b"{}"
    files[INFO] = FILES[INFO].replace(b"Bundle-Version: 1", b"Bundle-Version: 2")
    assert kinds(resealed(files, KEY)) == {UnsupportedVersion}
    assert AlteredFile in kinds(pack({**payload(resealed(files, KEY)), "data/claim.txt": b"another"}))


def test_another_bagit_version_is_not_supported():
    """The bag's own declaration is checked too."""
    bagit = FILES["bagit.txt"].replace(b"1.0", b"2.0")
    assert kinds(resealed({**FILES, "bagit.txt": bagit}, KEY)) == {UnsupportedVersion}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"[" * 1999,
        b"\xff\xfe",
        b"9" * 1999,
        FILES[SIGNATURE] + b"\n",
        FILES[SIGNATURE].replace(b" ", b"  ", 1),
        FILES[SIGNATURE].replace(b'"Ed25519"', b'"none"'),
        FILES[SIGNATURE].replace(OURS.encode(), THEIRS.encode()),
        FILES[SIGNATURE].upper(),
        FILES[SIGNATURE] * 20,
        json.dumps({**json.loads(FILES[SIGNATURE]), "public_key": 5}).encode(),
        json.dumps({**json.loads(FILES[SIGNATURE]), "public_key": "00"}).encode(),
        json.dumps({**json.loads(FILES[SIGNATURE]), "signature": "zz"}).encode(),
    ],
)
def test_a_signature_file_has_one_spelling(content):
    """Anything but the signature as it was written is a wrong signature, never a crash."""
    assert kinds(pack({**FILES, SIGNATURE: content})) == {WrongSignature}


@pytest.mark.parametrize("name", ["manifest-sha256.txt", "tagmanifest-sha256.txt"])
@pytest.mark.parametrize("text", [b"", b"\n", b"nonsense\n", b"\xff" * 100, b"0" * 64 + b"  ../../x\n"])
def test_a_damaged_manifest_is_not_verified(name, text):
    """A manifest that cannot be read or lists other files is never verified."""
    assert verify_bundle(pack({**FILES, name: text})).status is Status.ALTERED


def test_manifest_lines_in_another_order_are_not_canonical():
    """A manifest that says the same in another order was not written by the writer."""
    lines = FILES["tagmanifest-sha256.txt"].splitlines(keepends=True)
    assert NotCanonical in kinds(pack({**FILES, "tagmanifest-sha256.txt": b"".join(reversed(lines))}))


def test_truncated_is_altered_and_garbage_cannot_run():
    """A bundle cut short counts as changed; what is no zip at all gives nothing to check."""
    assert (kinds(BUNDLE[:-1]), verify_bundle(BUNDLE[:-1]).status) == ({Truncated}, Status.ALTERED)
    assert (kinds(b"garbage"), verify_bundle(b"garbage").status) == ({NotAZip}, Status.COULD_NOT_RUN)


def test_a_file_that_cannot_be_read(tmp_path):
    """A missing file and a folder are status 3, and the text does not repeat the path."""
    for path in (tmp_path / "absent-13900001234.zip", tmp_path):
        report = verify_bundle(path)
        assert report.status is Status.COULD_NOT_RUN
        assert [type(failure) for failure in report.failures] == [NotReadable]
        assert str(tmp_path) not in report.explain("en") + report.explain("zh")


def test_validate_raises_the_gravest_failure():
    """`validate` is the raising twin of `verify_bundle`."""
    with pytest.raises(AlteredFile) as caught:
        validate(pack({name: EDITED[name] for name in EDITED if name != SIGNATURE}))
    assert caught.value.status is Status.ALTERED


def test_failures_are_bounded():
    """A bundle with thousands of wrong lines gives a report of readable length."""
    lines = b"".join(b"%064x  data/%d\n" % (number, number) for number in range(5_000))
    report = verify_bundle(pack({**FILES, "manifest-sha256.txt": lines}))
    assert 1 < len(report.failures) <= 101


def test_the_report_as_json():
    """The report is plain JSON with a status, a verdict and failures in two languages."""
    told = json.loads(json.dumps(verify_bundle(BUNDLE[:-1]).as_dict()))
    assert (told["status"], told["verdict"], told["failures"][0]["code"]) == (1, "altered", "Truncated")


def test_verifying_needs_the_standard_library_and_cryptography_only(tmp_path):
    """In a fresh interpreter a bundle is verified without the model, the web framework or the network."""
    path = tmp_path / "bundle.zip"
    path.write_bytes(BUNDLE)
    code = (
        "import sys, pathlib; before = set(sys.modules)\n"
        "from service.evidence.verify import verify_bundle\n"
        f"assert verify_bundle(pathlib.Path({str(path)!r})).status == 0\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(*sorted(new - set(sys.stdlib_module_names)))\n"
        "print(*sorted(new & {'socket', 'ssl', 'http', 'asyncio', 'urllib3', 'socketserver'}))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    foreign, network = result.stdout.split("\n")[:2]
    assert set(foreign.split()) <= {"service", "cryptography", "_cffi_backend", "_openssl"}
    assert network == ""


def test_a_hostile_but_canonical_container_is_no_crash():
    """A canonical zip that is no bag is reported as lacking its files."""
    for members in ({}, {f"{BASE}a": b""}):
        report = verify_bundle(write_container(members))
        assert (report.status, type(report.failures[0])) == (Status.ALTERED, MissingFile)


def test_trajectory_is_part_of_what_is_signed():
    """Another trajectory makes another bundle, so assessments cannot be exchanged unseen."""
    assert payload(build_bundle(talk_saying("您好"), [], KEY))["manifest-sha256.txt"] != FILES["manifest-sha256.txt"]
    assert unfold(json.loads(FILES["data/assessments.json"])) == TRAJECTORY
