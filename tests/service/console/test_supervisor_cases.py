"""Cases in the console: begun from a talk, gone on with, with their files, checklist, letter, decision and bundle."""

from __future__ import annotations

import io
import re

import pytest
from flask.testing import FlaskClient
from people import BY_ROLE, form_token, populate, say, sign_in
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from service.cases import desk
from service.evidence import verify_bundle
from service.store import reviews as reviews_module
from service.store.engine import Store
from service.store.schema import access_log, case_events, cases, conversations, exhibits, labels

SALE = ("杯子到了", "好的，有问题随时说", "给我五十块，不然就给差评", "您好，有问题请走平台售后")
EVIL = "<script>alert(1)</script>\u202e"


@pytest.fixture
def talk(client: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch) -> str:
    """The random name of a talk, of whose cases a supervisor is signed in; chance draws nothing."""
    monkeypatch.setattr(reviews_module, "SHARE", 0.0)
    say(client, store, "t", *SALE)
    sign_in(client, BY_ROLE["supervisor"])
    with store.reading() as connection:
        return str(connection.execute(select(conversations.c.talk)).scalar_one())


def post(client: FlaskClient, path: str, **fields: object) -> TestResponse:
    return client.post(path, data={"csrf_token": form_token(client, "/console/password"), **fields})


@pytest.fixture
def case(client: FlaskClient, talk: str) -> str:
    """Where a case of the talk is."""
    fields = {"claim": "review", "profile": "weixin_shop", "event_date": "2026-03-05", "case_id": "k"}
    answer = post(client, f"/console/talks/{talk}/case", **fields)
    assert answer.status_code == 303
    return answer.headers["Location"]


def page(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def count(store: Store, table: object) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]  # a table, whatever its name


def test_a_case_is_begun_once(client: FlaskClient, store: Store, talk: str, case: str) -> None:
    """The same form sent again leads to the same case, which the talk then shows; changed meanwhile, it is refused."""
    fields = {"claim": "review", "profile": "weixin_shop", "event_date": "2026-03-05", "case_id": "k"}
    assert post(client, f"/console/talks/{talk}/case", **fields).headers["Location"] == case
    answer = post(client, f"/console/talks/{talk}/case", **fields | {"claim": "other"})
    assert (answer.status_code, "再提交一次会另建一个案件" in answer.text) == (409, True)
    assert 'name="case_id" value="k"' not in answer.text
    assert count(store, cases) == 1
    assert f'href="{case}"' in page(client, f"/console/talks/{talk}/panel")
    for said in ("尚无结论", "评价", "2026-03-05", "阿信", "申诉期限"):
        assert said in page(client, case)


def test_a_case_that_cannot_be_is_not_begun(client: FlaskClient, store: Store, talk: str) -> None:
    """A sentence says what is wrong, and what was given is still there."""
    for fields, sentence in (
        ({"claim": "", "profile": "jd"}, "请选择涉及什么"),
        ({"claim": "review", "profile": EVIL}, "没有这个平台要求"),
        ({"claim": "review", "profile": "jd", "event_date": "昨天"}, "日期无法识别"),
    ):
        answer = post(client, f"/console/talks/{talk}/case", **fields)
        assert (answer.status_code, sentence in answer.text) == (422, True), sentence
        assert "<script>alert" not in answer.text
        assert ('<option value="jd" selected>' in answer.text) == (fields["profile"] == "jd")
    assert 'value="昨天"' in answer.text
    assert count(store, cases) == 0


