"""A candidate model from a shop's labelled talks and the synthetic ones, with a record of what it learned from.

The same talks, labels and seed give the same bytes, in whatever order they come. A candidate is not in use: whether it
may be is for a gate and a person to say.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from riskmodel.channels import Progress
from riskmodel.errors import FieldProblem, InputError
from riskmodel.learning.caps import SHARE, Capped, cap
from riskmodel.learning.outcomes import MOST_WEIGHT, Given, Outcome, effective, outcome, weights
from riskmodel.learning.splits import grouped
from riskmodel.model.alerts import AlertBudget
from riskmodel.reader import LineReader
from riskmodel.synthesis import LabelledChat, generate, written_chats
from riskmodel.synthesis.digest import data_digest
from riskmodel.synthesis.duplicates import refuse_repeats
from riskmodel.table import Table, joined, read_table
from riskmodel.training import TrainReport, train_table
from riskmodel.words.fit import LEAST_TALKS

__all__ = ["SHOP_TIMES", "Base", "Learned", "Retrained", "ShopTalk", "learn_from", "read_base", "retrain", "with_base"]

SHOP_TIMES: Final = 5.0
"""What a shop's talk counts for on average, of generated ones: as much as a chat that was written whole."""


class ShopTalk(NamedTuple):
    """A talk of a shop: the conversation as the contract has it, and its labels, the oldest first, one or more."""

    conversation: dict[str, Any]
    given: Sequence[Given]


class Base(NamedTuple):
    """The synthetic chats that every candidate learns from, read into a table; reading them again gives the same."""

    chats: Sequence[LabelledChat]
    table: Table
    generated: int
    seed: int


class Learned(NamedTuple):
    """What can be learned from a shop's talks, and what was left out.

    `chats` are those with an outcome, weighed and in an order of their own; beside them `outcomes`, and `places`, where
    each stood among the talks given. `unclear` and `contradicted` count those without one. `by_chance` were picked by
    chance; `effective` is how many talks of equal weight say as much. `sha256` is of talks, outcomes and weights.
    """

    chats: Sequence[LabelledChat]
    outcomes: Sequence[Outcome]
    places: Sequence[int]
    unclear: int
    contradicted: int
    by_chance: int
    effective: float
    people: int
    capped: Sequence[Capped]
    sha256: str

    @property
    def labels(self) -> dict[str, int]:
        """How many talks of each label."""
        return dict(sorted(Counter(chat.label for chat in self.chats).items()))

    @property
    def against_platform(self) -> int:
        """Talks that were labelled abusive though the platform upheld the buyer's claim: worth another look."""
        return sum(each.label == "abusive" and each.platform_decision == "upheld" for each in self.outcomes)

    def record(self) -> dict[str, Any]:
        """What a manifest keeps of it: counts only, and no name."""
        return {
            "sha256": self.sha256,
            "talks": self.labels,
            "unclear": self.unclear,
            "contradicted": self.contradicted,
            "by_chance": self.by_chance,
            "effective_talks": round(self.effective, 1),
            "largest_weight": MOST_WEIGHT,
            "people": self.people,
            "capped": [{**each._asdict(), "by": f"person {place}"} for place, each in enumerate(self.capped, start=1)],
            "labelled_against_platform": self.against_platform,
            "vocabulary_from_talks": LEAST_TALKS,
        }


class Retrained(NamedTuple):
    """A candidate, and what it learned from."""

    report: TrainReport
    learned: Learned


def learn_from(talks: Sequence[ShopTalk], *, share: float = SHARE) -> Learned:
    """Weigh a shop's talks by why they were looked at, and bound what one person's labels count for.

    Parameters
    ----------
    talks
        Any number; those without messages are passed over.
    share
        The bound, see `riskmodel.learning.caps`.
    """
    known = [(place, outcome(talk.given)) for place, talk in enumerate(talks) if talk.conversation["messages"]]
    clear = sorted((_digest(talks[place], found), place, found) for place, found in known if found.label is not None)
    digests, places, outcomes = [list(each) for each in zip(*clear, strict=True)] if clear else ([], [], [])
    abusive = np.array([found.label == "abusive" for found in outcomes], dtype=np.bool_)
    weight = weights(found.probability for found in outcomes)
    said = effective(weight)
    for kind in (True, False):
        if (abusive == kind).any():
            weight[abusive == kind] *= SHOP_TIMES / weight[abusive == kind].mean()
    by = [found.by or "" for found in outcomes]
    weight, capped = cap(weight, by, abusive, share=share)
    chats = [
        _chat(talks[place], found, number, counts)
        for number, (place, found, counts) in enumerate(zip(places, outcomes, weight.tolist(), strict=True))
    ]
    told = list(zip(digests, weight.tolist(), strict=True))
    contradicted = sum(found.contradicted for _, found in known)
    return Learned(
        chats,
        outcomes,
        places,
        len(known) - len(clear) - contradicted,
        contradicted,
        sum(found.probability is not None for found in outcomes),
        said,
        len(set(by)),
        capped,
        hashlib.sha256(json.dumps(told).encode()).hexdigest(),
    )


