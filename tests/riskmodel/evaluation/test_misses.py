"""Errors to look at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from measured_talks import HOLD, measured
from strategies import dialogue

from riskmodel.evaluation.labelled import read_labelled
from riskmodel.evaluation.misses import alarms, as_chats, misses, neighbours, said

WRITTEN = Path(__file__).parents[2] / "written"


def test_misses_and_alarms_are_by_advice() -> None:
    """An abusive talk without the advice is a miss, one without abuse that had it an alarm; the worst come first."""
    talks = measured()
    assert misses(talks, "hold") == [5, 6, 7, 8, 9]
    assert misses(talks, "clarify") == []
    assert alarms(talks, "hold") == [33]
    assert talks[33].highest_action == HOLD
    peaks = [talks[place].peak for place in misses(talks, "escalate")]
    assert len(peaks) == 10
    assert peaks == sorted(peaks)


def test_what_one_side_says_is_folded() -> None:
    """Traditional and full-width signs are plain, and the other side is left out."""
    talk = dialogue("b:發貨了嗎", "a:发了", "b:１２３")
    assert said(talk) == "发货了吗\n123"
    assert said(talk, "agent") == "发了"


def test_the_nearest_comes_first_and_never_one_of_its_own() -> None:
    """By common characters; a text of the asked one's own group is passed over though it is the same."""
    known = ["今天能发货吗", "给我五块红包我就删差评", "今天能发货吗亲"]
    (found,) = neighbours(["今天能发货吗"], known, count=2)
    assert [one.position for one in found] == [0, 2]
    assert found[0].likeness > found[1].likeness > 0
    (apart,) = neighbours(["今天能发货吗"], known, apart=(np.array(["g"]), np.array(["g", "h", "i"])))
    assert [one.position for one in apart] == [2, 1]


def test_of_nothing_there_is_no_neighbour() -> None:
    """Neither asked nor known: nothing fails."""
    assert neighbours([], ["今天"]) == []
    assert neighbours(["今天"], []) == [[]]


def test_labelled_talks_are_looked_at_like_written_ones() -> None:
    """Each is a family of its own, with an act for each message."""
    rows = read_labelled(WRITTEN / "chats.jsonl", WRITTEN / "chats_labels.jsonl")
    chats = as_chats(rows)
    assert [chat.label for chat in chats] == [row.row.label for row in rows]
    assert len({chat.pair for chat in chats}) == len(chats)
    assert all(len(chat.acts) == len(chat.conversation["messages"]) for chat in chats)
