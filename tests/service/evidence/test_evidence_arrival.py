"""`log.json`: a bundle shows that its talk is what arrived, and nothing in it can be altered unseen."""

from __future__ import annotations

import json
from typing import Any

import pytest
from evidence_case import DETAIL, KEY, OTHER_KEY, PHONE, RECIPIENT, TALK, payload, readable, resealed, sealed
from hypothesis import given
from hypothesis import strategies as st
from service_time import NOW
from sqlalchemy import select
from stored_case import alterations, evidence, fill, log_of, made_once, with_files
from strategies import talks as any_talks

from riskmodel.conversation import Message, Order, parse_conversation
from riskmodel.errors import InputError
from riskmodel.scorer import Scorer
from service.evidence import Status, verify_bundle
from service.evidence.arrival import LOG, hold_back
from service.evidence.failures import (
    MissingFromTalk,
    NotAsLogged,
    NotCanonical,
    NotInLog,
    NotLogged,
    UnknownKey,
    UnsupportedVersion,
    WrongHead,
)
from service.evidence.signature import fingerprint
from service.evidence.trajectory import unfold
from service.store.access import find_or_make_shop
from service.store.engine import Store
from service.store.errors import NotFoundError
from service.store.keyring import KeyFile
from service.store.labels import LabelStore
from service.store.record import Content
from service.store.schema import access_log, bundles
from service.talks import Talks


@pytest.fixture(scope="module")
def bundle(trained: Scorer) -> bytes:
    return made_once(trained)


def kinds(data: bytes, trusted: frozenset[str] = frozenset()) -> set[type]:
    return {type(failure) for failure in verify_bundle(data, trusted=trusted).failures}


def altered(log: dict[str, Any], position: int, **fields: Any) -> dict[str, Any]:
    """The log with other fields in one entry."""
    return {**log, "entries": [e | fields if e["position"] == position else e for e in log["entries"]]}


def test_a_bundle_from_the_store_verifies(store: Store, keys: KeyFile, shop: int, talks: Talks) -> None:
    """The talk between two others, an order that changed since among it: all is compared but what is masked."""
    fill(talks, shop)
    report = verify_bundle(evidence(store, keys, shop))
    assert (report.status, report.failures) == (Status.VERIFIED, ())
    assert report.arrival is not None
    assert report.arrival.as_dict() | {"root": "", "key": ""} == {
        **{"shop": "甲店", "size": 17, "root": "", "signed_at": "2026-03-04T02:00:00.000000+00:00", "key": ""},
        **{"checked": 5, "covered": ["orders.0"], "earlier": 1},
    }
    assert "5 messages and orders are as" in report.explain("en")
    assert "content covered, not checked: orders.0" in report.explain("en")
    assert "未作比对：orders.0" in report.explain("zh")


def test_the_bundle_holds_what_the_store_holds(
    store: Store, keys: KeyFile, shop: int, talks: Talks, trained: Scorer
) -> None:
    """The same transcript and the assessments as they were given, not made anew."""
    fill(talks, shop)
    files = payload(evidence(store, keys, shop))
    kept = talks.conversation(shop, "case-1").model_dump(mode="json", exclude_none=True)
    assert json.loads(files["data/transcript.json"])["messages"] == kept["messages"]
    given = [item.assessment for item in talks.assessments(shop, "case-1")]
    written = unfold(json.loads(files["data/assessments.json"]))
    assert sorted(map(str, map(_sorted, written))) == sorted(map(str, map(_sorted, given)))


def _sorted(value: Any) -> Any:
    return json.loads(json.dumps(value, sort_keys=True))


def test_what_persons_said_of_the_talk_is_shown(store: Store, keys: KeyFile, shop: int, talks: Talks) -> None:
    """Labels of the talk stand under corrections, oldest first, without who gave them and why."""
    fill(talks, shop)
    with store.writing() as connection:
        labels = LabelStore(connection, keys.current(), shop)
        labels.add("case-1", "unclear", by="user 7", now=NOW, reason="看不出")
        labels.add("case-1", "legit_complaint", by="user 8", now=NOW)
        labels.add("between", "benign", by="user 7", now=NOW)
    files = readable(payload(evidence(store, keys, shop)))
    corrections = json.loads(files["data/corrections.json"])
    assert [each["zh"].partition("：")[2] for each in corrections[-2:]] == ["无法判断。", "正当投诉。"]
    for name in ("data/transcript.html", "data/summary.pdf"):
        assert "判断为：正当投诉" in files[name]
    assert not [said for said in ("user 7", "user 8", "看不出", "普通咨询") if said in "".join(files.values())]


def test_who_had_a_bundle_made_is_noted(store: Store, keys: KeyFile, shop: int, talks: Talks) -> None:
    """In the list of bundles with its digest, and in the access log."""
    fill(talks, shop)
    made = evidence(store, keys, shop)
    with store.reading() as connection:
        (row,) = connection.execute(select(bundles))
        (seen,) = connection.execute(select(access_log))
    assert (row.sha256, row.size, row.made_by) == (verify_bundle(made).sha256, len(made), "key 1")
    assert (seen.action, seen.talk, seen.actor) == ("evidence", row.talk, "key 1")


