"""The letter: every sentence rests on something, nothing is said of a person, no sum stands outside a quotation."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources

import pytest
from appeal_case import ABOUT_PEOPLE, appealed, demo_talks, grounds_of, letter_of, record_of
from evidence_case import DETAIL, PHONE, RECIPIENT, TALK, assessment, reason, talk, talk_saying
from hypothesis import given, settings
from hypothesis import strategies as st

from service.evidence.appeal import LETTER
from service.evidence.checklist import make_checklist
from service.evidence.checklist.requirements import Grounds
from service.evidence.letter import write_letter
from service.evidence.letter.sentences import sentence
from service.evidence.plaintext import one_line
from service.evidence.profiles import load_profile, profile_names
from service.evidence.record import Record
from service.evidence.references import References
from service.evidence.said import Said, what_is_said

ROOM = resources.files("service.evidence.letter")
WORDINGS = tomllib.loads(ROOM.joinpath("wordings.toml").read_text(encoding="utf-8"))
TEMPLATES = {path.name: path.read_text(encoding="utf-8") for path in ROOM.joinpath("templates").iterdir()}
REFERENCES = re.compile(r"(?:。|\. )((?:\[[^\[\]]+\])+)$")
TIMES = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
QUOTED = re.compile("「.*」|“.*”")
HEADINGS = re.compile(r"^([一二三四五六]、|[1-6] )\w[\w \-',（）()]*$")
OUR_OWN = {"请问您希望我们如何处理?", "How would you like us to resolve this?"}
FILES = {"transcript.json", "transcript.html", "missing.json", "assessments.json", "claim.txt", "checklist.json"}
FILES |= {"manifest-sha256.txt"}
HEAD = ("情况说明", "致：", "时间均为", "Statement on", "To: ", "Times are", "争议答复说明", "Response to")


def sentences(letter: str) -> list[tuple[str, list[str]]]:
    """Each sentence with its references; headings left out, everything else must end in one."""
    found = []
    for line in letter.splitlines():
        if not line or HEADINGS.match(line) or line.startswith(HEAD):
            continue
        match = REFERENCES.search(line)
        assert match, line
        found.append((line[: match.start()], match[1][1:-1].split("][")))
    return found


@cache
def told(talk_id: str | None) -> tuple[Record, Said]:
    """One of the cases, and what is said in it."""
    record = record_of(demo_talks()[talk_id] if talk_id else None)
    return record, what_is_said(record)


def letters(name: str) -> Iterator[tuple[Record, References, str]]:
    """The letters that a profile gives for every case in both languages, with the references that there are."""
    for talk_id in (None, *demo_talks()):
        record, said = told(talk_id)
        references = References(record, FILES)
        grounds = Grounds(record, load_profile(name), said, references)
        checklist = make_checklist(grounds)
        for language in ("zh", "en"):
            letter = write_letter(grounds, checklist, language)
            assert (letter is not None) == checklist.has_letter
            if letter is not None:
                yield record, references, letter


@pytest.mark.parametrize("name", profile_names())
def test_every_sentence_rests_on_something_that_is_there(name: str) -> None:
    """Each ends in references, and each of them is in the record or names a file of the bundle."""
    for _, references, letter in letters(name):
        found = sentences(letter)
        assert len(found) > 4
        for text, named in found:
            assert set(named) <= references.known, text
            assert ABOUT_PEOPLE.findall(QUOTED.sub("", text)) == []


@pytest.mark.parametrize("name", profile_names())
def test_sums_stand_in_quotations_alone(name: str) -> None:
    """A figure of money is somebody's words, with the message it is from; quotations are verbatim."""
    for record, references, letter in letters(name):
        texts = {references.message(key): one_line(text) for key, text in record.covered.items()}
        for text, named in sentences(letter):
            own = TIMES.sub("", QUOTED.sub("", text))
            assert not re.search("[元块毛¥￥$]|yuan|RMB|赔|补偿|compensation", own)
            # what is counted is small, what is asked for in these talks is not
            ids = [order.order_id for order in record.conversation.orders] + [record.conversation.conversation_id]
            counts = re.findall(r"\d+", re.sub("|".join(map(re.escape, ids)), "", own).replace("SHA-256", ""))
            assert all(int(count) <= len(record.messages) for count in counts), own
            for quotation in (found[1:-1] for found in QUOTED.findall(text)):
                if quotation not in OUR_OWN:
                    parts = [part for part in quotation.split("〔…〕") if part]
                    assert any(all(part in texts.get(name, "") for part in parts) for name in named), text


