# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Is everybody treated alike
#
# 公平：不同地区、付款方式、平台、账号年龄和打字习惯的买家，误报和召回是否相近。
#
# Shares by group with bootstrap intervals, ratios between groups, and the same talk sent to other regions. Takes the
# talks that `03_evaluate` measured. Less than a minute.
#
# **All labelled chats are synthetic or written by hand. Groups are facts of the generated talks, so the figures say
# how the model treats such talks, not how it treats people.** What the real shares of a shop's groups are is not
# known here.

# %% tags=["parameters"]
measured = "../var/notebook-measured.jsonl"  # written by 03_evaluate
model = "../var/notebook-model"  # for the swap of regions
advice = "clarify"  # what counts as an alarm, or a stronger one
resamples = 300  # of the bootstrap
seed = 0  # of the bootstrap and of the chats that are sent elsewhere
swapped = 60  # talks with orders that are sent to other regions
provinces = ["浙江", "广东", "新疆", "西藏", "海南"]

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame, selection_rate

from riskmodel.conversation import parse_conversation
from riskmodel.evaluation import NOTE
from riskmodel.evaluation.disparity import LIMITS, disparities
from riskmodel.evaluation.kept import read_measured
from riskmodel.evaluation.parity import SMALL
from riskmodel.evaluation.plots import forest
from riskmodel.evaluation.region_swap import swap_regions
from riskmodel.evaluation.tables import with_interval
from riskmodel.evaluation.talks import ACTIONS
from riskmodel.intervals import figure
from riskmodel.scorer import Scorer
from riskmodel.synthesis import generate

# %matplotlib inline
plt.rcParams["figure.dpi"] = 72
kept = read_measured(Path(measured))
print(kept.split, NOTE, sep="\n")

# %% [markdown]
# ## Alarms by group
#
# 各组被提醒的比例。 `false_alarms` are of talks without abuse, `found` of abusive ones. Shares by fairlearn's
# `MetricFrame`; 95 % intervals of a bootstrap that draws whole stories and writers, since talks of one resemble each
# other. Where all or none of a group are alarmed the exact bound for so many stories stands in for it.

# %%
talks = pd.DataFrame(
    [
        {
            "abusive": talk.label == "abusive",
            "alarmed": talk.highest_action >= ACTIONS.index(advice),
            "cluster": talk.cluster,
            **talk.groups,
        }
        for talk in kept.measured
    ]
).fillna("unknown")
kinds = [column for column in talks if column not in ("abusive", "alarmed", "cluster")]


def with_bounds(alarmed, clusters):
    """The share that was alarmed and its interval."""
    flags = alarmed.to_numpy()
    everyone = np.ones(len(flags), dtype=bool)
    return figure(lambda at: flags[at].mean(), clusters.to_numpy(), seed=seed, resamples=resamples, share_of=everyone)


def by_group(known, kind):
    """Shares that were alarmed by group."""
    shares = MetricFrame(
        metrics=selection_rate, y_true=known["abusive"], y_pred=known["alarmed"], sensitive_features=known[kind]
    ).by_group
    members = {group: known[known[kind] == group] for group in shares.index if group != "unknown"}
    found = {f"{kind}: {group}": with_bounds(of["alarmed"], of["cluster"]) for group, of in members.items()}
    assert np.allclose([one.value for one in found.values()], shares.drop("unknown", errors="ignore"))
    return found


false_alarms = {name: found for kind in kinds for name, found in by_group(talks[~talks["abusive"]], kind).items()}
recall = {name: found for kind in kinds for name, found in by_group(talks[talks["abusive"]], kind).items()}
pd.DataFrame(
    {
        "false_alarms": {name: with_interval(found) for name, found in false_alarms.items()},
        "of": {name: found.n for name, found in false_alarms.items()},
        "found": {name: with_interval(found) for name, found in recall.items()},
        "of ": {name: found.n for name, found in recall.items()},
    }
)

# %%
picture, axes = plt.subplots(1, 2, figsize=(9, 6), layout="constrained", sharey=True)
for axis, found, title in zip(axes, (false_alarms, recall), ("false alarms", "found"), strict=True):
    forest(axis, found)
    axis.set(xlabel=f"share at {advice} or more, 95 % intervals", title=title, xlim=(0, None))
    axis.grid(axis="x", alpha=0.3)
axes[1].set_xlim(0, 1)
plt.show()

# %% [markdown]
# ## Each group beside the others
#
# 每组与其余的比值。 Parity is customarily a ratio from 0.8 to 1.25. An interval that reaches beyond that leaves it
# open, and one that lies wholly outside shows a difference. Talks of few families, or few alarms, make wide
# intervals.


# %%
def reads(ratio):
    """What an interval says of parity."""
    if ratio.low is None:
        return "too few to say · 太少，无法判断"
    if ratio.high < LIMITS[0] or ratio.low > LIMITS[1]:
        return "differs · 有差异"
    return "within · 相近" if LIMITS[0] <= ratio.low and ratio.high <= LIMITS[1] else "open · 未定"


compared = {
    abusive: disparities(kept.measured, advice, abusive=abusive, seed=seed, resamples=resamples)
    for abusive in (False, True)
}
pd.DataFrame(
    [
        {
            "group": f"{row.by}: {row.group}",
            "of": "found" if abusive else "false alarms",
            "n": f"{row.n}{' *' if row.n < SMALL else ''}",
            "ratio": with_interval(row.ratio, percent=False),
            "difference": with_interval(row.difference),
            "parity": reads(row.ratio),
        }
        for abusive, rows in compared.items()
        for row in rows
    ]
).set_index(["of", "group"])

# %% [markdown]
# ## The same talk, another region
#
# 同一段对话，换个地区。 Every order is sent to each region, all of them served. Where the same promises stay
# possible, the risk must not move: that is a rule of the project, to 1e-9. Where a promise becomes impossible it may.

# %%
scorer = Scorer.load(Path(model))
with_orders = [chat for chat in generate(4 * swapped, seed) if chat.conversation.get("orders")][:swapped]
moves = [
    {"label": chat.label, **move._asdict()}
    for chat in with_orders
    for move in swap_regions(parse_conversation(chat.conversation), scorer, provinces)
]
moves = pd.DataFrame(moves).drop(columns="risks")
print(f"{len(with_orders)} generated talks with orders, each from {provinces[0]} to {len(provinces) - 1} other regions")
moves.groupby(["feasible", "province"])["moved"].agg(["size", "max"])

# %%
unmoved = moves[moves["feasible"]]["moved"].max()
print(f"largest movement where no promise changed: {unmoved:.1e} (the rule: at most 1e-9)")
assert unmoved <= 1e-9

# %% [markdown]
# ## What to do next
#
# 接下来做什么。
#
# - A group that differs: look at its false alarms one by one in `07_error_review`. Most likely a wording of theirs is
#   taken for something else; mend the signal, or add written chats in that way of typing. Never a threshold by group.
# - A group that stays open: measure more talks (`03_evaluate` with `chats = 4000`), and your own labelled ones.
# - In the console the analyst sees platforms and provinces of your shop side by side, with intervals.
# - A difference that the shop's own policy makes (a region where a promise cannot be kept) is mended in the policy:
#   say on the page what cannot be kept there.
