"""Whatever is changed in a bundle, it verifies no more; ``python -m benchmarks mutations`` tries ten thousand."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from evidence_case import sealed
from stored_case import real_case

from benchmarks.mutations import KINDS, Case, mutations, verified
from riskmodel.scorer import Scorer
from service.evidence import Status, verify_bundle
from service.evidence.bag import SIGNATURE, TIMESTAMP

BUNDLE = sealed()


@pytest.fixture(scope="module")
def case(trained: Scorer) -> Case:
    return real_case(trained)


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


def test_one_flipped_bit_in_any_header_is_found() -> None:
    """Every byte of the zip's own structure, unused fields included, with one seeded bit flipped."""
    chance = random.Random(1)
    offsets = structure()
    assert len(offsets) > 1_500
    for offset in offsets:
        status = verify_bundle(flipped(offset, chance.randrange(8))).status
        assert status is Status.ALTERED, f"byte {offset}"


def test_nothing_that_was_changed_verifies(case: Case) -> None:
    """Two thousand changes of all kinds to a bundle from the store, signed, logged and stamped: none verifies."""
    assert verified(case, case.bundle).status is Status.VERIFIED
    counted: Counter[str] = Counter()
    for number, (kind, data) in enumerate(mutations(case, 2_000)):
        report = verified(case, data)
        assert report.status is not Status.VERIFIED, f"{kind}, number {number}"
        counted[kind] += 1
    assert counted.keys() == KINDS.keys()
    assert min(counted.values()) > 80


def test_what_is_taken_from_another_bundle_of_the_shop_is_told(case: Case) -> None:
    """A signature or a time-stamp of another bundle is altered content, not merely something unknown."""
    for kind, data in mutations(case, 10 * len(KINDS), seed=5):
        if "of another bundle" in kind:
            assert verified(case, data).status is Status.ALTERED, kind
    assert {SIGNATURE, TIMESTAMP} <= case.files().keys()


def test_cut_to_nothing_there_is_nothing_to_check() -> None:
    """An empty file is no altered bundle but none at all."""
    assert verify_bundle(b"").status is Status.COULD_NOT_RUN
