"""Rule 4: where somebody lives adds nothing, unless it changes what the shop can keep."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import PROVINCES, Talk, dialogue, saying, talks

from riskmodel.conversation import parse_conversation
from riskmodel.regions import place_names, province_of
from riskmodel.scorer import Scorer

SHOWN = 1e-9


def risks(scorer: Scorer, talk: Talk) -> list[float]:
    return [assessment["risk"] for assessment in scorer.trajectory(parse_conversation(talk))]


def feasibility(scorer: Scorer, talk: Talk) -> list[list[str]]:
    """What can be kept of the ledger's entries, after each message, as the scorer reads them."""
    conversation = parse_conversation(talk)
    state = scorer.begin(conversation)
    history = []
    for message in conversation.messages:
        state.add_message(message)
        history.append([entry.judgement.can_keep for entry in state.ledger])
    return history


def promised(scorer: Scorer, talk: Talk) -> bool:
    history = feasibility(scorer, talk)
    return bool(history and history[-1])


def shipped_to(talk: Talk, province: str | None) -> Talk:
    """The talk with every order going elsewhere, and the shop serving every region."""
    moved = deepcopy(talk)
    for order in moved.get("orders", []):
        order["ship_to"] = {"province": province}
    if moved.get("shop"):
        moved["shop"]["unserved_provinces"] = []
    return moved


def silent_shop(talk: Talk) -> Talk:
    """The talk with the agent's side reduced to a sign that commits to nothing."""
    silent = deepcopy(talk)
    for message in silent["messages"]:
        if message["sender"] == "agent":
            message["text"] = "[表情]"
    return silent


@given(talk=talks().map(silent_shop), regions=st.lists(st.sampled_from(PROVINCES), min_size=2, max_size=2, unique=True))
def test_region_of_the_order_is_nothing_without_a_promise(scorer: Scorer, talk: Talk, regions: list[str]) -> None:
    """In a talk in which the shop promised nothing, any served region gives the same risk after every message."""
    assert not promised(scorer, talk)
    here, there = (risks(scorer, shipped_to(talk, region)) for region in regions)
    assert here == pytest.approx(there, abs=SHOWN)


@given(talk=talks(), regions=st.lists(st.sampled_from(PROVINCES), min_size=2, max_size=2, unique=True))
def test_region_moves_the_risk_through_feasibility_only(scorer: Scorer, talk: Talk, regions: list[str]) -> None:
    """Wherever two regions leave the same promises possible and impossible, they give the same risk."""
    one, other = (shipped_to(talk, region) for region in regions)
    can_keep = [feasibility(scorer, talk) for talk in (one, other)]
    pairs = zip(*can_keep, risks(scorer, one), risks(scorer, other), strict=True)
    for can_here, can_there, here, there in pairs:
        if can_here == can_there:
            assert here == pytest.approx(there, abs=SHOWN)


FRAMES = (
    "我在{}",
    "发到{}的",
    "我是{}这边的，能发货吗",
    "{}包邮吗",
    "到{}要多久？",
    "家住{}，今天能发吗",
    "收货地址{} 你看下",
)


@given(
    talk=talks().map(silent_shop),
    frame=st.sampled_from(FRAMES),
    places=st.lists(st.sampled_from(place_names()), min_size=2, max_size=2, unique=True),
)
def test_region_in_the_buyers_words_is_nothing(scorer: Scorer, talk: Talk, frame: str, places: list[str]) -> None:
    """Naming one place or another, whatever signs its name is written with, gives the same risk."""
    here, there = (scorer.assess(parse_conversation(saying(talk, frame.format(place)))) for place in places)
    assume(not here["abstained"] and not there["abstained"])
    assert here["risk"] == pytest.approx(there["risk"], abs=SHOWN)


@pytest.mark.parametrize("frame", FRAMES)
def test_no_name_of_a_place_says_anything(scorer: Scorer, frame: str) -> None:
    """Of all names of provinces and cities not one moves the risk of a question that names it."""
    found: dict[float, list[str]] = {}
    for place in place_names():
        risk = scorer.assess(parse_conversation(dialogue("b:" + frame.format(place))))["risk"]
        found.setdefault(round(risk, 9), []).append(place)
    assert len(found) == 1, sorted(found.values(), key=len)[:-1]


def test_a_region_that_breaks_the_promise_does_count(scorer: Scorer) -> None:
    """The same order moves the risk where it makes impossible what was promised under pressure."""
    shop: dict[str, Any] = {"cash_on_delivery": "listed_provinces", "cash_on_delivery_provinces": ["浙江"]}
    lines = ("b:你们家可以货到付款吗", "a:以结算页为准哦", "b:你就说行不行，给个准话", "a:可以货到付款的", "b:拍好了")

    def after(province: str) -> dict[str, Any]:
        order = {"order_id": "o", "placed_at": "2026-03-03T09:04:00+08:00", "ship_to": {"province": province}}
        return scorer.assess(parse_conversation(dialogue(*lines, shop=shop, orders=[order])))

    near, far = after("浙江省"), after("西藏")
    assert [promise["can_keep"] for promise in near["promises"]] == ["yes"]
    assert [promise["can_keep"] for promise in far["promises"]] == ["no"]
    assert far["risk"] > near["risk"]
    assert province_of("西藏自治区") == "西藏"
