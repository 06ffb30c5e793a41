import json
import os
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import bagit
import pytest
from evidence_case import (
    DETAIL,
    KEY,
    PHONE,
    PHOTO,
    RECIPIENT,
    TALK,
    TRAJECTORY,
    assessment,
    payload,
    reason,
    sealed,
    talk,
    talk_saying,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.conversation import parse_conversation
from riskmodel.errors import InputError
from service.evidence import container, verify_bundle
from service.evidence.bundle import build_bundle
from service.evidence.redaction import MASK
from service.evidence.trajectory import unfold

BUNDLE = sealed()
FILES = payload(BUNDLE)


def test_the_same_case_is_the_same_bytes_elsewhere(tmp_path):
    """Another time zone, locale, hash seed and folder, and keys in another order, make no difference."""
    here = Path(__file__).parent
    code = (
        "import sys, json, hashlib; sys.path.insert(0, sys.argv[1])\n"
        "from evidence_case import TALK, TRAJECTORY, KEY, PHOTO\n"
        "from riskmodel.conversation import parse_conversation\n"
        "from service.evidence.bundle import build_bundle\n"
        "turned = lambda v: {k: turned(v[k]) for k in reversed(v)} if isinstance(v, dict) else "
        "[turned(x) for x in v] if isinstance(v, list) else v\n"
        "talk = parse_conversation(json.dumps(turned(TALK)))\n"
        "sys.stdout.buffer.write(build_bundle(talk, turned(TRAJECTORY), KEY, attachments=PHOTO))"
    )
    root = Path(__file__).parents[3]
    for number, (zone, locale) in enumerate((("America/St_Johns", "tr_TR.UTF-8"), ("Pacific/Kiritimati", "C"))):
        changed = {
            "TZ": zone,
            "LC_ALL": locale,
            "PYTHONHASHSEED": str(number),
            "PYTHONPATH": str(root),
        }
        result = subprocess.run(
            [sys.executable, "-c", code, str(here)],
            cwd=tmp_path,
            env={**os.environ, **changed},
            capture_output=True,
            check=True,
        )
        assert result.stdout == build_bundle(talk(), TRAJECTORY, KEY, attachments=PHOTO)


def test_an_independent_library_finds_a_valid_bag(tmp_path):
    """The Library of Congress's bagit accepts the extracted bag, and refuses it once a file is changed."""
    with zipfile.ZipFile(write(tmp_path, BUNDLE)) as archive:
        archive.extractall(tmp_path)
    folders = [path for path in tmp_path.iterdir() if path.is_dir()]
    assert len(folders) == 1
    bag = bagit.Bag(str(folders[0]))
    bag.validate()
    assert bag.info["External-Identifier"] == "case-1"
    (folders[0] / "data" / "claim.txt").write_bytes(b"changed")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(folders[0])).validate()


def write(folder: Path, data: bytes) -> Path:
    path = folder / "bundle.zip"
    path.write_bytes(data)
    return path


def test_the_transcript_is_a_conversation_in_contract_form():
    """Read back, the transcript has every message as it was, and orders and buyer without personal data."""
    read = parse_conversation(FILES["data/transcript.json"])
    assert read.messages == talk().messages
    assert (read.shop, read.platform) == (talk().shop, talk().platform)
    assert read.buyer is not None
    assert (read.buyer.buyer_id, read.buyer.orders_in_shop) == (MASK, 1)
    place = read.orders[0].ship_to
    assert place is not None
    assert place.province == "青海"
    assert not {place.detail, place.recipient, place.phone} & {DETAIL, RECIPIENT, PHONE, None}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), min_size=1, max_size=4))
def test_any_text_is_kept_verbatim_and_verifies(texts):
    """Whatever the messages say, the untouched transcript keeps it and the bundle verifies."""
    data = build_bundle(talk_saying(*texts), [], KEY, untouched=True)
    read = parse_conversation(payload(data)["data/transcript.json"])
    assert [message.text for message in read.messages] == texts
    assert verify_bundle(data).status == 0


