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
# # What is in the chats
#
# 对话里有什么：长短、开头问什么、买家说了什么做了什么。
#
# Generated chats, chats written whole, and real ones where they are at hand, counted side by side. Less than a
# minute.
#
# **All labelled chats are synthetic or written by hand; real ones have no labels. Shares of the first two say how
# they were made, never how often something happens in a shop.** Of real chats only counts are shown, none of their
# words.

# %% tags=["parameters"]
chats = 1000  # how many chats to generate
seed = 20260101  # of the chats
written_every = 4  # of the chats written whole every such one
model = "../var/notebook-model"  # whose readers of lines and acts are used; its risk is not asked
real = "../../shared/real"  # folder of real chats (*.jsonl), or your own, say from `baitwatch import`; may be missing

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from riskmodel.conversation import parse_conversation, read_lines
from riskmodel.evaluation import NOTE
from riskmodel.evaluation.contents import extents, farthest, openings, rates, read_contents
from riskmodel.evaluation.plots import forest
from riskmodel.evaluation.tables import with_interval
from riskmodel.features import FEATURES
from riskmodel.scorer import Scorer
from riskmodel.signals import load_catalogue
from riskmodel.synthesis import generate, written_chats

# %matplotlib inline
plt.rcParams["figure.dpi"] = 72
pd.set_option("display.max_colwidth", 60)
print(NOTE)

# %% [markdown]
# ## The sets
#
# 三组对话：生成的、整段手写的、真实的。 Abusive talks and the others are two sets each, where labels are known.

# %%
scorer = Scorer.load(Path(model))
labelled = {"generated": list(generate(chats, seed)), "written": written_chats()[::written_every]}
sets = {
    f"{name}, {'abusive' if abusive else 'not abusive'}": [
        chat for chat in known if (chat.label == "abusive") == abusive
    ]
    for name, known in labelled.items()
    for abusive in (True, False)
}
talks = {name: [parse_conversation(chat.conversation) for chat in known] for name, known in sets.items()}
files = sorted(Path(real).glob("*.jsonl"))
for file in files:
    with file.open("rb") as lines:
        talks[f"real, {file.stem}"] = [line.conversation for line in read_lines(lines) if line.conversation is not None]
if not files:
    print(f"No real chats at {real}: they are left out. 没有真实对话，略去。")

contents = {name: read_contents(known, scorer.model) for name, known in talks.items()}
pd.DataFrame.from_dict(
    {name: [len(known), sum(talk.messages for talk in known)] for name, known in contents.items()},
    orient="index",
    columns=["talks", "messages"],
)

# %% [markdown]
# ## How long they are
#
# 长短。 Median, and in brackets what one talk in twenty stays below or is above. If one label were longer than the
# other, length alone would give it away; `03_evaluate` measures that as a leak.

# %%
pd.DataFrame.from_dict(
    {
        name: {row.what: f"{row.median:.4g} ({row.low:.2g}–{row.high:.4g})" for row in extents(known)}
        for name, known in contents.items()
    },
    orient="index",
)

# %%
figure, axes = plt.subplots(figsize=(8, 3.6), layout="constrained")
for name, known in contents.items():
    if len(known) >= 30:  # of fewer a curve shows little
        axes.ecdf([talk.messages for talk in known], label=f"{name}, n={len(known)}")
axes.set(xscale="log", xlabel="messages of a talk", ylabel="share of talks up to that length", title="Length")
axes.set_xticks([5, 10, 20, 50, 100], ["5", "10", "20", "50", "100"])
axes.grid(alpha=0.3)
axes.legend(fontsize=8)
plt.show()

# %% [markdown]
# ## What the first question is about
#
# 开头问什么。 The topic of the buyer's first message that has one, as the reader of lines hears it; `other` where
# none has. 95 % intervals (Wilson). A first question must not tell a label: it is harmless in every story.

# %%
found = {name: openings(known) for name, known in contents.items() if len(known) >= 30}
topics = list(dict.fromkeys(topic for first in found.values() for topic in list(first)[:6]))
pd.DataFrame(
    {name: {topic: with_interval(first[topic]) for topic in topics if topic in first} for name, first in found.items()}
).reindex(topics).fillna("–")

# %% [markdown]
# ## What buyers say and do
#
# 买家说了什么、做了什么。 Signals (`ask.…`, `press.…`) are found by rules; acts (`act.…`) are heard by a learned
# reader, from a likelihood of one half; it learned from the written chats, among others, so that their shares flatter
# it. Share of talks in which each ever comes, 95 % intervals: over pairs of scenario families or writers, and
# Wilson's for real talks, whose labels are unknown.

# %%
said = {
    name: rates(known, np.array([chat.pair for chat in sets[name]]) if name in sets else None, resamples=200)
    for name, known in contents.items()
    if len(known) >= 30
}
explained = {signal.code: signal.zh for signal in load_catalogue().of("buyer")} | {
    feature.name: feature.zh for feature in FEATURES if feature.name.startswith("act.")
}


def side_by_side(*prefixes, least=0.02):
    """The rates of all sets as a table, of what one of them has at least so often."""
    names = [
        name
        for name in explained
        if name.startswith(prefixes) and max(one[name].value for one in said.values()) >= least
    ]
    columns = {of: [with_interval(one[name]) for name in names] for of, one in said.items()}
    return pd.DataFrame({"说明": [explained[name] for name in names], **columns}, index=names)


side_by_side("demand.", "threat.", "speak.", "move.")

# %%
side_by_side("ask.", "press.")

# %%
side_by_side("care.", "act.")

# %% [markdown]
# ## Which of them tell the labels apart
#
# 哪些能区分。 What stands far apart here and is frequent in real talks deserves a look before it is believed: real
# talks are mostly innocent.

# %%
names = farthest(said["generated, abusive"], said["generated, not abusive"])
shown = [("generated, abusive", "#d55e00"), ("generated, not abusive", "#0072b2")]
shown += [(of, "#009e73") for of in said if of.startswith("real")]
figure, axes = plt.subplots(figsize=(8, 7.5), layout="constrained")
for place, (of, colour) in enumerate(shown):
    forest(axes, {name: said[of][name] for name in names}, label=of, colour=colour, shift=0.25 * (place - 1))
axes.set(
    xlabel="share of talks in which it ever comes, 95 % intervals", title="The twenty that differ most between labels"
)
axes.grid(axis="x", alpha=0.3)
axes.legend(fontsize=8, loc="lower right")
plt.show()

# %% [markdown]
# ## What to do next
#
# 接下来做什么。
#
# - Put your own chats in: `baitwatch import EXPORT > mine.jsonl`, then this notebook with `real` set to its folder.
# - A demand or threat that is frequent in your real talks is most likely a false find: look at ten of them with
#   `baitwatch score`, then mend the signal's words or near misses (CONTRIBUTING, "Add a signal").
# - A first question that your buyers ask and the table above does not have: add lines for the reader, or a family.
# - Then measure: `03_evaluate`.
