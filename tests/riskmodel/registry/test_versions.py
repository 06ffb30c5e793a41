"""The registry: versions come in whole, broken ones are named, and what is in use changes at once or not at all."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from models import variant

from riskmodel.errors import ModelError
from riskmodel.model import load_model
from riskmodel.model.artifact import FORMAT
from riskmodel.registry import Registry, Version

NOW = datetime(2026, 3, 4, tzinfo=UTC)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "models", tmp_path / "model")


@pytest.fixture
def first(registry: Registry, model_folder: Path) -> Version:
    return registry.add(model_folder, made_by="小数", made_at=NOW)


@pytest.fixture
def second(registry: Registry, first: Version, tmp_path: Path) -> Version:
    registry.promote(first, by="掌柜")
    variant(first.folder, tmp_path / "new")
    return registry.add(tmp_path / "new", made_by="小数")


def digest(registry: Registry) -> str:
    return str(load_model(registry.in_use)[1]["sha256"])


def test_a_version_knows_what_it_was_made_of(first: Version, second: Version, model_folder: Path) -> None:
    """Digest, data, code, figures, who and when, and the one that was in use."""
    manifest = json.loads((model_folder / "manifest.json").read_text("utf-8"))
    record = first.record
    assert (record.sha256, record.made_by, record.made_at, record.parent) == (manifest["sha256"], "小数", NOW, None)
    assert (record.seed, record.talks, dict(record.figures)) == tuple(
        manifest[name] for name in ("seed", "talks", "figures")
    )
    assert record.data_sha256 == manifest.get("data_sha256")
    assert "synthetic" in record.card.figures_of
    assert second.record.parent == first.name
    assert second.load().info["sha256"] == second.record.sha256


def test_the_same_model_is_added_once(registry: Registry, first: Version, model_folder: Path) -> None:
    """The second time changes nothing, not even who made it."""
    again = registry.add(model_folder, made_by="别人")
    assert again == first
    assert registry.versions() == ([first], [])
    assert [entry.action for entry in registry.journal.entries()] == ["add"]


def test_the_same_arrays_with_other_bands_are_no_such_version(
    registry: Registry, first: Version, tmp_path: Path
) -> None:
    """The name is that of the arrays: whoever adds them again with another manifest is told."""
    variant(first.folder, tmp_path / "other", 0.0, version="other")
    with pytest.raises(ModelError, match="other bands or figures"):
        registry.add(tmp_path / "other", made_by="小数")


def test_what_is_no_model_is_not_added(registry: Registry, tmp_path: Path) -> None:
    """Nothing of it stays behind."""
    with pytest.raises(ModelError, match="there is no model"):
        registry.add(tmp_path / "nothing", made_by="小数")
    assert registry.versions() == ([], [])


@pytest.mark.parametrize("name", ["model.npz", "manifest.json", "record.json"])
@pytest.mark.parametrize("how", ["missing", "altered"])
def test_a_broken_version_is_named_and_the_others_listed(
    registry: Registry, first: Version, second: Version, name: str, how: str
) -> None:
    """It can be neither promoted nor gone back to, and the model in use is not touched."""
    registry.promote(second, by="掌柜")
    before = digest(registry)
    file = first.folder / name
    if how == "missing":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes().replace(b"1", b"2"))
    whole, broken = registry.versions()
    assert [version.name for version in whole] == [second.name]
    ((found, problem),) = broken
    assert found == first.name
    assert name in problem
    for attempt in (lambda: registry.get(first.name), lambda: registry.rollback(by="掌柜")):
        with pytest.raises(ModelError, match=f"model {first.name}: {name}"):
            attempt()
    assert digest(registry) == before


@pytest.mark.parametrize("name", ["", "zz", "../model"])
def test_a_name_that_is_none_is_refused(registry: Registry, first: Version, name: str) -> None:
    """With the command that shows them."""
    with pytest.raises(ModelError, match="models list"):
        registry.get(name)
    assert registry.get(first.name[:5]) == first


def test_promotion_and_rollback_change_what_is_in_use(registry: Registry, first: Version, second: Version) -> None:
    """Each is in the journal with who did it and what was in use; what is in use already is not promoted again."""
    assert registry.used() == first.name
    assert registry.promote(second, by="掌柜", reason="新平台") is not None
    assert digest(registry) == second.record.sha256
    assert registry.promote(second, by="掌柜") is None
    assert registry.rollback(by="老板").version == first.name
    assert digest(registry) == first.record.sha256
    told = [(entry.action, entry.version, entry.former, entry.by) for entry in registry.journal.entries()]
    assert told[-2:] == [
        ("promote", second.name, first.name, "掌柜"),
        ("rollback", first.name, second.name, "老板"),
    ]
    with pytest.raises(ModelError, match="no model was in use before"):
        registry.rollback(by="老板")


def test_a_model_from_elsewhere_is_taken_in_before_another_takes_its_place(
    registry: Registry, model_folder: Path, tmp_path: Path
) -> None:
    """An installation with a plain folder keeps the way back to it."""
    elsewhere = variant(model_folder, registry.in_use, 0.5)
    new = registry.add(model_folder, made_by="小数")
    registry.promote(new, by="掌柜")
    assert digest(registry) == new.record.sha256
    assert registry.rollback(by="掌柜").version == elsewhere[:12]
    assert digest(registry) == elsewhere


def test_a_model_that_this_program_cannot_use_is_no_obstacle(registry: Registry, first: Version) -> None:
    """Where the one in use is of another version, there is nothing to compare with and nothing to keep."""
    registry.in_use.mkdir()
    (registry.in_use / "manifest.json").write_text(json.dumps({"sha256": "0" * 64, "format": FORMAT - 1}))
    assert registry.used() == "0" * 12
    assert registry.scorer_in_use() is None
    registry.promote(first, by="掌柜")
    assert digest(registry) == first.record.sha256


def test_a_candidate_of_another_feature_version_is_refused(
    registry: Registry, first: Version, second: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is listed, since it is whole, but not put in use; the one in use stays."""
    before = digest(registry)
    monkeypatch.setattr("riskmodel.model.artifact.FEATURE_VERSION", 10_000)
    assert {version.name for version in registry.versions()[0]} == {first.name, second.name}
    with pytest.raises(ModelError, match="another version than this program"):
        registry.promote(second, by="掌柜")
    monkeypatch.undo()
    assert digest(registry) == before
    assert [entry.action for entry in registry.journal.entries()] == ["add", "promote", "add"]


def test_where_nothing_can_be_written_the_one_before_stays(
    registry: Registry, first: Version, second: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full at the last moment leaves a model that serves."""
    replace = Path.replace

    def full(path: Path, target: Path) -> Path:
        if target == registry.in_use / "manifest.json":
            raise OSError(28, "No space left on device", str(target))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        registry.promote(second, by="掌柜")
    assert digest(registry) == first.record.sha256


def test_whoever_reads_meanwhile_has_the_one_or_the_other_whole(
    registry: Registry, first: Version, second: Version
) -> None:
    """No reader ever meets a half: every load succeeds while models take turns."""
    known, found, failed = {first.record.sha256, second.record.sha256}, set[str](), list[Exception]()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                found.add(digest(registry))
            except ModelError as error:
                failed.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(6):
            registry.promote(second, by="掌柜")
            registry.rollback(by="掌柜")
    finally:
        done.set()
        reader.join()
    assert failed == []
    assert found <= known
