"""Single changes to a real bundle, of every kind that one can think of, and how the verifier takes them.

``python -m benchmarks mutations [--count N]`` makes ten thousand of them and prints what became of each kind. None may
verify. The tests run a part.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sys
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from riskmodel.paths import default_model_dir
from riskmodel.scorer import Scorer
from service.evidence import Report, verify_bundle
from service.evidence.bag import BASE, INFO, MANIFEST, SIGNATURE, TAG_MANIFEST, TIMESTAMP
from service.evidence.container import read_container, write_container
from service.evidence.plaintext import json_bytes
from service.evidence.signature import sign

__all__ = ["KINDS", "Case", "mutations", "sealed_anew", "verified"]

COUNT, SEED = 10_000, 20_261_128
LOG = "data/log.json"


class Case(NamedTuple):
    """A bundle to change, and another of the same shop to take parts from, both signed, stamped and from a store."""

    bundle: bytes
    other: bytes
    fingerprint: str
    authority: x509.Certificate

    def files(self) -> dict[str, bytes]:
        """What is in the bundle, by path."""
        return files_of(self.bundle)


Mutation = Callable[[Case, Random], bytes]


def files_of(bundle: bytes) -> dict[str, bytes]:
    """What is in a bundle, by path without the base folder."""
    return {name.removeprefix(BASE): content for name, content in read_container(bundle).items()}


def pack(files: dict[str, bytes]) -> bytes:
    """A canonical container of files, whatever they are."""
    return write_container({BASE + name: content for name, content in files.items()})


def sealed_anew(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files with manifests that fit them; the signature stays as it is."""

    def manifest(names: Sequence[str]) -> bytes:
        return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(names)).encode()

    files = dict(files)
    files[MANIFEST] = manifest([name for name in files if name.startswith("data/")])
    files[TAG_MANIFEST] = manifest(
        [name for name in files if not name.startswith("data/") and name not in (SIGNATURE, TAG_MANIFEST)]
    )
    return files


def _bit(case: Case, chance: Random) -> bytes:
    return _flip(case.bundle, chance.randrange(len(case.bundle)), chance)


def _bit_of_structure(case: Case, chance: Random) -> bytes:
    sign_, size = chance.choice([(b"PK\x03\x04", 80), (b"PK\x01\x02", 96), (b"PK\x05\x06", 22)])
    places = [at for at in range(len(case.bundle) - 3) if case.bundle.startswith(sign_, at)]
    at = chance.choice(places) + chance.randrange(size)
    return _flip(case.bundle, min(at, len(case.bundle) - 1), chance)


def _bit_of_a_tag_file(case: Case, chance: Random) -> bytes:
    files = case.files()
    name = chance.choice([SIGNATURE, TIMESTAMP, TAG_MANIFEST, MANIFEST, INFO, "bagit.txt"])
    return _flip(case.bundle, case.bundle.index(files[name]) + chance.randrange(len(files[name])), chance)


def _flip(data: bytes, offset: int, chance: Random) -> bytes:
    changed = bytearray(data)
    changed[offset] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(case: Case, chance: Random) -> bytes:
    return case.bundle[: chance.randrange(len(case.bundle))]


def _inserted(case: Case, chance: Random) -> bytes:
    at = chance.randrange(len(case.bundle) + 1)
    return case.bundle[:at] + chance.randbytes(chance.randrange(1, 9)) + case.bundle[at:]


def _taken_out(case: Case, chance: Random) -> bytes:
    at = chance.randrange(len(case.bundle))
    return case.bundle[:at] + case.bundle[at + chance.randrange(1, 9) :]


def _overwritten(case: Case, chance: Random) -> bytes:
    at = chance.randrange(len(case.bundle) - 8)
    return case.bundle[:at] + chance.randbytes(8) + case.bundle[at + 8 :]


def _entries_swapped(case: Case, chance: Random) -> bytes:
    files = case.files()
    one, two = chance.sample(sorted(files), 2)
    files[one], files[two] = files[two], files[one]
    return pack(files)


def _entry_removed(case: Case, chance: Random) -> bytes:
    files = case.files()
    del files[chance.choice(sorted(files))]
    return pack(files)


def _entry_added(case: Case, chance: Random) -> bytes:
    name = chance.choice(["", "data/", "data/exhibits/"]) + f"{chance.randrange(10**6)}.txt"
    return pack({**case.files(), name: chance.randbytes(chance.randrange(30))})


def _entry_renamed(case: Case, chance: Random) -> bytes:
    files = case.files()
    name = chance.choice(sorted(files))
    files[f"{name}{chance.randrange(10)}"] = files.pop(name)
    return pack(files)


def _entry_twice(case: Case, chance: Random) -> bytes:
    names = zipfile.ZipFile(io.BytesIO(case.bundle)).namelist()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the name is there already is the point
        return _zipped(case, [*names, chance.choice(names)])


def _entries_in_another_order(case: Case, chance: Random) -> bytes:
    names = zipfile.ZipFile(io.BytesIO(case.bundle)).namelist()
    return _zipped(case, chance.sample(names, len(names)))


def _packed_by_another_tool(case: Case, chance: Random) -> bytes:
    names = zipfile.ZipFile(io.BytesIO(case.bundle)).namelist()
    return _zipped(case, names, chance.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))


