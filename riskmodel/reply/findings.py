"""What a finding says: what was said, why that is unsafe, and the rule that it rests on."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from riskmodel.errors import CatalogueError
from riskmodel.promises import Commitment, Judgement
from riskmodel.promises.topics import load_topics
from riskmodel.reply.conditions import Conditional, Text, read_conditionals
from riskmodel.reply.facts import Facts
from riskmodel.signals import load_catalogue
from riskmodel.signals.catalogue import Polarity
from riskmodel.signals.lexicon import Span
from riskmodel.yaml_files import read_yaml

__all__ = ["Phrases", "Rule", "finding_row", "load_phrases", "read_phrases"]


class Rule(Conditional):
    """A short reference to the setting, rule or law that a finding rests on."""

    zh: Text
    en: Text


class _Reason(BaseModel):
    """Why words of a polarity are unsafe, where nothing is judged."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    zh: Text
    en: Text


class Phrases(NamedTuple):
    """Reasons by polarity, rules by topic or code."""

    reasons: dict[Polarity, _Reason]
    rules: dict[str, tuple[Rule, ...]]


@cache
def load_phrases() -> Phrases:
    """What findings say; raises `CatalogueError` naming a bad entry."""
    return read_phrases(read_yaml("riskmodel.reply", "data/findings.yaml"))


def read_phrases(content: dict[str, Any]) -> Phrases:
    """Check the content of a file like findings.yaml; raises `CatalogueError` naming a bad entry."""
    try:
        reasons = TypeAdapter(dict[Polarity, _Reason]).validate_python(content["reasons"])
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise CatalogueError(f"findings: {': '.join(map(str, first['loc']))}: {first['msg']}") from None
    return Phrases(reasons, read_conditionals("findings", content["rules"], Rule))


@cache
def _what() -> dict[str, tuple[str, str]]:
    """What each code of a finding says was said."""
    said = {signal.code: (signal.zh, signal.en) for signal in load_catalogue().of("agent")}
    for topic in load_topics().values():
        said |= {meaning.code: (meaning.zh, meaning.en) for meaning in topic.says.values()}
    return said


def finding_row(commitment: Commitment, judgement: Judgement, facts: Facts, span: Span) -> dict[str, Any]:
    """A finding as the contract writes it, with its rule by itself as well.

    Parameters
    ----------
    commitment, judgement
        What was found, and how it was judged.
    facts
        What holds for it.
    span
        Where it stands in the draft as received.
    """
    phrases = load_phrases()
    polarity: Any = commitment.polarity
    what_zh, what_en = _what()[commitment.code]
    why_zh, why_en = judgement.why_zh, judgement.why_en
    if commitment.judged is None:
        why_zh, why_en = phrases.reasons[polarity].zh, phrases.reasons[polarity].en
    rules = phrases.rules.get(commitment.code) or phrases.rules[commitment.topic]
    rule = next(rule for rule in rules if rule.holds(facts))
    rule_zh, rule_en = rule.zh.format(**facts), rule.en.format(**facts)
    return {
        "polarity": polarity,
        "topic": commitment.topic,
        "span": list(span),
        "text_zh": f"{what_zh}:{why_zh}(依据{rule_zh})",
        "text_en": f"{what_en}: {why_en} (by {rule_en})",
        "rule_zh": rule_zh,
        "rule_en": rule_en,
    }
