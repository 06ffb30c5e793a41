"""A shop's year as it might be: talks month by month, in changing words, with a pattern that nobody has seen before.

For measuring what retraining and the gate do over time where no shop's talks are at hand. All of it is invented: talks
by the generator, wordings by `riskmodel.synthesis.drift`, labels by `riskmodel.learning.simulated`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskmodel.learning.prequential import DELAY
from riskmodel.learning.retrain import ShopTalk
from riskmodel.learning.simulated import Habits, look_at
from riskmodel.patterns import Pattern
from riskmodel.synthesis import Family, LabelledChat, generate, load_families, written_chats
from riskmodel.synthesis.drift import drifted

__all__ = ["MONTHS", "Labels", "World"]

MONTHS: Final = 12
_MONTH: Final = timedelta(days=30)
_BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
_MORE: Final = 5  # times that families of the new pattern come in the rotation: about a quarter of abusive talks


class World(NamedTuple):
    """What happens, whoever looks.

    `talks` come each month; families of the pattern `new` come from month `appears` on, and only their abusive side:
    the ordinary talks that open alike are there from the beginning. `habits` are those of the people who label, and
    `most` how many held talks they get round to in a month, which ones is chance.
    """

    talks: int
    seed: int = 0
    new: Pattern = "invoice_bait"
    appears: int = 7
    habits: Habits = Habits(sample=0.05)
    most: int = 400

    def is_new(self, chat: LabelledChat) -> bool:
        """Whether a talk is of the pattern that nobody knew before."""
        return self.new in chat.patterns

    def known(self) -> list[Family]:
        """The families that are known when the year begins."""
        return [family for family in load_families() if self.new not in family.patterns]

    def before(self, count: int, seed: int, *, written: int = 1) -> list[LabelledChat]:
        """Chats of what is known when the year begins: generated ones, and one in `written` of those written whole."""
        whole = [chat for chat in written_chats()[::written] if not self.is_new(chat)] if written else []
        return [*generate(count, seed, self.known()), *whole]

    def month(self, number: int) -> list[LabelledChat]:
        """The talks of a month, counted from 1, in the wording of their time."""
        families = self.known()
        if number >= self.appears:
            families += [family for family in load_families() if self.new in family.patterns] * _MORE
        # no seed of a training or of a frozen set
        chats = generate(self.talks, 1_000_000 + 100 * self.seed + number, families)
        return [drifted(chat, number) for chat in chats]


class Labels:
    """What people have said of a shop's talks: late, of what one model held and of a sample, and now and then wrong."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.talks: list[ShopTalk] = []
        self.begin = _BEGIN

    def look(self, number: int, chats: Sequence[LabelledChat], held: NDArray[np.bool_]) -> int:
        """Look at a month's talks, of which a model held some; gives how many are looked at.

        Talks begin evenly over their month; a label is known when it was given, and no sooner than a week after.
        """
        world = self._world
        looked = look_at(chats, held, world.habits, seed=world.seed)
        places = looked.places[held[looked.places]].tolist()
        rng = Random(f"{world.seed}:{number}")  # noqa: S311  # invents labels, guards nothing
        passed_over = set(rng.sample(places, max(len(places) - world.most, 0)))
        picked = world.most / len(places) if passed_over else None
        before = len(self.talks)
        for talk, began, place in zip(looked.talks, looked.began, looked.places.tolist(), strict=True):
            if place not in passed_over:
                start = self.begin + _MONTH * (number - 1 + place / len(chats))
                (given,) = talk.given
                given = given._replace(at=start + max(given.at - began, DELAY))
                self.talks.append(talk._replace(given=[given._replace(probability=given.probability or picked)]))
        return len(self.talks) - before

    def known(self, number: int) -> list[ShopTalk]:
        """The talks whose labels are known at the end of a month."""
        end = self.begin + _MONTH * number
        return [talk for talk in self.talks if talk.given[0].at <= end]
