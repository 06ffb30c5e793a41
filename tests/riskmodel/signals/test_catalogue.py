"""The catalogue of signals: its examples, its coverage of the domain, its loader."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from riskmodel.errors import CatalogueError
from riskmodel.features import FEATURES
from riskmodel.patterns import PATTERNS
from riskmodel.promises.topics import load_topics
from riskmodel.signals import Catalogue, Lexicon, Matcher, Signal, load_catalogue

CATALOGUE = load_catalogue()
MATCHERS = {sender: Matcher(CATALOGUE, sender) for sender in ("buyer", "agent")}


def found(sender: str, text: str) -> set[str]:
    return {item.signal.code for item in MATCHERS[sender].find(CATALOGUE.lexicon.read(text))}


@pytest.mark.parametrize(
    ("code", "text"), [(signal.code, text) for signal in CATALOGUE.signals.values() for text in signal.examples]
)
def test_example_is_found(code: str, text: str) -> None:
    """A signal is found in each of its examples."""
    assert code in found(CATALOGUE[code].sender, text)


@pytest.mark.parametrize(
    ("code", "text"), [(signal.code, text) for signal in CATALOGUE.signals.values() for text in signal.counter_examples]
)
def test_counter_example_is_not_found(code: str, text: str) -> None:
    """A signal is not found in any of its counter-examples."""
    assert code not in found(CATALOGUE[code].sender, text)


# topics of the trap table that a buyer opens with a question; what is wrong with the reply stands in the topics' tests
TRAPS = (
    "dispatch_time", "delivery_time", "carrier", "gift", "price_match", "authenticity", "compensation", "invoice",
    "free_shipping", "freight_surcharge", "return_policy", "personal_data", "payment", "order_closing",
    "contact_phone", "contact_chat", "product_claim", "review",
)  # fmt: skip  # names in rows, read at a glance


@pytest.mark.parametrize("topic", TRAPS)
def test_trap_is_covered(topic: str) -> None:
    """Every trap has the buyer's bait, under a name that the topics know."""
    assert any(signal.topic == topic for signal in CATALOGUE.of("buyer"))
    assert topic in load_topics()


@pytest.mark.parametrize("polarity", ["false_statement", "provocation"])
def test_unforced_fault_is_covered(polarity: str) -> None:
    """So has what the shop gets wrong without being asked."""
    assert any(signal.polarity == polarity for signal in CATALOGUE.of("agent"))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_pattern_is_covered(pattern: str) -> None:
    """Every kind of abuse shows in the buyer's words or, for parcels refused at the door, in the orders."""
    words = any(pattern in signal.patterns for signal in CATALOGUE.of("buyer"))
    history = any(pattern in feature.patterns and "order" in feature.reads for feature in FEATURES)
    assert words or (pattern == "cod_refusal" and history)


def test_patterns_are_known() -> None:
    """No entry names a kind of abuse that the contract does not have."""
    assert {pattern for signal in CATALOGUE.signals.values() for pattern in signal.patterns} <= set(PATTERNS)


ENTRY: dict[str, Any] = {
    "code": "a.b",
    "sender": "buyer",
    "match": [{"all": ["x"]}],
    "zh": "z",
    "en": "e",
    "source": "s",
    "examples": ["1", "2"],
    "counter_examples": ["3", "4"],
}


@pytest.mark.parametrize(
    "change",
    [
        {"code": "no dot"},
        {"sender": "system"},
        {"polarity": "rude"},
        {"match": []},
        {"match": [{"all": []}]},
        {"match": [{"all": ["X Y"]}]},
        {"match": [{"all": ["x"], "within": 0}]},
        {"examples": ["one"]},
        {"counter_examples": []},
        {"colour": "red"},
    ],
    ids=str,
)
def test_entry_that_does_not_fit_is_refused(change: dict[str, Any]) -> None:
    """An entry needs a dotted code, rules, a source, two examples and two counter-examples, and nothing else."""
    Signal.model_validate(ENTRY)
    with pytest.raises(ValidationError):
        Signal.model_validate({**ENTRY, **change})


def test_catalogue_refuses_doubles_and_unknown_concepts() -> None:
    """A code stands once, and every concept of a rule is in the lexicon."""
    entry = Signal.model_validate(ENTRY)
    with pytest.raises(CatalogueError, match=r"a\.b is there twice"):
        Catalogue([entry, entry], Lexicon({"x": ["x"]}, {}))
    with pytest.raises(CatalogueError, match=r"a\.b uses unknown concepts: x"):
        Catalogue([entry], Lexicon({"y": ["y"]}, {}))
