"""The scorer's two answers: their shape, and when it says nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from strategies import Talk, dialogue, photo, saying, talks

from riskmodel.conversation import parse_conversation
from riskmodel.errors import ModelError
from riskmodel.model.bands import ACTIONS
from riskmodel.scorer import _TALKS_KEPT, Scorer

DRAFTS = ("今天一定发出", "没有发票的亲", "加我微信说", "改好评给您返现", "以页面为准哦", "👌", "")


@given(talk=talks(), draft=st.sampled_from(DRAFTS))
def test_answers_fit_the_contract(
    scorer: Scorer, contract: Callable[[str], dict[str, Any]], talk: Talk, draft: str
) -> None:
    """Every assessment and every reply check is what its schema says, as JSON without NaN."""
    conversation = parse_conversation(json.dumps(talk))
    assess, check = (Draft202012Validator(contract(name)) for name in ("assessment", "reply_check"))
    for answer in [scorer.assess(conversation), *scorer.trajectory(conversation)]:
        assess.validate(json.loads(json.dumps(answer, allow_nan=False)))
    checked = json.loads(json.dumps(scorer.check_reply(conversation, draft), allow_nan=False))
    check.validate(checked)
    promise = contract("assessment")["properties"]["promises"]
    Draft202012Validator(promise).validate(checked["promises"])


@given(talk=talks())
def test_assessment_is_consistent(scorer: Scorer, talk: Talk) -> None:
    """Band follows from risk, action from band; kinds of abuse are ranked, below the risk; the model is named."""
    found = scorer.assess(parse_conversation(json.dumps(talk)))
    assert found["action"] == ACTIONS[found["band"]]
    if not found["abstained"]:
        assert found["band"] == scorer.model.thresholds.band(found["risk"])
    likelihoods = [row["likelihood"] for row in found["patterns"]]
    assert likelihoods == sorted(likelihoods, reverse=True)
    assert all(likelihood <= found["risk"] for likelihood in likelihoods)
    assert found["model"] == scorer.info
    last = talk["messages"][-1]["message_id"] if talk["messages"] else None
    assert found["as_of_message_id"] == last


@pytest.mark.parametrize(
    "talk",
    [
        dialogue(),
        dialogue("b:在吗"),
        dialogue("b:你好", "a:您好"),
        dialogue("b:🌹🌹🌹!!!"),
        dialogue("b:"),
        dialogue("a:您好", "a:今天一定给您发货", "a:亲"),
        dialogue("s:包裹已签收", "s:转我一百否则差评"),
        saying(dialogue(), "", attachments=[photo()]),
    ],
    ids=["empty", "在吗", "greeting", "signs", "empty text", "agent alone", "system alone", "photo alone"],
)
def test_abstains_where_too_little_was_said(scorer: Scorer, talk: Talk) -> None:
    """With next to nothing from the buyer the risk is the base rate, the action to proceed, and no reason made up."""
    found = scorer.assess(parse_conversation(json.dumps(talk)))
    assert (found["abstained"], found["band"], found["action"], found["reasons"]) == (True, "low", "proceed", [])
    assert found["risk"] == scorer.model.base_rate
    assert scorer.check_reply(parse_conversation(json.dumps(talk)), "您好")["risk"] == found["risk"]


def test_promises_are_listed_though_nothing_is_said_of_the_buyer(scorer: Scorer) -> None:
    """A ledger is kept of what the agent said, also where there is no risk to speak of."""
    found = scorer.assess(parse_conversation(json.dumps(dialogue("a:您好", "a:今天一定给您发货"))))
    assert [(row["kind"], row["message_id"]) for row in found["promises"]] == [("ship_by", "m1")]


def test_a_letter_more_and_it_speaks(scorer: Scorer) -> None:
    """Three letters from the buyer are enough to be assessed."""
    for text, abstains in (("在吗", True), ("在吗亲", False)):
        assert scorer.assess(parse_conversation(json.dumps(dialogue(f"b:{text}"))))["abstained"] is abstains


def test_sale_of_a_review_is_not_let_pass(scorer: Scorer) -> None:
    """A plain sale of a review, pressed twice, is above the lowest band and named as what it is."""
    lines = ("b:差评写好了,转我三百就删掉", "a:您遇到什么问题了", "b:别废话,要么转三百要么差评挂着,你们看着办")
    found = scorer.assess(parse_conversation(json.dumps(dialogue(*lines))))
    assert found["action"] != "proceed"
    assert found["patterns"][0]["pattern"] == "review_extortion"
    # the rule and the reader of acts say the same; which of them carries it is up to the fit
    assert {"demand.review_for_money", "act.sell_review"} & {reason["code"] for reason in found["reasons"]}


def test_ordinary_question_proceeds(scorer: Scorer) -> None:
    """Asking when something is sent, and taking the answer, is nothing."""
    lines = ("b:你好这个杯子今天能寄走吗", "a:亲,以订单页显示为准哦", "b:好的谢谢,那我拍一个白色的")
    assert scorer.assess(parse_conversation(json.dumps(dialogue(*lines))))["action"] == "proceed"


def test_scoring_leaves_no_trace(scorer: Scorer) -> None:
    """A talk gets the same answer before and after another, and the conversation is not changed."""
    calm, wild = (parse_conversation(json.dumps(dialogue(line))) for line in ("b:有大号的吗", "b:转我五百不然差评"))
    before, shown = scorer.assess(calm), calm.model_dump_json()
    scorer.assess(wild)
    assert scorer.assess(calm) == before
    assert calm.model_dump_json() == shown


def test_missing_model_says_what_to_do(tmp_path: Path) -> None:
    """Where there is no model the error names the command that makes one."""
    with pytest.raises(ModelError, match="baitwatch train"):
        Scorer.load(tmp_path / "nowhere")


@given(talk=talks(), cuts=st.lists(st.integers(0, 12), min_size=1, max_size=4), later=st.booleans())
def test_talk_that_goes_on_is_answered_as_if_it_were_new(
    scorer: Scorer, talk: Talk, cuts: list[int], later: bool
) -> None:
    """Sent again with messages more or fewer, or its orders later, a talk gets what a scorer without memory says."""
    keeps = Scorer(scorer.model, scorer.info)
    for cut in [*sorted(cuts), *cuts, len(talk["messages"])]:
        part = talk | {"messages": talk["messages"][:cut]}
        if later and cut < len(talk["messages"]):
            part.pop("orders", None)
        conversation = parse_conversation(json.dumps(part))
        assert keeps.assess(conversation) == Scorer(scorer.model, scorer.info).assess(conversation)
        checked = keeps.check_reply(conversation, "可以的亲，今天发")
        assert checked == Scorer(scorer.model, scorer.info).check_reply(conversation, "可以的亲，今天发")


def test_talk_in_memory_changes_no_answer(scorer: Scorer) -> None:
    """Drafts checked again in one talk, or after many others, get what a scorer without memory says; few are kept."""
    fresh = Scorer(scorer.model, scorer.info)
    talks = [
        parse_conversation(json.dumps(dialogue(f"b:第{number}个,今天能发货吗") | {"conversation_id": str(number)}))
        for number in range(_TALKS_KEPT + 5)
    ]
    for talk in [*talks, talks[0], talks[-1]]:
        for draft in ("可以的", "以订单页为准"):
            alone = Scorer(scorer.model, scorer.info).check_reply(talk, draft)
            assert fresh.check_reply(talk, draft) == alone
    assert len(fresh._read) == _TALKS_KEPT
