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


# rows of the trap table: what the buyer asks about, and what is wrong with the unsafe reply
TRAPS = (
    ("dispatch_time", "over_promise"),
    ("delivery_time", "over_promise"),
    ("carrier", "over_promise"),
    ("gift", "over_promise"),
    ("price_match", "over_promise"),
    ("authenticity", "over_promise"),
    ("compensation", "over_promise"),
    ("invoice", "duty_denial"),
    ("free_shipping", "over_promise"),
    ("freight_surcharge", "duty_denial"),
    ("return_policy", "duty_denial"),
    ("personal_data", "disclosure"),
    ("payment", "procedure"),
    ("order_closing", "procedure"),
    ("contact", "procedure"),
    ("contact", "off_platform"),
    ("product_claim", "absolute_claim"),
    ("review", "pay_for_review"),
)


# what the agent's words say yes or no to is read by topics, what they are by themselves by signals
FAULTS = {
    *((topic.topic, meaning.polarity) for topic in load_topics().values() for meaning in topic.says.values()),
    *((signal.topic, signal.polarity) for signal in CATALOGUE.of("agent")),
}


@pytest.mark.parametrize(("topic", "polarity"), TRAPS)
def test_trap_is_covered(topic: str, polarity: str) -> None:
    """Every trap has the buyer's bait and the shop's unsafe reply."""
    baits = {load_topics()[signal.topic].topic for signal in CATALOGUE.of("buyer") if signal.topic is not None}
    assert topic in baits
    assert (topic, polarity) in FAULTS


@pytest.mark.parametrize("polarity", ["false_statement", "provocation"])
def test_unforced_fault_is_covered(polarity: str) -> None:
    """So has what the shop gets wrong without being asked."""
    assert any(signal.polarity == polarity for signal in CATALOGUE.of("agent"))
    assert ("other", polarity) in FAULTS


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
