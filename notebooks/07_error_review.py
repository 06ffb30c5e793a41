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
# # Looking at the errors
#
# 看看错在哪里：漏得最深的、误报最高的、它们像训练里的哪些对话、可能缺了什么信号。
#
# The worst misses and false alarms of `03_evaluate`, message by message, the talks that the fits did know and that
# are most like them, and sequences of characters that misses have more often. Nothing here changes anything by
# itself.
#
# **All labelled chats are synthetic or written by hand.** With your own talks this notebook shows your buyers' words:
# keep it where you keep the chats.

# %% tags=["parameters"]
measured = "../var/notebook-measured.jsonl"  # written by 03_evaluate
chats = 300  # as in 03_evaluate: the same chats are generated again, to be shown
seed = 0  # as in 03_evaluate
written_every = 8  # as in 03_evaluate
advice = "hold"  # a miss is an abusive talk in which it never came
shown = 4  # talks of each kind that are shown
labelled = []  # [chats.jsonl, labels.jsonl] of your own: the stored model is measured on them instead
model = "../var/notebook-model"  # the stored model; used with your own talks only

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import display

from riskmodel.evaluation import NOTE, measure_labelled, read_labelled
from riskmodel.evaluation.kept import read_measured
from riskmodel.evaluation.misses import alarms, as_chats, misses, neighbours, said
from riskmodel.evaluation.tables import with_interval
from riskmodel.evaluation.wordings import over_represented, spoken
from riskmodel.intervals import wilson
from riskmodel.scorer import Scorer
from riskmodel.synthesis import generate, written_chats

# %matplotlib inline
plt.rcParams["figure.dpi"] = 72
pd.set_option("display.max_colwidth", 90)
training = [*generate(chats, seed), *written_chats()[::written_every]]
if labelled:
    rows, scorer = read_labelled(*map(Path, labelled)), Scorer.load(Path(model))
    talks, judged = as_chats(rows), measure_labelled(rows, scorer)
    split = f"{len(rows)} labelled chats of {Path(labelled[0]).name}, stored model {scorer.info['sha256'][:12]}"
else:
    split, names, judged = read_measured(Path(measured))
    by_name = {chat.conversation["conversation_id"]: chat for chat in training}
    if any(name not in by_name for name in names):
        raise ValueError("other chats were measured; set chats, seed and written_every as in 03_evaluate")
    talks = [by_name[name] for name in names]
print(split, NOTE, sep="\n")

# %% [markdown]
# ## How many, and of which kind
#
# 漏了多少，哪一类。 Shares of abusive talks in which the advice never came, by pattern. Wilson's interval takes talks
# for independent; those of one story are not, so it is somewhat too narrow.

# %%
missed, alarmed = misses(judged, advice), alarms(judged, advice)
of_pattern = {}
for place, talk in enumerate(judged):
    for pattern in talk.patterns:
        of_pattern.setdefault(pattern, []).append(place in set(missed))
print(f"{len(missed)} misses, {len(alarmed)} false alarms at {advice} or more, of {len(talks)} talks")
pd.DataFrame(
    {
        "missed": {pattern: with_interval(wilson(flags)) for pattern, flags in of_pattern.items()},
        "n": {pattern: len(flags) for pattern, flags in of_pattern.items()},
    }
).sort_values("n", ascending=False)

# %% [markdown]
# ## The worst misses
#
# 漏得最深的。 Risk after each message. A circle stands where an experienced agent would slow down, a cross where the
# agent made the first harmful commitment.

# %%
worst = missed[:shown]
figure, axes = plt.subplots(figsize=(8, 3.6), layout="constrained")
for place in worst:
    talk = judged[place]
    (line,) = axes.plot(range(1, len(talk.risks) + 1), talk.risks, label=talks[place].family, linewidth=1.2)
    for at, mark in ((talk.earliest, "o"), (talk.commitment, "x")):
        if at is not None:
            axes.plot(at + 1, talk.risks[at], mark, color=line.get_color())