def read_base(
    reader: LineReader,
    *,
    seed: int = 0,
    chats: int = 4000,
    written: Sequence[LabelledChat] | None = None,
    progress: Progress | None = None,
) -> Base:
    """Generate and read the chats that `riskmodel.training.train` learns from; parameters as there."""
    invented = [*generate(chats, seed), *(written_chats() if written is None else written)]
    table = read_table(invented, seed=seed, progress=progress, total=len(invented), reader=reader)
    return Base(invented, table, chats, seed)


def with_base(
    base: Base,
    chats: Sequence[LabelledChat],
    reader: LineReader,
    progress: Progress | None = None,
    read: Callable[..., Table] = read_table,
) -> Table:
    """The synthetic talks and then a shop's own as one table, in groups that no split parts.

    `read` reads the shop's talks as `riskmodel.table.read_table` does.
    """
    if not chats:
        return base.table._replace(columns=base.table.columns.copy())  # which a fit fills
    pairs = [chat.pair for chat in grouped([*base.chats, *chats])]
    own = read(chats, seed=base.seed, progress=progress, total=len(chats), reader=reader)
    return joined(base.table, own)._replace(groups=np.array(pairs))


def retrain(
    out: Path,
    talks: Sequence[ShopTalk],
    *,
    reader: LineReader,
    seed: int = 0,
    chats: int = 4000,
    base: Base | None = None,
    parent: str | None = None,
    share: float = SHARE,
    alerts: AlertBudget | None = None,
    progress: Progress | None = None,
    frozen: Sequence[LabelledChat] | None = None,
) -> Retrained:
    """Train a candidate on a shop's talks and synthetic ones, and store it.

    Parameters
    ----------
    out
        Folder for the candidate.
    talks
        Of the shop, with their labels.
    reader
        The reader of lines of the model in use: labels do not move it, and fitting one takes most of the time.
    seed, chats
        Of the synthetic chats, where no `base` is given.
    base
        Those already read, which saves reading them for each of several candidates.
    parent
        Digest of the model that the candidate is to follow.
    share
        The most that one person's labels may count for, see `riskmodel.learning.caps`.
    alerts, progress, frozen
        As for `riskmodel.training.train`.

    Raises
    ------
    InputError
        Where no talk has an outcome to learn from, or one nearly repeats a frozen talk.
    """
    learned = learn_from(talks, share=share)
    if not learned.chats:
        problem = "no talk has a label that says what it was; label some, or train without with `baitwatch train`"
        raise InputError([FieldProblem("labels", problem)])
    base = base or read_base(reader, seed=seed, chats=chats, progress=progress)
    everything = [*base.chats, *learned.chats]
    details = {"shop": learned.record(), "generated_chats": base.generated, "parent": parent}
    details["data_sha256"] = data_digest(everything)
    if frozen is not None:
        refuse_repeats(everything, frozen)
        details["frozen_sha256"] = data_digest(frozen)
    table = with_base(base, learned.chats, reader, progress)
    report = train_table(table, reader, out, seed=base.seed, alerts=alerts, progress=progress, details=details)
    return Retrained(report, learned)


def _chat(talk: ShopTalk, found: Outcome, number: int, weight: float) -> LabelledChat:
    assert found.label is not None
    return LabelledChat(
        conversation=talk.conversation,
        label=found.label,
        patterns=(),  # a label does not say which
        family="shop",
        pair=f"shop {number}",
        first_commitment_message_id=None,
        earliest_message_id=None,
        acts=("",) * len(talk.conversation["messages"]),
        styles=(),
        weight=weight,
        private=True,
    )


def _digest(talk: ShopTalk, found: Outcome) -> str:
    told = [talk.conversation, found.label, found.probability, found.by]
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
