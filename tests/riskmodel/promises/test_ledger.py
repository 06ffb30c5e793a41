"""The promise ledger: one promise said twice, a changed one, a corrected one, and what an order shows of each."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.conversation import Order, OrderStatus, ShopPolicy
from riskmodel.promises import ledger as ledger_module
from riskmodel.promises.find import Commitment
from riskmodel.promises.ledger import Evidence, Ledger, LedgerRow
from riskmodel.promises.outcome import Status, status_text

START = datetime.fromisoformat("2026-03-04T10:00:00+08:00")
STATUSES = get_args(OrderStatus)

SHIP = ("promise.ship_by", "dispatch_time", "over_promise", "ship_by")
DELIVER = ("promise.deliver_by", "delivery_time", "over_promise", "deliver_by")
REFUND = ("promise.refund", "refund", None, "refund")
CARRIER = ("promise.carrier", "carrier", "over_promise", "carrier")
MONEY = ("promise.compensation", "compensation", "over_promise", "compensation")
FREE = ("promise.free_shipping", "free_shipping", "over_promise", "free_shipping")
FREIGHT = ("deny.freight", "freight_surcharge", "duty_denial", None)
INVOICE = ("promise.invoice", "invoice", None, "invoice")
NO_INVOICE = ("deny.invoice", "invoice", "duty_denial", None)
TAXED_INVOICE = ("deny.invoice_charge", "invoice", "duty_denial", None)
PHONE = ("procedure.phone", "contact", "procedure", None)
WECHAT = ("move.agent_off_platform", "contact", "off_platform", None)
DATA = ("disclose.delivery_data", "personal_data", "disclosure", None)

Meaning = tuple[str, str, str | None, str | None]


def hour(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def order(
    status: str | None = "paid", placed: float | None = 0.0, *, name: str = "o", payment: str | None = None
) -> Order:
    placed_at = None if placed is None else hour(placed)
    return Order.model_validate({"order_id": name, "status": status, "placed_at": placed_at, "payment_method": payment})


class Talk:
    """A ledger filled by short calls: each is a message of its own, unless it is given a name."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.count = 0

    def _where(self, message: str | None) -> Evidence:
        self.count += 1
        return Evidence(message or f"m{self.count}", (0, 2))

    def says(
        self,
        meaning: Meaning,
        text: str = "可以",
        at: float = 0,
        *,
        question: str | None = None,
        message: str | None = None,
    ) -> Talk:
        code, topic, polarity, kind = meaning
        commitment = Commitment(code, topic, polarity, kind, 0, 2, text, question, judged=kind)
        self.ledger.add(commitment, self._where(message), hour(at), None)
        return self

    def corrects(self, *topics: str, at: float = 1, explicit: bool = False, message: str | None = None) -> Talk:
        self.ledger.correct(topics, self._where(message), hour(at), explicit=explicit)
        return self

    def rows(self, now: float = 2, *orders: Order, shop: dict[str, Any] | None = None) -> list[LedgerRow]:
        policy = None if shop is None else ShopPolicy.model_validate(shop)
        return self.ledger.rows(hour(now), policy, orders)

    def statuses(self, now: float = 2, *orders: Order) -> list[Status]:
        return [row.status for row in self.rows(now, *orders)]


def test_statuses_have_names_in_two_languages() -> None:
    """Each status is called something in Chinese and in English."""
    names = [status_text(status) for status in get_args(Status)]
    assert [name.zh for name in names] == ["已兑现", "未到期", "已逾期", "已更正", "无法核实"]
    assert len({name.en for name in names}) == len(names)


