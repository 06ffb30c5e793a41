"""Whatever is changed in a bundle, it does not verify any more."""

import random

from evidence_case import sealed

from service.evidence import Status, verify_bundle

BUNDLE = sealed()


def structure() -> list[int]:
    """Return the offsets of every byte that is zip structure: headers, names, directory, end record."""
    offsets: list[int] = []
    for sign, size in ((b"PK\x03\x04", 80), (b"PK\x01\x02", 96), (b"PK\x05\x06", 22)):
        at = BUNDLE.find(sign)
        while at >= 0:
            offsets += range(at, min(at + size, len(BUNDLE)))
            at = BUNDLE.find(sign, at + 1)
    return sorted(set(offsets))


def flipped(offset: int, bit: int) -> bytes:
    data = bytearray(BUNDLE)
    data[offset] ^= 1 << bit
    return bytes(data)


def test_one_flipped_bit_in_any_header_is_found():
    """Every byte of the zip's own structure, unused fields included, with one seeded bit flipped."""
    chance = random.Random(1)
    offsets = structure()
    assert len(offsets) > 1_500
    for offset in offsets:
        status = verify_bundle(flipped(offset, chance.randrange(8))).status
        assert status is Status.ALTERED, f"byte {offset}"


def test_one_flipped_bit_anywhere_is_found():
    """Six hundred seeded bits all over the bundle."""
    chance = random.Random(2)
    for _ in range(600):
        offset, bit = chance.randrange(len(BUNDLE)), chance.randrange(8)
        assert verify_bundle(flipped(offset, bit)).status is Status.ALTERED, f"byte {offset}, bit {bit}"


def test_truncation_anywhere_is_found():
    """Cut at three hundred seeded places the bundle counts as changed; cut to nothing there is nothing to check."""
    chance = random.Random(3)
    for size in (4, len(BUNDLE) - 1, *(chance.randrange(4, len(BUNDLE)) for _ in range(300))):
        assert verify_bundle(BUNDLE[:size]).status is Status.ALTERED, f"first {size} bytes"
    assert verify_bundle(b"").status is Status.COULD_NOT_RUN


def test_bytes_put_in_taken_out_or_overwritten_are_found():
    """Six hundred seeded splices of a few bytes."""
    chance = random.Random(4)
    for _ in range(600):
        start, length = chance.randrange(len(BUNDLE)), chance.randrange(1, 9)
        kind = chance.randrange(3)
        new = b"" if kind == 0 else chance.randbytes(length)
        data = BUNDLE[:start] + new + BUNDLE[start + (0 if kind == 1 else length) :]
        if data != BUNDLE:
            assert verify_bundle(data).status is not Status.VERIFIED, f"{kind} at {start}"
