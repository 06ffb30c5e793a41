"""Talks as they happen: what is stored, answered and refused, on each kind of database."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_case import ASSESSMENT, KEY
from service_time import NOW
from sqlalchemy import func, select, update
from strategies import sample

from riskmodel.conversation import Buyer, Conversation, Message, Order, ShopPolicy, parse_conversation
from riskmodel.scorer import Scorer
from riskmodel.state import ConversationState
from service.growth import MOST_MESSAGES
from service.store.access import find_or_make_shop
from service.store.audit import audit_shop
from service.store.drafts import Addition, Draft, write
from service.store.engine import Store
from service.store.errors import ConflictError, NotFoundError
from service.store.keyring import KeyFile, KeyringError
from service.store.open_talks import find_talk
from service.store.retention import erase
from service.store.schema import assessments, conversations, entries, messages
from service.store.talks import Facts, TalkStore
from service.talks import Talks


def said(number: int, text: str = "今天能发货吗", sender: str = "buyer") -> Message:
    return Message(message_id=f"m{number}", sender=sender, sent_at=NOW + timedelta(minutes=number), text=text)


def paid(status: str = "paid", amount: str = "9.90") -> Order:
    return Order(order_id="o1", placed_at=NOW, status=status, amount=amount, payment_method="cash_on_delivery")


def rows(store: Store, table: Any) -> int:
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def chats() -> list[Conversation]:
    return [parse_conversation(chat.conversation) for chat in sample()[:12]]


def feed(talks: Talks, shop: int, talk: Conversation) -> dict[str, Any]:
    """Send a whole conversation as a shop's program would, message by message."""
    answer = talks.set_facts(
        shop, talk.conversation_id, Facts(platform=talk.platform, buyer=talk.buyer, shop=talk.shop)
    )
    if talk.orders:
        answer = talks.add_orders(shop, talk.conversation_id, talk.orders)[-1]
    for message in talk.messages:
        (answer,) = talks.add_messages(shop, talk.conversation_id, [message])
    return answer


def test_message_by_message_is_answered_as_the_whole(talks: Talks, shop: int, trained: Scorer) -> None:
    """What the store answers after the last message is what scoring the whole conversation says, to the last digit."""
    for talk in chats():
        assert feed(talks, shop, talk) == trained.assess(talk)


def test_whole_conversations_are_taken_as_message_by_message(
    talks: Talks, store: Store, shop: int, trained: Scorer
) -> None:
    """All at once or one after the other, the same is kept and the same is answered after each message."""
    with store.writing() as connection:
        other, _ = find_or_make_shop(connection, "乙店", NOW)
    several = chats()
    taken = talks.add_conversations(shop, several)
    for talk, one in zip(several, taken, strict=True):
        answer = feed(talks, other, talk)
        assert (one.conversation_id, one.new_messages) == (talk.conversation_id, len(talk.messages))
        assert (one.risk, one.band, one.action) == (answer["risk"], answer["band"], answer["action"])
        assert talks.conversation(shop, talk.conversation_id) == talks.conversation(other, talk.conversation_id)
        both = [talks.assessments(number, talk.conversation_id, limit=1000) for number in (shop, other)]
        assert [item.assessment for item in both[0]] == [item.assessment for item in both[1]]
    entry = rows(store, entries)
    again = talks.add_conversations(shop, several)
    assert [one._replace(new_messages=0, new_orders=0) for one in taken] == again
    assert rows(store, entries) == entry


def test_a_talk_that_was_taken_whole_goes_on(talks: Talks, shop: int, trained: Scorer) -> None:
    """What comes after it is answered as if all had come one by one; what it says anew of the buyer counts too."""
    talk = next(talk for talk in chats() if len(talk.messages) > 9 and talk.orders)
    early = talk.model_copy(update={"messages": talk.messages[:5], "buyer": None})
    talks.add_conversations(shop, [early])
    talks.add_conversations(shop, [talk.model_copy(update={"messages": talk.messages[:7]})])
    answers = talks.add_messages(shop, talk.conversation_id, talk.messages[7:])
    assert answers[-1] == trained.assess(talk)


def test_whole_conversations_are_taken_all_or_none(talks: Talks, store: Store, shop: int) -> None:
    """A conflict in the last of them leaves nothing of the others."""
    talks.add_messages(shop, "z", [said(1)])
    whole = [Conversation(conversation_id=name, messages=[said(1, "明天呢")]) for name in ("z", "a")]
    with pytest.raises(ConflictError, match="conversation 0: message 0 of the request"):
        talks.add_conversations(shop, whole)
    assert (rows(store, messages), rows(store, entries)) == (1, 1)