# 今天 falls due 14 hours after the start, 明天 a day later
@pytest.mark.parametrize(
    ("meaning", "status", "early", "late"),
    [
        *((SHIP, status, "open", "overdue") for status in ("placed", "paid")),
        *((SHIP, status, "kept", "kept") for status in ("shipped", "delivered", "refused", "completed")),
        *((SHIP, status, "unknown", "unknown") for status in ("cancelled", "refund_requested", "refunded")),
        *((DELIVER, status, "open", "overdue") for status in ("placed", "paid", "shipped")),
        *((DELIVER, status, "kept", "kept") for status in ("delivered", "completed")),
        *(
            (DELIVER, status, "unknown", "unknown")
            for status in ("refused", "cancelled", "refund_requested", "refunded")
        ),
        (SHIP, None, "open", "unknown"),
        (DELIVER, None, "open", "unknown"),
    ],
)
def test_order_shows_what_became_of_it(meaning: Meaning, status: str | None, early: str, late: str) -> None:
    """A parcel's promise is kept, owed or out of sight by the order's state, and overdue only where it is owed."""
    talk = Talk().says(meaning, "今天一定")
    assert talk.statuses(13, order(status)) == [early]
    assert talk.statuses(15, order(status)) == [late]


@pytest.mark.parametrize("status", STATUSES)
def test_refund(status: str) -> None:
    """A refund is kept once refunded, open while it can come, and unknown where nothing was paid or all is closed."""
    expected = {"refunded": "kept"} | dict.fromkeys(("paid", "shipped", "delivered", "refund_requested"), "open")
    assert Talk().says(REFUND, "给您退款").statuses(2, order(status)) == [expected.get(status, "unknown")]


@pytest.mark.parametrize("meaning", [CARRIER, MONEY, FREE, INVOICE, NO_INVOICE, PHONE, DATA])
@pytest.mark.parametrize("status", [None, "paid", "completed"])
def test_no_trace_in_an_order(meaning: Meaning, status: str | None) -> None:
    """Of a courier, a sum, a denial or a disclosure no order shows whether it came about."""
    assert Talk().says(meaning).statuses(99, order(status)) == ["unknown"]


@pytest.mark.parametrize(
    ("payment", "expected"), [("online", "unknown"), ("cash_on_delivery", "overdue"), (None, "overdue")]
)
def test_unpaid_order_is_owed_nothing(payment: str | None, expected: str) -> None:
    """An order that is to be paid online and is not paid makes no promise overdue."""
    talk = Talk().says(SHIP, "今天发")
    assert talk.statuses(13, order("placed", payment=payment)) == ["open"]
    assert talk.statuses(15, order("placed", payment=payment)) == [expected]


def test_due_to_the_moment() -> None:
    """A promise is in time up to the moment at which it falls due."""
    talk = Talk().says(SHIP, "48小时内发")
    assert talk.rows(1)[0].due_at == hour(48)
    assert talk.statuses(48, order(placed=48)) == ["open"]
    assert talk.statuses(48.001, order(placed=48)) == ["overdue"]
    assert talk.statuses(48, order(placed=48)) == ["open"]
    assert talk.corrects("dispatch_time", at=48).statuses(49, order(placed=48)) == ["superseded"]


def test_without_a_time_nothing_is_overdue() -> None:
    """A promise that names no time stays open until the order shows it kept."""
    talk = Talk().says(SHIP, "肯定发")
    assert talk.statuses(999, order()) == ["open"]
    assert talk.statuses(999, order("shipped")) == ["kept"]


def test_order_placed_after_the_due_time_is_another_matter() -> None:
    """An order placed when the promise had run out neither breaks it nor undoes that an earlier one was left."""
    talk = Talk().says(SHIP, "今天发")
    late = order(placed=20, name="late")
    assert talk.statuses(21, late) == ["unknown"]
    assert talk.statuses(21, order(), late) == ["overdue"]
    assert talk.statuses(21, order("shipped"), late) == ["kept"]
    assert talk.statuses(21, order("shipped", None), late) == ["kept"]


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ([order("shipped", 0), order("paid", 1)], "open"),
        ([order("paid", 1), order("shipped", 0)], "open"),
        ([order("paid", 1), order("shipped", 1)], "open"),
        ([order("shipped", 0), order("paid", None)], "kept"),
        ([order("shipped", None), order("paid", None)], "open"),
        ([order("shipped", 0), order("paid", 5)], "kept"),
    ],
)
def test_latest_order_counts(orders: list[Order], expected: str) -> None:
    """The order placed last by now counts: of two at once the first given, of those without a time the last given."""
    assert Talk().says(SHIP, "今天发").statuses(2, *orders) == [expected]