def test_steps_go_by_the_table(client: FlaskClient, store: Store, case: str) -> None:
    """What may be done next is offered; once done it says until when the next is due, and what happens else."""
    assert 'value="after_sales.request_refund"' in page(client, case)
    before = page(client, case)
    fields = {"step": "after_sales.request_refund", "at": "2026-03-06T10:00", "once": "e1"}
    for _ in range(2):
        assert post(client, f"{case}/step", **fields).headers["Location"] == case
    text = page(client, case)
    assert count(store, case_events) == 1
    for said in ("已申请仅退款", "03-08 10:00", "无人处理时", "视为同意退款", "可信度中"):
        assert said in text
        assert said not in before
    assert "申请仅退款" in text.split("已做的事")[1]
    listed = page(client, "/console/cases")
    assert "申诉期限：早于" in listed  # which is sooner
    assert f'href="{case}"' in listed


def test_a_step_that_is_not_possible_is_refused(client: FlaskClient, store: Store, case: str) -> None:
    """In words where the steps are, and the time that was typed stays."""
    for fields, status, sentence in (
        ({"step": "refund.succeed"}, 409, "现在不能记录这一步"),
        ({"step": EVIL}, 422, "现在不能记录这一步"),
        ({"step": "handling.contact", "at": "下周"}, 422, "时间无法记录"),
        ({"step": "handling.contact", "at": "2199-01-01T10:00"}, 422, "时间无法记录"),
    ):
        answer = post(client, f"{case}/step", **fields)
        assert (answer.status_code, sentence in answer.text) == (status, True), sentence
        assert "<script>alert" not in answer.text
        assert f'value="{fields.get("at", "")}"' in answer.text
    assert count(store, case_events) == 0


def test_notes_are_kept_as_text(client: FlaskClient, store: Store, case: str) -> None:
    """What they hold neither runs nor hides; an empty or too long one is refused, and the long one stays."""
    assert post(client, f"{case}/note", text=EVIL, once="e1").status_code == 303
    assert post(client, f"{case}/note", text="另一条", once="e1").status_code == 409
    text = page(client, case)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;⟦U+202E⟧" in text
    assert "先输入文字" in post(client, f"{case}/note", text=" ").text
    answer = post(client, f"{case}/note", text="长" * 5_001)
    assert (answer.status_code, answer.text.count("长" * 5_001)) == (422, 1)
    assert count(store, case_events) == 1


def upload(client: FlaskClient, case: str, content: bytes, name: str = "箱子.jpg") -> TestResponse:
    return post(client, f"{case}/file", file=(io.BytesIO(content), name, "image/jpeg"))


def test_files_are_sealed_shown_and_deleted(client: FlaskClient, store: Store, case: str) -> None:
    """Under an address without their names; a look at one is noted."""
    assert upload(client, case, b"a picture").status_code == 303
    with store.reading() as connection:
        assert b"a picture" not in connection.execute(select(exhibits.c.content)).scalar_one()
    text = page(client, case)
    assert "箱子.jpg" in text
    (where,) = re.findall(r'href="([^"]+/files/\d+)"', text)
    answer = client.get(where)
    assert (answer.data, answer.mimetype) == (b"a picture", "image/jpeg")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="exhibit.jpg"'
    assert client.get(f"{where}9").status_code == 404
    for _ in range(2):
        assert post(client, f"{case}/file", remove=where.rpartition("/")[2]).status_code == 303
    assert count(store, exhibits) == 0
    with store.reading() as connection:
        noted = connection.execute(select(access_log.c.action).where(access_log.c.action.like("%exhibit"))).scalars()
        assert list(noted) == ["file exhibit", "read exhibit", "delete exhibit"]


