"""The bundle of a stored talk: its assessments are read a few at a time, and files that came with messages go in."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from evidence_case import KEY, PHOTO, TALK, payload
from service_time import NOW
from sqlalchemy import select
from stored_case import evidence, fill

from riskmodel.conversation import parse_conversation
from riskmodel.errors import InputError
from riskmodel.scorer import Scorer
from service.cli import main
from service.cli.home import open_home
from service.evidence import verify_bundle
from service.evidence.stored import bundle_of_talk
from service.store import talks as stored_talks
from service.store.access import find_or_make_shop
from service.store.engine import Store
from service.store.keyring import KeyFile
from service.store.schema import access_log
from service.talks import Talks


def test_read_a_few_at_a_time_it_is_the_same_bundle(
    store: Store, keys: KeyFile, shop: int, talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many assessments are in memory at once."""
    fill(talks, shop)
    at_once = evidence(store, keys, shop)
    monkeypatch.setattr(stored_talks, "_AT_A_TIME", 1)
    assert evidence(store, keys, shop) == at_once


def test_files_that_came_with_messages_go_in(store: Store, keys: KeyFile, shop: int, talks: Talks) -> None:
    """To the byte, and the bundle verifies; one that no message names is refused, and nothing is noted."""
    talks.add_conversations(shop, [parse_conversation(TALK)])
    asked = {"actor": "key 1", "now": NOW}
    bundle = bytes(bundle_of_talk(store, keys, KEY, shop, "case-1", attachments=PHOTO, **asked))
    assert verify_bundle(bundle).failures == ()
    assert payload(bundle)["data/exhibits/001-box.jpg"] == next(iter(PHOTO.values()))
    other = {hashlib.sha256(b"x").hexdigest(): b"x"}
    with pytest.raises(InputError, match="no message names"):
        bundle_of_talk(store, keys, KEY, shop, "case-1", attachments=other, **asked)
    with store.reading() as connection:
        assert len(connection.execute(select(access_log)).all()) == 1


def test_a_stored_talk_is_bundled_and_opened_on_the_command_line(
    tmp_path: Path, trained: Scorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its id and shop instead of a file, signed by the store's key, with its photo; who did it is noted."""
    monkeypatch.setenv("BAITWATCH_HOME", str(tmp_path / "home"))
    home = open_home()
    with home.store.writing() as connection:
        shop, _ = find_or_make_shop(connection, "甲店", NOW)
    Talks(home.store, home.keys, lambda: trained, lambda: NOW).add_conversations(shop, [parse_conversation(TALK)])
    (tmp_path / "photo").write_bytes(next(iter(PHOTO.values())))
    bundle, openings = tmp_path / "b.zip", tmp_path / "o.json"
    named = ["--conversation", "case-1", "--shop", "甲店"]
    assert main(["bundle", *named, "-o", str(bundle), "--attachments", str(tmp_path)]) == 0
    assert "data/exhibits/001-box.jpg" in payload(bundle.read_bytes())
    assert main(["reveal", *named, "--bundle", str(bundle), "--select", "orders.0", "-o", str(openings)]) == 0
    assert len(json.loads(openings.read_bytes())["openings"]) == 3
    assert main(["verify", str(bundle), "--reveal", str(openings)]) == 0
    with home.store.reading() as connection:
        rows = connection.execute(select(access_log.c.actor, access_log.c.action)).all()
    assert rows == [("command line", "evidence"), ("command line", "openings")]
    home.store.close()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "give either FILE, or --conversation"),
        (["talk.jsonl", "--conversation", "c"], "give either FILE, or --conversation"),
        (["--conversation", "c"], "go together"),
        (["--conversation", "c", "--shop", "s", "--unsigned"], "are for a FILE"),
        (["--conversation", "c", "--shop", "nobody's"], "no shop of this name"),
    ],
)
def test_what_does_not_go_together_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    given: list[str],
    told: str,
) -> None:
    """In one line that says what to give; nothing is written."""
    monkeypatch.setenv("BAITWATCH_HOME", str(tmp_path))
    assert main(["bundle", *given, "-o", str(tmp_path / "b.zip")]) == 3
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert not (tmp_path / "b.zip").exists()
