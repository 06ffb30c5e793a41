"""Precision by what was decided, and how groups compare."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from gathered_case import found, gathered, speaking

from riskmodel.conversation import Platform
from riskmodel.intervals import Figure, share_of
from riskmodel.patterns import PATTERNS
from riskmodel.regions.gazetteer import load_gazetteer
from service.console.analyst.judged import FEW, groups, precision
from service.console.texts import catalogue
from service.store.figures import Group


def rows_of(sheet: Any) -> dict[str, list[Any]]:
    return {row[0]: list(row[1:]) for row in sheet.rows}


def test_precision_is_of_what_was_clearly_decided() -> None:
    """Unclear ones are shown and left out; what was not held is no part of it; held and escalated are told apart."""
    labelled = [found("abusive", "escalate"), found("abusive"), found("legit_complaint"), found("unclear")]
    labelled += [found("abusive", "clarify")]
    with speaking():
        rows = rows_of(precision(gathered(labelled=labelled)))
    assert rows["先别承诺或转主管"] == [20, 2, 1, 0, 1, share_of(2, 3)]
    assert rows["其中：先别承诺"] == [15, 1, 1, 0, 1, share_of(1, 2)]
    assert rows["转主管"] == [5, 1, 0, 0, 0, share_of(1, 1)]
    assert len(rows) == 3


def test_talks_picked_by_chance_count_by_their_weight() -> None:
    """In rows of their own, for those held and for those that were not, which shows what is missed."""
    labelled = [found("abusive", chance=0.5), found("benign", chance=0.1), found("benign")]
    labelled += [found("abusive", "proceed", chance=0.01), found("benign", "clarify", chance=0.01)]
    with speaking():
        rows = rows_of(precision(gathered(labelled=labelled)))
    assert rows["其中：按概率抽取，加权"][-1].value == pytest.approx(2 / 12)
    *counts, missed = rows["未提醒，按概率抽取，加权（漏报）"]
    assert (counts, missed.value) == ([980, 1, 0, 1, 0], 0.5)


def test_patterns_have_rows_of_their_own() -> None:
    """Those of which a talk was held."""
    kinds = [Group("promise_bait", 30, 4), Group("cod_refusal", 9, 0), Group(None, 900, 16)]
    with speaking("en"):
        given = gathered(labelled=[found("benign", pattern="promise_bait")])
        rows = rows_of(precision(given._replace(groups={**given.groups, "pattern": kinds})))
    assert rows["baiting a promise"] == [4, 0, 0, 1, 0, share_of(0, 1)]
    assert "refusing cash on delivery" not in rows


def test_only_groups_of_enough_talks_are_compared() -> None:
    """Small ones are put together, those not known stand last, and neither has a difference."""
    several = [
        Group("北京", 500, 5),
        Group("新疆", 300, 15),
        Group(None, 100, 0),
        Group("西藏", FEW - 1, 0),
        Group("海南", 3, 0),
    ]
    labelled = [found("benign", province="新疆"), found("abusive", province="新疆"), found("unclear", province="新疆")]
    with speaking():
        given = gathered(labelled=labelled)
        sheet = groups(given._replace(groups={**given.groups, "province": several}), "province")
    rows = rows_of(sheet)
    assert [row[0] for row in sheet.rows] == ["北京", "新疆", f"不足 {FEW} 段的各组", "不详"]
    talks, held, share, apart, decided, false, false_share = rows["新疆"]
    assert (talks, held, share, decided, false) == (300, 15, share_of(15, 300), 2, 1)
    assert false_share == share_of(1, 2)
    assert isinstance(apart, Figure)
    assert apart.value == pytest.approx(15 / 300 - 5 / 700)
    assert apart.low is not None
    assert apart.low > 0
    assert (rows[f"不足 {FEW} 段的各组"][0], rows[f"不足 {FEW} 段的各组"][3], rows["不详"][3]) == (FEW + 2, None, None)


def test_one_group_alone_is_compared_with_nothing() -> None:
    """There are no others."""
    with speaking():
        given = gathered()
        sheet = groups(given._replace(groups={**given.groups, "platform": [Group("jd", 1000, 20)]}), "platform")
    assert sheet.rows[0][4] is None


def test_every_group_has_a_name() -> None:
    """Each platform, province and pattern that can be stored, in both languages."""
    names = [f"platform.{name}" for name in get_args(Platform)] + [f"pattern.{name}" for name in PATTERNS]
    names += [f"province.{name}" for name in set(load_gazetteer().provinces.values())]
    assert set(names) <= set(catalogue())
