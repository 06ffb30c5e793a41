import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from service.evidence.keys import KeyFileError, load_or_create_key


def test_a_new_key_is_private_and_stays(tmp_path):
    """The first call makes a file of mode 0600 in a new folder; the next gives the same key and leaves nothing else."""
    path = tmp_path / "keys" / "signing.pem"
    key = load_or_create_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert load_or_create_key(path).private_bytes_raw() == key.private_bytes_raw()
    assert list(path.parent.iterdir()) == [path]


def test_an_open_umask_does_not_open_the_key(tmp_path):
    """Whatever the umask, only the owner can read the key."""
    path = tmp_path / "key.pem"
    code = (
        "import os, pathlib; os.umask(0)\n"
        "from service.evidence.keys import load_or_create_key\n"
        f"load_or_create_key(pathlib.Path({str(path)!r}))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert path.stat().st_mode & 0o777 == 0o600


def test_all_who_create_at_once_get_one_key(tmp_path):
    """Racing callers agree on the key that is in the file."""
    path = tmp_path / "key.pem"
    with ThreadPoolExecutor(16) as pool:
        keys = {key.private_bytes_raw() for key in pool.map(load_or_create_key, [path] * 64)}
    assert keys == {load_or_create_key(path).private_bytes_raw()}
    assert list(tmp_path.iterdir()) == [path]


def pem(key: Ed25519PrivateKey | X25519PrivateKey, password: bytes | None = None) -> bytes:
    secret = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, secret)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        pem(X25519PrivateKey.generate()),
        pem(Ed25519PrivateKey.generate(), b"secret"),
        b"\xff" * 20_000,
    ],
)
def test_another_file_is_refused_and_kept(content, tmp_path):
    """A file that holds no such key is an error that says what to do, and is never written over."""
    path = tmp_path / "key.pem"
    path.touch(0o600)
    path.write_bytes(content)
    with pytest.raises(KeyFileError, match="another path"):
        load_or_create_key(path)
    assert path.read_bytes() == content


def test_a_key_that_others_can_read_is_refused(tmp_path):
    """A key file open to others is not used, and the error says how to close it."""
    path = tmp_path / "key.pem"
    load_or_create_key(path)
    path.chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod 600"):
        load_or_create_key(path)


def test_a_path_that_cannot_be_is_a_clear_error(tmp_path):
    """A folder in place of the file, or a file in place of the folder, is an error without the path in it."""
    (tmp_path / "file").touch(0o600)
    for path in (tmp_path, tmp_path / "file" / "key.pem"):
        with pytest.raises(KeyFileError) as caught:
            load_or_create_key(path)
        assert str(tmp_path) not in str(caught.value)
