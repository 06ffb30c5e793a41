"""A model on disk: what is written, and everything that is refused."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from models import variant

from riskmodel.errors import ModelError
from riskmodel.model import load_model, save_model
from riskmodel.model.artifact import put_model
from riskmodel.scorer import Scorer


@pytest.fixture
def folder(model_folder: Path, tmp_path: Path) -> Path:
    """A copy of the model that may be damaged."""
    return Path(shutil.copytree(model_folder, tmp_path / "model"))


def rewrite(folder: Path, change: Callable[[dict[str, Any]], None], content: bytes | None = None) -> None:
    """Change the manifest, and put other arrays in with a digest that fits them."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    if content is not None:
        (folder / "model.npz").write_bytes(content)
        manifest["sha256"] = hashlib.sha256(content).hexdigest()
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def arrays(folder: Path) -> dict[str, Any]:
    with np.load(folder / "model.npz", allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def packed(content: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **content)
    return buffer.getvalue()


def keep(manifest: dict[str, Any]) -> None:
    """Change nothing."""


def test_saved_model_is_the_same_model(model_folder: Path, tmp_path: Path) -> None:
    """What is loaded and saved again has the same bytes, and loads as an equal model."""
    model, manifest = load_model(model_folder)
    made = ("format", "feature_version", "sha256", "features", "patterns", "thresholds")  # by what saves it
    details = {key: value for key, value in manifest.items() if key not in made}
    assert save_model(model, tmp_path / "again", details) == manifest["sha256"]
    for name in ("model.npz", "manifest.json"):
        assert (tmp_path / "again" / name).read_bytes() == (model_folder / name).read_bytes()
    assert sorted(path.name for path in (tmp_path / "again").iterdir()) == ["manifest.json", "model.npz"]


def test_on_the_way_back_arrays_are_not_written_again(folder: Path, tmp_path: Path) -> None:
    """Those of the model before lie there still; where they were altered meanwhile they are made good."""
    used, other = tmp_path / "used", tmp_path / "other"
    variant(folder, other)
    for each in (folder, other):
        put_model(each, used)
    before = used / f"model-{load_model(folder)[1]['sha256'][:12]}.npz"
    written = before.stat().st_ino
    put_model(folder, used)
    assert before.stat().st_ino == written
    assert load_model(used)[1] == load_model(folder)[1]

    put_model(other, used)
    before.write_bytes(before.read_bytes()[:-1])
    put_model(folder, used)
    assert load_model(used)[1] == load_model(folder)[1]


def test_arrays_need_no_pickle(model_folder: Path) -> None:
    """Every array is of plain numbers or text, dated alike, and the digest is the file's."""
    assert all(array.dtype.kind in "fiU" for array in arrays(model_folder).values())
    with zipfile.ZipFile(model_folder / "model.npz") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    manifest = json.loads((model_folder / "manifest.json").read_text("utf-8"))
    assert manifest["sha256"] == hashlib.sha256((model_folder / "model.npz").read_bytes()).hexdigest()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.999])
def test_altered_byte_is_refused(folder: Path, share: float) -> None:
    """One bit anywhere in the arrays, and the digest does not match."""
    content = bytearray((folder / "model.npz").read_bytes())
    content[int(share * len(content))] ^= 1
    (folder / "model.npz").write_bytes(content)
    with pytest.raises(ModelError, match="does not match its digest"):
        load_model(folder)


@pytest.mark.parametrize("kept", [0, 10, 5_000])
@pytest.mark.parametrize("digest_fits", [False, True])
def test_truncated_file_is_refused(folder: Path, kept: int, digest_fits: bool) -> None:
    """A file that was cut short is refused, also where the manifest was made to fit."""
    content = (folder / "model.npz").read_bytes()[:kept]
    (folder / "model.npz").write_bytes(content)
    if digest_fits:
        rewrite(folder, keep, content)
    with pytest.raises(ModelError, match="not loaded" if digest_fits else "cut short"):
        load_model(folder)


class Trap:
    """An object whose unpickling leaves a trace."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self.trace),)


@pytest.mark.parametrize("name", ["base", "word_grams", "unheard_of"])
def test_pickle_in_the_file_does_not_run(folder: Path, tmp_path: Path, name: str) -> None:
    """An array of objects, with a manifest made to fit, is refused before anything in it is run."""
    trace = tmp_path / "ran"
    content = packed({**arrays(folder), name: np.array([Trap(trace)], dtype=object)})
    with np.load(io.BytesIO(content), allow_pickle=True) as archive:
        archive[name]
    assert trace.is_dir()  # it is a trap indeed
    trace.rmdir()
    rewrite(folder, keep, content)
    with pytest.raises(ModelError, match="something other than plain numbers"):
        load_model(folder)
    assert not trace.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.pop("base"),
        lambda content: content.update(extra=np.zeros(2)),
        lambda content: content.update(coefficients=content["coefficients"][:-1]),
        lambda content: content.update(pattern_base=np.zeros(1)),
        lambda content: content.update(base=np.float64("nan")),
        lambda content: content.update(word_weights=content["word_weights"] * np.inf),
        lambda content: content.update(word_norms=content["word_norms"][:-1]),
        lambda content: content.update(base=np.zeros(2)),
        lambda content: content.update(slope=np.array("x")),
        lambda content: content.update(word_weights=content["word_weights"].astype("U8")),
        lambda content: content.update(word_weights=content["word_weights"][:, None]),
        lambda content: content.update(base=np.zeros(1)),
    ],
    ids=["gone", "more", "short", "heads", "nan", "inf", "words", "shape", "text", "words as text", "deep", "list"],
)
def test_other_arrays_are_refused(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Arrays that are missing, of another shape or kind, or not finite make no model."""
    content = arrays(folder)
    change(content)
    with np.errstate(invalid="ignore"):
        rewrite(folder, keep, packed(content))
    with pytest.raises(ModelError, match="train a new one"):
        load_model(folder)