def test_a_file_that_cannot_be_kept_is_refused(
    client: FlaskClient, store: Store, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None, another of the same name, a strange name, one too large: a sentence where the files are."""
    assert "没有选择文件" in post(client, f"{case}/file").text
    upload(client, case, b"a picture")
    assert "已有同名的另一个文件" in upload(client, case, b"another").text
    assert "这个文件名不能用" in upload(client, case, b"a picture", "a\u200bb.jpg").text
    monkeypatch.setattr(desk, "MOST_FILE_BYTES", 8)
    answer = upload(client, case, b"a picture", "large.jpg")
    assert (answer.status_code, "文件太大，未保存" in answer.text) == (413, True)
    assert count(store, exhibits) == 1


def test_what_the_platform_decided_is_told_where_a_case_ends(client: FlaskClient, store: Store, case: str) -> None:
    """Chosen beside the outcome, kept with the label, shown in the case and with its talk; what is none is refused."""
    fields = {"outcome": "legit_complaint", "reason": "破损属实", "once": "p1"}
    assert post(client, f"{case}/decision", platform_decision="won", **fields).status_code == 422
    assert post(client, f"{case}/decision", platform_decision="upheld", **fields).status_code == 303
    assert "支持买家诉求</span>" in page(client, case)
    with store.reading() as connection:
        told = connection.execute(select(labels.c.label, labels.c.platform_decision)).one()
        talk = connection.execute(select(conversations.c.talk)).scalar_one()
    assert tuple(told) == ("legit_complaint", "upheld")
    assert "支持买家诉求" in client.get(f"/console/talks/{talk}/panel").get_data(as_text=True)


def test_what_a_case_came_to_is_a_decision_of_its_talk(client: FlaskClient, store: Store, case: str) -> None:
    """With its reason; without one nothing is kept. The case is then listed with the decided ones."""
    answer = post(client, f"{case}/decision", outcome="legit_complaint", reason="")
    assert (answer.status_code, "还没有写理由" in answer.text) == (422, True)
    assert 'value="legit_complaint" required checked' in answer.text
    fields = {"outcome": "legit_complaint", "reason": "照片显示破损", "cause": "product.quality", "once": "e1"}
    assert post(client, f"{case}/decision", **fields).status_code == 303
    text = page(client, case)
    assert text.count("诉求正当（如") == 3  # at the top, in the form, in what was done
    assert "照片显示破损" in text
    assert page(client, "/console/cases").index("已有结论") < page(client, "/console/cases").index(case)
    with store.reading() as connection:
        assert connection.execute(select(labels.c.label)).scalar_one() == "legit_complaint"


def test_a_blind_reviewer_does_not_see_it_in_the_case(
    client: FlaskClient, store: Store, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the outcome nor the reason, nor a bundle that tells them, until their own decision is made."""
    monkeypatch.setattr(reviews_module, "SHARE", 1.0)
    populate(store, [("甲店", "阿明", "supervisor")])
    post(client, f"{case}/decision", outcome="abusive", reason="以差评换钱", once="e1")
    sign_in(client, "阿明")
    text = page(client, case)
    assert "以差评换钱" not in text
    assert text.count("表述不当（如") == 1  # in the form
    assert "在您判断之后显示" in text
    refused = post(client, f"{case}/bundle")
    assert (refused.status_code, "请先作出判断，再导出" in refused.text) == (409, True)
    post(client, f"{case}/decision", outcome="abusive", reason="同样读到", once="e2")
    assert post(client, f"{case}/bundle").mimetype == "application/zip"
    assert "以差评换钱" in page(client, case)


def test_checklist_and_letter_are_those_of_the_bundle(client: FlaskClient, store: Store, case: str) -> None:
    """Present, weak or missing in words, the deadline as a date, the letter to copy; the bundle verifies."""
    shown = page(client, f"{case}/appeal")
    for said in ("微信小店", "最迟 2026-03-06", "已有", "缺少", 'data-copy="letter"'):
        assert said in shown
    answer = post(client, f"{case}/bundle")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert verify_bundle(answer.data).failures == ()
    from service.evidence.appeal import LETTER  # loaded by the bundle
    from service.evidence.bag import BASE  # the same
    from service.evidence.container import read_container  # the same

    letter = read_container(answer.data)[BASE + LETTER].decode()
    assert letter.splitlines()[0] in shown
    with store.reading() as connection:
        noted = list(connection.execute(select(access_log.c.action).order_by(access_log.c.id)).scalars())
    assert noted[-1] == "evidence"
    assert "baitwatch verify" in page(client, case)
