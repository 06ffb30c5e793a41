"""The shop's own policy: stored talks that bring none are judged by it, from the next thing that comes in."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from service_time import NOW
from sqlalchemy import select

from riskmodel.conversation import Buyer, Conversation, Message, Order, ShopPolicy
from riskmodel.scorer import Scorer
from service.store.access import find_or_make_shop
from service.store.engine import Store
from service.store.keyring import KeyFile
from service.store.schema import conversations
from service.store.shops import set_policy
from service.store.talks import Facts
from service.talks import Talks

CLOSED = ShopPolicy(free_shipping="except_listed_provinces", free_shipping_excluded_provinces=["新疆"])
OPEN = ShopPolicy(free_shipping="everywhere")
TALK = [
    ("buyer", "到新疆包邮吗"),
    ("agent", "包邮的亲"),
    ("buyer", "那我拍了"),
    ("agent", "好的亲"),
    ("buyer", "什么时候发"),
]
MESSAGES = [
    Message(message_id=f"m{number}", sender=sender, sent_at=NOW + timedelta(minutes=number), text=text)
    for number, (sender, text) in enumerate(TALK)
]
ORDER = Order(order_id="o1", status="paid", amount="9.90")


class Settings:
    """Sets the shop's policy."""

    def __init__(self, store: Store, keys: KeyFile, shop: int) -> None:
        self.store, self.keys, self._shop = store, keys, shop

    def to(self, policy: ShopPolicy | None) -> None:
        with self.store.writing() as connection:
            set_policy(connection, self.keys.current(), self._shop, policy, actor="tests", now=NOW)


@pytest.fixture
def settings(store: Store, keys: KeyFile, shop: int) -> Settings:
    return Settings(store, keys, shop)


def kept(assessment: dict[str, Any]) -> list[str]:
    """Whether what was promised can be kept: once where all can, or none."""
    return sorted({promise["can_keep"] for promise in assessment["promises"]})


def test_a_talk_that_brings_no_policy_is_judged_by_the_shops(
    talks: Talks, shop: int, settings: Settings, trained: Scorer
) -> None:
    """The answer is that of the whole conversation with this policy, and the talk is shown with it."""
    settings.to(CLOSED)
    answers = talks.add_messages(shop, "t", MESSAGES[:2])
    assert kept(answers[-1]) == ["no"]
    whole = talks.conversation(shop, "t")
    assert whole.shop == CLOSED
    assert trained.assess(whole) == answers[-1]
    assert kept(trained.assess(whole.model_copy(update={"shop": None}))) == ["unknown"]


def test_a_policy_that_a_talk_brings_wins(talks: Talks, shop: int, settings: Settings) -> None:
    """Whether it came alone or within a whole conversation, also where the shop's changes; taken back, that counts."""
    settings.to(CLOSED)
    talks.set_facts(shop, "t", Facts(shop=OPEN))
    talks.add_conversations(shop, [Conversation(conversation_id="u", messages=MESSAGES[:1], shop=OPEN)])
    for name in ("t", "u"):
        assert kept(talks.add_messages(shop, name, MESSAGES[:2])[-1]) == ["yes"]
        settings.to(None)
        settings.to(CLOSED)
        assert kept(talks.add_messages(shop, name, MESSAGES[2:3])[-1]) == ["yes"]
        assert talks.conversation(shop, name).shop == OPEN
        assert kept(talks.set_facts(shop, name, Facts(platform="taobao"))) == ["no"]
        assert talks.conversation(shop, name).shop == CLOSED