def _zipped(case: Case, names: Sequence[str], method: int = zipfile.ZIP_STORED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(case.bundle)) as old, zipfile.ZipFile(target, "w", method) as new:
        for name in names:
            new.writestr(zipfile.ZipInfo(name), old.read(name), method)
    return target.getvalue()


def _edited(case: Case, chance: Random) -> dict[str, bytes]:
    """The files with one value in one JSON file changed, as an editor would."""
    files = case.files()
    name = chance.choice([name for name in sorted(files) if name.startswith("data/") and name.endswith(".json")])
    document = json.loads(files[name])
    places = list(_places(document))
    if not places:
        return {**files, name: json_bytes({"more": chance.randrange(10**6)})}
    holder, key = chance.choice(places)
    holder[key] = _another(holder[key], chance)
    return {**files, name: json_bytes(document)}


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    for key in value if isinstance(value, dict) else range(len(value)):
        if isinstance(value[key], dict | list):
            yield from _places(value[key])
        else:
            yield value, key


def _another(value: Any, chance: Random) -> Any:
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int | float):
        return value + chance.choice([-1, 1])
    at = chance.randrange(len(value) + 1)
    return value[:at] + chance.choice("0三x") + value[at:]


def _json_edited(case: Case, chance: Random) -> bytes:
    return pack(_edited(case, chance))


def _json_edited_and_listed(case: Case, chance: Random) -> bytes:
    return pack(sealed_anew(_edited(case, chance)))


def _json_edited_and_signed_by_another(case: Case, chance: Random) -> bytes:
    files = sealed_anew(_edited(case, chance))
    key = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
    return pack({**files, SIGNATURE: sign(files[TAG_MANIFEST], key)})


def _of_another_bundle(*names: str, listed: bool) -> Mutation:
    def mutate(case: Case, chance: Random) -> bytes:
        other, files = files_of(case.other), case.files()
        name = chance.choice(names or sorted(set(files) & set(other)))
        if files[name] == other[name]:
            name = names[0] if names else MANIFEST
        changed = {**files, name: other[name]}
        return pack(sealed_anew(changed) if listed else changed)

    return mutate


KINDS: dict[str, Mutation] = {
    "one bit flipped, anywhere": _bit,
    "one bit flipped in the zip's structure": _bit_of_structure,
    "one bit flipped in signature, time-stamp, manifests": _bit_of_a_tag_file,
    "truncated": _cut,
    "bytes put in": _inserted,
    "bytes taken out": _taken_out,
    "bytes overwritten": _overwritten,
    "two entries swapped": _entries_swapped,
    "an entry removed": _entry_removed,
    "an entry added": _entry_added,
    "an entry renamed": _entry_renamed,
    "an entry twice": _entry_twice,
    "entries in another order": _entries_in_another_order,
    "packed again by another tool": _packed_by_another_tool,
    "JSON edited, packed again": _json_edited,
    "JSON edited, manifests made anew": _json_edited_and_listed,
    "JSON edited, signed by another key": _json_edited_and_signed_by_another,
    "signature of another bundle": _of_another_bundle(SIGNATURE, listed=False),
    "time-stamp of another bundle": _of_another_bundle(TIMESTAMP, listed=False),
    "time-stamp of another bundle, manifests made anew": _of_another_bundle(TIMESTAMP, listed=True),
    "log of another bundle": _of_another_bundle(LOG, listed=False),
    "log of another bundle, manifests made anew": _of_another_bundle(LOG, listed=True),
    "any file of another bundle": _of_another_bundle(listed=False),
}


def mutations(case: Case, count: int, seed: int = SEED) -> Iterator[tuple[str, bytes]]:
    """Changed bundles, each with the kind of its change; what by chance changed nothing is drawn again."""
    chance = Random(seed)
    kinds = list(KINDS.items())
    for number in range(count):
        kind, mutate = kinds[number % len(kinds)]
        data = mutate(case, chance)
        while data == case.bundle:
            data = mutate(case, chance)
        yield kind, data


def verified(case: Case, data: bytes) -> Report:
    """The report on a bundle, where the shop's key and the time authority are known."""
    return verify_bundle(data, trusted=frozenset({case.fingerprint}), authorities=[case.authority])


def main(arguments: Sequence[str]) -> int:
    """Measure and print; gives the exit status, 1 where a changed bundle verified."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks mutations", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--model", type=Path, default=None)
    options = parser.parse_args(arguments)
    tests = Path(__file__).parents[1] / "tests"
    sys.path[:0] = [str(folder) for folder in (tests, tests / "service", tests / "service" / "evidence")]
    from stored_case import real_case  # noqa: PLC0415  # a case of the tests, found once their folder is on the path

    case = real_case(Scorer.load(options.model or default_model_dir()))
    assert verified(case, case.bundle).status == 0
    found: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    began = time.perf_counter()
    for kind, data in mutations(case, options.count, options.seed):
        report = verified(case, data)
        found[kind][report.failures[0].code if report.failures else "VERIFIED"] += 1
    took = time.perf_counter() - began
    print(f"{options.count} changes to a bundle of {len(case.bundle)} bytes, seed {options.seed}, {took:.0f} s")
    for kind, codes in found.items():
        told = ", ".join(f"{code} {count}" for code, count in codes.most_common())
        print(f"  {sum(codes.values()):5}  {kind}: {told}")
    wrong = sum(codes["VERIFIED"] for codes in found.values())
    print(f"verified although changed: {wrong}")
    return int(wrong > 0)
