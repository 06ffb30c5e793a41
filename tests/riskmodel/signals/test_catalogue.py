"""The catalogue of signals: its examples, its coverage of the domain, its loader."""

import pytest

from riskmodel.signals import Matcher, load_catalogue

CATALOGUE = load_catalogue()
MATCHERS = {sender: Matcher(CATALOGUE, sender) for sender in ("buyer", "agent")}


def found(sender, text):
    return {item.signal.code for item in MATCHERS[sender].find(CATALOGUE.lexicon.read(text))}


@pytest.mark.parametrize(
    ("code", "text"), [(signal.code, text) for signal in CATALOGUE.signals.values() for text in signal.examples]
)
def test_example_is_found(code, text):
    """A signal is found in each of its examples."""
    assert code in found(CATALOGUE[code].sender, text)


@pytest.mark.parametrize(
    ("code", "text"), [(signal.code, text) for signal in CATALOGUE.signals.values() for text in signal.counter_examples]
)
def test_counter_example_is_not_found(code, text):
    """A signal is not found in any of its counter-examples."""
    assert code not in found(CATALOGUE[code].sender, text)
