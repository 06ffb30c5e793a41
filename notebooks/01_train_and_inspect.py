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
# # Train a model and look inside
#
# 训练一个模型，看看它为什么这样判断。
#
# From generated chats to a stored model, and from a stored model to the reasons for two talks. Takes about two minutes.
#
# **All labelled chats here are synthetic. No public labelled set of this abuse exists and no base rate is known, so no
# figure below says how the model does on real traffic.** A risk speaks of the wording of a talk, never of a person.

# %% tags=["parameters"]
chats = 1200  # how many chats to generate; `baitwatch train` takes 4000
written_every = 2  # of the chats written whole every such one; `baitwatch train` takes all
seed = 0  # same seed, same model to the byte
out = "../var/notebook-model"  # where the model goes; `../var/model` is the one that the service uses
demo = "../data/demo/chats.jsonl"
reader_of = ""  # a model whose reader of lines is taken over, or none; fitting one takes most of the time

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from riskmodel.conversation import read_lines
from riskmodel.features import FEATURES
from riskmodel.scorer import Scorer
from riskmodel.synthesis import written_chats
from riskmodel.training import train

# %matplotlib inline
plt.rcParams["figure.dpi"] = 72
pd.set_option("display.max_colwidth", 60)

# %% [markdown]
# ## Train
#
# Chats are generated from the scenario files and read message by message; an additive model is fitted to named columns.
# The figures are of families that the fit has not seen.

# %%
reader = Scorer.load(Path(reader_of)).model.reader if reader_of else None
report = train(Path(out), seed=seed, chats=chats, written=written_chats()[::written_every], reader=reader)
scorer = Scorer.load(Path(out))
figures = scorer.manifest["figures"]
print(f"{report.talks} talks; {figures['note']}")
print("at hold or more, 95 % intervals over stories and writers:")
for of, name in (("talks without abuse", "false_alarms_at_hold"), ("abusive talks", "recall_at_hold")):
    low, high = figures[f"{name}_interval"]
    print(f"{figures[name]:.1%} [{low:.1%}, {high:.1%}] of {figures[f'{name}_talks']} {of}")
pd.DataFrame([report.thresholds._asdict()], index=["lowest risk of the band"])

# %% [markdown]
# ## What counts, and how much
#
# One coefficient a column, in log-odds for each unit. Directions are a rule of the domain: a demand for money never
# lowers a risk, a photo of the defect never raises one. A column that the data did not need has no bar.

# %%
coefficients = pd.DataFrame(
    {
        "log_odds": scorer.model.arrays["coefficients"].round(2),
        "unit": [feature.unit for feature in FEATURES],
        "说明": [feature.zh for feature in FEATURES],
    },
    index=[feature.name for feature in FEATURES],
).sort_values("log_odds")

figure, axes = plt.subplots(figsize=(8, 10), layout="constrained")
colours = coefficients["log_odds"].map(lambda value: "tab:green" if value < 0 else "tab:red")
axes.barh(coefficients.index, coefficients["log_odds"], color=colours)
axes.axvline(0, color="black", linewidth=0.8)
axes.set(xlabel="log-odds per unit (green: speaks for the buyer)", title="Coefficients of the additive model")
axes.tick_params(axis="y", labelsize=8)
axes.grid(axis="x", alpha=0.3)
axes.margins(y=0.01)
plt.show()

# %%
coefficients[coefficients["log_odds"] != 0].iloc[::-1].head(10)

# %% [markdown]
# ## Two talks with the same first question
#
# Both ask whether it ships today, both from far away with cash on delivery. One presses for a promise and sells the
# complaint afterwards; the other is an ordinary buyer. 两段对话开头一样，后来不一样。

# %%
with Path(demo).open("rb") as lines:
    talks = {line.conversation.conversation_id: line.conversation for line in read_lines(lines)}
trap, ordinary = talks["demo-same-day"], talks["demo-ordinary"]
risks = {talk.conversation_id: [step["risk"] for step in scorer.trajectory(talk)] for talk in (trap, ordinary)}

figure, axes = plt.subplots(figsize=(8, 3.5), layout="constrained")
for (name, values), style in zip(risks.items(), ("o-", "s--"), strict=True):
    axes.plot(range(1, len(values) + 1), values, style, label=name, markersize=4)
for action, threshold in zip(("clarify", "hold", "escalate"), scorer.model.thresholds, strict=True):
    axes.axhline(threshold, color="gray", linestyle=":", linewidth=1)
    axes.text(
        len(risks["demo-same-day"]) + 0.2, threshold, action, fontsize=8, color="dimgray", va="bottom", ha="right"
    )
axes.set(xlabel="messages so far", ylabel="risk", ylim=(0, 1.03), title="Risk after each message")
axes.legend(loc="center")
plt.show()

# %% [markdown]
# ## Why
#
# Reasons add up exactly: the base and all contributions are the log-odds of the risk before calibration. Those below
# zero speak for the buyer. The quoted words are cut from the message as it was received.


# %%
def reasons(talk):
    """The strongest reasons of a talk, with the words that they were read from."""
    texts = {message.message_id: message.text for message in talk.messages}
    rows = []
    for reason in scorer.assess(talk)["reasons"]:
        text, span = texts.get(reason["message_id"], ""), reason["span"]
        rows.append(
            {
                "log_odds": round(reason["contribution"], 2),
                "code": reason["code"],
                "原话": text[span[0] : span[1]] if span else "",
                "理由": reason["text_zh"],
                "message": reason["message_id"] or "",
            }
        )
    return pd.DataFrame(rows, columns=["log_odds", "code", "原话", "理由", "message"]).head(8)


reasons(trap)

# %%
reasons(ordinary)

# %%
answers = [scorer.assess(talk) for talk in (trap, ordinary)]
pd.DataFrame(answers, columns=["conversation_id", "risk", "action"]).round(3)

# %% [markdown]
# ## The stored model
#
# Plain arrays and a manifest with their SHA-256; loading runs no code from the files.

# %%
print("sha256:", report.sha256)
for path in sorted(report.folder.iterdir()):
    print(f"{path.name:15} {path.stat().st_size / 1024:6.0f} KiB")

# %% [markdown]
# ## What to do next
#
# - Measure before you trust: `baitwatch evaluate` (families unseen by the fit), `baitwatch evaluate --leaks`, and
#   `baitwatch evaluate --labelled CHATS.jsonl LABELS.jsonl --model DIR` on your own talks once somebody labelled them.
# - Try it on your own talks: `baitwatch score --trajectory FILE --model DIR`, and look at the false alarms first.
# - Use it: `baitwatch train` writes to where the service looks; or set `BAITWATCH_MODEL` to the folder above.
# - If a kind of talk is missing, add a scenario family with its benign twin (CONTRIBUTING has the recipe), then train.