def test_another_process_goes_on_where_this_one_stopped(
    store: Store,
    keys: KeyFile,
    shop: int,
    trained: Scorer,
) -> None:
    """Two workers that take turns on one talk answer as one would."""
    workers = [Talks(store, keys, lambda: trained, lambda: NOW) for _ in range(2)]
    talk = next(talk for talk in chats() if len(talk.messages) > 9 and talk.orders)
    for number, message in enumerate(talk.messages):
        if number == 3:
            workers[1].add_orders(shop, "t", talk.orders)
        answers = workers[number % 2].add_messages(shop, "t", [message])
    whole = talk.model_copy(update={"conversation_id": "t", "buyer": None, "shop": None})
    assert answers == [trained.assess(whole)]


def test_what_is_read_back_is_what_was_sent(talks: Talks, shop: int) -> None:
    """A talk comes out of the store as the contract writes it, nothing lost and nothing added."""
    for talk in chats():
        feed(talks, shop, talk)
        assert talks.conversation(shop, talk.conversation_id) == talk.model_copy(update={"shop_id": None})


def test_the_same_message_again_is_answered_the_same_and_kept_once(
    talks: Talks,
    store: Store,
    shop: int,
) -> None:
    """Whoever got no answer sends it again, also among new ones, and later in the talk."""
    first = talks.add_messages(shop, "t", [said(1), said(2, "好的", "agent")])
    again = talks.add_messages(shop, "t", [said(2, "好的", "agent"), said(3, "能开发票吗"), said(1)])
    assert [again[0], again[2]] == [first[1], first[0]]
    assert talks.add_messages(shop, "t", [said(3, "能开发票吗")]) == [again[1]]
    assert [rows(store, table) for table in (messages, entries, assessments)] == [3, 3, 3]


def test_the_same_moment_in_another_zone_is_the_same(talks: Talks, shop: int) -> None:
    """09:00Z and 17:00+08:00 are one time, however it is written."""
    message = said(1)
    there = parse_conversation(
        {
            "conversation_id": "t",
            "messages": [message.model_dump() | {"sent_at": "2026-03-04T10:01:00+08:00", "attachments": []}],
        }
    ).messages[0]
    assert talks.add_messages(shop, "t", [message]) == talks.add_messages(shop, "t", [there])


def test_another_text_under_the_same_id_is_refused(talks: Talks, store: Store, shop: int) -> None:
    """It is refused by its place in the request, and nothing of the request is kept."""
    talks.add_messages(shop, "t", [said(1)])
    with pytest.raises(ConflictError, match="message 1 of the request"):
        talks.add_messages(shop, "t", [said(2), said(1, "明天能发货吗")])
    with pytest.raises(ConflictError, match="message 1 of the request"):
        talks.add_messages(shop, "t", [said(3), said(3, "明天能发货吗")])
    assert rows(store, messages) == 1
    assert talks.add_messages(shop, "t", [said(4)])[0]["as_of_message_id"] == "m4"


def test_an_order_may_change(talks: Talks, shop: int, trained: Scorer) -> None:
    """The same order with another status replaces the one before; the answer is as if it had always been so."""
    talks.add_messages(shop, "t", [said(1), said(2, "可以的亲，今天一定发", "agent")])
    first = talks.add_orders(shop, "t", [paid()])
    assert talks.add_orders(shop, "t", [paid()]) == first
    changed = talks.add_orders(shop, "t", [paid("shipped", "19.90")])
    assert talks.conversation(shop, "t").orders == [paid("shipped", "19.90")]
    whole = Conversation(
        conversation_id="t",
        messages=[said(1), said(2, "可以的亲，今天一定发", "agent")],
        orders=[paid("shipped", "19.90")],
    )
    assert changed == [trained.assess(whole)]


def test_an_order_may_come_in_two_forms_at_once(talks: Talks, store: Store, shop: int) -> None:
    """The last of them is the latest: sent again it is known, and the one before is a change."""
    first = talks.add_orders(shop, "t", [paid(), paid("shipped")])
    assert talks.add_orders(shop, "t", [paid("shipped")]) == first[1:]
    assert rows(store, entries) == 2
    talks.add_orders(shop, "t", [paid()])
    assert talks.conversation(shop, "t").orders == [paid()]
    assert rows(store, entries) == 3


