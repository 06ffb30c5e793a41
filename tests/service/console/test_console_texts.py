"""The texts of the console: whole in both languages, none missing, and none in a page itself."""

from __future__ import annotations

import re
import string
from importlib import resources
from pathlib import Path
from typing import get_args

import pytest

from riskmodel.model.bands import ACTIONS
from riskmodel.regions import official_provinces
from service.cases.table import load_table
from service.console.navigation import PAGES
from service.console.setup.people import CHANGES
from service.console.setup.policy_form import CHOICES, LISTS, NUMBERS, TEXTS
from service.console.supervisor.cases import CLAIMS
from service.console.texts import LANGUAGES, catalogue
from service.evidence.checklist.requirements import Status
from service.evidence.profiles.schema import Confidence
from service.store.access import SCOPES
from service.store.labels import LABELS
from service.store.users import ROLES
from service.store.waiting import Why

FOLDER = Path(str(resources.files("service.console")))
TEMPLATES = sorted((FOLDER / "templates").rglob("*.j2"))
SOURCES = [path.read_text("utf-8") for path in (*TEMPLATES, *FOLDER.rglob("*.py"))]
BY_LIST = ("free_shipping", "cash_on_delivery")
STEPS = ("model", "policy", "talk", "people", "keys")
CHINESE = re.compile("[\u4e00-\u9fff]")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("name", catalogue())
def test_both_languages_say_it(name: str) -> None:
    """Each text is there in each language, with the same values; English has no Chinese in it."""
    said = catalogue()[name]
    assert tuple(said) == LANGUAGES
    chinese, english = (said[language].forms for language in LANGUAGES)
    assert all(form.strip() for form in (*chinese, *english))
    assert fields(chinese[-1]) == fields(english[-1])
    assert all(fields(form) <= fields(english[-1]) for form in english)
    assert not any(CHINESE.search(form) for form in english)
    assert CHINESE.search(chinese[-1]) or name in ("frame.name", "frame.user")


def test_a_number_takes_its_form() -> None:
    """One message, two messages; Chinese has one form for both."""
    said = catalogue()["home.messages"]
    assert [said["en"].say({"count": count}) for count in (1, 2)] == ["1 message", "2 messages"]
    assert said["zh"].say({"count": 1}) == "1 条消息"


def test_a_text_that_has_forms_is_asked_for_with_a_number() -> None:
    """Both languages know whether a text depends on one: Chinese says the number too, English has its forms."""
    for name, said in catalogue().items():
        if len(said["en"].forms) > 1:
            assert fields(said["en"].forms[-1]) >= {"count"} or "{count}" in said["zh"].forms[0], name


def test_every_text_that_is_asked_for_is_there() -> None:
    """By its whole name, or by a group for which all words of the contract have one."""
    asked = {name for text in SOURCES for name in re.findall(r'say\(["\']([a-z_.0-9]+)["\'](?! ~)', text)}
    assert asked
    assert asked <= set(catalogue())
    for group, words in (
        ("action", [*ACTIONS.values(), "none"]),
        ("advice", [*ACTIONS.values(), "none"]),
        ("band", [*ACTIONS, "none"]),
        ("role", ROLES),
        ("sender", ["buyer", "agent", "system"]),
        ("login", ["refused", "wait"]),
        ("password", [f"problem_{code}" for code in ("present", "differ", "short", "name", "common", "wait")]),
        ("note", ["ended", "signed_out", "password_changed"]),
        ("home", ["no_talks_analyst", "no_talks_admin"]),
        ("frame", [page.name for page in PAGES]),
        ("outcome", LABELS),
        ("why", get_args(Why)),
        ("look", ["asked", "drawn"]),
        ("claim", CLAIMS),
        ("next", [*load_table().objects, "appeal"]),
        ("confidence", get_args(Confidence)),
        ("appeal", get_args(Status)),
        ("decide", [f"problem_{code}" for code in ("outcome", "reason", "long", "again", "not_possible")]),
        ("cases", [f"problem_{code}" for code in ("claim", "profile", "event_date", "again")]),
        ("note", [f"{about}_taken" for about in ("step", "note", "decision", "file")]),
        ("live", ["live", "asking", "lost", "ended"]),
        ("error", ["title_other", "detail_other"]),
        ("province", official_provinces()),
        ("policy", [f"{field}_{value}" for field, values in CHOICES.items() for value in values]),
        ("policy", [word for field in (*TEXTS, *NUMBERS) for word in (field, f"{field}_hint")]),
        ("policy", [*CHOICES, *LISTS, *(f"problem_{field}" for field in (*TEXTS, *LISTS[:2], *BY_LIST))]),
        ("people", [f"role_{role}" for role in ROLES]),
        ("people", [f"problem_{code}" for code in ("short", "name", "common")]),
        ("first", [f"problem_{code}" for code in ("code", "differ", "names", "short", "name", "common")]),
        ("first", ["taken", "shut"]),
        ("note", [f"person_{what}" for what in ("password", *CHANGES)]),
        ("keys", [f"scope_{scope}" for scope in SCOPES]),
        ("guide", [word for step in STEPS for word in (step, f"{step}_about")]),
    ):
        assert {f"{group}.{word}" for word in words} <= set(catalogue())


def test_no_text_stands_in_a_page() -> None:
    """Templates hold no words of their own but the names of the languages."""
    for path in TEMPLATES:
        assert not CHINESE.search(path.read_text("utf-8").replace('"中文"', "")), path.name


def test_texts_speak_of_text() -> None:
    """No word that would brand a person."""
    for said in catalogue().values():
        for word in ("骗", "恶意", "职业", "碰瓷", "黑名单", "勒索", "scam", "fraud", "liar", "blackmail", "abus"):
            assert not any(word in form.lower() for text in said.values() for form in text.forms)