def test_the_same_talk_gives_the_same_bundle(store: Store, keys: KeyFile, shop: int, talks: Talks) -> None:
    """Byte for byte, as long as nothing else has arrived."""
    fill(talks, shop)
    assert evidence(store, keys, shop) == evidence(store, keys, shop)


def test_another_shop_or_an_empty_talk_gives_none(store: Store, keys: KeyFile, shop: int, talks: Talks) -> None:
    """A talk of another shop is not found; one in which nothing was said has nothing to show."""
    fill(talks, shop)
    with store.writing() as connection:
        other, _ = find_or_make_shop(connection, "乙店", NOW)
    with pytest.raises(NotFoundError):
        evidence(store, keys, other)
    talks.add_conversations(other, [parse_conversation({"conversation_id": "empty", "messages": []})])
    with pytest.raises(InputError):
        evidence(store, keys, other, "empty")


def test_a_new_signing_key_signs_the_old_head_again(store: Store, keys: KeyFile, shop: int, talks: Talks) -> None:
    """After a change of the key the bundle and its head are signed by the new one."""
    fill(talks, shop)
    evidence(store, keys, shop)
    again = verify_bundle(evidence(store, keys, shop, key=OTHER_KEY))
    assert again.status is Status.VERIFIED
    assert again.arrival is not None
    assert again.arrival.key == again.fingerprint == fingerprint(OTHER_KEY.public_key())


def test_no_salt_is_given_for_what_is_not_shown(bundle: bytes) -> None:
    """With it a masked phone could be guessed; an earlier form of an order is not shown at all."""
    files, log = payload(bundle), log_of(bundle)
    without = [entry for entry in log["entries"] if entry["salt"] is None]
    assert [(entry["kind"], entry["id"]) for entry in without] == [("order", None), ("order", "order-1")]
    everything = "".join(readable(files).values())
    assert not any(value in everything for value in (DETAIL, RECIPIENT, PHONE))


def test_each_single_alteration_of_the_log_is_found(bundle: bytes) -> None:
    """Every value, entry and field of the log altered, left out or doubled, the bundle signed again by its own key."""
    tried = 0
    for place, log in alterations(log_of(bundle)):
        status = verify_bundle(with_files(bundle, log=log)).status
        other_version = place.startswith("version.")
        assert status is Status.ALTERED or (other_version and status is Status.NOT_DEMONSTRATED), place
        tried += 1
    assert tried > 800


def test_an_altered_proof_is_not_in_the_log(bundle: bytes) -> None:
    """Another hash on the way, another place, another time of arrival."""
    log = log_of(bundle)
    entry = log["entries"][3]
    for fields in ({"proof": entry["proof"][::-1]}, {"place": entry["place"] + 1}, {"received_at": "2026"}):
        assert kinds(with_files(bundle, log=altered(log, 3, **fields))) == {NotInLog}


def test_a_head_that_others_signed_is_wrong(bundle: bytes) -> None:
    """Another signature, another size under it, or another fingerprint than that of the key."""
    log = log_of(bundle)
    for fields in ({"signature": "ab" * 64}, {"shop": "乙店"}, {"key": "0" * 64}):
        assert WrongHead in kinds(with_files(bundle, log={**log, "head": log["head"] | fields}))


def test_a_log_of_another_key_is_not_demonstrated(store: Store, keys: KeyFile, shop: int, talks: Talks) -> None:
    """A head of a key that is neither the bundle's nor trusted shows nothing, however well it is signed."""
    fill(talks, shop)
    theirs = resealed(payload(evidence(store, keys, shop, key=OTHER_KEY)), KEY)
    assert kinds(theirs) == {UnknownKey}
    ours, other = fingerprint(KEY.public_key()), fingerprint(OTHER_KEY.public_key())
    assert kinds(theirs, frozenset({ours})) == {UnknownKey}
    assert kinds(theirs, frozenset({ours, other})) == set()


def test_another_text_is_not_what_was_logged(bundle: bytes) -> None:
    """A word changed in the transcript by whoever holds the key, and the bundle signed again."""
    transcript = json.loads(payload(bundle)["data/transcript.json"])
    transcript["messages"][3]["text"] = "转我三千，评价就删"
    report = verify_bundle(with_files(bundle, transcript=transcript))
    assert [(type(failure), failure.subject) for failure in report.failures] == [(NotAsLogged, "messages.3")]
    assert report.arrival is None


def test_each_single_alteration_of_what_is_shown_whole_is_found(bundle: bytes) -> None:
    """Every field of every message, and of the order that is not masked."""
    transcript = json.loads(payload(bundle)["data/transcript.json"])
    for name, kept in (("messages", []), ("orders", [transcript["orders"][0]])):
        for place, other in alterations(transcript[name][len(kept) :]):
            changed = transcript | {name: [*kept, *other]}
            assert verify_bundle(with_files(bundle, transcript=changed)).status is Status.ALTERED, place


