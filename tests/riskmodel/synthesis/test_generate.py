"""Generated chats: the same by seed, valid under the contract, labelled by the rules, alike in what must not tell."""

import json
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise
from pathlib import Path

import pytest

from riskmodel.conversation import parse_conversation, read_lines
from riskmodel.errors import CatalogueError
from riskmodel.synthesis.generate import LabelledChat, generate, labels_row, write_sample
from riskmodel.synthesis.scenarios import load_families
from riskmodel.synthesis.style import shares


@lru_cache(maxsize=1)
def chats() -> list[LabelledChat]:
    return list(generate(2000, seed=11))


def test_same_seed_same_chats_whatever_the_count() -> None:
    """Chat i of a seed is the same in a run of 5 and in a run of 2,000; another seed gives others."""
    few = list(generate(5, seed=11))
    assert few == chats()[:5]
    assert few != list(generate(5, seed=12))


def test_chats_are_valid() -> None:
    """300 chats parse under the contract, as JSON too."""
    for chat in chats()[:300]:
        parse_conversation(json.dumps(chat.conversation, ensure_ascii=False))


def test_identifiers_are_unique_and_opaque() -> None:
    """No two chats share an identifier, and none holds family or label."""
    ids = [chat.conversation["conversation_id"] for chat in chats()]
    assert len(set(ids)) == len(ids)
    for chat in chats()[:300]:
        text = json.dumps(chat.conversation)
        assert chat.family not in text
        assert chat.label not in text


def test_labels_in_the_stated_mix() -> None:
    """35 % abusive, 40 % benign, 25 % legitimate complaints, exactly."""
    counts = Counter(chat.label for chat in chats())
    assert counts == {"abusive": 700, "benign": 800, "legit_complaint": 500}


def test_all_families_tell() -> None:
    """Every family of the project is told, with its own label and patterns."""
    families = {family.name: family for family in load_families()}
    assert {chat.family for chat in chats()} == set(families)
    for chat in chats():
        family = families[chat.family]
        assert (chat.label, chat.patterns, chat.pair) == (family.label, family.patterns, family.pair)


def test_marked_messages_exist() -> None:
    """A commitment is an agent's message, the earliest sign a buyer's, in abusive chats only and in nearly all."""
    for chat in chats():
        senders = {message["message_id"]: message["sender"] for message in chat.conversation["messages"]}
        assert len(senders) == len(chat.acts)
        if chat.first_commitment_message_id is not None:
            assert senders[chat.first_commitment_message_id] == "agent"
        if chat.earliest_message_id is not None:
            assert senders[chat.earliest_message_id] == "buyer"
            assert chat.label == "abusive"
    abusive = [chat for chat in chats() if chat.label == "abusive"]
    assert sum(chat.earliest_message_id is not None for chat in abusive) > 0.97 * len(abusive)


def test_careless_agents_in_every_label() -> None:
    """Agents commit to innocent buyers too; those who press more are given in to more often, but not by far."""
    share = {}
    for label in ("abusive", "benign", "legit_complaint"):
        of_label = [chat for chat in chats() if chat.label == label]
        share[label] = sum(chat.first_commitment_message_id is not None for chat in of_label) / len(of_label)
    assert max(share.values()) - min(share.values()) < 0.25
    assert 0.25 < min(share.values()) < max(share.values()) < 0.7


def test_agents_give_in_after_the_warning_too() -> None:
    """Commitments come before and after the earliest sign, so that a warning can and cannot be in time."""
    both = [chat for chat in chats() if chat.earliest_message_id and chat.first_commitment_message_id]
    number = {"earliest": 0, "commitment": 0}
    for chat in both:
        earliest, commitment = (
            int(str(one)[1:]) for one in (chat.earliest_message_id, chat.first_commitment_message_id)
        )
        number["earliest" if earliest < commitment else "commitment"] += 1
    assert min(number.values()) > 0.25 * len(both)


def test_time_runs_forward() -> None:
    """Messages never go back in time, and no order is placed after the talk is long over."""
    for chat in chats():
        times = [datetime.fromisoformat(message["sent_at"]) for message in chat.conversation["messages"]]
        assert all(earlier <= later for earlier, later in pairwise(times))
        for order in chat.conversation.get("orders", []):
            assert datetime.fromisoformat(order["placed_at"]) < times[-1] + timedelta(hours=3)


def test_styles_cut_across_labels() -> None:
    """Each style shows at about the same rate in every label."""
    by_label = defaultdict(list)
    for chat in chats():
        by_label[chat.label].append(set(chat.styles))
    for name, share in shares().items():
        for label, drawn in by_label.items():
            assert abs(sum(name in styles for styles in drawn) / len(drawn) - share) < 0.075, (name, label)


def test_lengths_reach_alike() -> None:
    """Every label has short talks and talks of more than 40 messages, and their medians are close."""
    lengths = defaultdict(list)
    for chat in chats():
        lengths[chat.label].append(len(chat.acts))
    medians = [sorted(values)[len(values) // 2] for values in lengths.values()]
    assert max(medians) - min(medians) <= 4
    for values in lengths.values():
        assert min(values) < 12
        assert 0.02 < sum(value > 40 for value in values) / len(values) < 0.2


def test_no_slot_is_left_open() -> None:
    """No message shows an unfilled slot, and none is empty."""
    for chat in chats():
        for message in chat.conversation["messages"]:
            assert message["text"].strip()
            assert "{" not in message["text"]


def test_one_label_missing() -> None:
    """Families of one pair alone still generate, in the labels that they have."""
    pair = [family for family in load_families() if family.pair == "same_day_dispatch_remote"]
    assert {chat.label for chat in generate(40, 1, pair)} == {"abusive", "benign"}


def test_no_families_is_an_error() -> None:
    """An empty list of families is refused before any work."""
    with pytest.raises(CatalogueError, match="no scenario families"):
        next(generate(1, 1, []))


def test_generation_is_lazy() -> None:
    """The first chats of a huge run come at once."""
    assert list(islice(generate(10**9, seed=11), 2)) == chats()[:2]


def test_sample_files_match(tmp_path: Path) -> None:
    """The sample's two files hold the same chats in the same order, and writing again gives the same bytes."""
    talks, labels = write_sample(tmp_path, count=20, seed=3)
    first = talks.read_bytes(), labels.read_bytes()
    rows = [json.loads(line) for line in labels.read_text(encoding="utf-8").splitlines()]
    read = [line.conversation for line in read_lines(talks.read_bytes().splitlines())]
    assert [row["conversation_id"] for row in rows] == [talk.conversation_id for talk in read if talk]
    assert rows[0] == labels_row(next(generate(1, 3)))
    write_sample(tmp_path, count=20, seed=3)
    assert (talks.read_bytes(), labels.read_bytes()) == first
