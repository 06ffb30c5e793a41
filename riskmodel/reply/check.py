"""Checks a draft against what this shop can keep for this order, and offers safe wordings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from riskmodel.promises import Circumstances, Commitment, Judgement, is_fault, judge
from riskmodel.reply.facts import facts_of_each
from riskmodel.reply.findings import finding_row
from riskmodel.reply.suggest import Fault, suggest
from riskmodel.reply.warnings import Warned, says_nothing, warnings_on_draft, warnings_on_input
from riskmodel.signals.lexicon import Span
from riskmodel.state import ConversationState

__all__ = ["check_draft", "passes", "promise_row"]

# A supervisor should see these before they are sent: they cannot be taken back or they cost more than the order.
_HOLD = frozenset({"disclosure", "pay_for_review", "false_statement"})
_NOT_JUDGED = Judgement("unknown", None, "没有可供核对的会话信息", "there is nothing to judge this against")


class _Said(NamedTuple):
    """What the draft commits to, how it was judged, and where it stands in the draft as received."""

    commitment: Commitment
    judgement: Judgement
    span: Span

    @property
    def grave(self) -> bool:
        commitment = self.commitment
        too_much = commitment.kind == "compensation" and self.judgement.can_keep == "no"
        return commitment.polarity in _HOLD or too_much


def promise_row(
    commitment: Commitment, judgement: Judgement, message_id: str | None, span: tuple[int, int]
) -> dict[str, Any]:
    """One promise as the contract writes it."""
    return {
        "kind": commitment.kind,
        "message_id": message_id,
        "span": list(span),
        "due_at": judgement.due_at.isoformat() if judgement.due_at else None,
        "can_keep": judgement.can_keep,
        "why_zh": judgement.why_zh,
        "why_en": judgement.why_en,
    }


def check_draft(
    state: ConversationState, draft: str, now: datetime | None = None, *, warned: Sequence[Warned] | None = None
) -> dict[str, Any]:
    """Verdict, findings, promises, suggestions and warnings for a draft in the talk as far as it has come.

    Parameters
    ----------
    state
        The talk before the draft.
    draft
        The reply as the agent typed it; spans are offsets into it, in code points.
    now
        When it would be sent; the time of the last message where not given.
    warned
        What `warnings_on_input` said of the talk; looked for in the state where not given. A talk is warned of once,
        however many drafts are checked in it.

    Returns
    -------
    dict
        `verdict`, `findings`, `promises` and `suggestions` as the contract names them; each finding also with `rule_zh`
        and `rule_en`, each suggestion with its `topic`; and `warnings`, each with `field`, `text_zh`, `text_en`: what
        in the input makes the answer less certain.
    """
    around = state.circumstances(now)
    said = _judged(state, draft, around)
    faults = [item for item in said if is_fault(item.commitment, item.judgement)]
    commitments = [item.commitment for item in faults]
    facts = dict(
        zip((fault.code for fault in commitments), facts_of_each(around, commitments, state.looked_up), strict=True)
    )
    gravest_first = sorted(faults, key=lambda item: (not item.grave, item.span))
    grave = any(item.grave for item in faults)
    return {
        "verdict": "send" if not faults else "hold" if grave else "revise",
        "findings": [
            finding_row(item.commitment, item.judgement, facts[item.commitment.code], item.span)
            for item in sorted(faults, key=lambda item: item.span)
        ],
        "promises": [
            promise_row(item.commitment, item.judgement, None, item.span)
            for item in said
            if item.commitment.kind is not None
        ],
        "suggestions": suggest(
            [Fault(item.commitment.code, item.commitment.topic, facts[item.commitment.code]) for item in gravest_first],
            partial(passes, state, around=around),
        ),
        "warnings": [
            *(warnings_on_input(state, None) if warned is None else warned),
            *warnings_on_draft(draft, [(item.commitment, item.judgement) for item in said], around),
        ],
    }


def passes(state: ConversationState, text: str, *, around: Circumstances | None) -> bool:
    """Whether the check finds nothing in a text; the same text is checked once between two messages."""
    key = ("passes", around.now if around is not None else None, text)
    if key not in state.looked_up:
        said = _judged(state, text, around)
        state.looked_up[key] = not any(is_fault(item.commitment, item.judgement) for item in said)
    return bool(state.looked_up[key])


def _judged(state: ConversationState, draft: str, around: Circumstances | None) -> list[_Said]:
    if says_nothing(draft):
        return []  # or the name of a sticker would be read: [微笑] is no 微信
    reading, _, understood = state.read_reply(draft)
    return [
        _Said(
            commitment,
            judge(commitment, around) if around is not None else _NOT_JUDGED,
            reading.folded.span(commitment.start, commitment.end),
        )
        for commitment in understood.commitments
    ]
