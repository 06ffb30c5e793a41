"""The container: a zip with exactly one way to write it, and a reader that trusts nothing it is told.

The writer stores members uncompressed, in the order of their names, with fixed times and attributes, so the same
members are the same bytes on every machine; compression would make them depend on the zlib at hand. The reader works in
memory with fixed limits and is more tolerant than the writer (it inflates), only so that a bundle packed again gets a
precise explanation. Comparing the input with what the writer makes of the members then finds any bit that was changed.

Examples
--------
>>> data = write_container({"a.txt": b"one", "b/c.txt": b"two"})
>>> read_container(data) == {"a.txt": b"one", "b/c.txt": b"two"}
True
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from service.evidence.failures import (
    AlteredFile,
    DuplicateName,
    NotAZip,
    NotCanonical,
    PathOutsideBag,
    Truncated,
    ZipBomb,
)

__all__ = [
    "MAX_BYTES",
    "MAX_CONTAINER_BYTES",
    "MAX_MEMBERS",
    "Container",
    "is_canonical",
    "read_container",
    "write_container",
]

MAX_BYTES = 128 * 2**20
"""Most bytes of a container, and of its members together."""
MAX_MEMBERS = 2_000
MAX_CONTAINER_BYTES = MAX_BYTES + MAX_MEMBERS * 2_048
"""Members and the headers around them."""

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")

_VERSION = 20
_MADE_BY_UNIX = (3 << 8) | _VERSION
_MIDNIGHT, _FIRST_DAY = 0, 0x0021  # 1980-01-01, the first day that a zip can name
_REGULAR_FILE = 0o100644 << 16
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 1

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,99}){0,5}")


class Container(NamedTuple):
    """The one zip that holds some members, in pieces: put together it would hold all of them a second time."""

    pieces: tuple[bytes, ...]

    @classmethod
    def of(cls, members: Mapping[str, bytes]) -> Container:
        """As `write_container`, with its errors."""
        return cls(tuple(_pieces(members)))

    def __bytes__(self) -> bytes:
        return b"".join(self.pieces)


def write_container(members: Mapping[str, bytes]) -> bytes:
    """Return the one zip that holds these members; see `Container.of` for one in pieces.

    Raises
    ------
    ValueError
        A name that is not plain ASCII, or more members or bytes than the limits allow.
    """
    return b"".join(_pieces(members))


def is_canonical(data: bytes, members: Mapping[str, bytes]) -> bool:
    """Whether these bytes are, to the last bit, what `write_container` makes of the members; errors as there."""
    at = 0
    for piece in _pieces(members):
        # in pieces, so that a large container is not held twice more
        if memoryview(data)[at : at + len(piece)] != piece:
            return False
        at += len(piece)
    return at == len(data)


def _pieces(members: Mapping[str, bytes]) -> Iterator[bytes]:
    if len(members) > MAX_MEMBERS or sum(map(len, members.values())) > MAX_BYTES:
        raise ValueError(f"a container holds at most {MAX_MEMBERS} files and {MAX_BYTES} bytes")
    offset, directory = 0, bytearray()
    for name in sorted(members):
        if not SAFE_NAME.fullmatch(name):
            raise ValueError("a name in a container is plain ASCII without . or .. parts")
        content, path = members[name], name.encode("ascii")
        sizes = (zlib.crc32(content), len(content), len(content))
        yield _LOCAL.pack(LOCAL, _VERSION, 0, _STORED, _MIDNIGHT, _FIRST_DAY, *sizes, len(path), 0) + path
        yield content
        directory += _CENTRAL.pack(
            *(CENTRAL, _MADE_BY_UNIX, _VERSION, 0, _STORED, _MIDNIGHT, _FIRST_DAY, *sizes),
            *(len(path), 0, 0, 0, 0, _REGULAR_FILE, offset),
        )
        directory += path
        offset += _LOCAL.size + len(path) + len(content)
    yield bytes(directory)
    yield _END.pack(END, 0, 0, len(members), len(members), len(directory), offset, 0)


def read_container(data: bytes) -> dict[str, bytes]:
    """Read the members of an untrusted zip into memory, within the limits; nothing is extracted.

    Returns
    -------
    dict
        Content by name, in the order of the central directory.

    Raises
    ------
    EvidenceFailure
        `NotAZip`, `Truncated`, `ZipBomb`, `DuplicateName`, `PathOutsideBag`, `AlteredFile` or `NotCanonical`.
    """
    if len(data) > MAX_CONTAINER_BYTES:
        raise ZipBomb(f"{len(data)} bytes")
    members: dict[str, bytes] = {}
    seen: set[str] = set()
    left = MAX_BYTES
    for entry in _directory(data):
        _check_name(entry.name)
        if entry.name.casefold() in seen:
            raise DuplicateName(entry.name)
        seen.add(entry.name.casefold())
        content = _content(data, entry, left)
        left -= len(content)
        members[entry.name] = content
    return members


class _Entry(NamedTuple):
    name: str
    flags: int
    method: int
    crc: int
    packed_size: int
    offset: int


def _directory(data: bytes) -> Iterator[_Entry]:
    end_at = len(data) - _END.size
    if end_at < 0 or data[end_at : end_at + 4] != END:
        found = data.rfind(END)
        if 0 <= found < end_at:
            raise NotCanonical("bytes after the end of the zip")
        raise Truncated if found >= 0 or data.startswith(LOCAL) else NotAZip
    _, _, _, _, count, _, at, _ = _END.unpack_from(data, end_at)
    if count > MAX_MEMBERS:
        raise ZipBomb(f"{count} files")
    for _ in range(count):
        if at + _CENTRAL.size > end_at:
            raise NotCanonical("the zip's directory is damaged")
        fields = _CENTRAL.unpack_from(data, at)
        signature, _, _, flags, method, _, _, crc, packed_size, _, name_size, extra, comment = fields[:13]
        if signature != CENTRAL:
            raise NotCanonical("the zip's directory is damaged")
        name = data[at + _CENTRAL.size : at + _CENTRAL.size + name_size].decode("utf-8", "backslashreplace")
        yield _Entry(name, flags, method, crc, packed_size, offset=fields[16])
        at += _CENTRAL.size + name_size + extra + comment


def _check_name(name: str) -> None:
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ":" in name or ".." in parts:
        raise PathOutsideBag(name)
    if not SAFE_NAME.fullmatch(name):
        raise NotCanonical(f"unusual name {name}")


def _content(data: bytes, entry: _Entry, limit: int) -> bytes:
    if data[entry.offset : entry.offset + 4] != LOCAL or entry.offset + _LOCAL.size > len(data):
        raise NotCanonical(f"no entry where the directory says: {entry.name}")
    name_size, extra = _LOCAL.unpack_from(data, entry.offset)[-2:]
    start = entry.offset + _LOCAL.size + name_size + extra
    # the size in the directory only chooses a slice; what is there decides
    packed = memoryview(data)[start : start + entry.packed_size]
    if entry.flags & _ENCRYPTED or entry.method not in (_STORED, _DEFLATED):
        raise NotCanonical(f"encrypted or unknown compression: {entry.name}")
    if entry.method == _STORED:
        if len(packed) > limit:
            raise ZipBomb(entry.name)
        content = bytes(packed)
    else:
        try:
            content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, limit + 1)
        except zlib.error as error:
            raise AlteredFile(entry.name) from error
        if len(content) > limit:
            raise ZipBomb(entry.name)
    if zlib.crc32(content) != entry.crc:
        raise AlteredFile(entry.name)
    return content