axes.set(xlabel="messages so far", ylabel="risk", title="Risk in the worst misses", ylim=(0, None))
axes.legend(fontsize=8)
plt.show()


# %%
def transcript(place, most=14):
    """The talk's last messages, each with the risk after it and what it was written to do."""
    chat, risks = talks[place], judged[place].risks
    rows = [
        {"from": message["sender"], "text": message["text"], "act": act, "risk": round(float(risk), 3)}
        for message, act, risk in zip(chat.conversation["messages"], chat.acts, risks, strict=True)
    ]
    print(f"{chat.family}, {', '.join(chat.patterns) or chat.label}, highest risk {risks.max():.3f}")
    display(pd.DataFrame(rows).tail(most))


for place in worst[:2]:
    transcript(place)

# %% [markdown]
# ## What they resemble
#
# 它们像什么。 For each miss the nearest talks of other stories and writers, which the fits did know, by the
# characters of the buyer's words. Near talks of another label: it looks innocent. No near talk: its kind was not
# there to be learned.

# %%
texts, known = ([said(chat.conversation) for chat in some] for some in (talks, training))
groups, known_groups = (np.array([chat.pair for chat in some]) for some in (talks, training))


def near(places, count=1):
    """The nearest training chats of some talks, all of other stories and writers."""
    return neighbours([texts[place] for place in places], known, count=count, apart=(groups[places], known_groups))


pd.DataFrame(
    [
        {
            "miss": talks[place].family,
            "highest risk": round(judged[place].peak, 3),
            "like": training[other.position].family,
            "of label": training[other.position].label,
            "likeness": round(other.likeness, 3),
        }
        for place, found in zip(missed[: 2 * shown], near(missed[: 2 * shown], 2), strict=True)
        for other in found
    ]
)

# %%
found = sorted({place for place, talk in enumerate(judged) if talk.label == "abusive"} - set(missed))
pd.DataFrame.from_dict(
    {
        name: {
            "talks": len(places),
            "nearest is abusive": with_interval(
                wilson(training[one.position].label == "abusive" for one, *_ in near(places))
            ),
            "likeness of the nearest, median": round(float(np.median([one.likeness for one, *_ in near(places)])), 3),
        }
        for name, places in (("missed", missed), ("found", found), ("false alarms", alarmed))
        if places
    },
    orient="index",
)

# %% [markdown]
# ## The highest false alarms
#
# 误报最高的。 What they say is innocent, so each of these is worth more than ten new abusive stories.

# %%
for place in alarmed[:2]:
    transcript(place)

# %% [markdown]
# ## Signals that may be lacking
#
# 可能缺的信号。 Sequences that stand in more of the misses than of the talks without abuse, from three stories or
# writers up. `z` above 2 comes by chance, too, where thousands are compared: read the talks before you believe one.
# Names of rights and places are left out, since they are no signals.

# %%
lines = [
    "\n".join(spoken(m["text"]) for m in chat.conversation["messages"] if m["sender"] == "buyer") for chat in talks
]
innocent = [line for line, chat in zip(lines, talks, strict=True) if chat.label != "abusive"]
suggested = over_represented([lines[place] for place in missed], innocent, [talks[place].pair for place in missed])
print(f"{len(missed)} misses beside {len(innocent)} talks without abuse, synthetic or written by hand")
pd.DataFrame(suggested).round({"z": 2})

# %% [markdown]
# ## What to do next
#
# 接下来做什么。
#
# - A miss that reads innocent to you, too: leave it. The check of the draft is for that moment, not the risk.
# - A wording that is lacking: decide by reading whether it is a signal, then "Add a signal" in CONTRIBUTING, with
#   near misses from the false alarms above. Words of your own; never copy those of a talk.
# - A kind of talk that nothing known resembles: "Add a pair of scenario families", or written chats.
# - After any change measure again, false alarms first: `03_evaluate`, then once `baitwatch evaluate` at full size.
