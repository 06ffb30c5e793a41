"""Held-out measuring: nothing of a pair's own talks reaches the models that measure it."""

from dataclasses import replace

import numpy as np
import pytest

from riskmodel.errors import InputError
from riskmodel.evaluation import held_out, measure_held_out
from riskmodel.evaluation.talks import ACTIONS
from riskmodel.synthesis import LabelledChat, generate

Chats = list[LabelledChat]


@pytest.fixture(scope="module")
def chats() -> Chats:
    return list(generate(300, seed=5))


def test_every_talk_is_measured_after_every_message(chats: Chats) -> None:
    """One result a chat, in order, with a risk and an advice for each message, the same for the same seed."""
    stages: dict[str, tuple[int, int]] = {}
    measured = measure_held_out(chats, progress=lambda stage, done, total: stages.update({stage: (done, total)}))
    assert [(talk.label, talk.family, talk.cluster) for talk in measured] == [
        (chat.label, chat.family, chat.pair) for chat in chats
    ]
    for talk, chat in zip(measured, chats, strict=True):
        assert talk.risks.shape == talk.actions.shape == (len(chat.conversation["messages"]),)
        assert ((talk.risks > 0) & (talk.risks < 1)).all()
        # advice rises with risk
        assert (np.diff(talk.actions[np.argsort(talk.risks, kind="stable")]) >= 0).all()
        if chat.first_commitment_message_id is not None:
            assert talk.commitment is not None
            assert chat.conversation["messages"][talk.commitment]["message_id"] == chat.first_commitment_message_id
    assert max(talk.highest_action for talk in measured) > ACTIONS.index("proceed")
    assert all(done == total for done, total in stages.values())


def test_fits_and_thresholds_never_see_the_measured_pairs(chats: Chats, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is fitted and what chooses thresholds leaves out exactly the pairs that are measured with it."""
    seen_by_fits: list[set[str]] = []
    sizes: list[int] = []
    fit, choose = held_out.fit_model, held_out.choose_thresholds

    def watched_fit(columns, abusive, weights, groups):  # type: ignore[no-untyped-def]  # passes on what it gets
        seen_by_fits.append(set(groups))
        return fit(columns, abusive, weights, groups)

    def watched_choose(abusive, highest):  # type: ignore[no-untyped-def]  # passes on what it gets
        sizes.append(len(abusive))
        return choose(abusive, highest)

    monkeypatch.setattr(held_out, "fit_model", watched_fit)
    monkeypatch.setattr(held_out, "choose_thresholds", watched_choose)
    measure_held_out(chats)
    pairs = {chat.pair for chat in chats}
    left_out = [pairs - seen for seen in seen_by_fits]
    assert set().union(*left_out) == pairs
    assert sum(map(len, left_out)) == len(pairs)
    assert sizes == [sum(chat.pair in seen for chat in chats) for seen in seen_by_fits]


def test_labels_of_a_pair_do_not_move_its_own_risks(chats: Chats) -> None:
    """Turning the labels of one pair leaves the risks of its talks as they were, but for how much the channel counts."""
    pair = chats[0].pair
    turned = [
        replace(chat, label="benign" if chat.label == "abusive" else "abusive") if chat.pair == pair else chat
        for chat in chats
    ]
    before, after = measure_held_out(chats), measure_held_out(turned)
    own = [index for index, chat in enumerate(chats) if chat.pair == pair]
    moved = max(float(np.abs(before[index].risks - after[index].risks).max()) for index in own)
    assert moved < 0.05


def test_too_few_pairs_are_refused_before_any_work(chats: Chats, monkeypatch: pytest.MonkeyPatch) -> None:
    """One family, or one class, cannot be held out; the error says what to do and nothing was read."""
    monkeypatch.setattr(held_out, "read_table", lambda *args, **rest: pytest.fail("work was begun"))
    pair = next(chat.pair for chat in chats if chat.label == "abusive")
    for few in ([chat for chat in chats if chat.pair == pair], [chat for chat in chats if chat.label == "benign"], []):
        with pytest.raises(InputError, match=r"pairs of families.*generate more"):
            measure_held_out(few)


def test_a_talk_without_messages_is_refused(chats: Chats) -> None:
    """There is no prefix to measure."""
    empty = replace(chats[0], conversation=chats[0].conversation | {"messages": []})
    with pytest.raises(InputError, match="without messages"):
        measure_held_out([*chats, empty])
