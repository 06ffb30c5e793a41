"""Measures the reply check on a file of labelled drafts, through the very answers that its users get.

A draft is caught where the verdict is any but ``send``. A pair is two drafts, the same or nearly the same, of which
policy, order, time or question makes one unsafe and the other safe; so a share of the unsafe or of the safe ones never
counts both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from riskmodel.conversation import Conversation
from riskmodel.evaluation.draft_files import Label, LabelledDraft
from riskmodel.evaluation.metrics import RESAMPLES, Figure, figure, share, wilson
from riskmodel.evaluation.report import NOTE

__all__ = ["Checked", "DraftReport", "measure_drafts", "summarise_drafts"]

Progress = Callable[[str, int, int], None]


class Checks(Protocol):
    """What `measure_drafts` asks of a scorer."""

    def check_reply(self, conversation: Conversation, draft: str) -> dict[str, Any]: ...


class Checked(NamedTuple):
    """What the check said of one draft.

    `polarity`: a finding has the label's polarity; `span`: one overlaps the passage of the label. Both are false where
    the label names none.
    """

    label: Label
    stopped: bool
    polarity: bool
    span: bool


@dataclass(frozen=True)
class GroupRow:
    """Unsafe drafts of one polarity or topic: how many, caught, and with a finding of the label's polarity."""

    name: str
    n: int
    caught: int
    polarity: int


@dataclass(frozen=True)
class DraftReport:
    """All that was measured; every table of it is to be shown with `split` and `note`.

    Attributes
    ----------
    split
        What was measured on what.
    note
        The limit of every figure.
    interval
        How the intervals were made.
    drafts
        How many ``unsafe`` and ``safe`` ones, and how many ``pairs``.
    figures
        Shares from 0 to 1: ``unsafe_caught``, ``safe_passed``, ``pairs_right`` (both halves), ``polarity_right`` (of
        the unsafe) and ``span_right`` (of the caught whose label quotes a passage).
    polarities, topics
        The unsafe drafts as counts, largest group first.
    """

    split: str
    note: str
    interval: str
    drafts: dict[str, int]
    figures: dict[str, Figure]
    polarities: list[GroupRow]
    topics: list[GroupRow]

    def as_json(self) -> dict[str, Any]:
        """The report as plain JSON types."""
        return asdict(self)


def measure_drafts(
    drafts: Sequence[LabelledDraft], scorer: Checks, *, progress: Progress | None = None
) -> list[Checked]:
    """Check every draft as the reply to the last message of its talk."""
    checked = []
    for number, (case, label) in enumerate(drafts, start=1):
        answer = scorer.check_reply(case.conversation, case.draft)
        findings = answer["findings"]
        start, end = 0, 0
        if label.span_text is not None:
            start = case.draft.index(label.span_text)
            end = start + len(label.span_text)
        checked.append(
            Checked(
                label,
                stopped=answer["verdict"] != "send",
                polarity=any(finding["polarity"] == label.polarity for finding in findings),
                span=any(finding["span"][0] < end and start < finding["span"][1] for finding in findings),
            )
        )
        if progress is not None:
            progress("checking", number, len(drafts))
    return checked


def summarise_drafts(
    checked: Sequence[Checked], *, split: str, seed: int = 0, resamples: int = RESAMPLES
) -> DraftReport:
    """Make the report.

    Parameters
    ----------
    checked
        In any order, both halves of every pair among them.
    split
        One line: what was measured on what.
    seed, resamples
        Of the bootstrap.
    """
    unsafe = [item for item in checked if item.label.unsafe]
    safe = [item for item in checked if not item.label.unsafe]
    right = {item.label.case_id: item.stopped == item.label.unsafe for item in checked}
    pairs = np.array([right[item.label.case_id] and right[item.label.pair] for item in unsafe if item.label.pair], bool)
    return DraftReport(
        split=split,
        note=NOTE,
        interval=f"95 %, Wilson; of pairs by bootstrap over pairs, {resamples} resamples, seed {seed}",
        drafts={"unsafe": len(unsafe), "safe": len(safe), "pairs": len(pairs)},
        figures={
            "unsafe_caught": wilson(item.stopped for item in unsafe),
            "safe_passed": wilson(not item.stopped for item in safe),
            "pairs_right": figure(
                lambda at: share(pairs[at]),
                np.arange(len(pairs)),
                seed=seed,
                resamples=resamples,
                share_of=np.ones(len(pairs), dtype=bool),
            ),
            "polarity_right": wilson(item.polarity for item in unsafe),
            "span_right": wilson(item.span for item in unsafe if item.stopped and item.label.span_text is not None),
        },
        polarities=_groups((item.label.polarity, item) for item in unsafe),
        topics=_groups((item.label.topic, item) for item in unsafe),
    )


def _groups(rows: Iterable[tuple[str | None, Checked]]) -> list[GroupRow]:
    members: dict[str, list[Checked]] = {}
    for name, item in rows:
        members.setdefault(name or "", []).append(item)
    return [
        GroupRow(name, len(items), sum(item.stopped for item in items), sum(item.polarity for item in items))
        for name, items in sorted(members.items(), key=lambda group: (-len(group[1]), group[0]))
    ]
