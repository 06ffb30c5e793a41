"""Measures on generated chats, each by a model that has not seen the families of its pair.

The text channel, coefficients and calibration that a talk is measured with come from the other folds alone: labels of
its own families cannot move its risk. The thresholds of its bands are chosen on the talks of the other folds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from riskmodel.channels import cross_fit
from riskmodel.errors import FieldProblem, InputError
from riskmodel.evaluation.parity import groups_of
from riskmodel.evaluation.talks import Measured
from riskmodel.model.fit import FOLDS, fit_model
from riskmodel.promises.kept import project_listener
from riskmodel.reader import LineReader
from riskmodel.synthesis import LabelledChat
from riskmodel.table import counted, part_of, read_table, refuse_one_sided
from riskmodel.training import choose_thresholds, peaks, training_rows

__all__ = ["measure_held_out"]

Progress = Callable[[str, int, int], None]


def measure_held_out(
    chats: Sequence[LabelledChat],
    *,
    seed: int = 0,
    progress: Progress | None = None,
    reader: LineReader | None = None,
    folds: int = FOLDS,
) -> list[Measured]:
    """Cross-validate over pairs of families.

    Parameters
    ----------
    chats
        Some hundred or more, each with messages.
    seed
        Picks the prefixes that the fits use.
    progress
        Called with (what, done, total).
    reader
        The reader of lines, where one has been fitted; chats and their labels do not move it.
    folds
        How many parts are held out in turn, 2 or more; the time goes with the square, since each fit has as many.

    Returns
    -------
    list of Measured
        One for each chat, in order; its cluster is its pair.

    Raises
    ------
    InputError
        Before any work, where there are too few pairs of families to hold some out.
    """
    refuse_one_sided(chats)
    if any(not chat.conversation["messages"] for chat in chats):
        raise InputError([FieldProblem("chats", "a talk without messages cannot be measured; leave it out")])
    reader = reader or project_listener()
    table = read_table(chats, seed=seed, progress=progress, total=len(chats), reader=reader)
    # cross_fit keeps a last step for the fit on all talks, which is not made here
    splits = cross_fit(table, progress and (lambda stage, done, total: progress(stage, done, total - 1)), most=folds)
    risks = np.zeros(len(table.talk))
    for number, (seen, unseen) in enumerate(splits, start=1):
        part = part_of(table, seen)
        # what the channel says of the training talks must not come from one that saw the measured families
        cross_fit(part, most=folds)
        rows, weights = training_rows(part, np.arange(len(seen)))
        owners = part.talk[rows]
        fitted = fit_model(part.columns[rows], part.abusive[owners], weights, part.groups[owners])
        asked = np.flatnonzero(np.isin(table.talk, unseen))
        risks[asked] = fitted.predict_proba(table.columns[asked])[:, 1]
        if progress is not None:
            progress("fitting and measuring", number, len(splits))
    highest = peaks(table, risks)
    places = {chat.conversation["conversation_id"]: index for index, chat in enumerate(chats)}
    measured: dict[int, Measured] = {}
    for seen, unseen in splits:
        thresholds = choose_thresholds(table.abusive[seen], highest[seen], counted(table, seen))
        for index in unseen.tolist():
            chat = chats[index]
            own = risks[slice(*table.bounds[index])]
            ids = [message["message_id"] for message in chat.conversation["messages"]]
            committed = chat.first_commitment_message_id
            measured[index] = Measured(
                label=chat.label,
                patterns=tuple(chat.patterns),
                cluster=chat.pair,
                risks=own,
                actions=np.searchsorted(thresholds, own, side="right"),
                commitment=None if committed is None else ids.index(committed),
                family=chat.family,
                twin=places.get(chat.twin_of or ""),
                earliest=None if chat.earliest_message_id is None else ids.index(chat.earliest_message_id),
                groups=groups_of(chat.conversation),
            )
    return [measured[index] for index in range(len(chats))]