def test_the_time_of_arrival_is_that_of_the_turn(store: Store, keys: KeyFile, shop: int, trained: Scorer) -> None:
    """Who has waited for another writer came after it, and says so."""
    clock = [NOW]
    talks = Talks(store, keys, lambda: trained, lambda: clock[0])
    talks.add_messages(shop, "t", [said(1)])
    waiting = threading.Thread(target=talks.add_messages, args=[shop, "t", [said(2)]])
    with store.writing() as connection:
        stored = TalkStore(connection, keys.current(), shop)
        before = stored.find("t", lock=True)
        assert before is not None
        other = Addition("message", "m3", said(3).model_dump_json().encode(), stored.mark(said(3)), ASSESSMENT)
        write(connection, keys.current(), Draft(before, [other], ASSESSMENT), NOW)
        waiting.start()
        waiting.join(0.3)
        clock[0] = NOW + timedelta(minutes=1)
    waiting.join()
    with store.reading() as connection:
        found = connection.execute(select(entries.c.received_at).order_by(entries.c.position)).scalars().all()
    assert found == [NOW, NOW, NOW + timedelta(minutes=1)]
    assert [message.message_id for message in talks.conversation(shop, "t").messages] == ["m1", "m3", "m2"]


def test_the_same_request_twice_at_once_is_kept_once(talks: Talks, store: Store, shop: int) -> None:
    """Both get the same answers, also where they begin the talk."""
    start, found = threading.Barrier(4), []

    def send() -> None:
        start.wait()
        found.append(talks.add_messages(shop, "t", [said(1), said(2, "好的", "agent")]))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [found[0]] * 4
    assert rows(store, messages) == 2


def test_a_talk_of_another_shop_is_not_taken_for_ones_own(talks: Talks, store: Store, keys: KeyFile, shop: int) -> None:
    """Who can write to the database but has no keyring cannot put a talk where a key of another shop reads it."""
    talks.add_messages(shop, "t", [said(1)])
    with store.writing() as connection:
        other, _ = find_or_make_shop(connection, "乙店", NOW)
        connection.execute(update(conversations).values(shop_id=other))
        moved = find_talk(connection, other, connection.execute(select(conversations.c.talk)).scalar_one())
        with pytest.raises(KeyringError, match="altered or moved"):
            list(TalkStore(connection, keys.current(), other).messages(moved))
    with pytest.raises(KeyringError, match="altered or moved"):
        talks.conversation(other, "t")


def test_times_at_the_ends_of_the_calendar_are_kept(talks: Talks, shop: int) -> None:
    """A time that has no UTC is as good as another."""
    first = said(1).model_copy(update={"sent_at": datetime.fromisoformat("0001-01-01T00:00:00+08:00")})
    last = said(2).model_copy(update={"sent_at": datetime.fromisoformat("9999-12-31T23:59:59-08:00")})
    talks.add_messages(shop, "t", [first, last])
    assert talks.conversation(shop, "t").messages == [first, last]


def test_facts_told_later_count_from_then_on(talks: Talks, shop: int, trained: Scorer) -> None:
    """What the shop can keep may be told in the middle of a talk."""
    spoken = [said(1), said(2, "可以的亲，今天一定发", "agent")]
    talks.add_messages(shop, "t", spoken)
    facts = Facts(platform="taobao", buyer=Buyer(refused_cod_parcels=3), shop=ShopPolicy(same_day_cutoff="09:00"))
    told = talks.set_facts(shop, "t", facts)
    whole = Conversation(conversation_id="t", messages=spoken, **dict(facts))
    assert told == trained.assess(whole)
    (answer,) = talks.add_messages(shop, "t", [said(3, "那我下单了")])
    assert answer == trained.assess(whole.model_copy(update={"messages": [*spoken, said(3, "那我下单了")]}))


def test_shops_do_not_see_one_another(talks: Talks, store: Store, shop: int) -> None:
    """The same id in two shops is two talks."""
    with store.writing() as connection:
        other, _ = find_or_make_shop(connection, "乙店", NOW)
    talks.add_messages(shop, "t", [said(1)])
    with pytest.raises(NotFoundError):
        talks.conversation(other, "t")
    talks.add_messages(other, "t", [said(1, "在吗")])
    assert [message.text for message in talks.conversation(shop, "t").messages] == ["今天能发货吗"]