def test_rows_are_judged_against_the_latest_order() -> None:
    """A newer order and another policy have earlier promises judged again, as of when they were made."""
    shop = {"same_day_cutoff": "16:00", "cash_on_delivery": "none"}
    talk = Talk().says(SHIP, "今天发", at=1)
    assert talk.rows(2)[0].judgement.can_keep == "unknown"
    assert talk.rows(9, shop=shop)[0].judgement.can_keep == "yes"
    assert talk.rows(9, order(placed=8, payment="cash_on_delivery"), shop=shop)[0].judgement.can_keep == "no"


def test_said_twice_is_one_promise() -> None:
    """Both sayings have a row and one fate; the second names the message of the first."""
    talk = Talk().says(SHIP, "今天发").says(SHIP, "今天会发的", at=1)
    assert [row.repeats for row in talk.rows()] == [None, "m1"]
    assert talk.statuses(15, order()) == ["overdue", "overdue"]
    assert [row.settled_by for row in talk.corrects("dispatch_time").rows()] == ["m3", "m3"]


def test_strictest_due_time_binds() -> None:
    """Saying 48 hours again later gains no time, and a day named later binds what named none."""
    talk = Talk().says(SHIP, "48小时内发").says(SHIP, "48小时内一定发", at=5)
    assert [(row.due_at, row.judgement.due_at, row.repeats) for row in talk.rows(6)] == [
        (hour(48), hour(48), None),
        (hour(48), hour(53), "m1"),
    ]
    talk = Talk().says(SHIP, "肯定发").says(SHIP, "24小时内发", at=1).says(SHIP, "肯定的", at=2)
    assert [row.due_at for row in talk.rows(3)] == [hour(25)] * 3
    assert [row.due_at for row in talk.says(SHIP, "24小时内发", at=5).rows(6)] == [hour(25)] * 4
    assert talk.statuses(26, order()) == ["overdue"] * 4


def test_saying_it_again_shows_at_once_what_is_known() -> None:
    """A repeat that is read later than the first has the same status, and leaves the row of the first as it is."""
    talk = Talk().says(SHIP, "今天发")
    (first,) = talk.rows(2, order())
    again = talk.says(SHIP, "今天会发", at=2).rows(2, order())
    assert again[0] is first
    assert [row.status for row in again] == ["open", "open"]


@pytest.mark.parametrize(
    ("meaning", "first", "second"),
    [
        (SHIP, "今天发", "明天发"),
        (SHIP, "24小时内发", "48小时内发"),
        (CARRIER, "走顺丰", "走中通"),
        (MONEY, "赔20元", "赔10元"),
    ],
)
def test_changed_promise_supersedes(meaning: Meaning, first: str, second: str) -> None:
    """Another day, courier or sum takes the place of what was said before."""
    rows = Talk().says(meaning, first).says(meaning, second, at=1).rows()
    assert (rows[0].status, rows[0].settled_by) == ("superseded", "m2")
    assert (rows[1].correction, rows[1].repeats) == (None, None)


@pytest.mark.parametrize(
    ("meaning", "first", "second"),
    [
        (CARRIER, "走顺丰", "放心"),
        (CARRIER, "走顺丰", "顺丰或者中通"),
        (MONEY, "赔20元", "会赔的"),
        (INVOICE, "可以开", "能开"),
    ],
)
def test_vaguer_words_repeat(meaning: Meaning, first: str, second: str) -> None:
    """What names no other courier or sum says the same again."""
    rows = Talk().says(meaning, first).says(meaning, second, at=1).rows()
    assert [(row.status, row.repeats) for row in rows] == [("unknown", None), ("unknown", "m1")]


def test_bare_yes_is_about_what_was_asked() -> None:
    """A yes names the courier that the question named."""
    talk = Talk().says(CARRIER, "可以", question="能走顺丰吗").says(CARRIER, "可以", at=1, question="能走中通吗")
    assert talk.statuses() == ["superseded", "unknown"]


