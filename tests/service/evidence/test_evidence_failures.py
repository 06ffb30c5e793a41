"""Each way in which a bundle can be wrong is told by a type of its own, in plain words, with its exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from broken import BROKEN
from stored_case import real_case

from benchmarks.mutations import Case
from riskmodel.scorer import Scorer
from service.evidence import Status
from service.evidence.failures import EvidenceFailure

STATUS = {
    **dict.fromkeys(("NotAZip", "NotReadable", "OpeningsNotReadable"), Status.COULD_NOT_RUN),
    **dict.fromkeys(("UnknownKey", "Unsigned", "UnsupportedVersion"), Status.NOT_DEMONSTRATED),
    **dict.fromkeys(("StaleTimestamp", "UnknownAuthority", "Unstamped"), Status.NOT_DEMONSTRATED),
}
"""All others mean that something was altered."""


@pytest.fixture(scope="module")
def case(trained: Scorer) -> Case:
    return real_case(trained)


def test_each_kind_of_failure_has_a_broken_bundle() -> None:
    """Whoever adds a kind of failure adds a bundle that has it, in ``broken.py``."""
    assert set(EvidenceFailure.__subclasses__()) == set(BROKEN)


@pytest.mark.parametrize("kind", BROKEN, ids=lambda kind: kind.__name__)
def test_a_broken_bundle_is_told_by_its_kind(kind: type[EvidenceFailure], case: Case, tmp_path: Path) -> None:
    """The first failure reported is the one that the bundle was broken for, with its status and its words."""
    report = BROKEN[kind](case, tmp_path)
    assert report.failures
    assert type(report.failures[0]) is kind
    assert report.status is STATUS.get(kind.__name__, Status.ALTERED)
    assert report.failures[0].explain("zh") in report.explain("zh")
    assert json.loads(json.dumps(report.as_dict()))["failures"][0]["code"] == kind.__name__


def test_every_failure_is_explained_in_both_languages() -> None:
    """Each type has its own sentence in Chinese and in English, which names what it is about."""
    types = EvidenceFailure.__subclasses__()
    assert len({kind.zh for kind in types}) == len({kind.en for kind in types}) == len(types)
    for kind in types:
        failure = kind("the subject")
        assert any("\u4e00" <= character <= "\u9fff" for character in failure.explain("zh"))
        assert failure.explain("en").isascii()
        assert "{}" not in failure.explain("zh") + failure.explain("en")
