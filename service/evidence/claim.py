"""The claim: one neutral paragraph about the text, in Chinese and in English, from counts, times and rules alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from service.evidence.assessments import Reason
from service.evidence.figures import shown_risk
from service.evidence.plaintext import one_line
from service.evidence.record import Mark, Record, shop_time
from service.evidence.wordings import wording

__all__ = ["write_claim"]

_MOST_RULES = 4  # in either direction; all of them stand below the claim


def write_claim(record: Record, language: str) -> str:
    """Return the claim in ``zh`` or ``en``: facts of the record only, no quoted chat text, no word about a person."""
    messages = record.conversation.messages
    senders = Counter(message.sender for message in messages)
    times = [message.sent_at for message in messages]
    sentences = [
        wording(
            *("claim", "both", language),
            conversation=one_line(record.conversation.conversation_id),
            total=len(messages),
            buyer=senders["buyer"],
            agent=senders["agent"],
            system=senders["system"],
            first=shop_time(min(times), record.zone),
            last=shop_time(max(times), record.zone),
            zone=record.zone.key,
            orders=len(record.conversation.orders),
        ),
        _peak(record, language),
    ]
    if record.promises:
        kept = Counter(mark.item.can_keep for mark in record.promises)
        counts = {answer: kept[answer] for answer in ("yes", "no", "unknown")}
        sentences.append(wording("claim", "promises", language, promises=len(record.promises), **counts))
    if record.untouched:
        sentences.append(wording("claim", "untouched", language))
    sentences.append(wording("claim", "about_text", language))
    return ("" if language == "zh" else " ").join(sentences)


def _peak(record: Record, language: str) -> str:
    peak = record.peak
    if peak is None:
        return wording("claim", "unassessed", language)
    if peak.as_of_message_id is None:
        as_of = wording("claim", "as_of_nothing", language)
    else:
        time = shop_time(record.messages[peak.as_of_message_id].sent_at, record.zone)
        as_of = wording("claim", "as_of_message", language, message=one_line(peak.as_of_message_id), time=time)
    return wording(
        *("claim", "peak", language),
        assessments=len(record.assessments),
        as_of=as_of,
        risk=shown_risk(peak.risk),
        raising=_rules(record.at_peak("raise"), language),
        lowering=_rules(record.at_peak("lower"), language),
    )


def _rules(marks: Sequence[Mark[Reason]], language: str) -> str:
    zh = language == "zh"
    # strongest first; what was met in several messages is named once, in words: a code says nothing to a reviewer
    texts = dict.fromkeys(mark.item.text_zh if zh else mark.item.text_en for mark in marks)
    rules = [one_line(text) for text in texts]
    more = len(rules) - _MOST_RULES
    if more > 0:
        rules[_MOST_RULES:] = [f"另有 {more} 项" if zh else f"and {more} more"]
    return ("；" if zh else "; ").join(rules) or wording("claim", "no_rule", language)
