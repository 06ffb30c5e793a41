import pytest
from appeal_case import record_of
from evidence_case import PROMISE, TRAJECTORY, assessment, payload, pdf_text, sealed, talk

from service.evidence.for_the_buyer import points_for_the_buyer
from service.evidence.said import what_is_said


def points(conversation=None, assessments=TRAJECTORY):
    record = record_of(conversation or talk(), assessments)
    return points_for_the_buyer(record, what_is_said(record))


def conversation_of(*messages):
    return talk(
        messages=[
            {"message_id": f"m{n}", "sender": sender, "sent_at": f"2026-05-06T09:00:{n:02d}+08:00", "text": text}
            for n, (sender, text) in enumerate(messages)
        ]
    )


def test_a_promise_that_cannot_be_kept_comes_first():
    """It is named with its words, its number and its message."""
    first = points()[0]
    assert first.zh == "店铺作出了承诺（发货时间），按店铺规则与订单不可兑现"
    assert "cannot be kept" in first.en
    assert (first.quote, first.references) == ("今晚寄", ["P1", "b"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"can_keep": "yes"}, []),
        ({"can_keep": "unknown"}, []),
        ({"can_keep": "yes", "status": "overdue"}, ["is past its due time"]),
        ({"can_keep": "no", "status": "overdue"}, ["is past its due time"]),
    ],
)
def test_promises_by_what_became_of_them(changes, said):
    """A promise that can be kept says nothing for the buyer, unless its time is over."""
    found = [point.en for point in points(assessments=[assessment("d", 0.9, promises=[{**PROMISE, **changes}])])]
    own = [text for text in found if "promise" in text]
    assert len(own) == len(said)
    assert all(words in text for words, text in zip(said, own, strict=True))


def test_what_the_shop_offered_for_a_review_is_not_kept_back():
    """An offer of the shop's own is listed with its words, with or without a model's assessment."""
    offered = conversation_of(("buyer", "东西收到了，给了三星"), ("agent", "改成五星好评给您返现10元可以吗"))
    (point,) = points(offered, [])
    assert "评价由买家决定" in point.zh
    assert point.references == ["m1"]
    assert "10元" in point.quote


def test_a_defect_that_the_buyer_named_is_listed_once():
    """Without an assessment the record says it; where an assessment lists it, it is not said twice."""
    named = conversation_of(("buyer", "杯子收到是碎的，盖子也裂了，麻烦换一个"))
    found = [point for point in points(named, []) if "problem" in point.en]
    assert [point.references for point in found] == [["m0"]]
    listed = {
        "code": "care.names_defect",
        "contribution": -0.4,
        "message_id": "m0",
        "span": [0, 2],
        "text_zh": "说明了具体问题",
        "text_en": "names a concrete problem",
    }
    assert not [point for point in points(named, [assessment("m0", 0.1, listed)]) if "problem" in point.en]


def test_what_the_buyer_attached_is_counted():
    """Pictures that the buyer sent are named by their numbers."""
    (point,) = (point for point in points() if point.references == ["E1"])
    assert "附件 1 个" in point.zh


def test_page_and_summary_say_the_same_for_the_buyer():
    """Each point stands in the page and in the summary's section, with the same words."""
    files = payload(sealed())
    page, summary = files["data/transcript.html"].decode(), pdf_text(files["data/summary.pdf"])
    for point in points():
        assert point.zh in page
        assert "".join(point.zh.split()) in summary
