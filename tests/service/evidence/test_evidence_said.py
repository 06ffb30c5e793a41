"""What the messages say, without a model."""

from __future__ import annotations

from appeal_case import demo_talks, record_of
from evidence_case import assessment, reason, talk_saying

from service.evidence.record import make_record
from service.evidence.said import what_is_said


def test_demands_and_what_speaks_for_the_buyer_are_found() -> None:
    """Each with its message and a span inside it."""
    record = record_of(demo_talks()["demo-angry"])
    said = what_is_said(record)
    assert said.places("care.names_defect")[0].message_id == "m2"
    assert said.places("demand.review_for_money", "demand.withdrawal_for_money") == []
    for places in said.by_code.values():
        for place in places:
            text = record.messages[place.message_id].text
            assert place.span is None or 0 <= place.span[0] <= place.span[1] <= len(text)


def test_an_offer_of_the_shop_for_a_review_is_found() -> None:
    """In the agent's words, which are read in their context."""
    said = what_is_said(record_of(demo_talks()["demo-review"]))
    assert [place.message_id for place in said.offers] == ["m10"]


def test_a_duty_that_the_shop_denied_is_found() -> None:
    """It is no offer; what the shop promised is not here but among the promises."""
    said = what_is_said(record_of(demo_talks()["demo-invoice"]))
    assert [(slip.place.message_id, slip.polarity) for slip in said.slips] == [("m4", "duty_denial")]
    assert said.offers == []
    assert what_is_said(record_of(demo_talks()["demo-same-day"])).slips == []


def test_what_was_split_over_messages_is_read_together() -> None:
    """As scoring does; the place is in the message that completes it."""
    said = what_is_said(record_of(talk_saying("转我两百", "我就把差评删了")))
    assert [place.message_id for place in said.places("demand.review_for_money")] == ["m1"]


def test_places_of_several_codes_are_in_the_order_of_the_talk() -> None:
    """One a message, the first code's where a message has several."""
    said = what_is_said(record_of(demo_talks()["demo-review"]))
    found = said.places("demand.veiled", "demand.review_for_money", "move.off_platform")
    assert [place.position for place in found] == sorted({place.position for place in found})
    assert found[0].span == said.by_code["demand.veiled"][0].span


def test_what_an_assessment_felt_plainly_is_added() -> None:
    """A faint impression is not, nor what speaks of the agent's words."""
    talk = talk_saying("在吗", "您看着给吧")
    heard = [reason("act.sell_review", 0.9, "m1", [0, 5]), reason("act.hint", 0.1, "m1", [0, 5])]
    said = what_is_said(make_record(talk, [assessment("m1", 0.9, *heard)]))
    assert [place.message_id for place in said.places("act.sell_review")] == ["m1"]
    assert said.places("act.hint") == []
