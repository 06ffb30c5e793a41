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
# # Learning from the shop's own outcomes
#
# 用店铺自己的结果重新训练：标签来得晚、有偏，怎样才不越学越差。
#
# A shop's labels come late, and mostly of talks that were held. So some unheld talks are picked by chance and
# weighed, each month is measured with what was known when it began, and what comes of it is a candidate, never the
# model in use. Some minutes.
#
# **The shop here is simulated: its talks are generated, its labels invented as `Habits` says. All labelled chats are
# synthetic or written by hand; nothing below says how a real shop would fare.** With your own store: `baitwatch
# retrain`.

# %% tags=["parameters"]
model = "../var/notebook-model"  # whose reader of lines is used throughout
base_chats = 300  # synthetic chats that every model learns from; `baitwatch retrain` takes 4000
written_every = 12  # of the chats written whole every such one
shop_chats = 1600  # talks of the simulated shop in sixteen months
months = 4  # of which the last so many are looked at
held_back = 3  # every such pair of stories happens in the shop and is unknown to the synthetic chats
sample = 0.1  # share of unheld talks that are picked by chance to be looked at
shares = [0.0, 1.0]  # of the labelled talks, for the learning curve
seed = 0
out = "../var/notebook-candidate"  # where the candidate goes

# %%
from datetime import UTC, timedelta
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from riskmodel.evaluation import NOTE
from riskmodel.evaluation.plots import forest
from riskmodel.evaluation.tables import with_interval
from riskmodel.intervals import weighted
from riskmodel.learning.curve import learning_curve
from riskmodel.learning.measure import Measure, measure, risks_of
from riskmodel.learning.outcomes import weights
from riskmodel.learning.prequential import DELAY, by_month
from riskmodel.learning.retrain import Base, learn_from, retrain
from riskmodel.learning.simulated import Habits, began, look_at
from riskmodel.scorer import Scorer
from riskmodel.synthesis import generate, load_families, written_chats
from riskmodel.table import part_of, read_table
from riskmodel.training import fit_whole, peaks

# %matplotlib inline
plt.rcParams["figure.dpi"] = 72
print(NOTE)

# %% [markdown]
# ## A shop whose stories are partly unknown
#
# 一家店，部分故事训练时没见过。 Every third pair of stories happens in the shop and stands in none of the synthetic
# chats: that is what its labels have to teach.

# %%
reader = Scorer.load(Path(model)).model.reader
families = load_families()
unknown = set(sorted({family.pair for family in families if family.label == "abusive"})[::held_back])
invented = [
    *generate(base_chats, seed, [family for family in families if family.pair not in unknown]),
    *written_chats()[::written_every],
]
base = Base(invented, read_table(invented, seed=seed, reader=reader), base_chats, seed)
own = sorted(generate(shop_chats, seed + 1), key=began)
own = [chat for chat in own if began(chat) > began(own[-1]) - timedelta(days=30.5 * months)]
table = read_table(own, seed=seed, reader=reader)
in_use = fit_whole(base.table._replace(columns=base.table.columns.copy()), reader).model
held = peaks(table, risks_of(in_use, table)) >= in_use.thresholds.watch
looked = look_at(own, held, Habits(sample=sample), seed=seed)
learned = learn_from(looked.talks)
print(f"{len(invented)} synthetic chats; {len(own)} talks of the simulated shop, {held.sum()} at clarify or more")
print(f"looked at: {len(looked.talks)}, of them {learned.by_chance} by chance; labels: {learned.labels}")
print(f"weighed, they say as much as {learned.effective:.0f} of equal weight")

# %% [markdown]
# ## Why some unheld talks are looked at
#
# 为什么要抽查没被拦下的。 The share of abusive talks in the shop, as its labels tell it. Held talks alone make it
# look far higher; weighed by one over the probability of being looked at, those picked by chance set that right.

# %%
said = np.array([talk.given[0].label == "abusive" for talk in looked.talks])
chance = [talk.given[0].probability for talk in looked.talks]
only_held = [flag for flag, one in zip(said.tolist(), chance, strict=True) if one is None]
told = {
    "labels of held talks": weighted(only_held, [1.0] * len(only_held)),
    "all labels, unweighed": weighted(said.tolist(), [1.0] * len(said)),
    "all labels, weighed": weighted(said.tolist(), weights(chance).tolist()),
    "what is true here": weighted([chat.label == "abusive" for chat in own], [1.0] * len(own)),
}
figure, axes = plt.subplots(figsize=(7, 2.4), layout="constrained")
forest(axes, told)
axes.set(xlabel="share of abusive talks, 95 % intervals", title="What labels say of the shop", xlim=(0, 1))
axes.grid(axis="x", alpha=0.3)
plt.show()

