"""Cases in the store: opened once, gone on with by the table, decided, erased with their talk, sealed and marked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from record_case import Case, message
from service_time import NOW
from sqlalchemy import update

from riskmodel.errors import InputError
from service.cases import desk as desks
from service.cases.desk import CaseDesk, TooLargeError
from service.cases.flow import NotPossibleError
from service.cases.model import Decision, ListedExhibit, NewCase, Note, StepTaken
from service.store.access import find_or_make_shop
from service.store.engine import Store
from service.store.errors import ConflictError, NotFoundError
from service.store.keyring import KeyFile, KeyringError
from service.store.labels import LabelStore
from service.store.retention import erase, past_retention
from service.store.rotation import count_sealed, rotate
from service.store.schema import access_log, case_events, cases, conversations, exhibits, labels

WHO = {"actor": "user 1"}
NEW = NewCase(case_id="k", conversation_id="t", claim="review", profile="weixin_shop")
BOX = b"a picture of the box"


class Clock:
    """The time, which a test can set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(case: Case, store: Store, keys: KeyFile, clock: Clock) -> CaseDesk:
    """A desk of a shop that has a talk."""
    case.add("t", [message(1)], buyer="张三")
    return CaseDesk(store, keys, clock)


def step(action: str, name: str = "handling", **more: Any) -> StepTaken:
    return StepTaken(event_id=more.pop("event_id", f"{name} {action}"), kind="step", object=name, action=action, **more)


def listed(name: str = "box.jpg", content: bytes = BOX) -> ListedExhibit:
    return ListedExhibit(name=name, media_type="image/jpeg", sha256=hashlib.sha256(content).hexdigest())


def put(desk: CaseDesk, shop: int, name: str = "box.jpg", content: bytes = BOX, **more: Any) -> bool:
    return desk.file(shop, "k", name, "image/jpeg", content, **WHO, **more)[1]


def test_a_case_told_again_is_opened_once(desk: CaseDesk, case: Case, shop: int) -> None:
    """The same gives the case as it stands; another under its id is refused; of no talk there is none."""
    first, is_new = desk.open(shop, NEW, **WHO)
    assert is_new
    assert desk.open(shop, NEW, actor="user 2") == (first, False)
    with pytest.raises(ConflictError, match="case_id"):
        desk.open(shop, NEW.model_copy(update={"claim": "refund"}), **WHO)
    with pytest.raises(NotFoundError):
        desk.open(shop, NEW.model_copy(update={"case_id": "l", "conversation_id": "u"}), **WHO)
    assert [row.case_id for row in case.rows(cases)] == ["k"]
    assert (first.made_by, first.made_at, first.outcome) == ("user 1", NOW, None)


def test_steps_follow_the_table(desk: CaseDesk, shop: int, clock: Clock) -> None:
    """Each is kept once, at its time; what the table does not have, and a time that has not been, is refused."""
    desk.open(shop, NEW, **WHO)
    asked = step("request_refund", "after_sales", at=NOW - timedelta(hours=40))
    found, is_new = desk.add_event(shop, "k", asked, **WHO)
    assert is_new
    assert desk.add_event(shop, "k", asked, actor="user 2") == (found, False)
    standing = next(each for each in found.standings(NOW) if each.object == "after_sales")
    assert (standing.state, standing.due, standing.overdue) == ("refund_requested", NOW + timedelta(hours=8), False)
    with pytest.raises(ConflictError, match="event_id"):
        desk.add_event(shop, "k", Note(event_id=asked.event_id, kind="note", text="别的"), **WHO)
    with pytest.raises(NotPossibleError) as caught:
        desk.add_event(shop, "k", step("receive", "after_sales"), **WHO)
    assert {move.action for move in caught.value.possible} > {"agree_refund", "refuse"}
    for at in (NOW + timedelta(hours=1), NOW - timedelta(hours=41), datetime.min.replace(tzinfo=NOW.tzinfo)):
        with pytest.raises(InputError) as wrong:
            desk.add_event(shop, "k", step("refuse", "after_sales", at=at), **WHO)
        assert [problem.field for problem in wrong.value.problems] == ["at"]
    clock.now = NOW + timedelta(hours=1)
    assert desk.add_event(shop, "k", step("agree_refund", "after_sales"), **WHO)[0].events[-1].at == clock.now


