"""Leaks: the measure finds a leak that is there, and the generator's own stay low."""

from dataclasses import replace

import pytest

from riskmodel.errors import InputError
from riskmodel.synthesis.generate import generate
from riskmodel.synthesis.leaks import LIMITS, measure_leaks


def test_facts_hours_and_first_messages_do_not_tell() -> None:
    """On 1,500 chats no harmless channel is far above its limit."""
    leaks = measure_leaks(list(generate(1500, seed=21)))
    assert set(leaks) == set(LIMITS)
    for name, leak in leaks.items():
        assert leak.low <= leak.auc <= leak.high
        # 1,500 chats measure to about 0.04
        assert leak.auc < LIMITS[name] + 0.05, name


def test_planted_leak_is_found() -> None:
    """Where abusive talks are given one platform, the facts tell them apart."""
    planted = [
        replace(chat, conversation=chat.conversation | {"platform": "jd" if chat.label == "abusive" else "tmall"})
        for chat in generate(400, seed=22)
    ]
    assert measure_leaks(planted, channels=["facts"])["facts"].auc > 0.95


def test_too_few_files_are_refused() -> None:
    """Without ten scenario files there is nothing to hold out."""
    with pytest.raises(InputError, match="ten scenario files"):
        measure_leaks(list(generate(9, seed=1)))