# %% [markdown]
# ## Month by month
#
# 逐月：只用当时已知的标签训练，用之后的对话测量。 A label is known when it was given, and no sooner than seven days
# after its talk. Beside each retrained model the one that never was, on the same talks. In a simulated shop the truth
# of all talks is known; a real one has only what was looked at, weighed. With so few talks the intervals overlap: this
# shows how retraining is measured, not that it helps.

# %%
kinds = ("retrained", "never retrained", "retrained, as labels tell")
found = {}
month_of = np.array([f"{began(chat).astimezone(UTC):%Y-%m}" for chat in own])
for month in by_month(base, looked.talks, looked.began, reader):
    came = np.flatnonzero(month_of == f"{month.start:%Y-%m}")
    truly = [measure(fitted, part_of(table, came), np.ones(len(came))) for fitted in (month.model, in_use)]
    found[f"{month.start:%Y-%m}"] = dict(zip(kinds, (*truly, month.measured), strict=True))
    print(f"{month.start:%Y-%m}: {len(came)} talks came, {month.came} of them with a label; learned from {month.known}")
print(f"Labels are known after {DELAY.days} days at the earliest. Intervals as for independent talks, 95 %.")
pd.DataFrame.from_dict(
    {
        month: {f"{name}, {kind}": with_interval(getattr(of[kind], name)) for name in Measure._fields for kind in kinds}
        for month, of in found.items()
    },
)

# %%
figure, axes = plt.subplots(1, 2, figsize=(9, 0.5 * len(found) + 1.2), layout="constrained", sharey=True)
for axis, name in zip(axes, Measure._fields, strict=True):
    for place, (kind, colour) in enumerate(zip(kinds[:2], ("#d55e00", "#0072b2"), strict=True)):
        rows = {month: getattr(of[kind], name) for month, of in found.items()}
        forest(axis, rows, label=kind, colour=colour, shift=0.25 * place)
    axis.set(xlabel=f"{name.replace('_', ' ')} at hold or more, 95 % intervals", xlim=(0, None))
    axis.set_ylim(-0.6, len(found) - 0.6)
    axis.grid(axis="x", alpha=0.3)
figure.legend(*axes[0].get_legend_handles_labels(), fontsize=8, loc="outside upper center", ncols=2)
plt.show()

# %% [markdown]
# ## Would more labels help
#
# 标签再多一些有没有用。 One third of the shop's labelled talks is held out, the same for all points; a curve that
# still rises says that labels are worth their time. Where the intervals overlap it says nothing yet.

# %%
points = {
    f"{point.talks} talks": point.measured for point in learning_curve(base, learned, reader, shares=shares, seed=seed)
}
figure, axes = plt.subplots(1, 2, figsize=(9, 0.4 * len(points) + 1), layout="constrained", sharey=True)
for axis, name in zip(axes, Measure._fields, strict=True):
    forest(axis, {talks: getattr(found, name) for talks, found in points.items()})
    axis.set(xlabel=f"{name.replace('_', ' ')} at hold or more, weighed, 95 % intervals", xlim=(0, None))
    axis.set_ylim(-0.5, len(points) - 0.5)
    axis.grid(axis="x", alpha=0.3)
axes[0].set(ylabel="learned from")
plt.show()
pd.DataFrame(
    {talks: {name: with_interval(getattr(of, name)) for name in Measure._fields} for talks, of in points.items()}
)

# %% [markdown]
# ## The candidate
#
# 候选模型。 Its manifest says what it learned from, in counts: no name, no word of a talk.

# %%
candidate = retrain(Path(out), looked.talks, reader=reader, base=base)
print("sha256:", candidate.report.sha256)
figures = Scorer.load(Path(out)).manifest["figures"]
print(f"{figures['note']}; at hold or more, 95 % intervals over groups:")
for of, name in (("talks without abuse", "false_alarms_at_hold"), ("abusive talks", "recall_at_hold")):
    low, high = figures[f"{name}_interval"]
    print(f"{figures[name]:.1%} [{low:.1%}, {high:.1%}] of {figures[f'{name}_talks']} {of}")
pd.Series(candidate.learned.record(), name="what it learned from").drop(["sha256", "capped"]).to_frame()

# %% [markdown]
# ## What to do next
#
# 接下来做什么。
#
# - With your store: `baitwatch retrain --shop NAME --out DIR`; who labels most is capped, and shown.
# - A candidate is not in use. Let the gate compare it with the model in use on sets that neither has seen, and let it
#   run beside that model unseen by agents before anybody promotes it.
# - Few labels by chance: raise the share of random looks. Without them nobody hears of what is missed.
# - A curve that is flat: more labels of the same kind teach little; look at the misses instead (`07_error_review`).
