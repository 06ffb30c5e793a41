"""The checklist: present, weak or missing for the right reason, with what it rests on and the deadline as a date."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any, get_args

import pytest
from appeal_case import ABOUT_PEOPLE, appealed, checklist_of, demo_talks, grounds_of, record_of
from evidence_case import PHOTO, TALK, TRAJECTORY, talk, talk_saying

from riskmodel.conversation import Conversation
from service.evidence.checklist import profile_text
from service.evidence.checklist.requirements import examine
from service.evidence.checklist.text import checklist_word
from service.evidence.profiles import load_profile, profile_names
from service.evidence.profiles.schema import Code
from service.evidence.references import References

WORDINGS = tomllib.loads(
    resources.files("service.evidence.checklist").joinpath("wordings.toml").read_text(encoding="utf-8")
)


def status(code: Code, conversation: Conversation | None = None, profile: str = "taobao_review") -> tuple[str, Any]:
    """A requirement's status and what it rests on."""
    finding = examine(code, grounds_of(record_of(conversation), profile))
    return finding.status, finding.rests_on


def messages(*senders: str) -> Conversation:
    """A talk of these senders, a minute apart."""
    return talk(
        messages=[
            {"message_id": f"m{n}", "sender": sender, "sent_at": f"2026-05-06T09:{n:02d}:00+08:00", "text": "好的"}
            for n, sender in enumerate(senders)
        ]
    )


@pytest.mark.parametrize(
    ("platform", "expected"), [("taobao", "present"), ("jd", "missing"), ("other", "weak"), (None, "weak")]
)
def test_the_chat_of_the_platform(platform: str | None, expected: str) -> None:
    """Another platform's chat does not do; an unnamed one has to be shown otherwise."""
    assert status("platform_chat", talk(platform=platform))[0] == expected


def test_both_sides() -> None:
    """The first message of each side; one side alone is not enough."""
    assert status("both_sides", messages("system", "buyer", "buyer", "agent")) == ("present", ("m1", "m3"))
    assert status("both_sides", messages("buyer", "system")) == ("missing", ("m0",))


def test_times_out_of_order_are_named() -> None:
    """They are weak, not missing."""
    swapped = talk(messages=[TALK["messages"][n] for n in (0, 2, 1, 3)])
    assert status("times", swapped) == ("weak", ("b",))
    assert status("times")[0] == "present"


@pytest.mark.parametrize(
    ("text", "review", "tied"),
    [
        ("转我两百我就把差评删了", "present", "present"),
        ("给八百我就撤诉", "missing", "present"),
        ("评价的事你们意思意思", "weak", "weak"),
        ("杯子碎了，不退款我就如实给差评", "missing", "missing"),
        ("七天无理由，退一赔三，我打12315", "missing", "missing"),
    ],
)
def test_a_demand_tied_to_a_review_or_complaint(text: str, review: str, tied: str) -> None:
    """Plain words are present, hints weak; an honest threat of a review and a right that is quoted are neither."""
    assert status("review_for_sale", talk_saying(text))[0] == review
    assert status("tied_demand", talk_saying(text))[0] == tied


def test_order_facts() -> None:
    """None, thin ones, and all that is wanted."""
    order = TALK["orders"][0]
    assert status("order_facts", talk(orders=[])) == ("missing", ("missing.json",))
    assert status("order_facts", talk(orders=[order, {"order_id": "o2"}])) == ("weak", ("O2",))
    assert status("order_facts") == ("present", ("O1",))


def test_logistics_are_never_present() -> None:
    """A conversation has no record of them: at best there is a status."""
    order = TALK["orders"][0]
    assert status("logistics") == ("weak", ("O1",))
    assert status("logistics", talk(orders=[{**order, "status": "paid"}]))[0] == "missing"


@pytest.mark.parametrize(
    ("can_keep", "expected"),
    [("no", ("present", "not_kept")), ("unknown", ("weak", "weak")), ("yes", ("present",) * 2)],
)
def test_promises(can_keep: str, expected: tuple[str, str]) -> None:
    """What cannot be kept is shown and said to speak for the buyer."""
    given = [{**TRAJECTORY[3], "promises": [{**TRAJECTORY[3]["promises"][0], "can_keep": can_keep}]}]
    finding = examine("promises", grounds_of(record_of(talk(), given), "tmall"))
    assert (finding.status, finding.why, finding.rests_on) == (*expected, ("P1",))


def test_promises_without_an_assessment_or_without_any() -> None:
    """Nobody looked is missing, nothing found is present."""
    assert examine("promises", grounds_of(record_of(talk()), "tmall")).status == "missing"
    none = [{**TRAJECTORY[0], "promises": []}]
    assert examine("promises", grounds_of(record_of(talk(), none), "tmall")).why == "none"


def test_exhibits_are_present_only_with_their_files() -> None:
    """A name and a digest are weak."""
    assert status("exhibits") == ("weak", ("E1",))
    assert status("exhibits", talk_saying("在吗"))[0] == "missing"
    assert examine("exhibits", grounds_of(record_of(), "tmall", frozenset(PHOTO))).status == "present"