def test_a_decision_is_a_label_of_the_talk(desk: CaseDesk, case: Case, shop: int, keys: KeyFile, store: Store) -> None:
    """Also that the complaint was legitimate; the latest counts, all are kept, and told again none is kept twice."""
    desk.open(shop, NEW, **WHO)
    for number, outcome in enumerate(("unclear", "legit_complaint", "legit_complaint")):
        reason = f"理由{min(number, 1)}"
        decision = Decision(event_id=f"d{min(number, 1)}", kind="decision", outcome=outcome, reason=reason)
        found, _ = desk.add_event(shop, "k", decision, **WHO)
    assert found.outcome == "legit_complaint"
    assert found.decision is not None
    assert found.decision.reason == "理由1"
    assert desk.page(shop, 5)[0].outcome == "legit_complaint"
    with store.reading() as connection:
        given = LabelStore(connection, keys.current(), shop).page(5, conversation_id="t")
    assert [(label.label, label.reason) for label in given] == [("legit_complaint", "理由1"), ("unclear", "理由0")]


def test_a_file_is_kept_as_it_came(desk: CaseDesk, case: Case, shop: int) -> None:
    """Once; another one of its name is refused and nothing is replaced; deleted it is gone, and each look is noted."""
    desk.open(shop, NEW, **WHO)
    assert [put(desk, shop), put(desk, shop)] == [True, False]
    with pytest.raises(ConflictError, match="another file of this name"):
        put(desk, shop, content=b"another")
    assert desk.content(shop, "k", "box.jpg", actor="user 2")[1] == BOX
    assert put(desk, shop, "empty.jpg", b"")
    assert desk.content(shop, "k", "empty.jpg", **WHO)[1] == b""
    left = desk.remove(shop, "k", "box.jpg", **WHO)
    assert [each.file.name for each in left.exhibits] == ["empty.jpg"]
    for ask in (desk.content, desk.remove):
        with pytest.raises(NotFoundError):
            ask(shop, "k", "box.jpg", **WHO)
    noted = [(row.action, row.actor) for row in case.rows(access_log)]
    assert ("read exhibit", "user 2") in noted
    assert noted[-1] == ("delete exhibit", "user 1")


def test_a_file_that_was_listed_has_to_be_that_file(desk: CaseDesk, shop: int) -> None:
    """Until it comes it is listed and not there; one of another digest is refused by its name."""
    desk.open(shop, NEW.model_copy(update={"exhibits": [listed(), listed("late.jpg")]}), **WHO)
    with pytest.raises(NotFoundError, match="listed and was not filed"):
        desk.content(shop, "k", "box.jpg", **WHO)
    for name, content, sha256, field in (
        ("box.jpg", b"another", None, "name"),
        ("new.jpg", b"another", "0" * 64, "sha256"),
    ):
        with pytest.raises(InputError) as caught:
            put(desk, shop, name, content, sha256=sha256)
        assert [problem.field for problem in caught.value.problems] == [field]
    assert put(desk, shop, sha256=hashlib.sha256(BOX).hexdigest())
    assert [each.filed for each in desk.read(shop, "k").exhibits] == [True, False]
    with pytest.raises(InputError, match=r"exhibits\.1\.name"):
        desk.open(shop, NEW.model_copy(update={"case_id": "l", "exhibits": [listed(), listed()]}), **WHO)


