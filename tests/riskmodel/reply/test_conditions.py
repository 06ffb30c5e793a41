"""Conditional texts: validated at load, used only where they are true."""

from __future__ import annotations

from typing import Any

import pytest

from riskmodel.errors import CatalogueError
from riskmodel.reply.conditions import read_conditionals, topic_names
from riskmodel.reply.findings import Rule

PLAIN = {"zh": "平台规则", "en": "the platform's rules", "source": "practice"}
WHOLE = {name: [PLAIN] for name in topic_names()}


def read(**changed: Any) -> dict[str, tuple[Rule, ...]]:
    return read_conditionals("rules", {**WHOLE, **changed}, Rule)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([{**PLAIN, "if": ["raining"]}, PLAIN], "gift, entry 1: unknown condition: raining"),
        ([PLAIN, {**PLAIN, "zh": "{price}元"}, PLAIN], "gift, entry 2: unknown placeholder: {price}"),
        ([PLAIN, {**PLAIN, "en": "{}"}], "gift, entry 2: unknown placeholder: {}"),
        ([{**PLAIN, "en": "{cutoff.year}"}, PLAIN], "gift, entry 1: unknown placeholder: {cutoff.year}"),
        ([{**PLAIN, "en": "{cutoff"}], "gift, entry 1: "),
        ([{**PLAIN, "fr": "règles"}], "gift, entry 1: fr: "),
        ([{"zh": "规则", "en": "rules"}], "gift, entry 1: source: "),
        ([{**PLAIN, "zh": ""}], "gift, entry 1: zh: "),
        ([{**PLAIN, "zh": "两\n行"}], "gift, entry 1: zh: "),
        (["text"], "gift, entry 1: "),
        ([{**PLAIN, "if": ["late"]}], "gift: the last entry must hold without conditions"),
        ([{**PLAIN, "zh": "截单{cutoff}"}], "gift: the last entry must hold without conditions"),
        ([], "gift: the last entry must hold without conditions"),
        (None, "gift: the last entry must hold without conditions"),
    ],
)
def test_bad_entry_is_named(rows: Any, problem: str) -> None:
    """An entry of another form, or one that names what is not known, is refused with its place."""
    with pytest.raises(CatalogueError) as refused:
        read(gift=rows)
    assert str(refused.value).startswith(f"rules: {problem}")


def test_topics_are_complete() -> None:
    """Each topic of a finding has an entry, and nothing else does but the codes of findings."""
    assert read(**{"claim.done": [PLAIN]}).keys() == topic_names() | {"claim.done"}
    with pytest.raises(CatalogueError, match="rules: weather is neither a topic nor a code of a finding"):
        read(weather=[PLAIN])
    with pytest.raises(CatalogueError, match="rules: no entry for: gift"):
        read_conditionals("rules", {name: rows for name, rows in WHOLE.items() if name != "gift"}, Rule)


def test_topics_are_those_of_the_contract(contract: Any) -> None:
    """The topics that a finding can have are topics of the contract."""
    finding = contract("reply_check")["properties"]["findings"]["items"]["properties"]
    assert topic_names() <= set(finding["topic"]["enum"])


@pytest.mark.parametrize(
    ("entry", "facts", "holds"),
    [
        (PLAIN, {}, True),
        ({**PLAIN, "if": ["late"]}, {}, False),
        ({**PLAIN, "if": ["late"]}, {"late": ""}, True),
        ({**PLAIN, "if": ["late", "sent"]}, {"late": ""}, False),
        ({**PLAIN, "zh": "截单{cutoff}"}, {"late": ""}, False),
        ({**PLAIN, "zh": "截单{cutoff}"}, {"cutoff": "16:00"}, True),
        ({**PLAIN, "if": ["province"]}, {"province": "浙江"}, True),
    ],
)
def test_entry_holds_by_facts(entry: dict[str, Any], facts: dict[str, str], holds: bool) -> None:
    """All its conditions must hold and all values that it names be known."""
    assert Rule.model_validate(entry).holds(facts) is holds
