"""A model on disk: `model.npz` without pickle and `manifest.json` with its SHA-256; loading runs no code from it.

The arrays may instead lie in a file named after their digest. Then another model takes a model's place by the renaming
of one file, the manifest, and whoever reads the folder at that moment has the one or the other whole.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from riskmodel.acts import ActReader
from riskmodel.errors import ModelError
from riskmodel.features import FEATURES
from riskmodel.features.catalogue import FEATURE_VERSION
from riskmodel.model.bands import Thresholds
from riskmodel.model.compiled import CompiledModel
from riskmodel.promises.evidence import COLUMNS, STANCES
from riskmodel.promises.topics import load_topics
from riskmodel.reader import LineReader, Weighing
from riskmodel.words import WordModel

__all__ = ["FORMAT", "arrays_path", "load_model", "put_model", "read_manifest", "save_model"]

FORMAT = 4
_ARRAYS, _MANIFEST = "model.npz", "manifest.json"
_TEXTS = frozenset({"act_grams", "act_names", "word_grams", "reader_grams", "reader_topics", "reader_stances"})
_LARGEST = 16 * 2**20  # bytes; a model is some eleven million
_REMEDY = "train a new one with `baitwatch train`, or name another folder with --model or BAITWATCH_MODEL"


def save_model(model: CompiledModel, folder: Path, details: dict[str, Any]) -> str:
    """Write a model; the same model and details give the same bytes.

    Parameters
    ----------
    model
        The compiled model.
    folder
        Made where it does not exist.
    details
        What the manifest also says: name, version, seed, data, figures.

    Returns
    -------
    str
        SHA-256 of ``model.npz``, the model's digest.
    """
    reader = {f"reader_{name}": array for name, array in model.reader.arrays.items()}
    weighing = {f"weighing_{name}": array for name, array in _weighing(model.reader).arrays.items()}
    acts = {f"act_{name}": array for name, array in model.acts.arrays.items()}
    content = _npz_bytes({**model.arrays, **model.words.arrays, **reader, **weighing, **acts})
    digest = hashlib.sha256(content).hexdigest()
    manifest = {
        "format": FORMAT,
        "feature_version": FEATURE_VERSION,
        "sha256": digest,
        "features": list(model.features),
        "patterns": list(model.patterns),
        "thresholds": model.thresholds._asdict(),
        **details,
    }
    folder.mkdir(parents=True, exist_ok=True)
    # the manifest is what makes a model complete: it goes last
    for name, data in ((_ARRAYS, content), (_MANIFEST, _json_bytes(manifest))):
        _write(folder / name, data)
    return digest


def put_model(source: Path, folder: Path) -> None:
    """Put a model in the place of the one in a folder, at once: see the head of this module.

    The arrays of the one before stay, for whoever is reading them; those of older ones go.

    Parameters
    ----------
    source
        The folder of a whole model, see `load_model`.
    folder
        Made where it does not exist.

    Raises
    ------
    OSError
        Where it cannot be written; then the model before is still in its place.
    """
    manifest = _read(source / _MANIFEST)
    arrays = _named(folder, json.loads(manifest)["sha256"])
    folder.mkdir(parents=True, exist_ok=True)
    before = arrays_path(folder)
    content = _read(arrays_path(source))
    if not arrays.is_file() or _read(arrays) != content:  # on the way back they are still there
        _write(arrays, content)
    _write(folder / _MANIFEST, manifest)
    for older in set(folder.glob("model*.npz")) - {arrays, before}:
        older.unlink(missing_ok=True)


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """What the manifest in a folder says, as it is; None where there is none that can be read."""
    try:
        manifest = json.loads(_read(folder / _MANIFEST))
    except (OSError, ModelError, ValueError, RecursionError):
        return None
    return manifest if isinstance(manifest, dict) else None


def arrays_path(folder: Path) -> Path:
    """Where the arrays of the model in a folder lie, by what its manifest says."""
    try:
        named = _named(folder, json.loads(_read(folder / _MANIFEST))["sha256"])
    except (OSError, ModelError, ValueError, KeyError, TypeError, RecursionError):
        return folder / _ARRAYS
    return named if named.is_file() else folder / _ARRAYS


def _named(folder: Path, digest: Any) -> Path:
    if not isinstance(digest, str) or re.fullmatch("[0-9a-f]{64}", digest) is None:
        raise ValueError("not a digest")
    return folder / f"model-{digest[:12]}.npz"


def _write(path: Path, data: bytes) -> None:
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _json_bytes(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _npz_bytes(arrays: dict[str, Any]) -> bytes:
    # numpy.savez stamps the clock into the archive; a fixed date keeps the bytes the same
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(arrays):
            entry = io.BytesIO()
            np.lib.format.write_array(entry, np.asarray(arrays[name]), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), entry.getvalue())
    return buffer.getvalue()


def load_model(folder: Path) -> tuple[CompiledModel, dict[str, Any]]:
    """Read a model and its manifest.

    Raises
    ------
    ModelError
        If there is none, if it does not match its digest, needs a pickle, or was fitted on other columns.
    """
    try:
        raw_manifest, content = _read_whole(folder)
    except FileNotFoundError:
        raise ModelError(f"there is no model in {folder}: {_REMEDY}") from None
    except OSError as error:
        raise ModelError(f"the model in {folder} cannot be read ({error.strerror}): {_REMEDY}") from None
    try:
        manifest = json.loads(raw_manifest)
        digest, thresholds = manifest["sha256"], _thresholds(manifest["thresholds"])
        features, patterns = manifest["features"], manifest["patterns"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ModelError(f"the manifest of the model in {folder} is damaged: {_REMEDY}") from None
    if manifest.get("format") != FORMAT or manifest.get("feature_version") != FEATURE_VERSION:
        raise ModelError(f"the model in {folder} is of another version than this program: {_REMEDY}")
    if hashlib.sha256(content).hexdigest() != digest:
        raise ModelError(f"the model in {folder} does not match its digest; it was altered or cut short: {_REMEDY}")
    if features != [feature.name for feature in FEATURES]:
        raise ModelError(f"the model in {folder} was fitted on other columns than this program reads: {_REMEDY}")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        if any(array.dtype.kind != ("U" if name in _TEXTS else "f") for name, array in arrays.items()):
            raise ValueError("an array of another kind")
        words = WordModel(*(arrays.pop(name) for name in ("word_grams", "word_weights", "word_norms")))
        heard = {name: arrays.pop(name) for name in list(arrays) if name.startswith("reader_")}
        weighed = {name: arrays.pop(name) for name in list(arrays) if name.startswith("weighing_")}
        weighing = Weighing(**{name.removeprefix("weighing_"): array for name, array in weighed.items()})
        done = {name: arrays.pop(name) for name in list(arrays) if name.startswith("act_")}
        acts = ActReader(**{name.removeprefix("act_"): array for name, array in done.items()})
        heard_by = {name.removeprefix("reader_"): array for name, array in heard.items()}
        reader = LineReader(**heard_by, weighing=weighing)
        model = CompiledModel(
            features=features, patterns=patterns, thresholds=thresholds, words=words, reader=reader, acts=acts, **arrays
        )
    except (ValueError, TypeError, KeyError, zipfile.BadZipFile, EOFError):
        raise ModelError(
            f"the model in {folder} holds something other than plain numbers and is not loaded: {_REMEDY}"
        ) from None
    read = {**model.arrays, **words.arrays, **heard, **weighed, **done}
    if not all(np.isfinite(array).all() for array in read.values() if array.dtype.kind == "f"):
        raise ModelError(f"the model in {folder} holds numbers that are not finite: {_REMEDY}")
    if {name: array.shape for name, array in read.items()} != _shapes(model):
        raise ModelError(f"the arrays of the model in {folder} do not fit its manifest: {_REMEDY}")
    return model, manifest


def _weighing(reader: LineReader) -> Weighing:
    if reader.weighing is None:
        raise ValueError("the reader of this model has not learned what evidence counts for")
    return reader.weighing


def _shapes(model: CompiledModel) -> dict[str, tuple[int, ...]]:
    """The shape that each array must have: by the columns, the kinds of abuse, and the names of the reader."""
    columns, patterns = len(model.features), len(model.patterns)
    words, grams = model.words.arrays["word_grams"].size, model.reader.arrays["grams"].size
    # at least one of each: a choice among none is none
    topics, stances = max(len(model.reader.topics), 1), max(len(model.reader.stances), 1)
    judged = topics + stances + 1  # the last is what a buyer leaves open
    done, heard = model.acts.arrays["grams"].size, max(len(model.acts.names), 1)
    return {
        "coefficients": (columns,), "base": (), "slope": (), "offset": (),
        "pattern_coefficients": (patterns, columns), "pattern_base": (patterns,),
        "word_grams": (words,), "word_weights": (words,), "word_norms": (words,),
        "reader_grams": (grams,), "reader_weights": (grams, judged), "reader_norms": (grams,),
        "reader_intercepts": (judged,), "reader_topics": (topics,), "reader_stances": (stances,),
        "act_grams": (done,), "act_weights": (done, heard), "act_norms": (done,), "act_intercepts": (heard,),
        "act_names": (heard,),
        "weighing_weights": (len(STANCES), COLUMNS), "weighing_leanings": (len(load_topics()), len(STANCES)),
    }  # fmt: skip  # shapes in rows, an array and its like together


def _thresholds(levels: dict[str, float]) -> Thresholds:
    thresholds = Thresholds(**levels)
    if not 0 <= thresholds.watch <= thresholds.high <= thresholds.critical <= 1:
        raise ValueError("thresholds that do not rise from 0 to 1")
    return thresholds


def _read_whole(folder: Path) -> tuple[bytes, bytes]:
    """The manifest and its arrays; where another model took their place in between, that one's."""
    while True:
        manifest, content = _read(folder / _MANIFEST), _read(arrays_path(folder))
        if _read(folder / _MANIFEST) == manifest:
            return manifest, content


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise ModelError(f"{path} is larger than any model of this program: {_REMEDY}")
    return content
