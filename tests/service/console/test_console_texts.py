"""The texts of the console: whole in both languages, none unused, none missing."""

from __future__ import annotations

import re
import string
from importlib import resources

import pytest

from riskmodel.model.bands import ACTIONS
from service.console.texts import LANGUAGES, catalogue
from service.store.users import ROLES

FOLDER = resources.files("service.console")
SOURCES = [
    entry.read_text("utf-8")
    for folder in (FOLDER, FOLDER / "templates")
    for entry in folder.iterdir()
    if entry.name.endswith((".j2", ".py"))
]
CHINESE = re.compile("[\u4e00-\u9fff]")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("name", catalogue())
def test_both_languages_say_it(name: str) -> None:
    """Each text is there in each language, with the same values; English has no Chinese in it."""
    said = catalogue()[name]
    assert tuple(said) == LANGUAGES
    assert all(text.strip() for text in said.values())
    assert fields(said["zh"]) == fields(said["en"])
    assert not CHINESE.search(said["en"])
    assert CHINESE.search(said["zh"]) or name in ("frame.name", "frame.user")


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
        ("error", ["title_other", "detail_other"]),
    ):
        assert {f"{group}.{word}" for word in words} <= set(catalogue())


def test_no_text_stands_in_a_page() -> None:
    """Templates hold no words of their own but the names of the languages."""
    for entry in (FOLDER / "templates").iterdir():
        assert not CHINESE.search(entry.read_text("utf-8").replace('"中文"', "")), entry.name


def test_texts_speak_of_text() -> None:
    """No word that would brand a person."""
    for said in catalogue().values():
        for word in ("骗", "恶意", "职业", "碰瓷", "黑名单", "勒索", "scam", "fraud", "liar", "blackmail", "abus"):
            assert word not in said["zh"]
            assert word not in said["en"].lower()