def test_the_files_that_letters_refer_to_are_in_the_bundle() -> None:
    """The manifest beside them; the letters above are told of no others."""
    files = {path.removeprefix("data/") for path in appealed("tmall")}
    assert files >= FILES


def test_templates_and_wordings_speak_of_text() -> None:
    """None of the words for kinds of person stands in them, and every wording is there in both languages."""
    for text in (*TEMPLATES.values(), str(WORDINGS)):
        assert ABOUT_PEOPLE.findall(text) == []
    for entry in WORDINGS.values():
        assert set(entry) == {"zh", "en"}
    assert {name.partition(".")[0] for name in TEMPLATES} == {"general", "short", "card"}


def test_a_sentence_without_a_reference_cannot_be_written() -> None:
    """Whoever adds one has to say what it rests on."""
    with pytest.raises(ValueError, match="about_text rests on nothing"):
        sentence("about_text", "zh", [])


@pytest.mark.parametrize("name", ["taobao_review", "ebay", "etsy", "google_reviews"])
def test_an_honest_review_is_not_appealed_against(name: str) -> None:
    """Where no words trade a review for anything there is no letter, and the checklist says why."""
    files = appealed(name, demo_talks()["demo-angry"])
    assert LETTER not in files
    assert "如实评价不应申诉" in files["data/checklist.zh.txt"].decode()
    assert "an honest review is not to be appealed against" in files["data/checklist.en.txt"].decode()
    assert LETTER in appealed(name, demo_talks()["demo-review"])


def test_what_speaks_for_the_buyer_is_in_the_letter() -> None:
    """A promise that cannot be kept, an offer or a denied duty, a defect, photos, and what the assessment lists."""
    letter = letter_of(appealed("tmall"))
    section = letter.partition("三、")[2].partition("四、")[0]
    assert "「好的😀没问题，今晚寄」（发货时间），按店铺设置与订单不可兑现。[b][P1]" in section
    assert "buyer.names_defect 的中文说明" in section
    assert "「包装破了，照片发你了」（识别为说明具体问题）。[c]" in section
    assert "附件 1 个。[E1]" in section
    review = letter_of(appealed("taobao_review", demo_talks()["demo-review"])).partition("三、")[2].partition("四、")[0]
    assert "「80有点多，给您30红包，您帮我们改成好评可以吗」（识别为涉及：评价由买家决定，不能以利益交换" in review
    invoice = letter_of(appealed("jd", demo_talks()["demo-invoice"])).partition("三、")[2].partition("四、")[0]
    assert (
        "「可以开的，不过要补差价哦，税点是6个点，另外寄票的邮费您自己出」（识别为涉及：这是卖家应尽的义务" in invoice
    )


def test_that_nothing_speaks_for_the_buyer_is_said_with_care() -> None:
    """Not found does not mean that there is nothing."""
    letter = letter_of(appealed("tmall", talk_saying("给八百我就撤诉", orders=[])))
    assert "没有找到有利于买家的内容；这不表示没有。" in letter


def test_what_is_weak_or_missing_is_in_the_letter() -> None:
    """Of what this platform wants to see, without the advice that is meant for the shop."""
    letter = letter_of(appealed("tmall", talk_saying("给八百我就撤诉", orders=[])))
    section = letter.partition("四、")[2].partition("五、")[0]
    assert "双方的消息：记录中只有一方的消息。" in section
    assert "订单信息：没有订单信息。[missing.json]" in section
    assert "补充订单" not in letter


def test_hints_are_called_hints() -> None:
    """Veiled words carry a letter, which says that they can be understood otherwise."""
    letter = letter_of(appealed("taobao_review", talk_saying("评价的事你们意思意思")))
    assert "这一表述可有不同理解。[m0]" in letter
    assert "以钱物换取评价的表述。" not in letter


def test_the_course_is_in_the_order_of_time_and_shows_both_sides() -> None:
    """The shop's answer stands after each demand, the order where it was placed."""
    letter = letter_of(appealed("tmall", demo_talks()["demo-same-day"]))
    course = letter.partition("二、")[2].partition("三、")[0].splitlines()[1:]
    times = [line[:19] for line in course if re.match(r"\d{4}-", line)]
    assert times == sorted(times)
    joined = "\n".join(course)
    assert "[O1]" in joined
    after = joined.partition("[m13]")[2]
    assert re.search("客服：「.*」。\\[m14\\]", after)


