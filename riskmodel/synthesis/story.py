"""From a scenario's steps to what happens in one talk: lines said, orders placed, silences, in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random
from typing import NamedTuple, TypeGuard

from riskmodel.synthesis.facts import Facts
from riskmodel.synthesis.scenarios import Family
from riskmodel.synthesis.slots import fill, spoken_money
from riskmodel.synthesis.steps import (
    AgentLine,
    AnyOf,
    BuyerLine,
    GoodsTalk,
    OrderStep,
    Pause,
    Pools,
    ServiceTalk,
    Step,
)

__all__ = ["Event", "Gap", "Placed", "Said", "Telling"]

# how many agents begin careful, and how often such a one gives in when it is put to them again
_CAREFUL = 0.78
_GIVES_IN = 0.4
# lines from the agents' stock that nothing called for: mean a talk
_READY_REPLIES = 2.5
# acts after which nobody says thank you and goodbye; acts are free words, hence stems
_HEATED = re.compile(
    "angry|annoy|bargain|collect|complain|deadline|demand|escalat|force|hint|insist|last_call|lure|move|press|price"
    "|reject|sale|sell|threat|vent"
)
_ABOUT_ORDER = re.compile("提交订单|付款")
_AFTER_ORDER = re.compile("订单|付款|发货|快件|售后")
# messages before lines are split: log of the median, and its spread; and how many talks are much longer
_USUAL_LENGTH = (2.8, 0.4)
_LONG_SHARE = 0.05
# of ordinary talk once there is an order, the rest being about goods
_SERVICE_SHARE = 0.85


class Said(NamedTuple):
    """One line of the story, its slots filled but not yet styled."""

    sender: str
    act: str
    text: str
    photo: bool = False
    commits: bool = False
    earliest: bool = False


class Gap(NamedTuple):
    """Silence, in seconds."""

    seconds: float


class Placed(NamedTuple):
    """An order: seconds after the line before it, or (negative) before the first line of all.

    Its `amount` in yuan and its `payment` are those of the talk's facts where the story does not fix them.
    """

    seconds: float
    status: str | None
    amount: float | None = None
    payment: str | None = None


Event = Said | Gap | Placed


class Telling:
    """One telling of a story: choices made once are kept, and no line is said twice while there is another."""

    def __init__(self, family: Family, facts: Facts, pools: Pools, rng: Random) -> None:
        self._family, self._pools, self._rng = family, pools, rng
        self._manner = "careful" if rng.random() < _CAREFUL else "careless"
        self._answered = False
        self._said: set[str] = set()
        self._goods = pools.goods[family.surface.items]
        self._slots = {
            "item": facts.title.split(" ")[0],
            "province": facts.place.short,
            "city": facts.place.city.removesuffix("市"),
            "price": f"{facts.price:g}",
            "carrier": facts.carrier,
            "qty": str(facts.quantity),
        }

    def tell(self) -> list[Event]:
        """The story with routine talk around it, which knows nothing of the label."""
        events: list[Event] = []
        self._steps(self._family.talk, events)
        self._repeat_policy(events)
        self._pad(events)
        self._frame(events)
        return events

    def _pick(self, lines: Sequence[str]) -> str:
        fresh = [line for line in lines if line not in self._said]
        line = self._rng.choice(fresh or lines)
        self._said.add(line)
        return line

    def _exchange(self, pool: Sequence[Sequence[str]], act: str) -> list[Event]:
        fresh = [pair for pair in pool if pair[0] not in self._said]
        question, answer = self._rng.choice(fresh or pool)
        self._said.add(question)
        return [Said("buyer", act, fill(question, self._slots)), Said("agent", act, fill(answer, self._slots))]

    def _steps(self, steps: Sequence[Step], events: list[Event]) -> None:
        rng = self._rng
        for step in steps:
            if isinstance(step, BuyerLine | AgentLine):
                if (step.when is None or step.when == self._manner) and rng.random() < step.chance:
                    events.append(self._line(step))
            elif isinstance(step, OrderStep):
                events.append(self._order(step))
            elif isinstance(step, Pause):
                events.append(Gap(rng.uniform(*step.pause.seconds)))
            elif isinstance(step, GoodsTalk):
                for _ in range(rng.randint(*step.goods)):
                    events += self._exchange(self._goods, "goods")
            elif isinstance(step, ServiceTalk):
                for _ in range(rng.randint(*step.service)):
                    events += self._exchange(self._pools.service, "service")
            elif isinstance(step, AnyOf):
                self._steps(rng.choice(step.any_of), events)
            elif rng.random() < step.chance:
                self._steps(step.maybe, events)

    def _line(self, step: BuyerLine | AgentLine) -> Said:
        slots = self._slots
        if step.money is not None:
            slots = slots | {"money": spoken_money(self._rng, *step.money)}
        if isinstance(step, BuyerLine):
            text = fill(self._pick(self._family.lines(step.use or step.say or [])), slots)
            return Said("buyer", step.buyer, text, photo=step.photo, earliest=step.mark is not None)
        careful, careless = step.careful, step.careless
        if step.use is not None and step.when == "careful":
            # the same careful words elsewhere in the file have a careless way out
            careful, careless = step.use, self._family.careless_for.get(step.use)
        if careful is None or careless is None:
            text = self._pick(self._family.lines(step.use or step.say or []))
            return Said("agent", step.agent, fill(text, slots), commits=step.commits)
        if self._answered and self._manner == "careful" and self._rng.random() < _GIVES_IN:
            self._manner = "careless"
        self._answered = True
        gave_in = self._manner == "careless"
        text = self._pick(self._family.lines(careless if gave_in else careful))
        return Said("agent", step.agent, fill(text, slots), commits=gave_in and (step.commits or step.use is not None))

    def _order(self, step: OrderStep) -> Placed:
        terms = step.order
        if terms.before_days is not None:
            # an order of "0 days before" is still a few minutes old
            return Placed(
                -max(self._rng.uniform(*terms.before_days) * 86400, self._rng.uniform(300, 7200)), terms.status
            )
        low, high = terms.after_minutes or (0, 0)
        return Placed(self._rng.uniform(low, high) * 60 + 5, terms.status)

    def _repeat_policy(self, events: list[Event]) -> None:
        """Add replies that the agents of this file have ready, whichever family is told.

        Agents paste the same few lines at everyone; without this, which of them were called for would tell the label.
        """
        for _ in range(min(int(self._rng.expovariate(1 / _READY_REPLIES)), 6)):
            places = [
                at for at, event in enumerate(events, start=1) if isinstance(event, Said) and event.sender == "agent"
            ]
            if not places or not self._family.ready_replies:
                return
            line = fill(self._pick(self._rng.choice(self._family.ready_replies)), self._slots)
            events.insert(self._rng.choice(places), Said("agent", "ready_reply", line))

    def _pad(self, events: list[Event]) -> None:
        """Bring the talk to a length drawn for all labels alike, mostly where a session begins or ends."""
        rng = self._rng
        target = rng.randint(42, 110) if rng.random() < _LONG_SHARE else int(rng.lognormvariate(*_USUAL_LENGTH))
        missing = (target - sum(isinstance(event, Said) for event in events)) // 2
        for _ in range(missing):
            at = rng.choices(range(len(events) + 1), [_room(events, index) for index in range(len(events) + 1)])[0]
            ordered = any(_is_order(event) and (event.seconds < 0 or index < at) for index, event in enumerate(events))
            if ordered and rng.random() < _SERVICE_SHARE:
                events[at:at] = self._exchange(self._pools.service, "service")
            else:
                events[at:at] = self._exchange(self._goods, "goods")

    def _frame(self, events: list[Event]) -> None:
        rng, pools = self._rng, self._pools
        spoken = [event for event in events if isinstance(event, Said)]
        if rng.random() < 0.4 and spoken and spoken[0].act not in ("greet", "chat"):
            hello: list[Event] = [Said("buyer", "greet", self._pick(pools.greetings_buyer))]
            if rng.random() < 0.8:
                hello.append(Said("agent", "greet", self._pick(pools.greetings_agent)))
            events[0:0] = hello
        buyers = [event for event in spoken if event.sender == "buyer"]
        calm = bool(buyers) and not _HEATED.search(buyers[-1].act)
        if calm and spoken[-1].sender == "agent" and rng.random() < 0.4:
            events.append(Said("buyer", "close", self._pick(pools.closings_buyer)))
        if isinstance(events[-1], Said) and events[-1].sender == "buyer" and rng.random() < 0.4:
            events.append(Said("agent", "close", self._pick(pools.closings_agent)))
        self._notices(events)

    def _notices(self, events: list[Event]) -> None:
        rng = self._rng
        for index in reversed(range(1, len(events))):
            event = events[index]
            roll = rng.random()
            if isinstance(event, Placed) and event.seconds > 0 and roll < 0.35:
                lines = [line for line in self._pools.system if _ABOUT_ORDER.search(line)]
            elif isinstance(event, Gap) and roll < 0.15:
                lines = [line for line in self._pools.system if not _AFTER_ORDER.search(line)]
            else:
                continue
            if lines:
                events.insert(index + 1, Said("system", "notice", rng.choice(lines)))


def _is_order(event: Event) -> TypeGuard[Placed]:
    return isinstance(event, Placed)


def _room(events: Sequence[Event], at: int) -> float:
    """How well ordinary talk fits in before the event at `at`; 0 where it would tear a question from its answer."""
    if at == 0:
        return 3.0
    before, after = events[at - 1], events[at] if at < len(events) else None
    if isinstance(before, Said) and before.sender != "agent":
        return 0.0
    if isinstance(after, Placed) or (isinstance(after, Said) and after.sender != "buyer"):
        return 0.0
    return 0.1 if isinstance(before, Said) and isinstance(after, Said) else 1.0
