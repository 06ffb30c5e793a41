"""Written chats as conversations."""

from __future__ import annotations

from collections import Counter

from riskmodel.acts import BUYER_ACTS
from riskmodel.conversation import parse_conversation
from riskmodel.synthesis import written_chats
from riskmodel.synthesis.dress import dress
from riskmodel.synthesis.story import Said
from riskmodel.synthesis.written import WrittenChat, read_written
from riskmodel.text import normalize

WRITTEN = read_written()
DRESSED = written_chats()


def chat(facts: dict[str, str], **rest: object) -> WrittenChat:
    given = {
        "writer": "someone", "number": 3, "family": "lamp", "label": "benign", "patterns": (), "twin_of": None,
        "events": [Said("buyer", "goods", "多大"), Said("agent", "info", "一米")],
    }  # fmt: skip  # fields in rows
    return WrittenChat(**{**given, "facts": facts, **rest})  # type: ignore[arg-type]  # keywords of a test


def test_all_are_valid_and_keep_their_words() -> None:
    """Every dressed chat is a conversation of the contract with the words, marks and labels as written."""
    for written, dressed in zip(WRITTEN, DRESSED, strict=True):
        conversation = parse_conversation(dressed.conversation)
        said = [event for event in written.events if isinstance(event, Said)]
        assert [message.text for message in conversation.messages] == [event.text for event in said]
        assert [bool(message.attachments) for message in conversation.messages] == [event.photo for event in said]
        assert (dressed.label, dressed.patterns, dressed.pair) == (written.label, written.patterns, written.writer)
        assert dressed.written
        assert (dressed.earliest_message_id is None) == (written.label != "abusive")
    assert len({dressed.conversation["conversation_id"] for dressed in DRESSED}) == len(DRESSED)


def test_a_twin_names_the_chat_that_it_opens_like() -> None:
    """By its identifier; the one named is abusive and of the same writer."""
    by_id = {dressed.conversation["conversation_id"]: dressed for dressed in DRESSED}
    twins = [(dressed, by_id[dressed.twin_of]) for dressed in DRESSED if dressed.twin_of is not None]
    assert len(twins) == sum(written.twin_of is not None for written in WRITTEN)
    assert all(other.label == "abusive" and other.pair == twin.pair for twin, other in twins)


def test_the_same_each_time() -> None:
    """Dressing draws nothing anew."""
    assert list(dress(WRITTEN[:5])) == DRESSED[:5]


def test_what_the_story_fixes_is_kept() -> None:
    """Region, payment, cutoff, couriers and earlier parcels are those of the head."""
    facts = {
        "order": "59.9", "days": "3", "status": "delivered", "cod": "", "region": "新疆", "city": "喀什",
        "cutoff": "9:30", "carriers": "中通,圆通", "unserved": "西藏,新疆", "dispatch": "48", "refused": "3",
        "refunds": "4/9", "platform": "jd", "time": "15:40",
    }  # fmt: skip  # fields in rows
    (dressed,) = dress([chat(facts)])
    talk = parse_conversation(dressed.conversation)
    assert talk.platform == "jd"
    assert talk.shop is not None
    assert talk.buyer is not None
    assert (talk.shop.same_day_cutoff, talk.shop.carriers, talk.shop.dispatch_hours) == ("09:30", ["中通", "圆通"], 48)
    assert talk.shop.free_shipping_excluded_provinces == ["西藏", "新疆"]
    assert (talk.buyer.refused_cod_parcels, talk.buyer.refunds_in_shop, talk.buyer.orders_in_shop) == (3, 4, 9)
    assert talk.messages[0].sent_at.hour == 15
    paid = {order.payment_method for order in talk.orders} - {None}
    assert paid == {"cash_on_delivery"}


def test_a_twin_has_the_facts_of_its_abusive_chat() -> None:
    """What neither story fixes is drawn alike for both."""
    first, twin = dress([chat({}, number=3, label="abusive"), chat({}, number=4, twin_of=3)])
    for name in ("platform", "shop", "shop_id"):
        assert first.conversation.get(name) == twin.conversation.get(name)
    assert first.conversation["conversation_id"] != twin.conversation["conversation_id"]


def test_no_sentence_is_used_twice() -> None:
    """Of what is longer than a courtesy hardly anything is said twice by the writers together."""
    said = Counter(
        text
        for written in WRITTEN
        for event in written.events
        if isinstance(event, Said)
        for text in ["".join(char for char in normalize(event.text).text if char.isalnum())]
        if len(text) >= 8
    )
    repeated = sum(count - 1 for count in said.values())
    assert repeated / sum(said.values()) < 0.01


def test_labels_and_acts_are_spread() -> None:
    """A quarter of the chats at least has each label, and nearly every act is marked somewhere."""
    labels = Counter(written.label for written in WRITTEN)
    assert all(count >= len(WRITTEN) / 4 for count in labels.values())
    acts = {event.act for written in WRITTEN for event in written.events if isinstance(event, Said)}
    assert len(set(BUYER_ACTS) - acts) <= 3