def test_a_long_talk_is_told_shortly_and_says_so() -> None:
    """What does not fit is counted."""
    texts = [f"第{n}次说，给{n}百块我就把差评删了" for n in range(2, 60)]
    letter = letter_of(appealed("taobao_review", talk_saying(*texts)))
    assert len(letter) < 4000
    assert re.search(r"另有 \d+ 条相关消息未列出，见全文。\[transcript.html\]", letter)


def test_a_long_message_is_cut_around_its_words() -> None:
    """With a mark on both sides; the decisive words are shown."""
    text = "啊" * 3000 + "转我两百我就把差评删了" + "哦" * 3000
    letter = letter_of(appealed("taobao_review", talk_saying(text)))
    assert re.search("「〔…〕啊+转我两百我就把差评删了哦+〔…〕」", letter)


def test_personal_data_of_orders_is_covered() -> None:
    """Also where a message or an id repeats it."""
    text = f"转我两百我就把差评删了，{RECIPIENT}，{DETAIL}，{PHONE}"
    letter = letter_of(appealed("taobao_review", talk_saying(text, conversation_id=f"talk-{PHONE}")))
    assert not [value for value in (PHONE, RECIPIENT, DETAIL) if value in letter]
    assert "＊＊＊" in letter


@pytest.mark.parametrize(
    "text",
    [
        "转我两百就把差评删了\n\n四、以上都是假的。[m1]",
        "\u202e转我两百就把差评删了\u200b\x1b[31m",
        "{{ 7*7 }}{% for %}转我两百就把差评删了{x}",
    ],
)
def test_chat_text_is_a_quotation_and_nothing_else(text: str) -> None:
    """It opens no line, hides nothing, and is no part of a template."""
    letter = letter_of(appealed("taobao_review", talk_saying(text)))
    found = [line for line, _ in sentences(letter) if "差评删了" in line]
    assert len(found) == 2
    assert all(one_line(text) in line for line in found)
    assert not set(letter) & set("\u202e\u200b\x1b")


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), min_size=1, max_size=4),
    st.sampled_from(profile_names()),
    st.sampled_from(["zh", "en"]),
)
def test_any_talk_gives_a_letter_of_sentences(texts: list[str], name: str, language: str) -> None:
    """Whatever is said, each line of the letter ends in references that resolve."""
    record = record_of(talk_saying(*texts))
    grounds = grounds_of(record, name)
    checklist = make_checklist(grounds)
    letter = write_letter(grounds, checklist, language)
    assert (letter is not None) == checklist.has_letter
    for _, references in sentences(letter or ""):
        assert all(
            reference in References(record).known or reference.endswith((".json", ".txt", ".html"))
            for reference in references
        )


def test_the_letter_comes_in_the_language_of_the_platform_or_as_asked() -> None:
    """Chinese for Taobao, English for eBay, and the other on request."""
    review = demo_talks()["demo-review"]
    assert letter_of(appealed("taobao_review", review)).startswith("情况说明（申诉书）")
    assert letter_of(appealed("ebay", review)).startswith("Statement on an appeal")
    assert letter_of(appealed("ebay", review, language="zh")).startswith("情况说明（申诉书）")


def test_the_one_question_is_in_a_letter_that_has_room_for_it() -> None:
    """Where the request is unclear; the checklist has it always."""
    vague = talk_saying("东西一般")
    assert "「请问您希望我们如何处理?」。[checklist.json]" in letter_of(appealed("tmall", vague))
    assert "请问您希望" not in letter_of(appealed("taobao_refund_message", vague))
    assert "请问您希望" not in letter_of(appealed("tmall", talk_saying("给我换一个新的")))


def test_faint_reasons_for_the_buyer_stay_in_the_page() -> None:
    """What an assessment hardly felt is not made much of."""
    faint = [assessment("a", 0.9, reason("act.remedy", -0.01), reason("care.thanks", -0.4))]
    letter = letter_of(appealed("tmall", talk(messages=TALK["messages"][:2]), faint))
    assert "care.thanks 的中文说明" in letter
    assert "act.remedy" not in letter
