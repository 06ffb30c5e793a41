"""The keyring: what is sealed opens only in its place and unaltered; the file of keys is made once and kept private."""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.store.keyring import KeyFile, Keyring, KeyringError

KEYRING = Keyring.new()


def read(path: Path) -> str:
    """What another process finds in the file that it and others may make."""
    return KeyFile(path).current().as_json()


@given(plain=st.binary(max_size=200), context=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_what_is_sealed_opens(plain: bytes, context: str) -> None:
    """It comes back as it was, and is sealed differently each time."""
    sealed = KEYRING.seal(plain, context)
    assert KEYRING.open(sealed, context) == plain
    assert sealed != KEYRING.seal(plain, context)
    assert KEYRING.knows(sealed)
    assert sealed.startswith(KEYRING.first)


@given(context=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_it_opens_nowhere_else(context: str) -> None:
    """In another place a sealed value does not open."""
    with pytest.raises(KeyringError, match="altered or moved"):
        KEYRING.open(KEYRING.seal(b"words", context), context + " ")


def test_an_altered_byte_anywhere_is_noticed() -> None:
    """Key name, nonce, words and tag: whichever byte is changed, cut off or added, nothing opens."""
    sealed = KEYRING.seal("在吗".encode(), "message")
    broken = [bytes([*sealed[:at], sealed[at] ^ 1, *sealed[at + 1 :]]) for at in range(len(sealed))]
    for altered in (*broken, *(sealed[:size] for size in range(len(sealed))), sealed + b"\0"):
        with pytest.raises(KeyringError):
            KEYRING.open(altered, "message")


def test_after_rotation_old_and_new_open_and_the_new_key_seals() -> None:
    """The key in front seals; without the old one, what it sealed is lost; marks stay."""
    sealed = KEYRING.seal(b"words", "place")
    rotated = KEYRING.rotated()
    assert rotated.open(sealed, "place") == b"words"
    assert rotated.first != KEYRING.first
    newer = rotated.seal(b"words", "place")
    assert rotated.only_first().open(newer, "place") == b"words"
    assert not KEYRING.knows(newer)
    with pytest.raises(KeyringError, match="not in the keyring"):
        rotated.only_first().open(sealed, "place")
    assert rotated.only_first().mark(b"buyer", "shop") == KEYRING.mark(b"buyer", "shop")


def test_marks_link_within_one_purpose() -> None:
    """The same value for the same purpose under the same keyring, and nothing else, has the same mark."""
    mark = KEYRING.mark(b"value", "purpose")
    assert mark == KEYRING.mark(b"value", "purpose")
    stranger = Keyring.new().mark(b"value", "purpose")
    others = {KEYRING.mark(b"value", "another"), KEYRING.mark(b"else", "purpose"), stranger}
    assert mark not in others


def test_a_keyring_is_read_back_as_it_was_written() -> None:
    """All keys, in their order."""
    rotated = KEYRING.rotated()
    again = Keyring.from_json(rotated.as_json())
    assert again.as_json() == rotated.as_json()
    assert again.first == rotated.first
    assert again.open(KEYRING.seal(b"words", "place"), "place") == b"words"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"index": 1, "data": []}',
        '{"index": "AAAA", "data": ["AAAA"]}',
        json.dumps(json.loads(KEYRING.as_json()) | {"data": []}),
        json.dumps(json.loads(KEYRING.as_json()) | {"data": ["not base64!"]}),
        "[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_keyring_is_refused(text: str | bytes) -> None:
    """The error says to restore it, and shows no key."""
    with pytest.raises(KeyringError, match="restore it from a backup"):
        Keyring.from_json(text)


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Made with mode 0600 in a folder of mode 0700; where others may read it, it is not used."""
    path = tmp_path / "keys" / "keyring.json"
    made = KeyFile(path)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert KeyFile(path).current().as_json() == made.current().as_json()
    assert [found.name for found in path.parent.iterdir()] == ["keyring.json"]
    path.chmod(0o640)
    with pytest.raises(KeyringError, match="chmod 600"):
        KeyFile(path)


def test_processes_that_come_first_at_once_get_the_same_keys(tmp_path: Path) -> None:
    """Whoever is slower takes the keys of the quicker one."""
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for number in range(10):
            found = pool.map(read, [tmp_path / str(number) / "keyring.json"] * 4, chunksize=1)
            assert len(set(found)) == 1


@pytest.mark.parametrize("content", [b"", b"{", b"{}", KEYRING.as_json().encode()[:-40]])
def test_a_damaged_file_is_said_and_left_alone(tmp_path: Path, content: bytes) -> None:
    """Keys are never made anew over a damaged file: what they sealed would be lost."""
    path = tmp_path / "keyring.json"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyringError, match="restore it from a backup"):
        KeyFile(path)
    assert path.read_bytes() == content


def test_a_home_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    """A file lies where the folder should be."""
    (tmp_path / "keys").write_text("")
    with pytest.raises(KeyringError, match="BAITWATCH_HOME"):
        KeyFile(tmp_path / "keys" / "keyring.json")


def test_a_keyring_of_the_environment_wins_and_is_never_written(tmp_path: Path) -> None:
    """No file is looked at or made; it cannot be replaced from here."""
    keys = KeyFile(tmp_path / "keyring.json", KEYRING.as_json())
    assert keys.current().as_json() == KEYRING.as_json()
    with pytest.raises(KeyringError, match="BAITWATCH_KEYRING"):
        keys.replace(KEYRING.rotated())
    with keys.changing() as found:
        assert found.as_json() == KEYRING.as_json()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(KeyringError, match="restore it"):
        KeyFile(tmp_path / "keyring.json", "nonsense")


def test_what_another_process_puts_there_is_taken_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rotated keyring is found without a restart."""
    monkeypatch.setattr("service.store.keyring.REREAD_SECONDS", 0.0)
    mine, theirs = (KeyFile(tmp_path / "keyring.json") for _ in range(2))
    theirs.replace(theirs.current().rotated())
    time.sleep(0.001)
    assert mine.current().as_json() == theirs.current().as_json()


def test_a_file_that_went_bad_is_said_each_time_until_it_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Going on with keys that may have been dropped meanwhile would lose what they seal."""
    monkeypatch.setattr("service.store.keyring.REREAD_SECONDS", -1.0)
    path = tmp_path / "keyring.json"
    keys = KeyFile(path)
    good = path.read_bytes()
    os.utime(path, ns=(1, 1))
    path.write_bytes(b"{}")
    for _ in range(2):
        with pytest.raises(KeyringError, match="restore it"):
            keys.current()
    path.unlink()
    for _ in range(2):
        with pytest.raises(KeyringError, match="BAITWATCH_HOME"):
            keys.current()
    path.write_bytes(good)
    path.chmod(0o600)
    assert keys.current().as_json().encode() == good


def test_one_at_a_time_changes_the_keys(tmp_path: Path) -> None:
    """Two who change the file at once would drop one another's keys; the second is refused until the first is done."""
    mine, theirs = (KeyFile(tmp_path / "keyring.json") for _ in range(2))
    with mine.changing() as found:
        mine.replace(found.rotated())
        with pytest.raises(KeyringError, match="another command"), theirs.changing():
            pass
    with theirs.changing() as found:
        assert found.as_json() == mine.current().as_json()
    assert (tmp_path / ".keyring.json.lock").stat().st_mode & 0o077 == 0
