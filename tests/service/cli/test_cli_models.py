"""`models`: versions shown, compared, held to the gate, put in use by somebody who may, and taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from models import variant
from people import CHEAP, PEOPLE, populate
from service_time import NOW
from sqlalchemy import insert

from riskmodel import gate
from riskmodel.gate import Frozen, FrozenSet, Limits, generated_set, load_limits
from riskmodel.model import Thresholds, load_model
from riskmodel.registry import Registry, Version
from riskmodel.training import TrainReport
from service.cli import main
from service.cli.home import open_home
from service.store import users
from service.store.schema import conversations
from service.store.shadow_scores import keep

SETS = [FrozenSet("generated", generated_set(40).chats)]
DIGEST = Frozen(SETS).digest


def _limits() -> Limits:
    """For forty talks, of which differences of nothing are known to a dozen points at best."""
    known = load_limits()
    checks = tuple(check.model_copy(update={"margin": 0.5}) for check in known.checks if check.margin)
    latency = known.latency.model_copy(update={"talks": 10, "ratio": 20.0})
    return known.model_copy(update={"checks": checks, "latency": latency})


@pytest.fixture
def registry(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """A home of the test's own; the gate measures on few talks."""
    monkeypatch.delenv("BAITWATCH_MODEL", raising=False)
    monkeypatch.setattr(users, "_HASHER", CHEAP)
    monkeypatch.setattr(gate, "project_sets", lambda: SETS)
    limits = _limits()
    monkeypatch.setattr("riskmodel.gate.verdict.load_limits", lambda: limits)
    return Registry(own_home / "models", own_home / "model")


@pytest.fixture
def first(registry: Registry, model_folder: Path, tmp_path: Path) -> Version:
    """In use."""
    variant(model_folder, tmp_path / "first", 0.0, frozen_sha256=DIGEST)
    version = registry.add(tmp_path / "first", made_by="小数")
    registry.promote(version, by="小数")
    return version


@pytest.fixture
def second(registry: Registry, first: Version, tmp_path: Path) -> Version:
    """A candidate that is as good."""
    variant(first.folder, tmp_path / "second", 1e-6)
    return registry.add(tmp_path / "second", made_by="小数")


@pytest.fixture
def deaf(registry: Registry, first: Version, tmp_path: Path) -> Version:
    """A candidate that finds nothing."""
    variant(first.folder, tmp_path / "deaf", lambda model: model.arrays["coefficients"].fill(0.0))
    return registry.add(tmp_path / "deaf", made_by="小数")


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capfd.readouterr()
    status = main(["models", *arguments])
    said = capfd.readouterr()
    return status, said.out, said.err


def digest(registry: Registry) -> str:
    return str(load_model(registry.in_use)[1]["sha256"])


def test_versions_are_listed_and_shown(first: Version, second: Version, capfd: pytest.CaptureFixture[str]) -> None:
    """As tables and as JSON; which one is in use is said."""
    status, table, _ = run(capfd, "list")
    assert (status, first.name in table, second.name in table) == (0, True, True)
    rows = [json.loads(line) for line in run(capfd, "list", "--json")[1].splitlines()]
    assert [(row["version"], row["in_use"]) for row in rows] == [(first.name, True), (second.name, False)]
    assert "promote by 小数" in run(capfd, "show", first.name[:6])[1]
    shown = json.loads(run(capfd, "show", second.name, "--json")[1])
    assert (shown["parent"], shown["journal"][0]["action"]) == (first.name, "add")


def test_a_difference_names_the_features(first: Version, second: Version, capfd: pytest.CaptureFixture[str]) -> None:
    """By default from the model in use."""
    found = json.loads(run(capfd, "diff", second.name, "--json")[1])
    assert found["models"] == [second.name, first.name]
    (weight,) = found["weights"]
    assert weight["first"] - weight["second"] == pytest.approx(1e-6)
    assert weight["feature"] in run(capfd, "diff", second.name)[1]


def test_an_empty_registry_says_how_to_begin(registry: Registry, capfd: pytest.CaptureFixture[str]) -> None:
    """Without an error; nothing is made."""
    status, out, err = run(capfd, "list")
    assert (status, out) == (0, "")
    assert "baitwatch train" in err
    assert not registry.folder.exists()


def test_a_broken_version_is_named_and_the_others_are_listed(
    registry: Registry, first: Version, second: Version, capfd: pytest.CaptureFixture[str]
) -> None:
    """With status 1; what is in use stays so."""
    (second.folder / "manifest.json").unlink()
    status, table, err = run(capfd, "list")
    assert (status, first.name in table) == (1, True)
    assert f"model {second.name}: manifest.json" in err
    status, _, err = run(capfd, "promote", second.name, "--by", "掌柜")
    assert (status, err.count("\n")) == (3, 1)
    assert digest(registry) == first.record.sha256


def test_a_good_candidate_is_promoted_and_taken_back(
    registry: Registry, second: Version, first: Version, capfd: pytest.CaptureFixture[str]
) -> None:
    """By somebody whose name stands in the journal; also where there is no store."""
    assert run(capfd, "promote", second.name, "--by", "掌柜")[0] == 0
    assert digest(registry) == second.record.sha256
    status, out, _ = run(capfd, "rollback", "--by", "老板", "--reason", "误报变多")
    assert (status, out) == (0, f"{first.name} is in use again\n")
    assert digest(registry) == first.record.sha256
    last = registry.journal.entries()[-1]
    assert (last.by, last.reason) == ("老板", "误报变多")
    assert not (registry.folder.parent / "baitwatch.db").exists()


