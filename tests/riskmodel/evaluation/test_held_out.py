"""Held-out measuring: nothing of a pair's own talks reaches the models that measure it."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from riskmodel.errors import InputError
from riskmodel.evaluation import Measured, held_out, measure_held_out
from riskmodel.reader import LineReader
from riskmodel.synthesis import LabelledChat, generate

Chats = list[LabelledChat]
PARTS = 3  # held out in turn; five take three times as long


class Watched(NamedTuple):
    """One run, and what was asked of its parts: pairs given to each fit, talks given to each choice of thresholds."""

    measured: list[Measured]
    fitted_on: list[set[str]]
    chosen_on: list[int]
    stages: dict[str, tuple[int, int]]


@pytest.fixture(scope="module")
def chats() -> Chats:
    return list(generate(240, seed=5))


@pytest.fixture(scope="module")
def watched(chats: Chats, reader: LineReader) -> Watched:
    run = Watched([], [], [], {})
    fit, choose = held_out.fit_model, held_out.choose_thresholds

    def watched_fit(columns, abusive, weights, groups):
        run.fitted_on.append(set(groups))
        return fit(columns, abusive, weights, groups)

    def watched_choose(abusive, highest, times):
        run.chosen_on.append(len(abusive))
        return choose(abusive, highest, times)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(held_out, "fit_model", watched_fit)
        patch.setattr(held_out, "choose_thresholds", watched_choose)
        run.measured.extend(
            measure_held_out(
                chats,
                progress=lambda stage, done, total: run.stages.update({stage: (done, total)}),
                reader=reader,
                folds=PARTS,
            )
        )
    return run


def test_every_talk_is_measured_after_every_message(chats: Chats, watched: Watched) -> None:
    """One result a chat, in order, with a risk and an advice for each message; the stages of the work are told."""
    assert [(talk.label, talk.family, talk.cluster) for talk in watched.measured] == [
        (chat.label, chat.family, chat.pair) for chat in chats
    ]
    for talk, chat in zip(watched.measured, chats, strict=True):
        assert talk.risks.shape == talk.actions.shape == (len(chat.conversation["messages"]),)
        assert ((talk.risks > 0) & (talk.risks < 1)).all()
        # advice rises with risk
        assert (np.diff(talk.actions[np.argsort(talk.risks, kind="stable")]) >= 0).all()
        if chat.first_commitment_message_id is not None:
            assert talk.commitment is not None
            assert chat.conversation["messages"][talk.commitment]["message_id"] == chat.first_commitment_message_id
    assert any(talk.highest_action for talk in watched.measured)
    assert watched.stages
    assert all(done == total for done, total in watched.stages.values())


def test_fits_and_thresholds_never_see_the_measured_pairs(chats: Chats, watched: Watched) -> None:
    """Every pair is left out of exactly one fit, and thresholds are chosen on the talks of that fit."""
    pairs = {chat.pair for chat in chats}
    left_out = [pairs - seen for seen in watched.fitted_on]
    assert len(left_out) == PARTS
    assert set().union(*left_out) == pairs
    assert sum(map(len, left_out)) == len(pairs)
    assert watched.chosen_on == [sum(chat.pair in seen for chat in chats) for seen in watched.fitted_on]


def test_labels_of_a_pair_do_not_move_its_own_risks(chats: Chats, watched: Watched, reader: LineReader) -> None:
    """Labels of one pair, turned round, leave the risks of its own talks the same and move those of others."""
    pair = chats[0].pair
    turned = [
        replace(chat, label="benign" if chat.label == "abusive" else "abusive") if chat.pair == pair else chat
        for chat in chats
    ]
    moved: dict[bool, float] = {True: 0.0, False: 0.0}
    for before, after in zip(watched.measured, measure_held_out(turned, reader=reader, folds=PARTS), strict=True):
        own = before.cluster == pair
        moved[own] = max(moved[own], float(np.abs(before.risks - after.risks).max()))
    assert moved[True] < 1e-12 < moved[False]


def test_too_few_pairs_are_refused_before_any_work(chats: Chats, monkeypatch: pytest.MonkeyPatch) -> None:
    """One family, or one class, cannot be held out; the error says what to do and nothing was read."""
    monkeypatch.setattr(held_out, "read_table", lambda *args, **rest: pytest.fail("work was begun"))
    pair = next(chat.pair for chat in chats if chat.label == "abusive")
    for few in ([chat for chat in chats if chat.pair == pair], [chat for chat in chats if chat.label == "benign"], []):
        with pytest.raises(InputError, match=r"pairs of families.*generate more"):
            measure_held_out(few)


def test_a_talk_without_messages_is_refused(chats: Chats, reader: LineReader) -> None:
    """There is no prefix to measure."""
    empty = replace(chats[0], conversation=chats[0].conversation | {"messages": []})
    with pytest.raises(InputError, match="without messages"):
        measure_held_out([*chats, empty], reader=reader)