def test_promised_anew_after_the_due_time() -> None:
    """A promise renewed too late is a new one, and the broken one stays broken, with the renewal on record."""
    rows = Talk().says(SHIP, "今天发").says(SHIP, "今天发", at=20).rows(21, order())
    expected = [("overdue", "m2", None), ("open", None, None)]
    assert [(row.status, row.settled_by, row.repeats) for row in rows] == expected
    rows = Talk().says(SHIP, "24小时内发").says(SHIP, "24小时内发", at=30).rows(31, order())
    assert [(row.status, row.settled_by, row.repeats) for row in rows] == expected


def test_correction_keeps_who_and_where() -> None:
    """A correction in time supersedes, and the row keeps its message, its place, its time and how plain it was."""
    (row,) = Talk().says(SHIP, "今天发").corrects("dispatch_time", explicit=True).rows(99, order())
    assert row.status == "superseded"
    assert row.correction == (Evidence("m2", (0, 2)), hour(1), True)


def test_correction_after_the_due_time() -> None:
    """Said too late a correction is on record, but the promise was broken by then."""
    talk = Talk().says(SHIP, "今天发").corrects("dispatch_time", at=15)
    assert [(row.status, row.settled_by) for row in talk.rows(16, order())] == [("overdue", "m2")]
    assert talk.statuses(16) == ["unknown"]


def test_what_was_kept_is_not_taken_back() -> None:
    """A careful word after the parcel left does not make a kept promise a corrected one."""
    assert Talk().says(SHIP, "今天发").corrects("dispatch_time").statuses(2, order("shipped")) == ["kept"]


def test_correction_leaves_other_topics() -> None:
    """Only what is named is taken back, and only once."""
    talk = Talk().says(SHIP, "今天发").says(CARRIER, "走顺丰").corrects("carrier").corrects("carrier", "invoice", at=2)
    assert [row.settled_by for row in talk.rows()] == [None, "m3"]


def test_mistake_without_a_topic_is_the_latest() -> None:
    """刚才说错了 alone takes back what was said last and stands; a mere hedge without a topic takes back nothing."""
    talk = Talk().says(SHIP, "今天发").says(CARRIER, "走顺丰").says(SHIP, "今天发", at=0.5)
    assert [row.settled_by for row in talk.corrects().rows()] == [None] * 3
    assert [row.settled_by for row in talk.corrects(explicit=True).rows()] == ["m5", None, "m5"]
    assert [row.settled_by for row in talk.corrects(explicit=True).rows()] == ["m5", "m6", "m5"]
    assert [row.settled_by for row in talk.corrects(explicit=True).rows()] == ["m5", "m6", "m5"]


def test_mistake_that_says_what_is_right() -> None:
    """说错了,明天发 is about the dispatch that it names anew, not about what was said last."""
    talk = Talk().says(SHIP, "今天发").says(CARRIER, "走顺丰")
    talk.says(SHIP, "说错了明天发", at=1, message="m3").corrects(at=1, explicit=True, message="m3")
    first, carrier, renewed = talk.rows()
    assert (first.status, first.settled_by, first.correction and first.correction.explicit) == (
        "superseded",
        "m3",
        True,
    )
    assert (carrier.correction, renewed.correction) == (None, None)
    unrelated = Talk().says(SHIP, "今天发").says(INVOICE, message="m2").corrects(explicit=True, message="m2")
    assert [row.settled_by for row in unrelated.rows()] == [None, None]


def test_message_does_not_take_back_itself() -> None:
    """A denial is not its own correction, and opposites in one message stand side by side."""
    talk = Talk().says(FREE).says(FREIGHT, at=1, message="m2").corrects("freight_surcharge", at=1, message="m2")
    assert [row.settled_by for row in talk.rows()] == ["m2", None]
    both = Talk().says(INVOICE, message="m1").says(NO_INVOICE, message="m1")
    assert [row.settled_by for row in both.rows()] == [None, None]
    either = Talk().says(CARRIER, "走顺丰", message="m1").says(CARRIER, "走中通", message="m1")
    assert [row.settled_by for row in either.rows()] == [None, None]