READER: dict[str, Callable[[dict[str, Any]], object]] = {
    "no grams": lambda reader: reader.pop("grams"),
    "no weights": lambda reader: reader.pop("weights"),
    "no topics": lambda reader: reader.pop("topics"),
    "an array more": lambda reader: reader.update(colours=np.zeros(2)),
    "a gram less": lambda reader: reader.update(grams=reader["grams"][:-1]),
    "a norm less": lambda reader: reader.update(norms=reader["norms"][:-1]),
    "a row of weights less": lambda reader: reader.update(weights=reader["weights"][:-1]),
    "a column of weights less": lambda reader: reader.update(weights=reader["weights"][:, :-1]),
    "weights turned": lambda reader: reader.update(weights=reader["weights"].T),
    "weights in a row": lambda reader: reader.update(weights=reader["weights"].ravel()),
    "an intercept more": lambda reader: reader.update(intercepts=np.append(reader["intercepts"], 0.0)),
    "one intercept": lambda reader: reader.update(intercepts=np.float64(0.0)),
    "a topic less": lambda reader: reader.update(topics=reader["topics"][:-1]),
    "one topic": lambda reader: reader.update(topics=np.array("other")),
    "topics in a square": lambda reader: reader.update(topics=reader["topics"][:4].reshape(2, 2)),
    "a stance more": lambda reader: reader.update(stances=np.append(reader["stances"], "shrugs")),
    "a topic for a stance": lambda reader: reader.update(
        topics=reader["topics"][:0], stances=np.append(reader["stances"], reader["topics"])
    ),
    "weights that are not numbers": lambda reader: reader.update(weights=reader["weights"] * np.nan),
    "norms without end": lambda reader: reader.update(norms=reader["norms"] * np.inf),
    "weights as text": lambda reader: reader.update(weights=reader["weights"].astype("U8")),
    "weights as bits": lambda reader: reader.update(weights=reader["weights"] > 0),
    "topics as numbers": lambda reader: reader.update(topics=np.zeros(len(reader["topics"]))),
    "grams as bytes": lambda reader: reader.update(grams=np.full(len(reader["grams"]), b"x")),
}


@pytest.mark.parametrize("name", READER)
def test_other_reader_is_refused(folder: Path, name: str) -> None:
    """A reader with arrays missing, of another shape or kind, or not finite makes no model, whatever its digest."""
    content = arrays(folder)
    reader = {key.removeprefix("reader_"): content.pop(key) for key in list(content) if key.startswith("reader_")}
    READER[name](reader)
    rewrite(folder, keep, packed({**content, **{f"reader_{key}": array for key, array in reader.items()}}))
    with pytest.raises(ModelError, match="train a new one"):
        load_model(folder)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda manifest: manifest.update(format=99), "another version"),
        (lambda manifest: manifest.update(format=1), "another version"),
        (lambda manifest: manifest.update(feature_version=0), "another version"),
        (lambda manifest: manifest.update(features=manifest["features"][::-1]), "other columns"),
        (lambda manifest: manifest["features"].append("order.remote"), "other columns"),
        (lambda manifest: manifest["patterns"].pop(), "do not fit|damaged|plain numbers"),
        (lambda manifest: manifest.pop("sha256"), "damaged"),
        (lambda manifest: manifest.update(thresholds={"watch": 0.5}), "damaged"),
        (lambda manifest: manifest.update(thresholds=None), "damaged"),
        (lambda manifest: manifest.update(thresholds={"watch": "a", "high": "b", "critical": "c"}), "damaged"),
        (lambda manifest: manifest["thresholds"].update(watch=0.99, high=0.5), "damaged"),
        (lambda manifest: manifest["thresholds"].update(critical=float("nan")), "damaged"),
        (lambda manifest: manifest.update(patterns=3), "damaged|fit|plain numbers"),
    ],
)  # fmt: skip  # a table, a case or two a row
def test_other_manifest_is_refused(folder: Path, change: Callable[[dict[str, Any]], None], says: str) -> None:
    """A manifest of another version, with other columns or without what is needed is refused in words that say so."""
    rewrite(folder, change)
    with pytest.raises(ModelError, match=says):
        load_model(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe{}", b'"x"', b"[" * 100_000])
def test_damaged_manifest_is_refused(folder: Path, content: bytes) -> None:
    """A manifest that is no JSON object is damaged, not a crash."""
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(ModelError, match="damaged"):
        load_model(folder)


@pytest.mark.parametrize("name", ["model.npz", "manifest.json"])
def test_missing_file_is_a_missing_model(folder: Path, name: str) -> None:
    """Half a model is none, and the error says how to get one."""
    (folder / name).unlink()
    with pytest.raises(ModelError, match=r"there is no model.*baitwatch train"):
        Scorer.load(folder)


def test_folder_in_place_of_a_file(folder: Path) -> None:
    """What cannot be read as a file is told as such."""
    (folder / "model.npz").unlink()
    (folder / "model.npz").mkdir()
    with pytest.raises(ModelError, match="cannot be read"):
        load_model(folder)


def test_endless_file_is_refused(folder: Path) -> None:
    """A file larger than any model is not read into memory."""
    with (folder / "model.npz").open("wb") as file:
        file.truncate(17 * 2**20)
    with pytest.raises(ModelError, match="larger than any model"):
        load_model(folder)
