"""The same talk with its orders going elsewhere: what a model makes of where somebody lives.

By the project's rule a region counts for nothing unless it changes what the shop can keep of what it promised. So each
talk is sent to other regions, all of them served, and it is said apart where a promise's feasibility changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from riskmodel.conversation import Conversation, ShipTo
from riskmodel.state import ConversationState

__all__ = ["Swapped", "sent_to", "swap_regions"]


class Reads(Protocol):
    """What `swap_regions` asks of a scorer."""

    def begin(self, conversation: Conversation) -> ConversationState: ...

    def assess_state(self, state: ConversationState, conversation_id: str) -> dict[str, Any]: ...


class Swapped(NamedTuple):
    """A talk sent to one other region.

    `moved` is the largest change of its risk after any message, 0 to 1; `feasible` whether the same promises stayed
    possible and impossible, after every message; `risks` the risk after each message there.
    """

    province: str
    moved: float
    feasible: bool
    risks: tuple[float, ...]


def sent_to(conversation: Conversation, province: str) -> Conversation:
    """The talk with every order going to a province that the shop serves."""
    orders = [order.model_copy(update={"ship_to": ShipTo(province=province)}) for order in conversation.orders]
    shop = conversation.shop and conversation.shop.model_copy(update={"unserved_provinces": []})
    return conversation.model_copy(update={"orders": orders, "shop": shop})


def swap_regions(conversation: Conversation, scorer: Reads, provinces: Sequence[str]) -> list[Swapped]:
    """Compare the talk in the first of some provinces with the same talk in each other one.

    Parameters
    ----------
    conversation
        One with orders, else nothing of it can move.
    scorer
        A loaded model.
    provinces
        Two or more, in any spelling.
    """
    first, *others = (list(_read(sent_to(conversation, province), scorer)) for province in provinces)
    risks = [risk for risk, _ in first]
    return [
        Swapped(
            province,
            max((abs(there[0] - here) for there, here in zip(other, risks, strict=True)), default=0.0),
            [keeps for _, keeps in other] == [keeps for _, keeps in first],
            tuple(risk for risk, _ in other),
        )
        for province, other in zip(provinces[1:], others, strict=True)
    ]


def _read(conversation: Conversation, scorer: Reads) -> Iterator[tuple[float, list[str]]]:
    """After each message the risk, and what of the shop's promises can be kept."""
    state = scorer.begin(conversation)
    for message in conversation.messages:
        state.add_message(message)
        answer = scorer.assess_state(state, conversation.conversation_id)
        yield answer["risk"], [row.judgement.can_keep for row in state.ledger]
