"""Opening single masked values: the shop with its key, anybody with the bundle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from evidence_case import DETAIL, KEY, OTHER_KEY, PHONE, RECIPIENT, TALK, payload, readable, resealed, talk, talk_saying
from stored_case import evidence, fill

from riskmodel.conversation import Conversation, parse_conversation
from riskmodel.errors import InputError
from service.evidence import Status, verify_bundle
from service.evidence.arrival import LOG
from service.evidence.bag import INFO
from service.evidence.bundle import build_bundle
from service.evidence.disclosure import Disclosure, read_sealed, reveal
from service.evidence.failures import NotAsLogged, OpeningDoesNotFit, OpeningsNotReadable
from service.evidence.openings import commit
from service.evidence.plaintext import json_bytes
from service.store.engine import Store
from service.store.keyring import KeyFile
from service.talks import Talks

SAID = f"寄给{RECIPIENT}，电话{PHONE}，另一个{PHONE}"
CHAT = talk_saying("在吗", SAID)
BUNDLE = build_bundle(CHAT, [], KEY)


def opened(*select: str, bundle: bytes = BUNDLE, chat: Conversation = CHAT) -> dict[str, Any]:
    return reveal(payload(bundle), chat, KEY, select)


def kinds(bundle: bytes, openings: object) -> list[type]:
    return [type(failure) for failure in verify_bundle(bundle, openings=json_bytes(openings)).failures]


def masked(bundle: bytes) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(payload(bundle)["data/masking.json"])["masked"]
    return entries


def test_a_value_is_opened_alone() -> None:
    """The file holds the one value with its place, no other, and verifies against the bundle."""
    openings = opened("M3")
    assert [entry["value"] for entry in openings["openings"]] == [PHONE]
    assert not [secret for secret in (DETAIL, RECIPIENT) if secret in json.dumps(openings, ensure_ascii=False)]
    report = verify_bundle(BUNDLE, openings=json_bytes(openings))
    assert (report.status, report.opened) == (Status.VERIFIED, ("M3",))
    assert report.as_dict()["opened"] == ["M3"]
    assert "M3" in report.explain("zh")
    assert "M3" in report.explain("en")


def test_values_are_chosen_by_number_by_place_or_all() -> None:
    """A place chooses everything masked below it, once, in the order of the bundle."""
    everything = [entry["number"] for entry in masked(BUNDLE)]
    below = [entry["number"] for entry in masked(BUNDLE) if entry["where"] == "messages.1.text"]
    assert len(below) == 3
    for select, wanted in (
        (["all"], everything),
        (["messages.1"], below),
        (["messages.1.text", "M1", "M1"], ["M1", *below]),
        (["orders.0"], everything[:3]),
    ):
        assert [entry["number"] for entry in opened(*select)["openings"]] == wanted
    assert verify_bundle(BUNDLE, openings=json_bytes(opened("all"))).opened == tuple(everything)


def test_an_opening_that_was_altered_does_not_fit() -> None:
    """Another value, salt, place, kind or number is named, and nothing of what was sent is repeated."""
    (given,) = opened("M3")["openings"]
    for changed in (
        {"value": PHONE[:-1] + "0"},
        {"salt": "0" * 32},
        {"where": "messages.1.text"},
        {"start": 0},
        {"kind": "name"},
        {"number": "M2"},
        {"number": "M99"},
    ):
        openings = {**opened("M3"), "openings": [given | changed]}
        report = verify_bundle(BUNDLE, openings=json_bytes(openings))
        assert [type(failure) for failure in report.failures] == [OpeningDoesNotFit], changed
        assert (report.status, report.opened) == (Status.ALTERED, ())
        assert PHONE[:-1] not in report.explain("en") + report.explain("zh")


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b"null", b"\xff", b"[" * 100_000, b"x" * 4_000_001, b'{"format": "baitwatch openings 2"}'],
)
def test_what_is_no_file_of_openings_is_said_to_be_none(content: bytes) -> None:
    """Whatever the file holds, the bundle is checked and the file is named, with the status that nothing could run."""
    report = verify_bundle(BUNDLE, openings=content)
    assert [type(failure) for failure in report.failures] == [OpeningsNotReadable]
    assert report.status is Status.COULD_NOT_RUN


@pytest.mark.parametrize(
    "wrong", [{"salt": "zz"}, {"salt": None}, {"value": 5}, {"number": None}, {"openings": 5}, {"log_salts": 5}]
)
def test_openings_of_another_shape_are_refused(wrong: dict[str, Any]) -> None:
    """Fields of another kind make it no file of openings."""
    openings = opened("M3")
    (given,) = openings["openings"]
    shape = openings | wrong if set(wrong) <= set(openings) else openings | {"openings": [given | wrong]}
    assert kinds(BUNDLE, shape) == [OpeningsNotReadable]


def test_of_an_altered_bundle_nothing_is_opened(tmp_path: Any) -> None:
    """Its commitments show nothing, so openings are not even compared, and none are made for it."""
    report = verify_bundle(BUNDLE[:-40] + bytes(40), openings=json_bytes(opened("M3")))
    assert (report.status, report.opened) == (Status.ALTERED, None)
    path = tmp_path / "case.zip"
    path.write_bytes(BUNDLE)
    assert read_sealed(path) == payload(BUNDLE)
    path.write_bytes(BUNDLE[:-40] + bytes(40))
    with pytest.raises(InputError, match="does not verify"):
        read_sealed(path)


def test_of_a_bundle_of_a_newer_version_nothing_is_opened(tmp_path: Path) -> None:
    """What its files mean is not known here, and that is said."""
    files = payload(BUNDLE)
    files[INFO] = files[INFO].replace(b"Bundle-Version: 1", b"Bundle-Version: 2")
    path = tmp_path / "newer.zip"
    path.write_bytes(resealed(files, KEY))
    with pytest.raises(InputError, match="UnsupportedVersion"):
        read_sealed(path)


def test_another_key_or_chat_opens_nothing() -> None:
    """The error names the value by its number, never what it is."""
    for key, chat in ((OTHER_KEY, CHAT), (KEY, talk_saying("在吗", SAID.replace(PHONE, "13900009999")))):
        with pytest.raises(InputError, match="cannot be opened") as caught:
            reveal(payload(BUNDLE), chat, key, ["messages.1"])
        assert PHONE not in str(caught.value)
        assert "13900009999" not in str(caught.value)
    with pytest.raises(InputError, match="cannot be opened"):
        reveal(payload(BUNDLE), talk_saying("在吗"), KEY, ["messages.1"])


def test_a_number_that_is_not_there_is_refused() -> None:
    """The error says which numbers there are."""
    with pytest.raises(InputError, match="M1 to M7"):
        opened("M8")
    with pytest.raises(InputError, match="nothing"):
        opened("M1", bundle=build_bundle(talk(buyer=None, orders=[]), [], KEY))


def test_later_messages_do_not_keep_a_value_shut() -> None:
    """A talk that went on after the bundle was made still opens what the bundle masked."""
    longer = talk_saying("在吗", SAID, "还在吗，我是退款那单")
    assert reveal(payload(BUNDLE), longer, KEY, ["all"]) == opened("all")


def test_an_unsigned_bundle_has_no_commitments_and_says_so() -> None:
    """Without a key there is no secret that salts could be made from."""
    unsigned = build_bundle(CHAT, [], None)
    told = json.loads(payload(unsigned)["data/masking.json"])
    assert told["commitments"] is None
    assert {entry["commitment"] for entry in told["masked"]} == {None}
    assert "no_commitments" in told["notes"]
    with pytest.raises(InputError, match="no commitments"):
        opened("M3", bundle=unsigned)
    assert OpeningDoesNotFit in kinds(unsigned, opened("M3"))


def test_the_same_value_twice_cannot_be_told() -> None:
    """Neither in one bundle nor in two are commitments to the same value the same."""
    other = build_bundle(talk_saying("在", SAID), [], KEY)
    commitments = [entry["commitment"] for bundle in (BUNDLE, other) for entry in masked(bundle)]
    assert len(commitments) == len(set(commitments)) == 14


def test_salts_are_no_one_elses_to_make() -> None:
    """Another key, another conversation or another place gives another salt; the same give the same."""
    place = {"where": "messages.1.text", "kind": "phone", "start": 0, "end": 11}
    salts = {
        Disclosure.of(key, chat).salt({**place, **changed})
        for key in (KEY, OTHER_KEY)
        for chat in (CHAT, talk())
        for changed in ({}, {"start": 1}, {"end": 12}, {"where": "messages.2.text"}, {"kind": "name"})
    }
    assert len(salts) == 20
    assert Disclosure.of(KEY, CHAT).salt(place) == Disclosure.of(KEY, CHAT).salt(place)


def test_a_commitment_is_spelled_as_documented() -> None:
    """SHA-256 over the tag, the salt and the JSON, written here by hand, so that others can compute it."""
    import hashlib

    place = {"where": "messages.0.text", "kind": "name", "start": 2, "end": 4}
    spelled = (
        b"baitwatch opening 1\n" + bytes(range(16)) + b'{"end":4,"kind":"name","start":2,'
        b'"value":"\\u67f3\\u9752","where":"messages.0.text"}'
    )
    assert commit(bytes(range(16)), place, "柳青") == hashlib.sha256(spelled).hexdigest()


# --- with the shop's log

TOLD = {**TALK, "messages": [*TALK["messages"], {**TALK["messages"][3], "message_id": "e", "text": f"我{SAID}"}]}


@pytest.fixture
def stored(store: Store, keys: KeyFile, shop: int, talks: Talks) -> bytes:
    """The bundle of a stored talk in whose last message something is masked."""
    fill(talks, shop)
    talks.add_conversations(shop, [parse_conversation(TOLD)])
    return evidence(store, keys, shop)


def test_a_message_opened_as_a_whole_is_compared_with_the_log(stored: bytes) -> None:
    """Before, it stands in the log but is not checked; with all of it opened it is, to the byte."""
    chat = parse_conversation(TOLD)
    before = verify_bundle(stored).arrival
    assert before is not None
    assert before.covered == ["messages.4", "orders.0"]
    openings = reveal(payload(stored), chat, KEY, ["messages.4", "orders.0"])
    report = verify_bundle(stored, openings=json_bytes(openings))
    assert report.status is Status.VERIFIED
    assert report.arrival is not None
    assert (report.arrival.covered, report.arrival.checked) == ([], before.checked + 2)


def test_a_message_opened_in_part_stays_unchecked(stored: bytes) -> None:
    """One value fits its commitment; the salt of the whole message is not given out for it."""
    (number, *_) = [entry["number"] for entry in masked(stored) if entry["where"] == "messages.4.text"]
    openings = reveal(payload(stored), parse_conversation(TOLD), KEY, [number])
    assert openings["log_salts"] == []
    report = verify_bundle(stored, openings=json_bytes(openings))
    assert report.arrival is not None
    assert report.arrival.covered == ["messages.4", "orders.0"]
    whole = reveal(payload(stored), parse_conversation(TOLD), KEY, ["messages.4"])
    assert kinds(stored, whole | {"openings": openings["openings"]}) == [OpeningDoesNotFit]


def test_the_salts_of_what_is_masked_are_not_in_the_bundle(stored: bytes) -> None:
    """With a salt in the clear a masked number could be guessed."""
    openings = reveal(payload(stored), parse_conversation(TOLD), KEY, ["all"])
    assert len(openings["log_salts"]) == 2
    everything = "".join(readable(payload(stored)).values())
    for entry in [*openings["openings"], *openings["log_salts"]]:
        assert entry["salt"] not in everything


def test_a_masked_message_that_was_changed_before_masking_is_found(stored: bytes) -> None:
    """A shop that seals another number than the one that arrived is found out once it opens the message."""
    files, chat = payload(stored), parse_conversation(TOLD)
    other = TOLD | {"messages": [*TOLD["messages"][:4], {**TOLD["messages"][4], "text": f"我{SAID}".replace("0", "1")}]}
    changed = parse_conversation(other)
    masking = json.loads(files["data/masking.json"])
    disclosure = Disclosure(KEY, bytes.fromhex(masking["commitments"]["context"]))
    for entry in masking["masked"]:
        if entry["where"] == "messages.4.text":
            value = changed.messages[4].text[entry["start"] : entry["end"]]
            entry["commitment"] = commit(disclosure.salt(entry), entry, value)
    forged = resealed({**files, "data/masking.json": json_bytes(masking)}, KEY)
    assert verify_bundle(forged).status is Status.VERIFIED
    openings = reveal(payload(forged), changed, KEY, ["messages.4"])
    assert kinds(forged, openings) == [NotAsLogged]
    assert chat.messages[4] != changed.messages[4]


def test_an_untouched_transcript_needs_no_opening(stored: bytes) -> None:
    """Nothing is kept back from its log, so everything is checked."""
    log = json.loads(payload(stored)[LOG])
    assert [entry for entry in log["entries"] if entry["salt"] is None and entry["id"]]
    assert json.loads(payload(build_bundle(CHAT, [], KEY, untouched=True))["data/masking.json"])["transcript"] == (
        "untouched"
    )