@pytest.mark.parametrize(("first", "second"), [(INVOICE, NO_INVOICE), (NO_INVOICE, INVOICE), (FREE, FREIGHT)])
def test_opposite_supersedes(first: Meaning, second: Meaning) -> None:
    """A yes takes back a no and a no a yes, also where the matter goes by two names."""
    assert Talk().says(first).says(second, at=1).statuses() == ["superseded", "unknown"]


def test_faults_of_one_topic_stand_beside_each_other() -> None:
    """A phone number given does not undo the invitation to another app, nor one refusal another."""
    assert [row.settled_by for row in Talk().says(NO_INVOICE).says(TAXED_INVOICE, at=1).rows()] == [None, None]
    assert [row.settled_by for row in Talk().says(PHONE).says(WECHAT, at=1).rows()] == [None, None]
    assert Talk().says(PHONE).says(WECHAT, at=1).corrects("contact").statuses() == ["superseded", "superseded"]


def test_data_given_out_stays_given_out() -> None:
    """A disclosure is neither taken back nor the same as the next one."""
    rows = Talk().says(DATA).says(DATA, at=1).corrects("personal_data", at=2).corrects(at=3, explicit=True).rows()
    assert [(row.status, row.settled_by, row.repeats) for row in rows] == [("unknown", None, None)] * 2


def test_promised_again_after_a_correction() -> None:
    """What was taken back and is then promised again is a new promise."""
    talk = Talk().says(SHIP, "今天发").corrects("dispatch_time").says(SHIP, "今天发", at=2)
    assert [(row.status, row.repeats) for row in talk.rows(15, order())] == [("superseded", None), ("overdue", None)]


def test_rows_read_before_stay_as_they_were() -> None:
    """Nothing changed gives the same list; what changes gives a new one and leaves the old."""
    talk = Talk().says(SHIP, "今天发")
    before = talk.rows(2, order())
    assert talk.rows(13, order()) is before
    kept = list(before)
    talk.corrects("dispatch_time").says(SHIP, "明天发", at=3)
    assert talk.rows(13, order()) is not before
    assert before == kept
    assert [row.status for row in talk.rows(2, order())] == ["superseded", "open"]


def test_ledger_is_plain_data() -> None:
    """A ledger survives being written and read."""
    talk = Talk().says(SHIP, "今天发").corrects("dispatch_time")
    rows = talk.rows(2, order())
    assert pickle.loads(pickle.dumps(talk.ledger)).rows(hour(2), None, [order()]) == rows


