import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest

from service.evidence import container
from service.evidence.container import read_container, write_container
from service.evidence.failures import (
    AlteredFile,
    DuplicateName,
    EvidenceFailure,
    NotAZip,
    NotCanonical,
    PathOutsideBag,
    Truncated,
    ZipBomb,
)

MEMBERS = {"b/two.txt": b"two" * 100, "a.txt": b"", "b/one.txt": b"\x00\xff"}


def rezipped(*entries: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


def test_other_tools_read_what_is_written():
    """The standard library finds the same members, and nothing wrong with them."""
    with zipfile.ZipFile(io.BytesIO(write_container(MEMBERS))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == MEMBERS


def test_order_of_members_does_not_matter():
    """The same members in another order are the same bytes."""
    assert write_container(MEMBERS) == write_container(dict(reversed(MEMBERS.items())))


@pytest.mark.parametrize("name", ["../x", "/x", "a//b", "", "é.txt", "a\nb", "a/../b", ".hidden", "a\\b", "x" * 101])
def test_a_name_that_is_not_plain_is_not_written(name):
    """The writer refuses names that a reader would have to distrust."""
    with pytest.raises(ValueError, match="plain ASCII"):
        write_container({name: b""})


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_bag_packed_by_another_tool_is_read(method):
    """Stored and deflated members are both read, so that a packed bundle can be explained."""
    assert read_container(rezipped(*MEMBERS.items(), method=method)) == MEMBERS


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compression_is_refused_unread(method):
    """Methods whose output cannot be bounded are never decompressed."""
    with pytest.raises(NotCanonical):
        read_container(rezipped(*MEMBERS.items(), method=method))


@pytest.mark.parametrize("name", ["../../x", "/etc/x", "a/../../x", "..\\x", "C:x", "C:\\x", "\\\\host\\x"])
def test_a_path_that_leads_outside_is_named(name):
    """A name that would leave the folder on extraction is refused."""
    with pytest.raises(PathOutsideBag):
        read_container(rezipped(("a.txt", b""), (name, b"")))


@pytest.mark.parametrize("names", [("a.txt", "a.txt"), ("a.txt", "A.TXT")])
def test_two_entries_of_one_name_are_refused(names):
    """Also names that differ in case only, which are one file on many disks."""
    data = rezipped((names[0], b"1"), ("b.txt", b"2"))
    data = data.replace(b"b.txt", names[1].encode())
    with pytest.raises(DuplicateName):
        read_container(data)


def test_a_bomb_is_not_inflated(monkeypatch):
    """A member that would grow past the limit stops there, whatever its headers say."""
    monkeypatch.setattr(container, "MAX_BYTES", 10_000)
    data = rezipped(("a.txt", bytes(1_000_000)), method=zipfile.ZIP_DEFLATED)
    with pytest.raises(ZipBomb):
        read_container(data)
    lying = data.replace(struct.pack("<I", 1_000_000), struct.pack("<I", 10))
    with pytest.raises(ZipBomb):
        read_container(lying)


def test_a_bomb_does_not_take_the_memory_either(monkeypatch):
    """No more than the limit is ever inflated, so fifty mebibytes of zeros cost almost nothing."""
    monkeypatch.setattr(container, "MAX_BYTES", 10_000)
    data = rezipped(("a.txt", bytes(50 * 2**20)), method=zipfile.ZIP_DEFLATED)
    tracemalloc.start()
    try:
        with pytest.raises(ZipBomb):
            read_container(data)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_members_count_together(monkeypatch):
    """Many members that each fit, but not together, are a bomb too; so are overlapping ones."""
    monkeypatch.setattr(container, "MAX_BYTES", 10_000)
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        with pytest.raises(ZipBomb):
            read_container(rezipped(*((f"{n}.txt", bytes(999)) for n in range(11)), method=method))


def test_too_many_members_are_refused_before_they_are_read():
    """The count in the end record is enough to refuse."""
    data = write_container({"a.txt": b""})
    many = data[:-22] + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 60_000, 60_000, 50, 35, 0)
    with pytest.raises(ZipBomb):
        read_container(many)


@pytest.mark.parametrize("data", [b"", b"P", b"PK", b"%PDF-1.7 ...", b"\x1f\x8b" + bytes(100), bytes(1000)])
def test_something_else_is_not_a_zip(data):
    """A file of another kind, or an empty one, is told apart from a damaged bundle."""
    with pytest.raises(NotAZip):
        read_container(data)


def test_each_truncation_is_found():
    """Cut anywhere after its first four bytes, a container is truncated."""
    data = write_container(MEMBERS)
    for size in range(4, len(data)):
        with pytest.raises(Truncated):
            read_container(data[:size])


def test_bytes_after_the_end_are_found():
    """Trailing bytes, zeros too, are no part of a bundle."""
    for tail in (b"\0", b"hello", bytes(100)):
        with pytest.raises(NotCanonical):
            read_container(write_container(MEMBERS) + tail)


def test_wrong_checksum_names_the_file():
    """A member whose bytes do not fit its CRC is an altered file."""
    data = write_container(MEMBERS).replace(b"twotwo", b"tw0two", 1)
    with pytest.raises(AlteredFile) as caught:
        read_container(data)
    assert caught.value.subject == "b/two.txt"


def test_a_name_cannot_command_a_terminal():
    """Names of an untrusted zip are shown escaped and short."""
    with pytest.raises(EvidenceFailure) as caught:
        read_container(rezipped(("../\x1b[31m\u202e" + "x" * 500, b"")))
    assert "\x1b" not in str(caught.value)
    assert str(caught.value).isascii()
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("offset", [0, 10, 2**32 - 1])
def test_entry_that_points_elsewhere(offset):
    """A directory entry that points at no entry is refused, also past the end."""
    data = bytearray(write_container({"a.txt": b"abc"}))
    at = data.index(b"PK\x01\x02")
    data[at + 42 : at + 46] = struct.pack("<I", offset)
    if offset:
        with pytest.raises(NotCanonical):
            read_container(bytes(data))
    else:
        assert read_container(bytes(data)) == {"a.txt": b"abc"}


def test_broken_deflate_stream_is_an_altered_file():
    """A stream that cannot be inflated ends in a typed failure."""
    data = rezipped(("a.txt", b"abc" * 1000), method=zipfile.ZIP_DEFLATED)
    packed = zlib.compressobj(wbits=-15)
    stream = packed.compress(b"abc" * 1000) + packed.flush()
    assert stream in data
    with pytest.raises(AlteredFile):
        read_container(data.replace(stream, b"\xff" * len(stream)))
