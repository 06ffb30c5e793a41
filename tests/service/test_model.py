"""The model of a worker: another one is taken up while requests go on, and a bad one is refused."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from service_time import NOW

from riskmodel.conversation import Message
from riskmodel.errors import ModelError
from riskmodel.model import load_model, save_model
from riskmodel.model.artifact import put_model
from riskmodel.scorer import Scorer
from riskmodel.state import ConversationState
from service import model as module
from service.app import create_app
from service.model import WorkerModel, model_of, probe
from service.store.engine import Store
from service.store.keyring import KeyFile
from service.talks import Talks

DETAILS = ("name", "version", "seed", "reference_prevalence")


@pytest.fixture
def folder(model_folder: Path, tmp_path: Path) -> Path:
    """A folder of this test's own with the trained model."""
    return Path(shutil.copytree(model_folder, tmp_path / "model"))


@pytest.fixture(autouse=True)
def at_every_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is looked at whenever the model is asked for."""
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.0)


@pytest.fixture
def used(folder: Path) -> WorkerModel:
    found = WorkerModel(folder, 0.0)
    found.get()
    return found


def other_model(folder: Path) -> str:
    """Put another model in the folder, as training does; gives its digest."""
    loaded, manifest = load_model(folder)
    loaded.arrays["coefficients"][0] += 0.25
    return save_model(loaded, folder, {name: manifest[name] for name in DETAILS if name in manifest})


def wait_for_loading() -> None:
    for thread in threading.enumerate():
        if thread.name == "model":
            thread.join()


def digest(found: WorkerModel) -> str:
    return found.get().info["sha256"]


def test_another_model_is_taken_up_without_a_restart(used: WorkerModel, folder: Path) -> None:
    """Whoever notices it is still answered by the old one; afterwards the new one answers."""
    before, expected = digest(used), other_model(folder)
    assert expected != before
    assert digest(used) == before
    wait_for_loading()
    assert digest(used) == expected


def test_the_same_model_again_keeps_the_one_in_memory(used: WorkerModel, folder: Path) -> None:
    """Files that were only copied anew do not cost what the reader has learned of words."""
    scorer = used.get()
    for file in folder.iterdir():
        file.touch()
    used.look()
    assert used.get() is scorer


def test_the_one_before_is_not_loaded_again(used: WorkerModel, folder: Path, tmp_path: Path) -> None:
    """A rollback takes up what is still in memory."""
    before, kept = used.get(), Path(shutil.copytree(folder, tmp_path / "kept"))
    other_model(folder)
    used.look()
    assert used.get() is not before
    put_model(kept, folder)
    used.look()
    assert used.get() is before


def break_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"sha256": "')


def break_arrays(folder: Path) -> None:
    content = (folder / "model.npz").read_bytes()
    (folder / "model.npz").write_bytes(content[: len(content) // 2])


def of_another_version(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 0}), "utf-8")


@pytest.mark.parametrize("spoil", [break_manifest, break_arrays, of_another_version])
def test_a_bad_one_is_refused_once_and_the_old_one_serves_on(
    used: WorkerModel, folder: Path, spoil: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line in the log, however many requests there are; once it is whole it is taken up."""
    before = digest(used)
    spoil(folder)
    for _ in range(3):
        assert digest(used) == before
        wait_for_loading()
    log = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in log] == ["model_refused"]
    assert "baitwatch train" in log[0]["reason"]


def test_one_that_was_refused_is_taken_up_when_it_is_whole(used: WorkerModel, folder: Path, tmp_path: Path) -> None:
    """A copy that arrives file by file is refused while it is not whole, and used when it is."""
    new = Path(shutil.copytree(folder, tmp_path / "new"))
    expected, before = other_model(new), digest(used)
    shutil.copy(new / "manifest.json", folder)
    used.look()
    assert digest(used) == before
    wait_for_loading()
    shutil.copy(new / "model.npz", folder)
    used.look()
    assert digest(used) == expected


@pytest.mark.parametrize("risk", [None, float("nan"), 1.5])
def test_one_that_scores_nonsense_is_refused(
    used: WorkerModel, folder: Path, monkeypatch: pytest.MonkeyPatch, risk: float | None
) -> None:
    """A model that loads is still made to score before it is used."""
    before = digest(used)
    other_model(folder)
    monkeypatch.setattr(Scorer, "trajectory", lambda self, conversation: iter([{"risk": risk}]))
    used.look()
    assert digest(used) == before


def test_what_breaks_while_loading_is_refused(
    used: WorkerModel, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also an error that nobody foresaw leaves the old one in place."""
    before = digest(used)
    other_model(folder)

    def load(directory: Path) -> Scorer:
        raise MemoryError

    monkeypatch.setattr(Scorer, "load", load)
    used.look()
    assert digest(used) == before
    assert capsys.readouterr().err.count("model_refused") == 1


def test_one_that_was_refused_can_be_tried_again(
    used: WorkerModel, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At SIGHUP the files are read again though they look as before."""
    expected = other_model(folder)
    with monkeypatch.context() as patch:
        patch.setattr(module, "probe", lambda loaded: (_ for _ in ()).throw(ModelError("not yet")))
        used.look()
    used.look()
    assert digest(used) != expected
    used.look(again=True)
    assert digest(used) == expected


def test_a_talk_goes_on_with_the_new_model(
    used: WorkerModel, folder: Path, store: Store, keys: KeyFile, shop: int
) -> None:
    """The next message is answered by the new model as if it had read the talk from the start."""
    talks = Talks(store, keys, used.get, lambda: NOW)
    said = [Message(message_id=f"m{n}", sender="buyer", sent_at=NOW, text="今天能发货吗") for n in range(3)]
    talks.add_messages(shop, "t", said[:2])
    expected = other_model(folder)
    used.look()
    (answer,) = talks.add_messages(shop, "t", said[2:])
    assert answer["model"]["sha256"] == expected
    assert answer == used.get().assess(talks.conversation(shop, "t"))


@pytest.fixture
def client(folder: Path) -> Iterator[FlaskClient]:
    app = create_app({"MODEL_DIR": folder, "RETRY_SECONDS": 0.0})
    yield app.test_client()
    wait_for_loading()


def test_readiness_ends_with_the_model_and_comes_back_with_it(client: FlaskClient, folder: Path) -> None:
    """A model that is taken away is said, while what is in memory scores on; put back, all is well."""
    assert client.get("/readyz").status_code == 200
    folder.rename(folder.with_name("elsewhere"))
    response = client.get("/readyz")
    assert (response.status_code, response.get_json()["type"]) == (503, "urn:baitwatch:problem:model-unavailable")
    assert int(response.headers["Retry-After"]) > 0
    assert client.get("/healthz").status_code == 200
    assert model_of(client.application).get() is not None
    folder.with_name("elsewhere").rename(folder)
    assert client.get("/readyz").status_code == 200


def test_readiness_stays_where_a_bad_model_was_refused(client: FlaskClient, folder: Path) -> None:
    """The service can do its work with the old one."""
    break_manifest(folder)
    model_of(client.application).look()
    assert client.get("/readyz").status_code == 200


def test_probe_lets_a_good_model_pass(trained: Scorer) -> None:
    """What is served in tests scores."""
    probe(trained)


def test_a_probe_reads_anew_each_time(trained: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that could score a moment ago and cannot read any more is found out."""

    def broken(state: ConversationState, message: Message) -> None:
        raise IndexError

    probe(trained)
    monkeypatch.setattr(ConversationState, "add_message", broken)
    with pytest.raises(ModelError, match="no usable answer"):
        probe(trained)