def test_an_offer_by_the_shop_is_said() -> None:
    """A platform holds it against the shop, so it is not kept quiet."""
    assert status("shop_offers", demo_talks()["demo-review"]) == ("weak", ("m10",))
    assert status("shop_offers")[0] == "present"


def test_what_the_record_cannot_have() -> None:
    """Links to reviews are put in by hand; of the sender there is an account at most."""
    assert status("review_links")[0] == "missing"
    assert status("sender_contact")[0] == "weak"
    assert status("sender_contact", talk(buyer=None))[0] == "missing"


@pytest.mark.parametrize("name", profile_names())
def test_every_line_rests_on_something_that_is_there(name: str) -> None:
    """Each reference resolves in the record or names a file of the bundle."""
    files = appealed(name)
    known = References(record_of()).known | {path.removeprefix("data/") for path in files}
    checklist = checklist_of(files)
    wanted = [requirement.code for requirement in load_profile(name).requirements]
    assert [line["code"] for line in checklist["requirements"]] == wanted
    for line in checklist["requirements"]:
        assert line["rests_on"]
        assert set(line["rests_on"]) <= known
        assert line["why_zh"]
        assert line["why_en"]


def test_the_deadline_is_a_date_in_the_shops_zone() -> None:
    """With the event's date; the shop's zone decides which day that is."""
    shown = checklist_of(appealed("taobao_review", event_date="2026-05-08"))["deadline"]
    assert (shown["last_day"], shown["zone"]) == ("2026-06-06", "Asia/Shanghai")
    assert "2026-06-06" in shown["text_zh"]
    assert "2026-06-06 at the latest" in shown["text_en"]
    elsewhere = talk(shop={"timezone": "America/New_York"})
    moment = "2026-05-08T01:00:00+08:00"
    assert checklist_of(appealed("taobao_review", event_date=moment))["deadline"]["last_day"] == "2026-06-07"
    assert checklist_of(appealed("taobao_review", elsewhere, event_date=moment))["deadline"]["last_day"] == "2026-06-06"


def test_without_the_date_of_the_event_the_checklist_asks_for_it() -> None:
    """It never guesses; where no deadline is known it says that instead."""
    shown = checklist_of(appealed("taobao_review"))["deadline"]
    assert shown["last_day"] is None
    assert "the date of the event is not known: give --event-date" in shown["text_en"]
    assert "--event-date" in shown["text_zh"]
    assert (
        "no deadline could be verified" in checklist_of(appealed("jd", event_date="2026-05-08"))["deadline"]["text_en"]
    )


@pytest.mark.parametrize(
    ("texts", "asks"),
    [
        (["东西一般"], True),
        (["你看着办吧"], True),
        (["给我换一个新的"], False),
        (["转我两百我就把差评删了"], False),
        (["赔我30块"], False),
    ],
)
def test_the_one_question_is_asked_only_where_the_request_is_unclear(texts: list[str], asks: bool) -> None:
    """In the words of the domain, and nothing that leads on."""
    question = checklist_of(appealed("taobao_refund_message", talk_saying(*texts)))["question"]
    wanted = {"text_zh": "请问您希望我们如何处理?", "text_en": "How would you like us to resolve this?"}
    assert question == (wanted if asks else None)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_text_says_what_the_data_says(language: str) -> None:
    """Every requirement with its status and references, the deadline, sources and what to do."""
    files = appealed("weixin_shop", event_date="2026-05-08")
    checklist, text = checklist_of(files), files[f"data/checklist.{language}.txt"].decode()
    for line in checklist["requirements"]:
        assert line[f"why_{language}"] + ("。" if language == "zh" else ". ") + f"[{line['rests_on'][0]}]" in text
        assert line[f"do_{language}"] in text
    assert checklist["deadline"][f"text_{language}"] in text
    assert all(source["title"] in text for source in checklist["sources"].values())


def test_wordings_are_complete_and_speak_of_text() -> None:
    """Each in both languages, none about a kind of person, each requirement with its name."""

    def leaves(value: dict[str, Any]) -> list[dict[str, Any]]:
        return [value] if "zh" in value else [leaf for inner in value.values() for leaf in leaves(inner)]

    assert set(WORDINGS["requirement"]) == set(get_args(Code))
    for leaf in leaves(WORDINGS):
        assert leaf["zh"]
        assert leaf["en"]
        assert ABOUT_PEOPLE.findall(str(leaf)) == []
    assert all("name" in entry for entry in WORDINGS["requirement"].values())


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_can_be_read(name: str) -> None:
    """In both languages, with its deadline and every limit and its confidence."""
    profile = load_profile(name)
    for language in ("zh", "en"):
        text = profile_text(profile, language)
        assert profile.name in text
        for limit in profile.limits.model_dump(exclude_none=True):
            assert checklist_word("label", "limit", limit, language=language) in text
        if profile.deadline is not None:
            assert str(profile.deadline.days or profile.deadline.hours) in text
