"""Writing a told story down as a conversation of the contract: styles, times, identifiers, orders, labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from riskmodel.synthesis.facts import Facts, draw_order, opaque_id, timestamp
from riskmodel.synthesis.scenarios import Family
from riskmodel.synthesis.steps import Pools
from riskmodel.synthesis.story import Event, Gap, Placed, Said
from riskmodel.synthesis.style import apply_styles, canned_replies, draw_styles, robot_greetings

__all__ = ["LabelledChat", "Scribe", "conversation_id"]

# how many buyers whose talk has no order of its own have another one under way: days since, and how it stands
_UNDER_WAY = 0.9
_UNDER_WAY_STATES = ((1, "paid"), (2, "paid"), (1, "placed"), (5, "shipped"), (12, "delivered"))
# per chat, and per reply, in shops that use them
_ROBOT = 0.6
_CANNED = 0.3
_FINISHED = ("delivered", "completed", "completed", "refunded")


@dataclass(frozen=True, slots=True)
class LabelledChat:
    """A conversation as the contract has it, and what is known of it because it was invented.

    `acts` and `families` are for training and measuring; `first_commitment_message_id` is the agent's first harmful
    commitment, whoever the buyer; `earliest_message_id` the buyer's first message at which an experienced agent would
    slow down, only in abusive chats; `written` chats were written whole, not told from a scenario, and one that opens
    like an abusive one names its `conversation_id` in `twin_of`. `weight` is what the chat counts for beside others of
    its kind; a `private` one is no invention but a shop's own talk, whose rare words no model may keep.
    """

    conversation: dict[str, Any]
    label: str
    patterns: tuple[str, ...]
    family: str
    pair: str
    first_commitment_message_id: str | None
    earliest_message_id: str | None
    acts: tuple[str, ...]
    styles: tuple[str, ...]
    written: bool = False
    twin_of: str | None = None
    weight: float = 1.0
    private: bool = False


def conversation_id(key: str) -> str:
    """The identifier of the chat that is written with a key."""
    return f"syn-{key}"


class Scribe:
    """Writes one talk down; `key` is what its opaque identifiers are made from."""

    def __init__(
        self, family: Family, facts: Facts, pools: Pools, rng: Random, key: str, *, styles: frozenset[str] | None = None
    ) -> None:
        self._family, self._facts, self._pools, self._rng, self._key = family, facts, pools, rng, key
        self._styles = draw_styles(rng) if styles is None else styles
        self._clock = facts.start
        self._pace = rng.lognormvariate(0, 0.5)
        self._messages: list[dict[str, Any]] = []
        self._orders: list[dict[str, Any]] = []
        self._acts: list[str] = []
        self._commitment: str | None = None
        self._earliest: str | None = None
        self._waited = True

    def write(self, events: Sequence[Event]) -> LabelledChat:
        """The events as a labelled chat; to be called once."""
        self._older_orders(events)
        robot = "agent_canned" in self._styles and self._rng.random() < _ROBOT
        for event in events:
            if isinstance(event, Said):
                if event.sender == "agent" and "agent_canned" in self._styles and self._rng.random() < _CANNED:
                    self._say(Said("agent", "canned", self._rng.choice(canned_replies())))
                self._say(event)
                if robot:
                    self._say(Said("agent", "canned", self._rng.choice(robot_greetings())))
                    robot = False
            elif isinstance(event, Gap):
                self._wait(event)
            else:
                self._place(event)
        return LabelledChat(
            conversation=self._conversation(),
            label=self._family.label,
            patterns=self._family.patterns,
            family=self._family.name,
            pair=self._family.pair,
            first_commitment_message_id=self._commitment,
            earliest_message_id=self._earliest,
            acts=tuple(self._acts),
            styles=tuple(sorted(self._styles)),
        )

    def _conversation(self) -> dict[str, Any]:
        facts = self._facts
        conversation: dict[str, Any] = {"conversation_id": conversation_id(self._key), "shop_id": facts.shop_id}
        if facts.platform is not None:
            conversation["platform"] = facts.platform
        conversation["messages"] = self._messages
        if facts.buyer is not None:
            conversation["buyer"] = facts.buyer
        if self._orders:
            conversation["orders"] = self._orders
        if facts.policy is not None:
            conversation["shop"] = facts.policy
        return conversation

    def _say(self, said: Said) -> None:
        rng = self._rng
        for number, text in enumerate(apply_styles(said.text, said.sender, self._styles, rng)):
            self._tick(said, number)
            message_id = f"m{len(self._messages) + 1}"
            message: dict[str, Any] = {
                "message_id": message_id,
                "sender": said.sender,
                "sent_at": timestamp(self._clock),
                "text": text,
            }
            if said.photo and number == 0:
                digest = opaque_id(self._key, message_id, "photo", length=40) + opaque_id(
                    self._key, message_id, length=24
                )
                message["attachments"] = [
                    {
                        "name": f"IMG_{rng.randrange(10**4):04d}.jpg",
                        "media_type": "image/jpeg",
                        "sha256": digest,
                        "size_bytes": rng.randrange(40_000, 900_000),
                    }
                ]
            if said.commits and self._commitment is None:
                self._commitment = message_id
            self._messages.append(message)
            self._acts.append(said.act)
        if said.earliest and self._earliest is None:
            # of a line sent in parts, the last one makes the sense clear
            self._earliest = self._messages[-1]["message_id"]

    def _tick(self, said: Said, part: int) -> None:
        rng = self._rng
        if not self._messages or self._waited:
            step = 0.0
        elif part:
            step = rng.uniform(2, 8)
        elif said.sender == "system":
            step = 1.0
        elif self._messages[-1]["sender"] == said.sender:
            step = rng.uniform(4, 25)
        else:
            step = 4 + rng.lognormvariate(3.2, 0.7) * self._pace
            if rng.random() < 0.06:
                step += rng.uniform(200, 2400)
        self._clock += int(step)
        self._waited = False

    def _wait(self, gap: Gap) -> None:
        self._clock += int(gap.seconds)
        hour = int(timestamp(self._clock)[11:13])
        if gap.seconds > 3600 and 1 <= hour < 7 and self._rng.random() < 0.95:
            # most people sleep
            self._clock += 3600 * self._rng.randint(7 - hour, 10)
        self._waited = True

    def _older_orders(self, events: Sequence[Event]) -> None:
        # a talk without an order of its own is mostly by a buyer who has one under way, so that orders tell nothing
        if not any(isinstance(event, Placed) for event in events) and self._rng.random() < _UNDER_WAY:
            days, status = self._rng.choice(_UNDER_WAY_STATES)
            self._other_order(self._rng.uniform(0.05, 1) * days, status)
        for _ in range(self._facts.older_orders):
            self._other_order(self._rng.uniform(20, 300), self._rng.choice(_FINISHED))
        self._orders.reverse()

    def _other_order(self, days: float, status: str) -> None:
        placed_at = self._facts.start - int(days * 86400)
        title = self._rng.choice(self._pools.items[self._family.surface.items])
        self._orders.append(draw_order(self._rng, self._facts, placed_at, status, title))

    def _place(self, placed: Placed) -> None:
        if placed.seconds < 0:
            placed_at = self._facts.start + int(placed.seconds)
        else:
            self._clock += int(placed.seconds)
            self._waited = False
            placed_at = self._clock
        facts = self._facts
        if placed.amount is not None:
            facts = facts._replace(price=placed.amount, quantity=1)
        if placed.payment is not None:
            facts = facts._replace(payment=placed.payment)
        self._orders.append(draw_order(self._rng, facts, placed_at, placed.status))
