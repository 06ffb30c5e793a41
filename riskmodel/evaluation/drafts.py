"""Measures the reply check on a file of labelled drafts, through the very answers that its users get.

A draft is caught where the verdict is any but ``send``. A pair is two drafts, the same or nearly the same, of which
policy, order, time or question makes one unsafe and the other safe; so a share of the unsafe or of the safe ones never
counts both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Annotated, Any, NamedTuple, Protocol, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from riskmodel.conversation import Conversation, DraftRequest, Identifier
from riskmodel.errors import FieldProblem, InputError
from riskmodel.evaluation.metrics import CONFIDENCE, RESAMPLES, Figure, figure, share
from riskmodel.evaluation.report import NOTE
from riskmodel.signals.catalogue import Polarity

__all__ = ["Checked", "DraftReport", "LabelledDraft", "measure_drafts", "read_drafts", "summarise_drafts", "wilson"]

Progress = Callable[[str, int, int], None]


class Checks(Protocol):
    """What `measure_drafts` asks of a scorer."""

    def check_reply(self, conversation: Conversation, draft: str) -> dict[str, Any]: ...


class Case(DraftRequest):
    """One line of a drafts file."""

    case_id: Identifier


class Label(BaseModel):
    """One line of a labels file; other fields are for other uses and are passed over."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True, hide_input_in_errors=True)

    case_id: Identifier
    unsafe: bool
    polarity: Polarity | None = None
    topic: str | None = None
    span_text: Annotated[str, Field(min_length=1)] | None = None
    pair: str | None = None


Line = TypeVar("Line", Case, Label)


class LabelledDraft(NamedTuple):
    """A draft with the talk that it answers, and its label."""

    case: Case
    label: Label


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


def read_drafts(drafts: Path, labels: Path) -> list[LabelledDraft]:
    """Read drafts with their labels, matched by `case_id`, in the order of the drafts.

    Parameters
    ----------
    drafts
        JSON Lines with `case_id`, `conversation` and `draft`.
    labels
        JSON Lines with `case_id` and `unsafe`; an unsafe one has a `polarity` and a `topic` and may quote its worst
        passage as `span_text`; `pair` is the other half, or null.

    Raises
    ------
    InputError
        Naming file, line and what to do; with all that is wrong in the first step that finds anything.
    OSError
        Where a file cannot be read.
    """
    cases, rows = _read(drafts, Case), _read(labels, Label)
    problems = [
        *(
            _problem(drafts, number, f"this draft has no label; add its line to {labels.name}")
            for name, (number, _) in cases.items()
            if name not in rows
        ),
        *(
            _problem(labels, number, f"this label has no draft in {drafts.name}; remove the line or add the draft")
            for name, (number, _) in rows.items()
            if name not in cases
        ),
    ]
    if not cases and not rows:
        problems = [FieldProblem(f"{drafts}, no lines", "there are no drafts; measuring takes at least one")]
    _refuse(problems)
    result = []
    for name, (_, case) in cases.items():
        number, label = rows[name]
        problems.extend(_problem(labels, number, text) for text in _mismatches(label, case.draft, rows))
        result.append(LabelledDraft(case, label))
    _refuse(problems)
    return result


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


def wilson(flags: Iterable[bool]) -> Figure:
    """Share of true ones with the score interval of Wilson (1927), which stays inside 0 to 1 also at few or no misses.

    Examples
    --------
    >>> found = wilson([True] * 29 + [False] * 13)
    >>> f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}] of {found.n}"
    '0.69 [0.54, 0.81] of 42'
    """
    values = list(flags)
    n = len(values)
    if not n:
        return Figure(None, None, None, 0)
    value, z = sum(values) / n, NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    middle = (value + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * sqrt(value * (1 - value) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # the bound at a share of 0 or 1 is that share, but for rounding
    return Figure(value, 0.0 if value == 0 else middle - reach, 1.0 if value == 1 else middle + reach, n)


def _groups(rows: Iterable[tuple[str | None, Checked]]) -> list[GroupRow]:
    members: dict[str, list[Checked]] = {}
    for name, item in rows:
        members.setdefault(name or "", []).append(item)
    return [
        GroupRow(name, len(items), sum(item.stopped for item in items), sum(item.polarity for item in items))
        for name, items in sorted(members.items(), key=lambda group: (-len(group[1]), group[0]))
    ]


def _read(path: Path, model: type[Line]) -> dict[str, tuple[int, Line]]:
    found: dict[str, tuple[int, Line]] = {}
    problems: list[FieldProblem] = []
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            content = raw.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else raw.strip()
            if not content:
                continue
            try:
                line = model.model_validate_json(content)
            except ValidationError as error:
                problems.extend(_problem(path, number, text) for text in _explain(error))
                continue
            if line.case_id in found:
                text = f"the same case_id as line {found[line.case_id][0]}; rename or remove one"
                problems.append(_problem(path, number, text))
            found.setdefault(line.case_id, (number, line))
    _refuse(problems)
    return found


def _explain(error: ValidationError) -> Iterator[str]:
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        # the name of an unknown field is whatever was sent: shown short and escaped
        field = ".".join(ascii(str(part)[:64])[1:-1] for part in item["loc"])
        if item["type"] == "json_invalid":
            yield "is not valid JSON; one object a line"
        elif item["type"] == "missing":
            yield f"{field}: is missing; add it"
        elif item["type"] == "extra_forbidden":
            yield f"{field}: unknown field; remove it or check its spelling"
        else:
            yield f"{field or 'line'}: {item['msg'].removeprefix('Value error, ')}"


def _mismatches(label: Label, draft: str, rows: dict[str, tuple[int, Label]]) -> Iterator[str]:
    if label.unsafe and (label.polarity is None or label.topic is None):
        yield "an unsafe draft has a polarity and a topic; add what is missing"
    if label.span_text is not None and draft.count(label.span_text) != 1:
        yield "span_text: does not stand in the draft exactly once; quote a passage that does, or null"
    if label.pair is None:
        return
    if label.pair not in rows:
        yield "pair: no such case in the file; name one, or null"
        return
    other = rows[label.pair][1]
    if other.pair != label.case_id:
        yield "pair: that case does not name this one; correct one of the two"
    elif other.unsafe == label.unsafe:
        yield "pair: of the two halves one is unsafe and one is safe; correct a label or the reference"


def _problem(path: Path, line: int, text: str) -> FieldProblem:
    return FieldProblem(f"{path}, line {line}", text)


def _refuse(problems: Sequence[FieldProblem]) -> None:
    if problems:
        raise InputError(problems)
