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
# # Which threshold is cheapest
#
# 阈值取多少最省：一次提醒的人工、一次漏掉的损失、一位被耽误的好买家，各值多少。
#
# Costs by threshold in your shop's own figures, how flat the curve is, and how long the queue gets. Takes the talks
# that `03_evaluate` measured. Seconds.
#
# **All labelled chats are synthetic or written by hand, and how often abuse happens is not known: `prevalence` is
# your assumption, and the answer hangs on it.** Put your own figures in; those below are invented.

# %% tags=["parameters"]
measured = "../var/notebook-measured.jsonl"  # written by 03_evaluate
prevalence = 0.005  # share of abusive talks in your shop: assumed
alarm = 2.0  # yuan: a supervisor reads one talk
missed = 150.0  # yuan: a case that nobody looked at
delayed = 8.0  # yuan: a good buyer who waits, and may leave
averted = 0.5  # share of a case's damage that an alarm averts: it may come late, or not be heeded
talks_a_day = 2000
minutes = 3.0  # to read one talk
capacity_hours = 2.0  # a day that people have for it
thresholds_csv = ""  # the console's `/console/figures/thresholds.csv`: how many of your talks reach each, or none
csv_days = 90  # how many days that file is of
model = "../var/notebook-model"  # whose thresholds are shown as in use
resamples = 1000  # of the bootstrap
seed = 0

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import display

from riskmodel.evaluation import NOTE
from riskmodel.evaluation.costs import Costs, cost_curve, queue
from riskmodel.evaluation.kept import read_measured
from riskmodel.evaluation.tables import with_interval
from riskmodel.intervals import figure
from riskmodel.scorer import Scorer

# %matplotlib inline
plt.rcParams["figure.dpi"] = 72
kept = read_measured(Path(measured))
abusive = np.array([int(talk.label == "abusive") for talk in kept.measured])
peaks = np.array([talk.peak for talk in kept.measured])
clusters = np.array([talk.cluster for talk in kept.measured])
in_use = Scorer.load(Path(model)).model.thresholds
print(kept.split, NOTE, f"Intervals: 95 %, bootstrap over clusters, {resamples} resamples, seed {seed}.", sep="\n")
print(f"assumed: {prevalence:.1%} of talks are abusive; {talks_a_day} talks a day")


def curve_at(share, case=missed):
    """The costs by threshold at another prevalence, or another cost of a case."""
    costs = Costs(alarm, case, delayed, averted)
    return cost_curve(abusive, peaks, clusters, costs, prevalence=share, seed=seed, resamples=resamples)


# %% [markdown]
# ## What a thousand talks cost
#
# 每千段对话的花费。 A talk is alarmed when its risk ever reaches the threshold. On the right, at 1, nothing is
# alarmed and all cases are missed. In the shade the cost is within 5 % of the least. The thresholds in use are those of
# the stored model; the talks were measured by fits on fewer talks, so shares beside them here are not those of their
# budget.

# %%
curve = curve_at(prevalence)
picture, axes = plt.subplots(figsize=(8, 4), layout="constrained")
axes.fill_between(curve.thresholds, curve.low, curve.high, alpha=0.25, label="95 % interval")
axes.plot(curve.thresholds, curve.cost, label="expected")
axes.axvspan(*curve.flat, color="tab:green", alpha=0.12, label="within 5 % of the least")
axes.axvline(curve.cheapest.value, color="tab:green", linewidth=1)
for name, threshold in zip(("clarify", "hold", "escalate"), in_use, strict=True):
    axes.axvline(threshold, color="gray", linestyle=":", linewidth=1)
    axes.text(
        threshold,
        0.98,
        f" {name}",
        fontsize=8,
        color="dimgray",
        rotation=90,
        va="top",
        ha="right",
        transform=axes.get_xaxis_transform(),
    )
least, none = curve.cost.min(), curve.cost[-1]
axes.set(ylim=(0.6 * least, max(3 * least, 1.2 * none)), xlim=(0, 1))
axes.set(xlabel="threshold", ylabel="yuan for 1,000 talks", title="Costs by threshold")
axes.legend(fontsize=8, loc="lower left")  # where costs are above the picture
plt.show()


# %%
def alarmed(threshold, kind):
    """The share of abusive (1) or of other (0) talks that are alarmed, with its interval over stories and writers."""
    of = abusive == kind
    flags = peaks[of] >= threshold
    return figure(
        lambda at: flags[at].mean(), clusters[of], seed=seed, resamples=resamples, share_of=np.ones(len(flags), bool)
    )


