"""The links of one shop's talks: takes them in the order of time and knows, of each, only what came before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta

from riskmodel.links.marks import Marks
from riskmodel.links.wording import ALIKE, bands_of, likeness

__all__ = ["ShopLinks"]

FACTS_FOR = timedelta(days=90)
WORDING_FOR = timedelta(days=7)
_MOST = 3.0
# A number or address of more accounts than this is a pick-up point, a school or an agent, and links nobody. A guess of
# low confidence: no count of accounts by address is public.
_PUBLIC = 8
_COMPARED = 64  # of the latest talks in a part of a signature; a form letter of thousands need not be counted out

_Accounts = OrderedDict[bytes, datetime]


class ShopLinks:
    """Takes the talks of one shop; its size is that of the last 90 days.

    Two shops have one each, and nothing that one knows comes to the other.
    """

    def __init__(self) -> None:
        # by mark: the accounts that had it, and when last
        self._facts: tuple[dict[bytes, _Accounts], ...] = ({}, {}, {})
        self._worded: dict[bytes, OrderedDict[bytes, Marks]] = {}
        self._waiting: list[Marks] = []
        self._swept: datetime | None = None

    def take(self, marks: Marks) -> tuple[float | None, ...]:
        """The values of `LINKS` of the next talk: None where the talk has nothing that could link it.

        Talks of the same moment do not know of one another. Raises `ValueError` for a talk earlier than the one before.
        """
        if self._waiting and self._waiting[0].moment > marks.moment:
            raise ValueError("talks must be taken in the order of their last messages")
        if self._waiting and self._waiting[0].moment < marks.moment:
            for earlier in self._waiting:
                self._note(earlier)
            self._waiting = []
        self._waiting.append(marks)
        self._sweep(marks.moment)
        if marks.account is None:
            return None, None, None, None
        given = zip(self._facts, (marks.phones, marks.addresses, marks.devices), strict=True)
        return (*(self._others(known, held, marks) for known, held in given), self._same_wording(marks))

    def _others(self, known: dict[bytes, _Accounts], held: Iterable[bytes], marks: Marks) -> float | None:
        """How many other accounts had one of these marks."""
        if not held:
            return None
        others: set[bytes] = set()
        for mark in held:
            since = marks.moment - FACTS_FOR
            accounts = {account for account, last in known.get(mark, {}).items() if last >= since}
            if len(accounts) <= _PUBLIC:
                others |= accounts
        return min(float(len(others - {marks.account})), _MOST)

    def _same_wording(self, marks: Marks) -> float | None:
        if marks.wording is None:
            return None
        since = marks.moment - WORDING_FOR
        near = {id(talk): talk for band in bands_of(marks.wording) for talk in self._worded.get(band, {}).values()}
        others = {
            talk.account
            for talk in near.values()
            if talk.moment >= since and talk.wording is not None and likeness(talk.wording, marks.wording) >= ALIKE
        }
        return min(float(len(others - {marks.account})), _MOST)

    def _note(self, marks: Marks) -> None:
        if marks.account is None:
            return
        for known, held in zip(self._facts, (marks.phones, marks.addresses, marks.devices), strict=True):
            for mark in held:
                accounts = known.setdefault(mark, OrderedDict())
                accounts[marks.account] = marks.moment
                accounts.move_to_end(marks.account)
                while len(accounts) > _PUBLIC + 1:
                    accounts.popitem(last=False)  # enough to see that it is public
        if marks.wording is not None:
            for band in bands_of(marks.wording):
                talks = self._worded.setdefault(band, OrderedDict())
                talks[marks.account] = marks
                talks.move_to_end(marks.account)
                while len(talks) > _COMPARED:
                    talks.popitem(last=False)

    def _sweep(self, now: datetime) -> None:
        """Forget, once a day, what is too old to link anything."""
        if self._swept is not None and now - self._swept < timedelta(days=1):
            return
        self._swept = now
        for known in self._facts:
            for mark in [mark for mark, held in known.items() if next(reversed(held.values())) < now - FACTS_FOR]:
                del known[mark]
        old = now - WORDING_FOR
        for band in [band for band, held in self._worded.items() if next(reversed(held.values())).moment < old]:
            del self._worded[band]