def test_a_message_left_out_is_missed(bundle: bytes) -> None:
    """Out of the transcript alone, out of the log alone, or out of both."""
    transcript, log = json.loads(payload(bundle)["data/transcript.json"]), log_of(bundle)
    gone = next(entry for entry in log["entries"] if entry["id"] == "c")
    less = transcript | {"messages": [item for item in transcript["messages"] if item["message_id"] != "c"]}
    short = {**log, "entries": [entry for entry in log["entries"] if entry is not gone]}
    assert kinds(with_files(bundle, transcript=less)) == {MissingFromTalk}
    assert kinds(with_files(bundle, log=short)) == {MissingFromTalk}
    assert kinds(with_files(bundle, transcript=less, log=short)) == {MissingFromTalk}


def test_a_message_put_in_is_not_logged(bundle: bytes) -> None:
    """It is named by its place in the transcript."""
    transcript = json.loads(payload(bundle)["data/transcript.json"])
    transcript["messages"].append(transcript["messages"][0] | {"message_id": "z"})
    report = verify_bundle(with_files(bundle, transcript=transcript))
    assert [(type(failure), failure.subject) for failure in report.failures] == [(NotLogged, "messages.4")]


def test_messages_in_another_order_are_found(bundle: bytes) -> None:
    """They are shown in the order in which they arrived."""
    transcript = json.loads(payload(bundle)["data/transcript.json"])
    transcript["messages"].reverse()
    assert kinds(with_files(bundle, transcript=transcript)) == {NotAsLogged}


def test_what_is_masked_is_said_to_be_covered(bundle: bytes) -> None:
    """A message that the masking log names and whose salt is kept back is not compared, and the report says so."""
    files, log = payload(bundle), log_of(bundle)
    transcript, masking = json.loads(files["data/transcript.json"]), json.loads(files["data/masking.json"])
    transcript["messages"][3]["text"] = "［已隐去 masked］"
    shown = with_files(bundle, transcript=transcript, log=hold_back(log, transcript))
    assert kinds(shown) == {NotAsLogged}
    entry = {"where": "messages.3.text", "what": "phone", "times": 1, "files": ["data/transcript.json"]}
    masking["masked"].append(entry)
    report = verify_bundle(with_files(bundle, transcript=transcript, log=hold_back(log, transcript), masking=masking))
    assert report.status is Status.VERIFIED
    assert report.arrival is not None
    assert (report.arrival.covered, report.arrival.checked) == (["messages.3", "orders.0"], 4)


def test_a_log_of_a_later_version_says_to_update(bundle: bytes) -> None:
    """Nothing else is said of it."""
    assert kinds(with_files(bundle, log={"version": 2, "new": []})) == {UnsupportedVersion}


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b"{", b'{"version": 1}\n', b"\xff", b"[" * 100_000, b"9" * 9999]
)
def test_a_log_that_is_none_is_no_crash(bundle: bytes, content: bytes) -> None:
    """A log that cannot be read, or is spelled otherwise than it was written, is named."""
    assert kinds(resealed({**payload(bundle), LOG: content}, KEY)) == {NotCanonical}


def test_without_a_log_nothing_is_said_of_it() -> None:
    """A bundle of a file has no log, and verifies as ever."""
    report = verify_bundle(sealed())
    assert (report.status, report.arrival, report.as_dict()["log"]) == (Status.VERIFIED, None, None)
    assert LOG not in payload(sealed())


@given(any_talks(), st.binary(min_size=16, max_size=16))
def test_any_message_and_order_is_spelled_as_it_was_hashed(talk: dict[str, Any], salt: bytes) -> None:
    """What the verifier hashes of a transcript is, to the byte, what the store has hashed."""
    conversation = parse_conversation(talk)
    items: list[Message | Order] = [*conversation.messages, *conversation.orders]
    entries = []
    for item in items:
        kind, name = ("message", item.message_id) if isinstance(item, Message) else ("order", item.order_id)
        content = Content(salt + item.model_dump_json(exclude_none=True).encode())
        entries.append({"kind": kind, "id": name, "salt": salt.hex(), "commitment": content.commitment.hex()})
    held = hold_back({"entries": entries}, conversation.model_dump(mode="json", exclude_none=True))
    latest = {(entry["kind"], entry["id"]): entry for entry in held["entries"]}
    assert all(entry["salt"] == salt.hex() for entry in latest.values())


def test_strange_text_is_spelled_as_it_was_hashed(store: Store, keys: KeyFile, shop: int, talks: Talks) -> None:
    """Controls, quotes, emoji, zero-width and the ends of Unicode, and times in odd zones."""
    text = "".join(map(chr, range(0x20))) + '"\\/\x7f\x80\u2028\u200d\ufeff\uffff😀\U0010ffff'
    messages = [
        {"message_id": 'm"\u202e', "sender": "buyer", "sent_at": "2026-03-04T10:00:00.5-03:30", "text": text},
        {"message_id": "z", "sender": "agent", "sent_at": "2026-03-04t10:00:00z", "text": " "},
    ]
    talks.add_conversations(shop, [parse_conversation(TALK | {"messages": messages})])
    report = verify_bundle(evidence(store, keys, shop))
    assert report.status is Status.VERIFIED
    assert report.arrival is not None
    assert report.arrival.checked == 2
