"""`bundle` and `verify`: one conversation sealed, then checked with an exit status a script can use."""

from __future__ import annotations

import hashlib
import json
import socket
import stat
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from fake_scorer import FakeScorer
from strange_input import encoded, talk

from service.cli import main


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "talk.jsonl"
    path.write_bytes(encoded(talk("今天能发吗", "不开我就投诉")) + b"\n")
    return path


@pytest.fixture
def sealed(tmp_path: Path, file: Path, scorer: FakeScorer, capsys: pytest.CaptureFixture[str]) -> Path:
    path = tmp_path / "bundle.zip"
    assert main(["bundle", str(file), "-o", str(path), "--key", str(tmp_path / "key.pem")]) == 0
    capsys.readouterr()
    return path


def test_a_bundle_is_verified(sealed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 0 and plain words in both languages."""
    assert main(["verify", str(sealed)]) == 0
    text = capsys.readouterr().out
    assert "核验通过" in text
    assert "verified" in text


def test_the_same_case_gives_the_same_bytes(sealed: Path, file: Path, tmp_path: Path, scorer: FakeScorer) -> None:
    """Sealing twice with one key gives identical files."""
    again = tmp_path / "again.zip"
    assert main(["bundle", str(file), "-o", str(again), "--key", str(tmp_path / "key.pem")]) == 0
    assert again.read_bytes() == sealed.read_bytes()


def test_a_bundle_holds_an_assessment_after_every_message(sealed: Path) -> None:
    """What was assessed over time is in it, as the model said it."""
    with zipfile.ZipFile(sealed) as bag:
        name = next(name for name in bag.namelist() if name.endswith("assessments.json"))
        content = bag.read(name).decode()
    assert content.count('"as_of_message_id"') == 2


def test_a_bundle_is_readable_by_its_owner_only(sealed: Path) -> None:
    """It holds personal data."""
    assert stat.S_IMODE(sealed.stat().st_mode) == 0o600


def test_one_flipped_byte_is_status_1(sealed: Path) -> None:
    """An altered bundle is told from a good one."""
    content = bytearray(sealed.read_bytes())
    content[len(content) // 2] ^= 1
    sealed.write_bytes(content)
    assert main(["verify", str(sealed)]) == 1


def test_a_truncated_bundle_is_status_1(sealed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that was cut off says so."""
    sealed.write_bytes(sealed.read_bytes()[:-100])
    assert main(["verify", str(sealed)]) == 1
    assert "incomplete" in capsys.readouterr().out


def test_an_unsigned_bundle_is_status_2(tmp_path: Path, file: Path, scorer: FakeScorer) -> None:
    """Nothing is wrong with it, but it shows too little."""
    path = tmp_path / "unsigned.zip"
    assert main(["bundle", str(file), "-o", str(path), "--unsigned"]) == 0
    assert main(["verify", str(path)]) == 2


def test_only_trusted_keys_count_where_some_are_given(sealed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The right fingerprint verifies, alone or among others; a wrong one is status 2."""
    main(["verify", "--json", str(sealed)])
    fingerprint = json.loads(capsys.readouterr().out)["key_fingerprint_sha256"]
    assert main(["verify", "--trust", "0" * 64, str(sealed)]) == 2
    assert main(["verify", "--trust", "0" * 64, "--trust", fingerprint, str(sealed)]) == 0


@pytest.mark.parametrize("content", [b"", b"no zip at all", None])
def test_nothing_to_verify_is_status_3(tmp_path: Path, content: bytes | None) -> None:
    """A missing file, or one that is no bundle, could not be checked."""
    path = tmp_path / "thing.zip"
    if content is not None:
        path.write_bytes(content)
    assert main(["verify", str(path)]) == 3


def test_verify_needs_no_model(sealed: Path, monkeypatch: pytest.MonkeyPatch, no_model: None) -> None:
    """Whoever receives a bundle has no model."""
    assert main(["verify", str(sealed)]) == 0


@pytest.mark.parametrize(("count", "words"), [(0, "no conversation"), (2, "more than one conversation")])
def test_a_bundle_is_of_exactly_one_conversation(
    tmp_path: Path, scorer: FakeScorer, capsys: pytest.CaptureFixture[str], count: int, words: str
) -> None:
    """Any other number is refused and nothing is written."""
    path = tmp_path / "talks.jsonl"
    path.write_bytes((encoded(talk("在吗")) + b"\n") * count)
    assert main(["bundle", str(path), "-o", str(tmp_path / "b.zip")]) == 1
    assert words in capsys.readouterr().err
    assert not (tmp_path / "b.zip").exists()


@pytest.mark.parametrize("line", [b"{", encoded(talk())])
def test_a_conversation_that_cannot_be_sealed_is_status_1(
    tmp_path: Path, scorer: FakeScorer, capsys: pytest.CaptureFixture[str], line: bytes
) -> None:
    """A bad line, or a chat without messages, is named; nothing is written."""
    path = tmp_path / "talks.jsonl"
    path.write_bytes(line)
    assert main(["bundle", str(path), "-o", str(tmp_path / "b.zip"), "--unsigned"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "b.zip").exists()


def test_a_folder_that_is_not_there_is_named(
    file: Path, scorer: FakeScorer, capsys: pytest.CaptureFixture[str]
) -> None:
    """An output that cannot be written is one line with the path as it was given."""
    assert main(["bundle", str(file), "-o", "no-such-folder/b.zip", "--unsigned"]) == 3
    assert "no-such-folder/b.zip" in capsys.readouterr().err


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, file: Path, scorer: FakeScorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new bundle is there as a whole or not at all, and no draft stays behind."""
    path = tmp_path / "out" / "b.zip"
    path.parent.mkdir()
    path.write_bytes(b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert main(["bundle", str(file), "-o", str(path), "--unsigned"]) == 3
    assert [entry.read_bytes() for entry in path.parent.iterdir()] == [b"old"]


def test_a_key_and_no_signature_exclude_each_other(file: Path, scorer: FakeScorer) -> None:
    """Asking for both is wrong usage."""
    assert main(["bundle", str(file), "-o", "b.zip", "--unsigned", "--key", "k.pem"]) == 3


SECRET = "13900001234"


@pytest.fixture
def personal(tmp_path: Path, scorer: FakeScorer, capsys: pytest.CaptureFixture[str]) -> tuple[Path, Path]:
    """A chat with a telephone number in it, and its bundle."""
    chat, bundle = tmp_path / "personal.jsonl", tmp_path / "personal.zip"
    chat.write_bytes(encoded(talk("今天能发吗", f"打我{SECRET}")) + b"\n")
    assert main(["bundle", str(chat), "-o", str(bundle), "--key", str(tmp_path / "key.pem")]) == 0
    capsys.readouterr()
    return chat, bundle


def reveal(chat: Path, bundle: Path, *options: str) -> int:
    """Run ``baitwatch reveal`` with the test's own key, into ``openings.json`` beside the chat."""
    folder = chat.parent
    rest = ["--key", str(folder / "key.pem"), "-o", str(folder / "openings.json"), *options]
    return main(["reveal", str(chat), "--bundle", str(bundle), *rest])


def test_a_masked_value_is_revealed_and_verified(
    personal: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """The file of openings holds it, for its owner's eyes; neither command prints it."""
    chat, bundle = personal
    openings = chat.parent / "openings.json"
    assert reveal(chat, bundle, "--select", "messages.1") == 0
    assert SECRET in openings.read_text("utf-8")
    assert stat.S_IMODE(openings.stat().st_mode) == 0o600
    assert main(["verify", str(bundle), "--reveal", str(openings)]) == 0
    assert main(["verify", str(bundle), "--reveal", str(openings), "--json"]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed.splitlines()[-1])["opened"] == ["M1"]
    assert SECRET not in printed


def test_openings_that_do_not_fit_are_status_1(personal: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """Another number than the one that was masked is found."""
    chat, bundle = personal
    openings = chat.parent / "openings.json"
    reveal(chat, bundle, "--select", "M1")
    openings.write_text(openings.read_text("utf-8").replace(SECRET, "13900001235"), "utf-8")
    assert main(["verify", str(bundle), "--reveal", str(openings)]) == 1
    assert main(["verify", str(bundle), "--reveal", str(chat)]) == 3
    assert main(["verify", str(bundle), "--reveal", str(chat.parent / "none.json")]) == 3


def test_what_cannot_be_revealed_is_said_and_nothing_is_written(
    personal: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A number that is not there, a key that is not there, a bundle that was altered."""
    chat, bundle = personal
    assert reveal(chat, bundle, "--select", "M9") == 1
    assert "M1 to M1" in capsys.readouterr().err
    assert reveal(chat, bundle, "--select", "M1", "--key", str(tmp_path / "none.pem")) == 3
    assert "signing key" in capsys.readouterr().err
    assert not (tmp_path / "none.pem").exists()
    bundle.write_bytes(bundle.read_bytes()[:-9])
    assert reveal(chat, bundle, "--select", "M1") == 1
    assert "does not verify" in capsys.readouterr().err
    assert not (tmp_path / "openings.json").exists()


def test_the_untouched_transcript_comes_on_request(personal: tuple[Path, Path], tmp_path: Path) -> None:
    """``--untouched`` puts it in; without it the number is in no file of the bundle."""
    chat, bundle = personal
    untouched = tmp_path / "untouched.zip"
    assert main(["bundle", str(chat), "-o", str(untouched), "--unsigned", "--untouched"]) == 0
    for path, wanted in ((bundle, []), (untouched, ["transcript.json"])):
        with zipfile.ZipFile(path) as bag:
            assert [Path(name).name for name in bag.namelist() if SECRET.encode() in bag.read(name)] == wanted


def with_photo(tmp_path: Path, name: str, content: bytes) -> Path:
    """A talk whose one message has a file attached to it."""
    digest = hashlib.sha256(content).hexdigest()
    told = talk("包装破了")
    told["messages"][0]["attachments"] = [{"name": name, "media_type": "image/jpeg", "sha256": digest}]
    path = tmp_path / "talk.jsonl"
    path.write_bytes(encoded(told))
    return path


def test_attachments_are_taken_from_a_folder(tmp_path: Path, scorer: FakeScorer) -> None:
    """A file of the right digest is in the bundle; where it is not at hand the bundle says so."""
    file, photos, bundle = with_photo(tmp_path, "box.jpg", b"photo"), tmp_path / "photos", tmp_path / "b.zip"
    photos.mkdir()
    command = ["bundle", str(file), "-o", str(bundle), "--unsigned", "--attachments", str(photos)]
    assert main(command) == 0
    with zipfile.ZipFile(bundle) as bag:
        assert not [name for name in bag.namelist() if "/exhibits/" in name]
        assert b"attachments_by_digest" in bag.read("baitwatch-evidence/data/missing.json")
    (photos / "IMG_1.jpg").write_bytes(b"photo")
    assert main(command) == 0
    with zipfile.ZipFile(bundle) as bag:
        assert bag.read("baitwatch-evidence/data/exhibits/001-box.jpg") == b"photo"


def test_an_attachment_that_is_another_writes_nothing(
    tmp_path: Path, scorer: FakeScorer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of the right name and other bytes is named in one line; so is a folder that is not there."""
    file, photos, bundle = with_photo(tmp_path, "box.jpg", b"photo"), tmp_path / "photos", tmp_path / "b.zip"
    command = ["bundle", str(file), "-o", str(bundle), "--unsigned", "--attachments", str(photos)]
    assert main(command) == 3
    assert "photos" in capsys.readouterr().err
    photos.mkdir()
    (photos / "box.jpg").write_bytes(b"edited")
    assert main(command) == 1
    assert "messages.0.attachments.0: 'box.jpg'" in capsys.readouterr().err
    assert not bundle.exists()


def test_a_time_authority_that_is_not_there_writes_nothing(
    tmp_path: Path, file: Path, scorer: FakeScorer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named by the option or by the environment, it ends in one line and status 3; only the web is asked."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        assert main(["bundle", str(file), "-o", str(tmp_path / "b.zip"), "--unsigned", "--timestamp", url]) == 3
        assert "time authority" in capsys.readouterr().err
        monkeypatch.setenv("BAITWATCH_TSA_URL", url)
        assert main(["bundle", str(file), "-o", str(tmp_path / "b.zip"), "--unsigned"]) == 3
    assert main(["bundle", str(file), "-o", str(tmp_path / "b.zip"), "--unsigned", "--timestamp", "file:///x"]) == 3
    assert not (tmp_path / "b.zip").exists()


def test_a_trusted_authority_is_asked_for(sealed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where authorities are given a bundle without a time-stamp is status 2; a file without certificates is told."""
    assert main(["verify", "--tsa-ca", str(authorities(tmp_path)), str(sealed)]) == 2
    assert "no third party's time-stamp" in capsys.readouterr().out
    (tmp_path / "empty.pem").write_bytes(b"")
    assert main(["verify", "--tsa-ca", str(tmp_path / "empty.pem"), str(sealed)]) == 3
    assert "no certificate" in capsys.readouterr().err


def authorities(folder: Path) -> Path:
    """A certificate in a file; of whom does not matter here."""
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "somebody")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(datetime(2026, 1, 1)).not_valid_after(datetime(2027, 1, 1))
    path = folder / "authorities.pem"
    path.write_bytes(builder.sign(key, None).public_bytes(Encoding.PEM))
    return path


def test_no_bar_is_drawn_where_nobody_watches(
    tmp_path: Path, file: Path, scorer: FakeScorer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Standard error stays empty unless it is a terminal."""
    assert main(["bundle", str(file), "-o", str(tmp_path / "b.zip"), "--unsigned"]) == 0
    assert capsys.readouterr().err == ""


def test_a_bar_is_drawn_on_a_terminal(
    tmp_path: Path, file: Path, scorer: FakeScorer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits sees how far it has come."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert main(["bundle", str(file), "-o", str(tmp_path / "b.zip"), "--unsigned"]) == 0
    assert "messages" in capsys.readouterr().err


def test_pades_needs_a_key_that_can_be_read(
    tmp_path: Path, file: Path, scorer: FakeScorer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that holds none is told before anything is done."""
    (tmp_path / "key.p12").write_bytes(b"nothing")
    command = ["bundle", str(file), "-o", str(tmp_path / "b.zip"), "--unsigned", "--pades", str(tmp_path / "key.p12")]
    assert main(command) == 3
    assert "PKCS #12" in capsys.readouterr().err
