"""A shop's labels as they might come in: late, mostly of talks that were held, and now and then wrong.

For trying out what retraining does where no shop's labels are at hand. All numbers are assumptions, chosen by this
project; how people really label is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskmodel.learning.outcomes import Given
from riskmodel.learning.retrain import ShopTalk
from riskmodel.synthesis import LabelledChat

__all__ = ["Habits", "Looked", "began", "look_at"]


class Habits(NamedTuple):
    """How a shop looks at talks.

    `sample` is the share of unheld talks that are picked by chance; `mistaken` the share of labels that say the
    opposite; `delay` the mean time from a talk's last message to its label, which is drawn from an exponential
    distribution; `people` who label, in turn by chance.
    """

    sample: float = 0.1
    mistaken: float = 0.03
    delay: timedelta = timedelta(days=6)
    people: tuple[str, ...] = ("first", "second", "third", "fourth")


class Looked(NamedTuple):
    """The talks that somebody looked at, when each began, and its position among all."""

    talks: list[ShopTalk]
    began: list[datetime]
    places: NDArray[np.int_]


def began(chat: LabelledChat) -> datetime:
    """When a talk's first message was sent."""
    return datetime.fromisoformat(chat.conversation["messages"][0]["sent_at"])


def look_at(
    chats: Sequence[LabelledChat], held: NDArray[np.bool_], habits: Habits | None = None, *, seed: int = 0
) -> Looked:
    """Label all held talks, and of the others those that chance picks.

    Parameters
    ----------
    chats
        Talks as they truly are, each with messages; what happens to one does not depend on the others.
    held
        Whether the model in use advised somebody to look, shape (n,).
    habits
        By default those above.
    seed
        Same seed, same labels.
    """
    habits = habits or Habits()
    found = Looked([], [], np.array([], dtype=np.int_))
    places = []
    for place, (chat, was_held) in enumerate(zip(chats, held.tolist(), strict=True)):
        rng = Random(f"{seed}:{chat.conversation['conversation_id']}")  # noqa: S311  # invents labels, guards nothing
        picked, mistaken = rng.random() < habits.sample, rng.random() < habits.mistaken
        delay, who = rng.expovariate(1.0) * habits.delay, rng.choice(habits.people)
        if not was_held and not picked:
            continue
        label = {"abusive": "benign"}.get(chat.label, "abusive") if mistaken else chat.label
        last = datetime.fromisoformat(chat.conversation["messages"][-1]["sent_at"])
        given = Given(label, who, last + delay, None if was_held else habits.sample)
        found.talks.append(ShopTalk(chat.conversation, [given]))
        found.began.append(began(chat))
        places.append(place)
    return found._replace(places=np.array(places, dtype=np.int_))