def test_writers_at_once_do_not_mix(talks: Talks, store: Store, shop: int, trained: Scorer) -> None:
    """Eight threads on one talk: all is kept once, the chain is whole, and the last state is that of the whole talk."""
    errors = []

    def write(first: int) -> None:
        try:
            for number in range(first, first + 6):
                talks.add_messages(shop, "t", [said(number)])
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=[100 * number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    found = talks.conversation(shop, "t")
    assert len(found.messages) == 48
    assert talks.assessments(shop, "t", limit=100)[-1].assessment == trained.assess(found)
    assert [item.position for item in talks.assessments(shop, "t", limit=100)] == list(range(48))


def test_another_model_reads_the_talk_anew(
    store: Store,
    keys: KeyFile,
    shop: int,
    trained: Scorer,
) -> None:
    """A state that was fed with the model before is not gone on from."""
    Talks(store, keys, lambda: trained).add_messages(shop, "t", [said(number) for number in range(5)])
    newer = Scorer(trained.model, trained.info | {"sha256": "f" * 64})
    (answer,) = Talks(store, keys, lambda: newer).add_messages(shop, "t", [said(5)])
    assert answer["model"]["sha256"] == "f" * 64
    whole = Conversation(conversation_id="t", messages=[said(number) for number in range(6)])
    assert answer == newer.assess(whole)


def test_a_talk_has_room_for_so_many(talks: Talks, shop: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many messages as the contract's conversation may have, and no more; the refused ones are not kept."""
    assert MOST_MESSAGES == 5_000
    monkeypatch.setattr("service.growth.MOST_MESSAGES", 3)
    talks.add_messages(shop, "t", [said(1), said(2)])
    with pytest.raises(ConflictError, match="room for 3 messages"):
        talks.add_messages(shop, "t", [said(3), said(4)])
    assert len(talks.conversation(shop, "t").messages) == 2
    assert talks.add_messages(shop, "t", [said(3)])[0]["as_of_message_id"] == "m3"


def test_nothing_said_lies_open_in_the_database(
    talks: Talks,
    store: Store,
    shop: int,
) -> None:
    """Words, names, phones and addresses, and who the buyer is, are in no table as they were sent."""
    talks.set_facts(shop, "t", Facts(buyer=Buyer(buyer_id="标记买家")))
    talks.add_messages(shop, "t", [said(1, "标记文字 13812345678"), *(said(n) for n in range(2, 9))])
    order = {"order_id": "o", "ship_to": {"recipient": "标记姓名", "phone": "13900001111", "detail": "标记地址"}}
    talks.add_orders(shop, "t", [Order.model_validate(order)])
    with store.reading() as connection:
        everything = ""
        for table in messages.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                everything += " ".join(
                    value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in row
                )
    assert "o" in everything
    assert not any(mark in everything for mark in ("标记", "1381234", "13900001111"))


@given(cuts=st.lists(st.integers(1, 30), max_size=4))
def test_messages_sent_together_or_apart_are_one_talk(trained: Scorer, cuts: list[int]) -> None:
    """However a talk is cut into requests, each message gets the same answer."""
    talk = chats()[3]
    whole = list(trained.trajectory(talk.model_copy(update={"orders": [], "buyer": None, "shop": None})))
    with tempfile.TemporaryDirectory() as folder:
        opened = Store(f"sqlite:///{folder}/store.db")
        with opened.writing() as connection:
            number, _ = find_or_make_shop(connection, "甲店", NOW)
        apart = Talks(opened, KeyFile(Path(folder) / "keyring.json"), lambda: trained, lambda: NOW)
        answers, start = [], 0
        for size in [*cuts, len(talk.messages)]:
            part = talk.messages[start : start + size]
            answers += apart.add_messages(number, talk.conversation_id, part) if part else []
            start += size
        opened.close()
    assert answers == whole


class Interrupted(Scorer):
    """The scorer of a worker in which something else happens before a talk is scored, once."""

    def __init__(self, scorer: Scorer, talk: str, happens: Callable[[], object]) -> None:
        super().__init__(scorer.model, scorer.info)
        self._talk, self._happens = talk, [happens]

    def assess_state(self, state: ConversationState, conversation_id: str) -> dict[str, Any]:
        if conversation_id == self._talk and self._happens:
            self._happens.pop()()
        return super().assess_state(state, conversation_id)


def test_who_is_scored_holds_up_nobody(store: Store, keys: KeyFile, shop: int, trained: Scorer) -> None:
    """While a whole conversation is scored, a message of another talk is taken and answered."""
    others, answered = Talks(store, keys, lambda: trained, lambda: NOW), []

    def meanwhile() -> None:
        answered.extend(others.add_messages(shop, "u", [said(1)]))
        assert len(others.conversation(shop, "u").messages) == 1

    slow = Interrupted(trained, "t", meanwhile)
    whole = Conversation(conversation_id="t", messages=[said(1), said(2)])
    Talks(store, keys, lambda: slow, lambda: NOW).add_conversations(shop, [whole])
    assert [answer["as_of_message_id"] for answer in answered] == ["m1"]
    assert rows(store, messages) == 3


@pytest.mark.parametrize("begun", [False, True])
def test_who_was_overtaken_goes_on_from_there(
    store: Store, keys: KeyFile, shop: int, trained: Scorer, *, begun: bool
) -> None:
    """What came meanwhile from elsewhere stands before it and counts, in a new talk, an old one and a whole one."""
    others = Talks(store, keys, lambda: trained, lambda: NOW)
    policy = Facts(shop=ShopPolicy(same_day_cutoff="09:00"))

    def meanwhile() -> None:
        others.add_messages(shop, "t", [said(8, "可以的亲，今天一定发", "agent")])
        others.set_facts(shop, "t", policy)

    if begun:
        others.add_messages(shop, "t", [said(1), said(2)])
    scorers = [trained]
    worker = Talks(store, keys, lambda: scorers[-1], lambda: NOW)
    if begun:
        worker.add_messages(shop, "t", [said(3)])
    scorers.append(Interrupted(trained, "t", meanwhile))
    (answer,) = worker.add_messages(shop, "t", [said(9)])
    there = [1, 2, 3] if begun else []
    whole = worker.conversation(shop, "t")
    assert [message.message_id for message in whole.messages] == [f"m{number}" for number in [*there, 8, 9]]
    assert answer == trained.assess(whole)
    scorers.append(Interrupted(trained, "t", lambda: others.add_messages(shop, "t", [said(10, "在吗")])))
    taken = worker.add_conversations(shop, [Conversation(conversation_id="t", messages=[said(9), said(11)])])
    whole = worker.conversation(shop, "t")
    assert [message.message_id for message in whole.messages][-2:] == ["m10", "m11"]
    assert (taken[0].new_messages, taken[0].risk) == (1, trained.assess(whole)["risk"])
    with store.reading() as connection:
        assert list(audit_shop(connection, shop, keys.current(), KEY.public_key())) == []


def test_what_another_worker_was_told_counts(store: Store, keys: KeyFile, shop: int, trained: Scorer) -> None:
    """A talk held in memory is not gone on from where its facts are others by now."""
    workers = [Talks(store, keys, lambda: trained, lambda: NOW) for _ in range(2)]
    workers[0].add_messages(shop, "t", [said(1), said(2, "可以的亲，今天一定发", "agent")])
    workers[1].set_facts(shop, "t", Facts(shop=ShopPolicy(same_day_cutoff="09:00")))
    (answer,) = workers[0].add_messages(shop, "t", [said(3)])
    assert answer == trained.assess(workers[1].conversation(shop, "t"))


def test_a_message_sent_again_at_once_is_known(talks: Talks, store: Store, shop: int) -> None:
    """Also where the talk is in memory and nobody looked: the same is answered the same, another text is refused."""
    (first,) = talks.add_messages(shop, "t", [said(1)])
    assert talks.add_messages(shop, "t", [said(1)]) == [first]
    talks.add_messages(shop, "t", [said(2)])
    with pytest.raises(ConflictError, match="message 0 of the request"):
        talks.add_messages(shop, "t", [said(1, "明天能发货吗")])
    assert talks.add_messages(shop, "t", [said(3)])[0]["as_of_message_id"] == "m3"
    assert rows(store, messages) == 3


def test_a_talk_that_was_erased_elsewhere_begins_anew(store: Store, keys: KeyFile, shop: int, trained: Scorer) -> None:
    """What a worker holds in memory of it is not gone on from."""
    talks = Talks(store, keys, lambda: trained, lambda: NOW)
    talks.add_messages(shop, "t", [said(1), said(2)])
    with store.writing() as connection:
        talk = TalkStore(connection, keys.current(), shop).find("t")
        assert talk is not None
        assert erase(connection, keys.current(), talk, "test", NOW)
    (answer,) = talks.add_messages(shop, "t", [said(3)])
    assert answer == trained.assess(Conversation(conversation_id="t", messages=[said(3)]))
    assert talks.conversation(shop, "t").messages == [said(3)]


def test_what_is_there_already_waits_for_no_writer(talks: Talks, store: Store, shop: int) -> None:
    """A program that sends all of a talk again gets its answers while another writes."""
    first = talks.add_messages(shop, "t", [said(1), said(2)])
    with store.writing() as connection:
        connection.execute(update(conversations).values(messages=conversations.c.messages))
        assert talks.add_messages(shop, "t", [said(1), said(2)]) == first
