"""The promise ledger of a talk: what the shop committed to, until when, what became of it, and where it was corrected.

A promise said twice is one promise: each saying has its row, and the strictest due time binds. One that changes
(another day, courier or sum) or is followed by its opposite supersedes the older. A correction in time settles a
promise; one said too late stays on record but settles nothing: the promise was broken by then.

Examples
--------
>>> noon, evening = (datetime.fromisoformat(f"2026-03-04T{hour}:00:00+08:00") for hour in (12, 18))
>>> code, topic, kind = "promise.ship_by", "dispatch_time", "ship_by"
>>> promise = Commitment(code, topic, "over_promise", kind, 0, 5, "今天能发出", None, judged=kind)
>>> ledger = Ledger()
>>> ledger.add(promise, Evidence("m2", (0, 5)), noon)
>>> [row.status for row in ledger.rows(noon, None, [])]
['open']
>>> ledger.correct({"dispatch_time"}, Evidence("m5", (0, 9)), evening, explicit=True)
>>> [(row.status, row.settled_by) for row in ledger.rows(evening, None, [])]
[('superseded', 'm5')]
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from heapq import heappop, heappush
from typing import NamedTuple

from riskmodel.conversation import Order, ShopPolicy
from riskmodel.promises.find import Commitment
from riskmodel.promises.judge import Circumstances, Judgement, is_fault, judge
from riskmodel.promises.outcome import Status, can_be_unsaid, latest_order, outcome
from riskmodel.promises.sayings import Correction, Evidence, Promise, Saying, opposed, terms
from riskmodel.promises.topics import matter

__all__ = ["Correction", "Evidence", "Ledger", "LedgerRow", "TakingBack"]


class LedgerRow(NamedTuple):
    """One saying of a commitment, and what became of it.

    `due_at` is the strictest due time of all its sayings; `correction` stands also where it came too late to
    supersede; `repeats` is the message that said the same first; `fault` says whether the shop should not have said it.
    """

    commitment: Commitment
    judgement: Judgement
    evidence: Evidence
    said_at: datetime
    mentioned_province: str | None
    due_at: datetime | None
    status: Status
    correction: Correction | None
    repeats: str | None
    fault: bool

    @property
    def settled_by(self) -> str | None:
        """The message that corrected it."""
        return self.correction.evidence.message_id if self.correction else None


class TakingBack(NamedTuple):
    """Matters that a message takes back, and how."""

    matters: frozenset[str]
    correction: Correction


class Ledger:
    """Takes commitments and corrections in the order in which they are said, and tells on demand what became of them.

    Taking one costs no more in a long talk than in a short one. A promise is judged when rows are asked for, and again
    only where an order was placed since or the policy is another.
    """

    def __init__(self) -> None:
        self._events: list[Saying | TakingBack] = []
        self._book = _Book(None, ())
        self._taken = 0

    def add(
        self,
        commitment: Commitment,
        evidence: Evidence,
        said_at: datetime,
        mentioned_province: str | None = None,
        *,
        in_stock: bool = False,
    ) -> None:
        """Take a commitment of the shop, by whichever of its accounts.

        Parameters
        ----------
        commitment
            A promise, or a denial or disclosure (`kind` None), which has no due time.
        evidence
            The message that says it, and where.
        said_at
            When it was said.
        mentioned_province
            The province talked of by then, for an order that names none.
        in_stock
            Whether the talk had said by then that the goods are there.
        """
        self._events.append(Saying(commitment, evidence, said_at, mentioned_province, in_stock, terms(commitment)))

    def correct(self, topics: Collection[str], evidence: Evidence, said_at: datetime, *, explicit: bool) -> None:
        """Take back what earlier messages said; call it after `add` for what the message itself commits to.

        Parameters
        ----------
        topics
            Topics of commitments (`Commitment.topic`) that the message denies or answers with care.
        evidence, said_at
            As for `add`.
        explicit
            Whether it is called a mistake (说错了, 更正). Without a topic it then takes back what was said last and
            still stands, unless that is of the message itself (说错了,明天发), which has replaced what it corrects.
        """
        self._events.append(TakingBack(frozenset(map(matter, topics)), Correction(evidence, said_at, explicit)))

    def rows(self, now: datetime, policy: ShopPolicy | None, orders: Sequence[Order]) -> list[LedgerRow]:
        """Every saying, oldest first, with what became of it.

        Parameters
        ----------
        now
            As of when; orders placed later are unknown.
        policy
            What the shop can keep.
        orders
            The buyer's orders; one without a time counts as placed before the talk.

        Returns
        -------
        list of LedgerRow
            The same list as long as nothing changed, else a new one. Each is judged against the latest order; for the
            status see `outcome`.
        """
        known = tuple(order for order in orders if order.placed_at is None or order.placed_at <= now)
        if not self._book.holds(policy, known, now):
            self._book, self._taken = _Book(policy, known), 0
        events, self._taken = self._events[self._taken :], len(self._events)
        return self._book.read(events, now)


class _Book:
    """The rows under one policy and the same orders; only what an event or the time touches is written again."""

    def __init__(self, policy: ShopPolicy | None, orders: tuple[Order, ...]) -> None:
        self._facts = (policy, orders)
        self._latest = latest_order(orders)
        self._now: datetime | None = None
        self._rows: list[LedgerRow] = []
        self._promises: list[Promise] = []
        # what nothing has settled: by matter, the promises by what they say on it; few, however long the talk
        self._standing: dict[str, dict[str, int]] = {}
        self._dues: list[tuple[datetime, int]] = []
        self._touched: set[int] = set()
        self._message_id: str | None = None
        self._settled_here: list[int] = []

    def holds(self, policy: ShopPolicy | None, orders: tuple[Order, ...], now: datetime) -> bool:
        return self._facts == (policy, orders) and (self._now is None or self._now <= now)

    def read(self, events: list[Saying | TakingBack], now: datetime) -> list[LedgerRow]:
        self._now = now
        if events or (self._dues and self._dues[0][0] < now):
            self._rows = list(self._rows)  # who holds the older list keeps what it said
        for event in events:
            evidence = event.evidence if isinstance(event, Saying) else event.correction.evidence
            if evidence.message_id != self._message_id:
                self._message_id, self._settled_here = evidence.message_id, []
            if isinstance(event, Saying):
                self._say(event)
            else:
                self._take_back(event)
        while self._dues and self._dues[0][0] < now:
            self._touched.add(heappop(self._dues)[1])
        for number in self._touched:
            self._write(self._promises[number], now)
        self._touched.clear()
        return self._rows

    def _say(self, saying: Saying) -> None:
        commitment, evidence, said_at, province, in_stock, _ = saying
        judgement = judge(commitment, Circumstances(self._facts[0], self._latest, said_at, province, in_stock))
        number = self._promise(saying, judgement.due_at)
        promise = self._promises[number]
        if promise.take(saying, judgement.due_at) and promise.due_at is not None:
            heappush(self._dues, (promise.due_at, number))
        due_at, fault = promise.due_at, is_fault(commitment, judgement)
        row = LedgerRow(commitment, judgement, evidence, said_at, province, due_at, "unknown", None, None, fault)
        if promise.rows:
            first = self._rows[promise.rows[0]]
            row = row._replace(due_at=first.due_at, status=first.status, repeats=first.evidence.message_id)
        promise.rows.append(len(self._rows))
        self._rows.append(row)
        self._touched.add(number)

    def _promise(self, saying: Saying, due_at: datetime | None) -> int:
        """The promise that stands and is said again, or a new one; what is changed or contradicted is settled."""
        commitment, evidence, said_at, *_ = saying
        promise = Promise(commitment, frozenset(), evidence.message_id, said_at, None, [])
        about, key = promise.key
        standing = self._standing.setdefault(about, {})
        for other, number in list(standing.items()):
            older = self._promises[number]
            if opposed(older.commitment, commitment) or (other == key and not older.includes(saying, due_at)):
                self._settle(number, Correction(evidence, said_at, explicit=False))
        if key in standing:
            return standing[key]
        self._promises.append(promise)
        if can_be_unsaid(commitment):
            standing[key] = len(self._promises) - 1
        return len(self._promises) - 1

    def _take_back(self, event: TakingBack) -> None:
        explicit = event.correction.explicit
        if explicit:
            # the plain word for it is the better evidence of what this message has settled already
            for number in self._settled_here:
                self._promises[number].correction = event.correction
                self._touched.add(number)
        if event.matters:
            for about in event.matters:
                for number in list(self._standing.get(about, {}).values()):
                    self._settle(number, event.correction)
        elif explicit:
            every = [number for standing in self._standing.values() for number in standing.values()]
            if every:
                self._settle(max(every, key=lambda number: self._promises[number].rows[-1]), event.correction)

    def _settle(self, number: int, correction: Correction) -> None:
        promise = self._promises[number]
        if promise.message_id == self._message_id:
            return  # what a message says stands beside its own correction
        promise.correction = correction
        about, key = promise.key
        del self._standing[about][key]
        self._settled_here.append(number)
        self._touched.add(number)

    def _write(self, promise: Promise, now: datetime) -> None:
        correction = promise.correction
        corrected_at = correction.said_at if correction else None
        status = outcome(promise.commitment.kind, promise.due_at, corrected_at, self._facts[1], now)
        first = self._rows[promise.rows[0]]
        if (first.due_at, first.status, first.correction) == (promise.due_at, status, correction):
            return  # a saying that changes nothing was given all this from the first
        for index in promise.rows:
            self._rows[index] = self._rows[index]._replace(due_at=promise.due_at, status=status, correction=correction)
