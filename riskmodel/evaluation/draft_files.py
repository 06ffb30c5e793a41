"""Reads drafts and their labels, matched by `case_id`; what is wrong is named by file and line, and never echoed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from riskmodel.conversation import DraftRequest, Identifier
from riskmodel.errors import FieldProblem
from riskmodel.evaluation.rows import problem, read_rows, refuse, unmatched
from riskmodel.signals.catalogue import Polarity

__all__ = ["Case", "Label", "LabelledDraft", "read_drafts"]


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


_TWICE = "rename or remove one"


class LabelledDraft(NamedTuple):
    """A draft with the talk that it answers, and its label."""

    case: Case
    label: Label


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
    cases = read_rows(drafts, Case, "case_id", twice=_TWICE, explain=_explain)
    rows = read_rows(labels, Label, "case_id", twice=_TWICE, explain=_explain)
    problems = [
        *unmatched(drafts, cases, rows, f"this draft has no label; add its line to {labels.name}"),
        *unmatched(labels, rows, cases, f"this label has no draft in {drafts.name}; remove the line or add the draft"),
    ]
    if not cases and not rows:
        problems = [FieldProblem(f"{drafts}, no lines", "there are no drafts; measuring takes at least one")]
    refuse(problems)
    result = []
    for name, (_, case) in cases.items():
        number, label = rows[name]
        problems.extend(problem(labels, number, text) for text in _mismatches(label, case.draft, rows))
        result.append(LabelledDraft(case, label))
    refuse(problems)
    return result


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