def test_times_are_written_as_given_and_in_the_shops_zone():
    """Order times appear twice, and message times keep their own offset."""
    order = json.loads(FILES["data/orders.json"])["orders"][0]
    assert order["placed_at_shop_zone"] == "2026-05-06 16:03:00+08:00"
    sent = [message["sent_at"] for message in json.loads(FILES["data/transcript.json"])["messages"]]
    wanted = [message["sent_at"] for message in TALK["messages"]]
    assert [datetime.fromisoformat(time).isoformat() for time in sent] == [
        datetime.fromisoformat(time).isoformat() for time in wanted
    ]


def test_assessments_are_kept_whole_and_in_the_order_of_the_talk():
    """Fields that a deployment added stay, and the order in which assessments came does not matter."""
    added = [{**entry, "deployment": {"note": "kept"}} for entry in TRAJECTORY]
    bundle = build_bundle(talk(), added[::-1], KEY)
    assert bundle == build_bundle(talk(), added, KEY)
    assert unfold(json.loads(payload(bundle)["data/assessments.json"])) == added


def test_no_messages_is_refused():
    """There is nothing to show in a conversation without messages."""
    with pytest.raises(InputError, match="messages: is empty"):
        build_bundle(talk(messages=[]), [], KEY)


def test_more_than_a_bundle_holds_is_refused(monkeypatch):
    """What the verifier would refuse is not built."""
    monkeypatch.setattr(container, "MAX_BYTES", 5_000)
    with pytest.raises(InputError, match="too much for one bundle"):
        build_bundle(talk(), TRAJECTORY, KEY)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (assessment("nowhere", 0.1), "assessments.1.as_of_message_id"),
        (assessment("a", 0.1, conversation_id="other"), "assessments.1.conversation_id"),
        (assessment("a", 1.5), "assessments.1.risk"),
        (assessment("a", float("nan")), "assessments.1"),
        (assessment("a", 0.1, reason("x", 1, "zz")), "assessments.1.reasons.0.message_id"),
        (assessment("a", 0.1, reason("x", 1, "a", [0, 99])), "assessments.1.reasons.0.span"),
        (assessment("a", 0.1, reason("x", 1, "a", [3, 2])), "assessments.1.reasons.0.span"),
        (assessment("a", 0.1, reason("x", 1, "a", [-1, 2])), "assessments.1.reasons.0.span"),
        (assessment("a", 0.1, reason("x", float("inf"))), "assessments.1"),
        (assessment("a", 0.1, promises=[{"kind": "gift"}]), "assessments.1.promises.0.message_id"),
        (assessment("a", 0.1, note="\ud800"), "assessments.1"),
        (assessment("a", 0.1, note={1, 2}), "assessments.1"),
        ({}, "assessments.1.conversation_id"),
    ],
)
def test_an_assessment_that_does_not_fit_is_refused(wrong, field):
    """The error names the field, and never repeats a value."""
    with pytest.raises(InputError) as caught:
        build_bundle(talk(), [TRAJECTORY[0], wrong], KEY)
    assert caught.value.problems[0].field == field
    assert PHONE not in str(caught.value)


def test_a_bare_conversation_makes_a_bundle():
    """Without orders, buyer, shop or assessments there is still a bundle, which says what is missing."""
    bare = parse_conversation({"conversation_id": " \n\u202e", "messages": []}).model_copy(
        update={"messages": talk().messages}
    )
    bundle = build_bundle(bare, [], KEY)
    assert verify_bundle(bundle).status == 0
    codes = [entry["code"] for entry in json.loads(payload(bundle)["data/missing.json"])]
    assert {"no_orders", "no_policy", "no_assessments", "no_zone"} <= set(codes)


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_times_at_the_ends_of_the_calendar(time):
    """A time that no other zone can express is shown as it was given."""
    message = {"message_id": "a", "sender": "agent", "sent_at": time, "text": "您好"}
    assert verify_bundle(build_bundle(talk(messages=[message]), [], KEY)).status == 0


@pytest.mark.parametrize("sender", ["agent", "buyer", "system"])
def test_one_sided_talks(sender):
    """A talk with one side only is bundled and says which side is absent."""
    messages = [{**message, "sender": sender} for message in TALK["messages"]]
    missing = json.loads(payload(build_bundle(talk(messages=messages), [], KEY))["data/missing.json"])
    codes = {entry["code"] for entry in missing} & {"no_buyer_messages", "no_agent_messages"}
    assert codes == {"no_buyer_messages", "no_agent_messages"} - {f"no_{sender}_messages"}
