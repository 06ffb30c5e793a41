"""Every page of the console in a real browser: for everybody, in one language, on a narrow screen, however long."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from console_case import Console, running_console
from people import BY_ROLE, CHEAP, PEOPLE, begin_case
from playwright.sync_api import Page, expect

from riskmodel.scorer import Scorer

SAID = ("The cup arrived, thanks", "Glad to hear", "Pay me 50 or I post one star", "Please use the platform's form")
NO_PAGES = {  # below the console and read with GET, but parts of pages or files
    "console.send", "console.send_file", "console.stream", "console.pulse", "console.figures_csv",
    "console.home_list", "console.held_list", "console.talk_now", "console.panel", "console.looks",
    "console.other_threshold",
}  # fmt: skip  # a list of names
SIGNED_OUT = ("/console/login", "/console/first")
LONG = 5_000


@pytest.fixture(scope="module")
def console(trained: Scorer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Scorer, "load", lambda directory: trained)
        with running_console(tmp_path_factory.mktemp("console"), CHEAP) as running:
            running.say("t", *SAID)
            running.case = begin_case(running.store)
            yield running


@pytest.fixture
def pages(console: Console) -> list[str]:
    """The address of each page that a signed-in person can open."""
    talk = console.talk("t").rsplit("/", 1)[1]
    rules = [
        rule
        for rule in console.app.url_map.iter_rules()
        if rule.rule.startswith("/console/") and "GET" in (rule.methods or ()) and rule.endpoint not in NO_PAGES
    ]
    paths = [rule.rule.replace("<talk>", talk).replace("<case>", console.case) for rule in rules]
    assert not [path for path in paths if "<" in path]
    return sorted(path for path in paths if path not in SIGNED_OUT)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_for_everybody(
    console: Console, pages: list[str], view: Page, language: str, scheme: str
) -> None:
    """axe-core finds no violation, nothing is wider than a narrow screen, and no page mixes languages."""
    view.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its literals
    view.set_viewport_size({"width": 360, "height": 740})
    view.goto(f"{console.address}/console/login?language={language}")
    assert_readable(view)
    console.sign_in(view, BY_ROLE["owner"], language=language)
    assert len(pages) > 15
    for path in pages:
        answer = view.goto(console.address + path)
        assert answer is not None
        assert answer.status == 200, path
        assert_readable(view)
        assert view.evaluate("document.documentElement.scrollWidth") <= 360, path
        if language == "en":
            assert not foreign(view), path


def assert_readable(view: Page) -> None:
    found = Axe().run(view)
    assert found.violations_count == 0, f"{view.url}\n{found.generate_report()}"


def foreign(view: Page) -> list[str]:
    """Chinese words that are neither what people wrote, nor their names, nor the switch to Chinese."""
    text = view.evaluate(
        """() => { const page = document.body.cloneNode(true);
        page.querySelectorAll('[lang]:not([lang=en]), bdi, script').forEach(part => part.remove());
        return page.textContent; }"""
    )
    names = {name for person in PEOPLE for name in person}
    return [word for word in re.findall("[一-鿿]+", text) if word not in names]


def test_five_thousand_messages_stay_usable(console: Console, view: Page) -> None:
    """The last of them are in sight, and a sign typed is on the screen with the next frames, not after the list."""
    for begin in range(0, LONG, 1_000):
        console.say("long", *(f"{begin + place}: is there any news of it?" for place in range(1_000)))
    console.sign_in(view)
    view.goto(console.talk("long"))
    expect(view.locator(".message").last).to_be_in_viewport()
    assert view.locator(".message").count() <= 200
    view.locator("#draft").press_sequentially("Hello")
    expect(view.locator("#draft")).to_have_value("Hello")


def test_an_agent_sees_no_page_of_a_supervisor(console: Console, pages: list[str], view: Page) -> None:
    """Neither a link to it nor, with its address, anything of it."""
    console.sign_in(view, BY_ROLE["agent"])
    links = view.locator("header a").evaluate_all("found => found.map(one => one.getAttribute('href'))")
    for path in ("/console/held", "/console/cases", "/console/figures", "/console/setup/people"):
        assert path in pages
        assert path not in links
        answer = view.goto(console.address + path)
        assert answer is not None
        assert answer.status in (403, 404), path


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_frame_beside_a_workbench_advises_and_checks(console: Console, view: Page, language: str) -> None:
    """With its token it shows the advice, underlines a rash draft and follows the talk; nothing of it is in history."""
    given = console.embed_token("t")
    view.set_viewport_size({"width": 360, "height": 740})
    place, _, token = given["url"].partition("#")
    view.goto(f"{console.address}{place}?language={language}#{token}")
    expect(view.locator(".action")).to_be_visible()
    assert token not in view.url
    view.fill("#draft", "能的，今天一定给您发出去，不发赔您一百")
    expect(view.locator("mark.finding").first).to_be_visible()
    assert_readable(view)
    assert view.evaluate("document.documentElement.scrollWidth") <= 360
    if language == "en":
        view.fill("#draft", "")
        expect(view.locator("mark.finding")).to_have_count(0)
        assert not foreign(view)
