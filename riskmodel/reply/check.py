"""Checks a draft against what this shop can keep for this order, and offers safe wordings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from riskmodel.promises import Circumstances, Commitment, Judgement, judge
from riskmodel.signals import load_catalogue
from riskmodel.state import ConversationState

__all__ = ["check_draft", "promise_row"]

# A supervisor should see these before they are sent: they cannot be taken back or they cost more than the order.
_HOLD = frozenset({"disclosure", "pay_for_review", "false_statement"})


@cache
def _wordings() -> dict[str, list[dict[str, str]]]:
    loaded: dict[str, list[dict[str, str]]] = yaml.safe_load(
        files("riskmodel.reply").joinpath("data/wordings.yaml").read_text("utf-8")
    )
    return loaded


@cache
def _phrases() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load(
        files("riskmodel.reply").joinpath("data/findings.yaml").read_text("utf-8")
    )
    return loaded


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


def check_draft(state: ConversationState, draft: str, now: datetime | None = None) -> dict[str, Any]:
    """Verdict, findings, promises and suggestions for a draft in the talk as far as it has come.

    Parameters
    ----------
    state
        The talk before the draft.
    draft
        The reply as the agent typed it; spans are offsets into it, in code points.
    now
        When it would be sent; the time of the last message where not given.

    Returns
    -------
    dict
        `verdict`, `findings`, `promises` and `suggestions` as the contract names them.
    """
    around = state.circumstances(now)
    reading, _, understood = state.read_reply(draft)
    findings, promises = [], []
    hold = False
    for commitment in understood.commitments:
        judgement = judge(commitment, around) if around is not None else _NOT_JUDGED
        span = reading.folded.span(commitment.start, commitment.end)
        if commitment.kind is not None:
            promises.append(promise_row(commitment, judgement, None, span))
        if not _is_fault(commitment, judgement):
            continue
        polarity = commitment.polarity
        hold |= polarity in _HOLD or (commitment.kind == "compensation" and judgement.can_keep == "no")
        findings.append(_finding(commitment, judgement, span))
    findings.sort(key=lambda finding: finding["span"])
    verdict = "send" if not findings else "hold" if hold else "revise"
    return {
        "verdict": verdict,
        "findings": findings,
        "promises": promises,
        "suggestions": list(_suggestions([finding["topic"] for finding in findings], around)),
    }


_NOT_JUDGED = Judgement("unknown", None, "没有可供核对的会话信息", "there is nothing to judge this against")


def _is_fault(commitment: Commitment, judgement: Judgement) -> bool:
    if commitment.polarity is None:
        return False  # a promise of what the law or the platform demands anyway
    if commitment.judged is None:
        return True
    if judgement.can_keep == "unknown":
        return commitment.in_doubt == "fault"
    return judgement.can_keep == "no"


def _finding(commitment: Commitment, judgement: Judgement, span: tuple[int, int]) -> dict[str, Any]:
    polarity = commitment.polarity or "over_promise"
    signal = load_catalogue().signals.get(commitment.code)
    phrase = _phrases()[polarity]
    what_zh, what_en = (signal.zh, signal.en) if signal else (phrase["zh"], phrase["en"])
    why_zh, why_en = phrase["rule_zh"], phrase["rule_en"]
    if commitment.judged is not None:
        why_zh, why_en = judgement.why_zh, judgement.why_en
    return {
        "polarity": polarity,
        "topic": commitment.topic,
        "span": list(span),
        "text_zh": f"{what_zh}:{why_zh}",
        "text_en": f"{what_en}: {why_en}",
    }


def _suggestions(topics: list[str], around: Circumstances | None) -> Iterator[dict[str, str]]:
    facts = _facts(around)
    for topic in dict.fromkeys(topics):
        for wording in _wordings().get(topic, _wordings()["other"]):
            condition = wording.get("if")
            if condition is not None and condition not in facts:
                continue
            yield {
                "text_zh": wording["zh"].format(**facts),
                "why_zh": wording["why_zh"],
                "why_en": wording["why_en"],
            }
            break


def _facts(around: Circumstances | None) -> dict[str, str]:
    """What is known for this shop and order: conditions that hold, and the values that wordings name."""
    if around is None or around.policy is None:
        return {}
    policy, facts = around.policy, {}
    if policy.same_day_cutoff is not None:
        facts["cutoff"] = policy.same_day_cutoff
        before = f"{around.local_now:%H:%M}" <= policy.same_day_cutoff
        facts["before_cutoff" if before else "after_cutoff"] = ""
    if policy.dispatch_hours is not None:
        facts["hours"] = f"{policy.dispatch_hours:g}"
    if policy.carriers:
        facts["carriers"] = "、".join(policy.carriers)
    if policy.invoice == "free_on_request":
        facts["invoice_free"] = ""
    if around.province is not None:
        facts["province"] = around.province
    freight = judge(Commitment("", "free_shipping", None, "free_shipping", 0, 1, "", None), around)
    if freight.can_keep == "yes":
        facts["ships_free"] = ""
    elif freight.can_keep == "no" and around.province is not None:
        facts["not_free"] = ""
    return facts
