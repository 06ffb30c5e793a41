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
# # How well it holds up
#
# 效果如何：在没见过的故事和作者上，在另外手写的对话和草稿上。
#
# All that `baitwatch evaluate` measures, with its plots: talks of stories and writers that the fits have not seen, a
# stored model on written talks, other spellings, simpler means beside it, the check of drafts, and what gives the
# label away. Some minutes.
#
# **All labelled chats and drafts are synthetic or written by hand; no public labelled set of this abuse exists and no
# base rate is known.** Each figure has its interval and its split.

# %% tags=["parameters"]
chats = 300  # how many chats to generate; `baitwatch evaluate` takes 4000, and all chats written whole
seed = 0  # of the chats, the splits and the intervals
written_every = 8  # of the chats written whole every such one
folds = 5  # parts that are held out in turn, as in `baitwatch evaluate`; the time goes with the square
resamples = 300  # of the bootstrap
model = "../var/notebook-model"  # measured on the files below; its reader of lines is used throughout
labelled = ["../tests/written/chats.jsonl", "../tests/written/chats_labels.jsonl"]  # or your own talks with labels
drafts = ["../tests/written/drafts.jsonl", "../tests/written/drafts_labels.jsonl"]  # or your own drafts with labels
leaks_of = 500  # chats that leaks are measured on; `baitwatch evaluate --leaks` takes 4000
out = "../var/notebook-measured.jsonl"  # what was measured, for the notebooks after this one

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import display

from riskmodel.evaluation import (
    cross_scores,
    measure_drafts,
    measure_held_out,
    measure_labelled,
    measure_spellings,
    read_drafts,
    read_labelled,
    summarise,
    summarise_drafts,
)
from riskmodel.evaluation.disparity import with_traits
from riskmodel.evaluation.kept import Kept, write_measured
from riskmodel.evaluation.plots import PLOTS
from riskmodel.evaluation.tables import draft_sheets, leak_sheets, report_sheets
from riskmodel.scorer import Scorer
from riskmodel.synthesis import generate, written_chats
from riskmodel.synthesis.duplicates import near_duplicates
from riskmodel.synthesis.leaks import Leaks, measure_leaks

# %matplotlib inline
plt.rcParams["figure.dpi"] = 72
pd.set_option("display.max_colwidth", 80)


def tables(sheets):
    """Each table of a report under its title."""
    for sheet in sheets:
        display(pd.DataFrame(sheet.rows, columns=sheet.columns).set_index(sheet.columns[0]).rename_axis(sheet.title))


def limits(report):
    """What every figure of a report rests on."""
    print(report.split, report.note, f"Intervals: {report.interval}.", sep="\n")


# %% [markdown]
# ## Stories and writers unseen
#
# 没见过的故事和作者。 Each talk is measured by a model that has seen neither its story, nor the innocent twin of
# that, nor its writer. The fits here are smaller than those of `baitwatch evaluate`, so expect its figures to be
# better.

# %%
scorer = Scorer.load(Path(model))
talks = [*generate(chats, seed), *written_chats()[::written_every]]
measured = with_traits(measure_held_out(talks, seed=seed, reader=scorer.model.reader, folds=folds), talks)
report = summarise(
    measured,
    split=f"{chats} generated chats (seed {seed}) and {len(talks) - chats} written whole, cross-validated "
    f"({folds} folds), no pair of scenario families and no writer on both sides",
    seed=seed,
    resamples=resamples,
    baselines=cross_scores(talks, seed=seed, folds=folds),
)
write_measured(Path(out), Kept(report.split, [chat.conversation["conversation_id"] for chat in talks], measured))
limits(report)

# %%
tables(report_sheets(report))

# %%
for title, draw in PLOTS.values():
    picture, axes = plt.subplots(figsize=(6.4, 4.4 if draw.__name__ == "_groups" else 3.4), layout="constrained")
    draw(axes, report)
    axes.set_title(title.partition(" · ")[0])
    plt.show()

# %% [markdown]
# ## The stored model on labelled talks
#
# 已存的模型在另外标注的对话上，以及换一种写法之后。 The talks are few and were written by hand, so intervals are
# wide. Never tune on them.

# %%
files = [Path(path) for path in labelled]
known = read_labelled(*files)
report = summarise(
    measure_labelled(known, scorer),
    split=f"{len(known)} labelled chats of {files[0].name}, stored model {scorer.info['sha256'][:12]}",
    seed=seed,
    resamples=resamples,
    spellings=measure_spellings(known, scorer),
    prevalence=scorer.prevalence,
)
limits(report)
tables(report_sheets(report))

# %% [markdown]
# ## The check of drafts
#
# 回复草稿检查。 A draft is caught where the verdict is any but `send`; a pair is right where both of its halves are.

# %%
cases = read_drafts(*map(Path, drafts))
checked = summarise_drafts(
    measure_drafts(cases, scorer),
    split=f"{len(cases)} labelled drafts of {Path(drafts[0]).name}, stored model {scorer.info['sha256'][:12]}",
    seed=seed,
    resamples=resamples,
)
limits(checked)
tables(draft_sheets(checked))

# %% [markdown]
# ## What gives the label away
#
# 标签是否从别处泄露。 A model that sees one harmless channel alone must not get far. A limit above its bound here may
# be chance, with so few talks: `baitwatch evaluate --leaks --chats 10000` decides.

# %%
generated = list(generate(leaks_of, seed))
whole = written_chats()[::written_every]
twice = {second for _, second in near_duplicates([*generated, *whole])}
print(f"{leaks_of} generated chats (seed {seed}), all synthetic, cross-validated, no scenario file on both sides")
print(f"near duplicates are looked for among them and {len(whole)} written whole")
tables(leak_sheets(Leaks(measure_leaks(generated, seed=seed), len(twice))))

# %% [markdown]
# ## What to do next
#
# 接下来做什么。
#
# - Families found least, and patterns: `07_error_review` shows their talks and what they resemble.
# - False alarms by group: `04_fairness` has their ratios with intervals.
# - Bands: `06_threshold_what_if` weighs alarms against misses in your shop's own costs.
# - Your own talks: label some hundred (`POST /v1/labels`, or a decision in the console) and set `labelled` to their
#   files.
# - For figures to quote use `baitwatch evaluate` at its full size, once.