@pytest.mark.parametrize("workers", [1, 2])
def test_a_change_counts_from_the_next_thing_that_comes(
    shop: int, settings: Settings, trained: Scorer, workers: int
) -> None:
    """What was answered stays; each later answer is that of the whole talk with the policy of its time.

    That holds whoever has the state in memory.
    """
    served = [Talks(settings.store, settings.keys, lambda: trained, lambda: NOW) for _ in range(workers)]
    given = []
    for number, policy in enumerate((CLOSED, OPEN, None, CLOSED, OPEN)):
        settings.to(policy)
        before = served[0].conversation(shop, "t").shop if number else None
        assert before == (None, CLOSED, OPEN, None, CLOSED)[number], "nothing has come in yet"
        (answer,) = served[number % workers].add_messages(shop, "t", [MESSAGES[number]])
        whole = Conversation(conversation_id="t", messages=MESSAGES[: number + 1], shop=policy)
        assert served[0].conversation(shop, "t") == whole
        assert answer == trained.assess(whole)
        given.append(answer)
    assert [kept(answer) for answer in given[1:]] == [["yes"], ["unknown"], ["no"], ["yes"]]
    assert served[0].add_messages(shop, "t", MESSAGES) == given
    assert [item.assessment for item in served[-1].assessments(shop, "t")] == given


def test_orders_and_facts_bring_the_new_policy_too(talks: Talks, shop: int, settings: Settings) -> None:
    """As a message does; what says nothing new does not."""
    settings.to(OPEN)
    talks.add_messages(shop, "t", MESSAGES[:2])
    settings.to(CLOSED)
    assert kept(talks.add_messages(shop, "t", MESSAGES[:2])[-1]) == ["yes"]
    assert talks.conversation(shop, "t").shop == OPEN
    assert kept(talks.add_orders(shop, "t", [ORDER])[-1]) == ["no"]
    settings.to(OPEN)
    assert kept(talks.set_facts(shop, "t", Facts(buyer=Buyer(refused_cod_parcels=1)))) == ["yes"]
    assert talks.conversation(shop, "t").buyer == Buyer(refused_cod_parcels=1)


def test_a_whole_conversation_without_a_policy_is_judged_by_the_shops(
    talks: Talks, shop: int, settings: Settings, trained: Scorer
) -> None:
    """Taken at once, begun and gone on with, or empty."""
    settings.to(CLOSED)
    buyer = Buyer(refused_cod_parcels=1)
    whole = Conversation(conversation_id="t", messages=MESSAGES, orders=[ORDER], buyer=buyer)
    empty = Conversation(conversation_id="e", messages=[])
    talks.add_messages(shop, "t", MESSAGES[:2])
    taken, _ = talks.add_conversations(shop, [whole, empty])
    assert talks.conversation(shop, "t").shop == talks.conversation(shop, "e").shop == CLOSED
    assert taken.risk == trained.assess(whole.model_copy(update={"shop": CLOSED}))["risk"]


def test_a_policy_is_of_one_shop(talks: Talks, shop: int, settings: Settings, store: Store) -> None:
    """Another shop is not judged by it, and nothing is kept of one with a talk where none is set."""
    settings.to(CLOSED)
    with store.writing() as connection:
        other, _ = find_or_make_shop(connection, "乙店", NOW)
    assert kept(talks.add_messages(other, "t", MESSAGES[:2])[-1]) == ["unknown"]
    assert talks.conversation(other, "t").shop is None
    with store.reading() as connection:
        assert connection.execute(select(conversations.c.facts)).scalar_one() is None


def test_a_policy_that_changes_under_load_leaves_no_doubt(
    talks: Talks, shop: int, settings: Settings, trained: Scorer
) -> None:
    """Each answer is that of the talk as it is then shown, and in the end the talk goes by the last policy."""
    stop, errors = threading.Event(), []

    def change() -> None:
        try:
            while not stop.is_set():
                settings.to(OPEN)
                settings.to(CLOSED)
        except Exception as error:
            errors.append(error)

    talks.add_messages(shop, "t", MESSAGES[:2])
    changing = threading.Thread(target=change)
    changing.start()
    for number in range(20):
        said = Message(message_id=f"n{number}", sender="buyer", sent_at=NOW + timedelta(hours=1 + number), text="好")
        (answer,) = talks.add_messages(shop, "t", [said])
        assert answer == trained.assess(talks.conversation(shop, "t"))
    stop.set()
    changing.join()
    assert errors == []
    assert kept(talks.add_messages(shop, "t", [MESSAGES[2]])[-1]) == ["no"]
