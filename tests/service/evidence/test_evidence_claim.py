import json
import re
import tomllib
from importlib import resources

import pytest
from evidence_case import KEY, TALK, TRAJECTORY, assessment, payload, reason, sealed, talk

from service.evidence.bundle import build_bundle
from service.evidence.claim import write_claim
from service.evidence.record import make_record

LABELS_OF_PERSONS = re.compile(
    "差评师|骗子|职业打假|敲诈者|恶意买家|碰瓷|fraud|scam|extortionist|swindl|malicious|culprit|criminal|liar",
    re.IGNORECASE,
)
CHAT_WORDS = ("三百", "评价就删", "晚上前能寄走", "包装破了")


def claims(assessments, **changes):
    record = make_record(talk(**changes), assessments)
    return write_claim(record, "zh"), write_claim(record, "en")


def test_the_claim_states_counts_times_and_rules():
    """Counts by sender, first and last time, the highest moment, its rules on both sides, and promises."""
    chinese, english = claims(TRAJECTORY)
    for text in (chinese, english):
        assert "2026-05-06 15:58:00+08:00" in text
        assert "2026-05-07 10:05:00+08:00" in text
        assert "Asia/Shanghai" in text
        assert "0.91" in text
        assert text.index("demand.review_for_money") < text.index("bait.dispatch") < text.index("buyer.names_defect")
    assert "买家 3 条、客服 1 条、系统 0 条" in chinese
    assert "(buyer 3, agent 1, system 0)" in english
    assert "0 can be kept, 1 cannot, 0 unknown" in english


def test_the_claim_quotes_nobody_and_labels_nobody():
    """No chat words, and no word about a person, in claim, wordings or page headings."""
    files = payload(sealed())
    claim = files["data/claim.txt"].decode()
    assert not [words for words in CHAT_WORDS if words in claim]
    folder = resources.files("service.evidence")
    sources = [folder.joinpath("wordings.toml"), folder.joinpath("templates/transcript.html.j2")]
    for text in (claim, *(source.read_text(encoding="utf-8") for source in sources)):
        assert not LABELS_OF_PERSONS.search(text)


def test_the_claim_file_is_one_paragraph_in_each_language():
    """Chinese first, then English."""
    chinese, english = payload(sealed())["data/claim.txt"].decode().rstrip("\n").split("\n\n")
    assert chinese.startswith("本材料")
    assert english.startswith("This bundle")


def test_without_assessments_the_claim_says_so():
    """No assessment, no rule and no risk in the claim."""
    chinese, english = claims([])
    assert "没有作出评估" in chinese
    assert "not assessed" in english
    assert "risk" not in english


def test_the_earliest_of_equally_high_moments_counts():
    """Later repeats of the highest risk do not move it."""
    _, english = claims([assessment("a", 0.4), assessment("b", 0.8, reason("first", 1)), assessment("d", 0.8)])
    assert "message b" in english
    assert "first" in english


def test_an_assessment_before_the_first_message():
    """An assessment as of no message is named as such."""
    chinese, english = claims([assessment(None, 0.05)])
    assert "第一条消息之前" in chinese
    assert "before the first message" in english


def test_many_rules_are_counted():
    """A claim stays one paragraph: the strongest rules, and how many more."""
    _, english = claims([assessment("a", 0.9, *(reason(f"rule.{n:02d}", 30 - n) for n in range(20)))])
    assert "rule.03" in english
    assert "rule.04" not in english
    assert "and 16 more" in english


def test_braces_in_ids_are_only_text():
    """Ids with format characters are shown as they are."""
    messages = [{**TALK["messages"][0], "message_id": "{total}{0}"}]
    _, english = claims([assessment("{total}{0}", 0.9)], messages=messages)
    assert "{total}{0}" in english


def missing(**changes):
    conversation = talk(**changes)
    entries = json.loads(payload(build_bundle(conversation, [], KEY))["data/missing.json"])
    return {entry["code"]: entry["details"] for entry in entries}


def test_what_is_always_missing():
    """The limits of any such record are named in every bundle, in both languages."""
    entries = json.loads(payload(sealed())["data/missing.json"])
    codes = {entry["code"] for entry in entries}
    assert {"before_first", "off_platform", "exported_by_shop", "no_trusted_time", "assessment_is_advice"} <= codes
    assert {"no_orders", "no_policy", "no_assessments"} & codes == set()
    assert all(entry["text_zh"] and entry["text_en"] for entry in entries)


@pytest.mark.parametrize(
    ("changes", "code", "details"),
    [
        ({"orders": []}, "no_orders", []),
        ({"shop": None}, "no_policy", []),
        ({"shop": {}}, "no_zone", []),
        ({"orders": [{**TALK["orders"][0], "placed_at": None}]}, "order_facts_incomplete", ["orders.0.placed_at"]),
        ({"messages": TALK["messages"][::-1]}, "times_out_of_order", ["c", "b", "a"]),
        ({}, "mixed_offsets", []),
        ({}, "attachments_by_digest", ["c"]),
    ],
)
def test_what_is_missing_in_this_case(changes, code, details):
    """Each gap has its code and names the messages or fields that it is about."""
    assert missing(**changes)[code] == details


def test_wordings_are_complete():
    """Every sentence has both languages and the same placeholders in both."""
    text = resources.files("service.evidence").joinpath("wordings.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    for kind in ("missing", "claim"):
        for entry in tables[kind].values():
            assert set(entry) == {"zh", "en"}
            assert set(re.findall(r"{\w+}", entry["zh"])) == set(re.findall(r"{\w+}", entry["en"]))
            assert entry["en"].isascii()
    for labels in tables["label"].values():
        for value in labels.values():
            assert re.search("[\u4e00-\u9fff].* [a-zA-Z]", value), value


def test_labels_cover_the_contracts_words():
    """Every enumerated word of the conversation types that the page shows has a label."""
    tables = tomllib.loads(resources.files("service.evidence").joinpath("wordings.toml").read_text(encoding="utf-8"))
    schema = type(talk()).model_json_schema()
    fields = {name: definition["properties"] for name, definition in schema["$defs"].items()}
    words = {
        "platform": schema["properties"]["platform"],
        "sender": fields["Message"]["sender"],
        "order_status": fields["Order"]["status"],
        "payment_method": fields["Order"]["payment_method"],
    }
    for kind, definition in words.items():
        enum = definition.get("enum") or definition["anyOf"][0]["enum"]
        assert set(enum) == set(tables["label"][kind]), kind
    policy = [
        definition["anyOf"][0].get("enum", []) for definition in fields["ShopPolicy"].values() if "anyOf" in definition
    ]
    assert {word for enum in policy for word in enum} == set(tables["label"]["policy"])
    facts = {*fields["Order"], *fields["Buyer"], *fields["ShopPolicy"]}
    assert facts == set(tables["label"]["fact"])