@pytest.mark.parametrize("text", ["今天发", "48小时内发", "{}小时内发"])
def test_long_talk_is_judged_once(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read after each of 1,000 promises, each is judged once and few are looked at again; an order judges all anew."""
    calls: dict[str, int] = {"judge": 0, "outcome": 0}

    def counted(name: str) -> Callable[..., Any]:
        work = getattr(ledger_module, name)

        def count(*arguments: Any) -> Any:
            calls[name] += 1
            return work(*arguments)

        return count

    for name in calls:
        monkeypatch.setattr(ledger_module, name, counted(name))
    talk = Talk()
    for index in range(1000):
        talk.says(SHIP, text.format(index % 7 + 24), at=index / 3600)
        talk.rows(index / 3600)
    assert calls["judge"] == 1000
    assert calls["outcome"] <= 3000
    talk.rows(1, order())
    talk.rows(2, order())
    assert calls["judge"] == 2000


# few, so that they often meet
MEANINGS = (SHIP, SHIP, DELIVER, CARRIER, FREE, FREIGHT, DATA)
TEXTS = ("今天发", "48小时内", "肯定", "走顺丰", "走中通")
TOPICS = sorted({meaning[1] for meaning in MEANINGS})
HOURS = st.integers(0, 100)


@st.composite
def orders(draw: st.DrawFn, latest: int = 100) -> list[Order]:
    def one() -> Order:
        return order(
            draw(st.sampled_from([*STATUSES, None])),
            draw(st.none() | st.integers(-50, latest)),
            payment=draw(st.sampled_from(["online", "cash_on_delivery", None])),
        )

    return [one() for _ in range(draw(st.integers(0, 3)))]


Event = Callable[[Talk], object]


@st.composite
def events(draw: st.DrawFn) -> list[Event]:
    """Things said at growing times, several of them in one message now and then."""
    result: list[Event] = []
    at, message = 0, 0
    for _ in range(draw(st.integers(1, 8))):
        at += draw(st.integers(0, 20))
        message += draw(st.booleans())
        name, moment = f"x{message}", at
        if draw(st.booleans()):
            meaning, text = draw(st.sampled_from(MEANINGS)), draw(st.sampled_from(TEXTS))
            result.append(lambda talk, m=meaning, t=text, a=moment, n=name: talk.says(m, t, a, message=n))
        else:
            topics, explicit = draw(st.lists(st.sampled_from(TOPICS), max_size=2)), draw(st.booleans())
            result.append(
                lambda talk, t=topics, e=explicit, a=moment, n=name: talk.corrects(*t, at=a, explicit=e, message=n)
            )
    return result


def spoken(said: list[Event]) -> Talk:
    talk = Talk()
    for event in said:
        event(talk)
    return talk


@given(said=events(), known=orders(), now=HOURS, topics=st.lists(st.sampled_from(TOPICS)), explicit=st.booleans())
def test_correcting_breaks_nothing(
    said: list[Event], known: list[Order], now: int, topics: list[str], explicit: bool
) -> None:
    """A correction, early or late, changes a row only into superseded, and takes no evidence of an earlier one away."""
    talk = spoken(said)
    before = talk.rows(now, *known)
    after = talk.corrects(*topics, at=now, explicit=explicit).rows(now, *known)
    assert len(after) == len(before)
    for old, new in zip(before, after, strict=True):
        assert new.status in (old.status, "superseded")
        assert old.correction in (None, new.correction)
        assert new.status != "superseded" or new.correction is not None


@given(said=events(), known=orders(latest=0), first=HOURS, later=HOURS)
def test_time_only_runs_out(said: list[Event], known: list[Order], first: int, later: int) -> None:
    """With the same orders, time makes what was open overdue, or unknown where no order says so, and nothing else."""
    first, later = sorted((first, later))
    talk = spoken(said)
    for old, new in zip(talk.rows(first, *known), talk.rows(later, *known), strict=True):
        if old.status != new.status:
            assert old.status == "open"
            assert new.status in ("overdue", "unknown")
            assert new.due_at is not None
            assert hour(first) <= new.due_at < hour(later)
        if all(item.status == "paid" for item in known) and known and old.status == "open":
            assert new.status in ("open", "overdue")


@given(said=events(), known=orders(), now=HOURS)
def test_orders_placed_later_are_not_seen(said: list[Event], known: list[Order], now: int) -> None:
    """Rows are the same without the orders that were placed after now."""
    by_then = [item for item in known if item.placed_at is None or item.placed_at <= hour(now)]
    assert spoken(said).rows(now, *known) == spoken(said).rows(now, *by_then)


@given(said=events(), known=orders(), times=st.lists(HOURS, min_size=8, max_size=8), now=HOURS)
def test_reading_between_changes_nothing(said: list[Event], known: list[Order], times: list[int], now: int) -> None:
    """Rows are the same whether they were read after every word, at any times in any order, or only at the end."""
    talk = Talk()
    for event, moment in zip(said, times, strict=False):
        event(talk)
        talk.rows(moment, *known)
    assert talk.rows(now, *known) == spoken(said).rows(now, *known)


@given(said=events(), known=orders(), now=HOURS)
def test_one_fate_for_one_promise(said: list[Event], known: list[Order], now: int) -> None:
    """A saying that repeats another has its status, due time and correction; that due time is the strictest."""
    rows = spoken(said).rows(now, *known)
    for row in rows:
        if row.repeats is not None:
            same = [
                other
                for other in rows
                if other.evidence.message_id == row.repeats and other.commitment.kind == row.commitment.kind
            ]
            assert (row.status, row.due_at, row.correction) in [
                (other.status, other.due_at, other.correction) for other in same
            ]
        if row.judgement.due_at is not None:
            assert row.due_at is not None
            assert row.due_at <= row.judgement.due_at