def test_limits_of_a_case(desk: CaseDesk, shop: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events, files, bytes of one and of all: what is one too many is refused, and the rest stays."""
    for name, value in (("MOST_EVENTS", 1), ("MOST_EXHIBITS", 2), ("MOST_FILE_BYTES", 20), ("MOST_BYTES", 25)):
        monkeypatch.setattr(desks, name, value)
    desk.open(shop, NEW, **WHO)
    desk.add_event(shop, "k", step("contact"), **WHO)
    with pytest.raises(ConflictError, match="all that it takes"):
        desk.add_event(shop, "k", step("verify_problem"), **WHO)
    with pytest.raises(TooLargeError, match="a file has"):
        put(desk, shop, content=bytes(21))
    put(desk, shop, "1", bytes(20))
    with pytest.raises(TooLargeError, match="of a case"):
        put(desk, shop, "2", bytes(6))
    put(desk, shop, "2", bytes(5))
    with pytest.raises(InputError, match="one more than the 2"):
        put(desk, shop, "3", b"")
    found = desk.read(shop, "k")
    assert (len(found.events), len(found.exhibits)) == (1, 2)


def test_cases_are_listed_page_by_page(desk: CaseDesk, case: Case, shop: int) -> None:
    """The latest first, of the shop or about one talk; never another shop's."""
    case.add("u", [message(1)])
    for name, talk in (("a", "t"), ("b", "u"), ("c", "t")):
        desk.open(shop, NEW.model_copy(update={"case_id": name, "conversation_id": talk}), **WHO)
    pages = [desk.page(shop, 2), desk.page(shop, 2, before=desk.page(shop, 2)[-1].number)]
    assert [[each.facts.case_id for each in page] for page in pages] == [["c", "b"], ["a"]]
    assert [each.facts.case_id for each in desk.page(shop, 9, conversation_id="t")] == ["c", "a"]
    with case.store.writing() as connection:
        other, _ = find_or_make_shop(connection, "乙店", NOW)
    assert desk.page(other, 9) == []
    with pytest.raises(NotFoundError):
        desk.read(other, "a")


def test_a_case_goes_with_its_talk(desk: CaseDesk, case: Case, shop: int) -> None:
    """Erased with it, files and all; until then what happens in the case keeps the talk young."""
    desk.open(shop, NEW, **WHO)
    put(desk, shop)
    desk.add_event(shop, "k", Note(event_id="n", kind="note", text="标记备注"), **WHO)
    (row,) = case.rows(conversations)
    with case.store.writing() as connection:
        old = NOW - timedelta(days=40)
        connection.execute(update(conversations).values(changed_at=old))
    with case.store.reading() as connection:
        assert len(past_retention(connection, shop, 30, NOW)) == 1
    desk.add_event(shop, "k", step("contact"), **WHO)
    with case.store.reading() as connection:
        assert past_retention(connection, shop, 30, NOW) == []
    with case.store.writing() as connection:
        talk = desks.CaseStore(connection, case.keyring, shop).talk("t")
        assert talk.talk == row.talk
        assert erase(connection, case.keyring, talk, "tests", NOW)
    assert [len(case.rows(table)) for table in (cases, case_events, exhibits, labels)] == [0, 0, 0, 0]
    assert case.findings() == []


def test_what_is_told_is_sealed_and_opens_after_the_keys_were_rotated(
    desk: CaseDesk, case: Case, shop: int, keys: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names of files, their content and notes stand nowhere as they are; rotation finds all of them."""
    monkeypatch.setattr("service.store.rotation.time.sleep", lambda seconds: None)
    before = count_sealed(case.store)
    desk.open(shop, NEW.model_copy(update={"exhibits": [listed("标记二.jpg", b"later")]}), **WHO)
    for number in range(6):  # more than are sealed anew at once
        put(desk, shop, f"标记一{number}.jpg", f"标记内容{number}".encode())
    desk.add_event(shop, "k", Note(event_id="n", kind="note", text="标记备注"), **WHO)
    stored = repr([case.rows(table) for table in (cases, case_events, exhibits)])
    assert "标记" not in stored
    assert repr("标记".encode())[2:-1] not in stored
    assert count_sealed(case.store) - before == 1 + 1 + 7 + 6
    read = desk.read(shop, "k")
    rotate(case.store, keys)
    assert desk.read(shop, "k") == read
    assert desk.content(shop, "k", "标记一5.jpg", **WHO)[1] == "标记内容5".encode()
    case.keyring = keys.current()
    assert case.findings() == []


def _outcome(case: Case) -> None:
    case.run(cases.update().values(outcome="abusive"))


def _without_an_event(case: Case) -> None:
    case.run(case_events.delete())


def _without_a_file(case: Case) -> None:
    case.run(exhibits.delete())


def _file_gone(case: Case) -> None:
    case.run(exhibits.update().values(content=None))


def _later(case: Case) -> None:
    case.run(case_events.update().values(made_at=NOW + timedelta(days=1)))


def _of_another_talk(case: Case) -> None:
    other = case.add("u", [message(1)])
    case.run(cases.update().values(talk_id=other.id))


@pytest.mark.parametrize("alter", [_outcome, _without_an_event, _without_a_file, _file_gone, _later, _of_another_talk])
def test_a_case_that_was_altered_is_found(desk: CaseDesk, case: Case, shop: int, alter: Callable[[Case], None]) -> None:
    """Who writes to the database without the keyring is found out by the audit, and the case is not shown."""
    desk.open(shop, NEW, **WHO)
    put(desk, shop)
    desk.add_event(shop, "k", step("contact"), **WHO)
    assert case.findings() == []
    alter(case)
    assert [(found.table, found.what[:8]) for found in case.findings()] == [("cases", "altered:")]
    with pytest.raises(KeyringError, match="altered"):
        desk.read(shop, "k")


def test_a_file_with_another_content_is_found(desk: CaseDesk, case: Case, shop: int) -> None:
    """Moved from another place it does not open."""
    desk.open(shop, NEW, **WHO)
    put(desk, shop)
    put(desk, shop, "other.jpg", b"other")
    first, second = case.rows(exhibits)
    case.run(exhibits.update().where(exhibits.c.id == first.id).values(content=second.content))
    (found,) = case.findings()
    assert found.table == "cases"
    with pytest.raises(KeyringError):
        desk.content(shop, "k", "box.jpg", **WHO)
