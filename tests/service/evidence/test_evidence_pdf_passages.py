from evidence_case import PROMISE, TRAJECTORY, assessment, reason, talk
from hypothesis import given
from hypothesis import strategies as st

from service.evidence.pdf.passages import choose, strongest
from service.evidence.record import Record, make_record


def long_talk(count: int, *reasons, promises=()) -> Record:
    """A talk of so many messages, buyer and agent in turn, of which the last one was assessed."""
    messages = [
        {
            "message_id": f"m{n}",
            "sender": ("buyer", "agent")[n % 2],
            "sent_at": f"2026-05-06T{n // 60:02d}:{n % 60:02d}:00+08:00",
            "text": f"第{n}条消息，请看一下",
        }
        for n in range(count)
    ]
    said = assessment(f"m{count - 1}", 0.9, *reasons, promises=list(promises))
    return make_record(talk(messages=messages), [said] if reasons or promises else [])


def shown(record: Record, *limits: int) -> list[list[int]]:
    return [list(passage.messages) for passage in choose(record, *limits)]


def test_deciding_messages_stand_in_their_context():
    """Around what decides, messages before and after are shown, and what was left out is counted."""
    record = long_talk(40, reason("x", 2, "m20", [0, 2]), promises=[{**PROMISE, "message_id": "m5", "span": [0, 2]}])
    passages = choose(record, 3, 2, 1)
    assert [list(passage.messages) for passage in passages] == [[3, 4, 5, 6], [18, 19, 20, 21]]
    assert [passage.skipped for passage in passages] == [3, 11]
    assert [set(passage.deciding) for passage in passages] == [{5}, {20}]


def test_what_the_shop_should_not_have_said_is_among_the_decisive_words():
    """A message of the shop that no assessment names decides where the record holds it for the buyer."""
    record = long_talk(8, reason("x", 2, "m4", [0, 2]), promises=[{**PROMISE, "message_id": "m1", "span": [0, 2]}])
    assert strongest(record, "agent", 3) == [1]
    assert sorted(strongest(record, "agent", 3, {"m5", "P1"})) == [1, 5]
    assert 5 in choose(record, 3, 0, 0, {"m5"})[-1].deciding


def test_the_strongest_of_both_sides_are_chosen():
    """Each side has its own places, given by weight; of equals the earliest."""
    buyers = [reason("x", 1 + n % 3, f"m{2 * n}", [0, 2]) for n in range(9)]
    agents = [{**PROMISE, "message_id": f"m{2 * n + 1}", "span": [0, 2]} for n in range(9)]
    record = long_talk(20, *buyers, promises=agents)
    assert strongest(record, "buyer", 2) == [4, 10]
    assert strongest(record, "agent", 2) == [1, 3]


def test_a_side_that_nothing_rests_on_is_heard():
    """Where only the agent's words decide, the buyer's first and last message are shown too."""
    record = long_talk(31, promises=[{**PROMISE, "message_id": "m15", "span": [0, 2]}])
    assert shown(record, 3, 0, 0) == [[0], [15], [30]]


def test_what_speaks_for_the_buyer_decides_too():
    """Words that lower the risk are chosen by their weight like those that raise it, at whatever time they counted."""
    record = make_record(talk(), TRAJECTORY)
    assert strongest(record, "buyer", 2) == [3, 2]


def test_without_anything_to_rest_on_both_ends_are_shown():
    """A talk that was not assessed is shown by its beginning and its end."""
    assert shown(long_talk(20), 3, 2, 1) == [[0, 1, 2], [17, 18, 19]]


@given(st.integers(1, 40), st.lists(st.integers(0, 39), max_size=6), *(st.integers(0, 4) for _ in range(3)))
def test_every_message_is_shown_or_counted(count, places, each_side, before, after):
    """Passages are apart and in order, and with what was left out between them they make up the talk."""
    reasons = [reason(f"r{n}", 1, f"m{place}", [0, 2]) for n, place in enumerate(places) if place < count]
    passages = choose(long_talk(count, *reasons), each_side, before, after)
    end = 0
    for passage in passages:
        assert passage.messages.start - end == passage.skipped
        assert passage.deciding <= set(passage.messages)
        end = passage.messages.stop
    assert end <= count
    assert all(passage.skipped for passage in passages[1:])