def row(threshold):
    """What one threshold means in a shop of this size."""
    at = curve.at(threshold)
    waiting, hours = queue(curve.alarmed[at], talks_a_day, minutes)
    return {
        "threshold": round(float(curve.thresholds[at]), 3),
        "yuan / 1,000": f"{curve.cost[at]:.0f} [{curve.low[at]:.0f}, {curve.high[at]:.0f}]",
        "found": with_interval(alarmed(curve.thresholds[at], 1)),
        "false alarms": with_interval(alarmed(curve.thresholds[at], 0)),
        "queue a day": f"{waiting.value:.0f} [{waiting.low:.0f}, {waiting.high:.0f}]",
        "hours": round(hours, 1),
        "in capacity": "yes" if hours <= capacity_hours else "no",
    }


choices = {
    "cheapest": curve.cheapest.value,
    "flat from": curve.flat[0],
    "flat to": curve.flat[1],
    "clarify in use": in_use.watch,
    "hold in use": in_use.high,
    "escalate in use": in_use.critical,
    "no alarms": 1.0,
}
print("cheapest threshold:", with_interval(curve.cheapest, percent=False), f"of {curve.cheapest.n} talks")
print(f"within 5 % of the least cost from {curve.flat[0]:g} to {curve.flat[1]:g}")
pd.DataFrame.from_dict({name: row(threshold) for name, threshold in choices.items()}, orient="index")

# %% [markdown]
# ## How long the queue gets
#
# 每天要看多少段。 Above the line there are more alarms than people have time for: those wait, or nobody looks.

# %%
picture, axes = plt.subplots(figsize=(8, 3.6), layout="constrained")
days = [queue(share, talks_a_day, minutes)[0] for share in curve.alarmed]
shown = curve.thresholds > 0.02  # below it nearly everything is alarmed
axes.plot(curve.thresholds[shown], np.array([day.value for day in days])[shown], label="expected")
axes.fill_between(
    curve.thresholds[shown],
    np.array([day.low for day in days])[shown],
    np.array([day.high for day in days])[shown],
    alpha=0.25,
    label="95 days in 100",
)
axes.axhline(capacity_hours * 60 / minutes, color="tab:red", linewidth=1, label="what people have time for")
axes.set(
    yscale="symlog", ylim=(0, None), xlim=(0, 1), xlabel="threshold", ylabel="alarms a day", title="Queue by threshold"
)
axes.grid(alpha=0.3)
axes.legend(fontsize=8)
plt.show()

# %% [markdown]
# ## What the answer hangs on
#
# 换个假设会怎样。 The cheapest threshold where abuse is rarer or more frequent and a case costs less or more. 1 says:
# with these figures alarms cost more than they avert.

# %%
shares, cases = [0.001, 0.002, 0.005, 0.01, 0.02], [50.0, 150.0, 500.0, 1500.0]
cheapest = [[curve_at(share, case).cheapest for case in cases] for share in shares]
pd.DataFrame(
    [[with_interval(found, percent=False) for found in line] for line in cheapest],
    index=pd.Index([f"{share:.1%} abusive" for share in shares], name="prevalence"),
    columns=[f"a case costs {case:.0f} yuan" for case in cases],
)

# %% [markdown]
# ## Your own talks
#
# 自己店的对话。 The analyst's page of the console gives `thresholds.csv`: how many stored talks reach each threshold,
# and what those who looked at them found. It has no labels of what was never held, so it shows the queue and not the
# misses.

# %%
if thresholds_csv:
    own = pd.read_csv(thresholds_csv, encoding="utf-8-sig").set_axis(
        ["threshold", "talks", "abusive", "legit_complaint", "benign", "unclear"], axis="columns"
    )
    own["alarms a day"] = (own["talks"] / csv_days).round(2)
    own["hours"] = (own["alarms a day"] * minutes / 60).round(2)
    own["in capacity"] = np.where(own["hours"] <= capacity_hours, "yes", "no")
    looked_at = own[["abusive", "legit_complaint", "benign"]].sum(axis="columns")
    own["found abusive, of those decided"] = (own["abusive"] / looked_at).round(3)
    display(own.set_index("threshold").iloc[::5])
else:
    print("No file of your shop was given: set thresholds_csv. 没有给出本店的文件。")

# %% [markdown]
# ## What to do next
#
# 接下来做什么。
#
# - Where the curve is flat, take the highest threshold of the flat part: it disturbs the fewest buyers at the same
#   cost. Where that is 1, these figures do not tell alarms from none: measure more talks (`03_evaluate` with
#   `chats = 4000`) before you conclude anything.
# - Where the queue is more than people can read, raise the threshold before you tell anybody to look: an alarm that
#   nobody reads averts nothing.
# - Try the threshold on your stored talks on the analyst's page of the console, "another threshold", then train with
#   another budget (`false_alarms` in `riskmodel/model/alerts.toml`): bands are set by false alarms.
# - Write down what a case really cost you, each time: the answer hangs on it more than on the model.