def test_a_worse_candidate_is_refused_in_words(
    registry: Registry,
    deaf: Version,
    first: Version,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With status 1: which check, by how much, in both languages; a reason overrules and stands in the journal."""
    limits = _limits()
    strict = limits.model_copy(update={"checks": tuple(c.model_copy(update={"margin": None}) for c in limits.checks)})
    monkeypatch.setattr("riskmodel.gate.verdict.load_limits", lambda: strict)
    status, _, err = run(capfd, "promote", deaf.name, "--by", "掌柜")
    assert status == 1
    assert "recall at hold by its own bands (generated frozen set" in err
    assert "shown to be worse, refused" in err
    assert "确实变差" in err
    assert digest(registry) == first.record.sha256
    assert run(capfd, "check", deaf.name)[0] == 1
    assert run(capfd, "promote", deaf.name, "--by", "掌柜", "--despite", " ")[0] == 3
    assert run(capfd, "promote", deaf.name, "--by", "掌柜", "--despite", "演练")[0] == 0
    assert registry.journal.entries()[-1].reason == "演练"
    assert digest(registry) == deaf.record.sha256


def test_a_candidate_whose_training_was_not_compared_is_refused(
    registry: Registry, first: Version, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nobody knows whether it has seen the frozen talks."""
    variant(first.folder, tmp_path / "unknown", frozen_sha256="0" * 64)
    unknown = registry.add(tmp_path / "unknown", made_by="小数")
    status, _, err = run(capfd, "promote", unknown.name, "--by", "掌柜")
    assert status == 1
    assert "frozen sets: train it anew" in err
    assert digest(registry) == first.record.sha256


def test_where_there_are_users_one_who_may_is_asked_for(
    registry: Registry, second: Version, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nobody else changes the model, and who did is noted in the store."""
    home = open_home()
    populate(home.store, PEOPLE)
    for by, said in (("小数", "may not put a model in use"), ("无此人", "no such user"), ("掌柜", "--shop")):
        status, _, err = run(capfd, "rollback", "--by", by)
        assert (status, said in err) == (3, True)
    assert run(capfd, "promote", second.name, "--by", "掌柜", "--shop", "甲店")[0] == 0
    capfd.readouterr()
    assert main(["audit"]) == 0
    with home.store.reading() as connection:
        noted = connection.exec_driver_sql("SELECT action FROM access_log").scalars().all()
    assert f"model promote {second.name}" in noted


def test_a_rollback_without_a_model_before_is_refused(first: Version, capfd: pytest.CaptureFixture[str]) -> None:
    """In one line."""
    status, _, err = run(capfd, "rollback", "--by", "掌柜")
    assert (status, err.count("\n")) == (3, 1)
    assert "no model was in use before" in err


def test_the_first_model_is_put_in_use_and_later_ones_wait(
    registry: Registry, model_folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Training, here put in place by other means, never changes what the service uses behind somebody's back."""

    def trained(folder: Path, *, seed: int, **given: object) -> TrainReport:
        sha256 = variant(model_folder, folder, seed * 0.25, frozen_sha256=DIGEST)
        return TrainReport(folder, sha256, 300, 0.01, 0.5, Thresholds(0.2, 0.5, 0.8))

    monkeypatch.setattr("riskmodel.training.train", trained)
    assert main(["train", "--seed", "1"]) == 0
    first = digest(registry)
    assert f"model: {registry.in_use}" in capfd.readouterr().out
    assert main(["train", "--seed", "2"]) == 0
    assert digest(registry) == first
    whole, broken = registry.versions()
    later = next(version for version in whole if version.record.sha256 != first)
    assert (len(whole), broken, later.record.parent) == (2, [], first[:12])
    assert f"baitwatch models promote {later.name} --by NAME" in capfd.readouterr().out
    assert main(["train", "--seed", "1"]) == 0
    assert "it is the one that is in use" in capfd.readouterr().out
    assert [path.name for path in registry.folder.iterdir() if path.name.startswith(".training")] == []


def test_what_a_candidate_would_change_is_shown(registry: Registry, capfd: pytest.CaptureFixture[str]) -> None:
    """As tables and as JSON; without any, how to begin."""
    home = open_home()
    populate(home.store, PEOPLE)
    status, _, err = run(capfd, "shadow", "--shop", "甲店")
    assert (status, "BAITWATCH_SHADOW_MODEL" in err) == (1, True)
    with home.store.writing() as connection:
        row = {"shop_id": 1, "conversation_id": "t-1", "talk": "t", "snapshot_at": 0, "entries": 1, "messages": 1}
        values = {**row, "link": b"", "made_at": NOW, "changed_at": NOW}
        number = connection.execute(insert(conversations).values(values).returning(conversations.c.id)).scalar_one()
        now, then = (
            {"risk": 0.5, "band": band, "reasons": [], "model": {"sha256": digest * 64}}
            for band, digest in (("low", "a"), ("high", "b"))
        )
        keep(connection, number, 0, now, then, why={"press.again": 1.5}, now=NOW)
    status, table, _ = run(capfd, "shadow", "--shop", "甲店")
    assert (status, "1 of 1 talks would change band" in table, "t-1" in table) == (0, True, True)
    found = json.loads(run(capfd, "shadow", "--shop", "甲店", "--json")[1])
    assert (found["candidate"], found["changing"], found["features"]) == ("b" * 12, 1, {"press.again": 1.5})
