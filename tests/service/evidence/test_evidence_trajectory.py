import json
from copy import deepcopy
from typing import Any

from evidence_case import ASKED, DEFECT, PROMISE, TRAJECTORY, assessment, talk, talk_saying
from hypothesis import given
from hypothesis import strategies as st

from service.evidence.assessments import read_assessments
from service.evidence.trajectory import Folder, unfold

WORDS = st.fixed_dictionaries({"code": st.sampled_from("xyz"), "contribution": st.sampled_from([0.5, -1, 2.25])})
PROMISES = st.fixed_dictionaries(
    {"kind": st.sampled_from(["gift", "ship_by"]), "note": st.sampled_from(["a", "\u202eb"])}
)
STEPS = st.fixed_dictionaries(
    {
        "conversation_id": st.just("c"),
        "as_of_message_id": st.sampled_from("ab"),
        "model": st.fixed_dictionaries({"name": st.sampled_from("mn")}),
        "reasons": st.lists(WORDS, max_size=4),
        "promises": st.lists(PROMISES, max_size=5),
        "deployment": st.sampled_from([None, {"added": ["⟦", 1.5]}]),
    }
)


def folded(steps: list[dict[str, Any]]) -> bytes:
    folder = Folder("c")
    for step in steps:
        folder.add(step)
    return folder.content()


@given(st.lists(STEPS, max_size=6))
def test_what_was_folded_unfolds_to_the_same(steps):
    """Assessments come back as they were given, whatever their promises did in between, added fields and all."""
    assert unfold(json.loads(folded(steps))) == steps


@given(st.lists(STEPS, max_size=6))
def test_shared_objects_make_no_difference(steps):
    """Whether equal promises are one object or several, the bytes are the same."""
    shared: dict[str, Any] = {}
    one = [
        {**step, "promises": [shared.setdefault(json.dumps(promise), promise) for promise in step["promises"]]}
        for step in steps
    ]
    assert folded(one) == folded(deepcopy(steps))


def test_a_long_talk_grows_with_its_length():
    """Twice as many messages, each with a promise that all later ones repeat, are twice as many bytes and no more."""

    def size(count: int) -> int:
        promises = [{**PROMISE, "message_id": f"m{n:04d}", "span": [0, 1]} for n in range(count)]
        steps = [assessment(f"m{n:04d}", 0.5, ASKED, DEFECT, promises=promises[: n + 1]) for n in range(count)]
        return len(folded(steps))

    assert size(800) < 2.1 * size(400)


def test_each_promise_is_written_once():
    """A promise that every later assessment repeats stands in the file a single time."""
    written = json.loads(folded(TRAJECTORY))
    assert [promise["can_keep"] for promise in written["promises"]] == ["unknown", "no"]
    assert [line["promises"]["changes"] for line in written["assessments"]] == [[], [[0, 0]], [[0, 1]], []]


def test_what_is_said_alike_is_read_once():
    """Promises on which nothing changed are one object in all assessments, so a long talk does not fill the memory."""
    texts = [f"第{n}句" for n in range(3)]
    promise = {**PROMISE, "message_id": "m0", "span": [0, 1]}
    steps = [assessment(f"m{n}", 0.5, promises=[deepcopy(promise)]) for n in range(3)]
    read, _ = read_assessments(talk_saying(*texts), steps)
    assert len({id(step.promises[0]) for step in read}) == 1


def test_an_iterator_is_read_like_a_list():
    """Assessments that come one at a time give the same file as a list of them."""
    assert read_assessments(talk(), iter(TRAJECTORY)) == read_assessments(talk(), TRAJECTORY[::-1])
