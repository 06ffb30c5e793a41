"""What an agent sees and does in a real browser: talks that grow, a reply that is checked, and nothing that runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from console_case import Console, running_console
from people import CHEAP
from playwright.sync_api import Page, expect

from riskmodel.scorer import Scorer

ASKED = "请问今天下单今天能发出来吗"
RASH = "能的，今天一定给您发出去"
POLICY = {"shop": {"dispatch_hours": 48}}  # keeps no "today", at whatever hour the tests run
HOSTILE = [
    "<script>document.title='ran'</script>",
    "<img src=x onerror=\"document.title='ran'\">",
    "x" * 3_000,
    "字" * 1_000,
    "左\u202e右\u2066三\u200b\x1b[31m z" + "\u0301" * 60,
    "{{ 7*7 }} ${7*7} </textarea></article></main>",
]


@pytest.fixture(scope="module")
def console(trained: Scorer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Scorer, "load", lambda directory: trained)
        with running_console(tmp_path_factory.mktemp("console"), CHEAP) as running:
            running.say("asked", ASKED, facts=POLICY)
            yield running


@pytest.fixture
def desk(console: Console, view: Page) -> Page:
    """The page of the talk in which something was asked."""
    console.sign_in(view)
    view.goto(console.talk("asked"))
    expect(view.locator("#connection")).to_have_attribute("data-state", "live")
    return view


def test_a_new_talk_appears_by_itself(console: Console, view: Page) -> None:
    """The list of open talks is live, and names nothing twice."""
    console.sign_in(view)
    expect(view.locator("#connection")).to_have_text("实时更新")
    console.say("arriving", "你好，这个杯子是陶瓷的吗")
    expect(view.locator("#talks a", has_text="arriving")).to_have_count(1)


def test_a_message_appears_while_one_types(console: Console, desk: Page) -> None:
    """What is being typed stays as it is, and where it is."""
    console.say("growing", ASKED)
    desk.goto(console.talk("growing"))
    expect(desk.locator("#connection")).to_have_attribute("data-state", "live")
    desk.locator("#draft").press_sequentially("您好")
    console.say("growing", "人呢，你就说今天能不能发")
    expect(desk.locator(".message.buyer")).to_have_count(2)
    expect(desk.locator("#draft")).to_be_focused()
    expect(desk.locator("#draft")).to_have_value("您好")


def test_a_rash_draft_is_marked_and_mended(desk: Page) -> None:
    """The finding is underlined, says why, and one click puts a safe wording in, which is good to send."""
    desk.locator("#draft").fill(RASH)
    expect(desk.locator("mark.finding")).to_contain_text("今天一定")
    expect(desk.locator(".findings li")).not_to_have_count(0)
    wording = desk.locator("[data-put]").first.inner_text()
    desk.locator("[data-put]").first.click()
    expect(desk.locator("#draft")).to_have_value(wording)
    expect(desk.locator(".checked.send")).to_be_visible()


def test_all_is_done_by_keys(desk: Page) -> None:
    """R begins a reply, Alt+1 takes the first safe wording, Ctrl+Enter adds it to the talk; ? says so."""
    desk.keyboard.press("?")
    expect(desk.locator("#keys")).to_contain_text("Ctrl+Enter")
    desk.keyboard.press("Escape")
    expect(desk.locator("#keys")).not_to_be_visible()
    before = desk.locator(".message.agent").count()
    desk.keyboard.press("r")
    desk.keyboard.type(RASH)
    expect(desk.locator('[data-key="Alt+1"]')).to_be_visible()
    desk.keyboard.press("Alt+1")
    expect(desk.locator(".checked.send")).to_be_visible()
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".message.agent")).to_have_count(before + 1)
    expect(desk.locator("#draft")).to_have_value("")


def test_a_draft_outlives_its_session(console: Console, desk: Page) -> None:
    """Where the session ends while somebody types, that is said beside the draft, which is there after signing in."""
    desk.locator("#draft").fill("亲，我先核实")
    console.end_sessions()
    desk.locator("#draft").press_sequentially("一下")
    expect(desk.locator("#check")).to_contain_text("登录已失效")
    console.sign_in(desk)
    desk.goto(console.talk("asked"))
    expect(desk.locator("#draft")).to_have_value("亲，我先核实一下")
    desk.locator("#draft").fill("")


def test_a_lost_connection_is_said_and_made_up_for(console: Console, desk: Page) -> None:
    """Advice that may be old is shown as such; back again, the page fetches what it missed."""
    desk.context.set_offline(True)
    expect(desk.locator("#connection")).to_contain_text("连接中断")
    expect(desk.locator("body")).to_have_class(re.compile("stale"))
    console.say("asked", "你们到底发不发")
    desk.context.set_offline(False)
    expect(desk.locator("#connection")).to_have_attribute("data-state", "live", timeout=15_000)
    expect(desk.locator("body")).not_to_have_class(re.compile("stale"))
    expect(desk.locator(".messages")).to_contain_text("你们到底发不发")


@pytest.mark.parametrize("width", [360, 1100])
def test_text_of_a_chat_does_nothing(console: Console, desk: Page, width: int) -> None:
    """It does not run, hide or break the layout, typed or told; the page asks nobody else."""
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    console.say(f"hostile-{width}", *HOSTILE)
    desk.set_viewport_size({"width": width, "height": 800})
    desk.goto(console.talk(f"hostile-{width}"))
    expect(desk.locator(".message")).to_have_count(len(HOSTILE))
    desk.locator("#draft").fill(HOSTILE[0] + HOSTILE[1] + RASH)
    expect(desk.locator(".checked")).to_be_visible()
    assert desk.title() != "ran"
    assert desk.evaluate("document.documentElement.scrollWidth") <= width
    assert desk.locator("main script, main img").count() == 0
    assert all(url.startswith(console.address) for url in asked)


def test_a_long_talk_shows_its_end(console: Console, desk: Page) -> None:
    """Of a thousand messages the last hundred are there, the latest in sight; those before are a link away."""
    console.say("long", *(f"第 {place} 句" for place in range(1_000)))
    desk.goto(console.talk("long"))
    expect(desk.locator(".message")).to_have_count(100)
    expect(desk.locator(".message").last).to_be_in_viewport()
    desk.locator(".transcript > p a").first.click()
    expect(desk.locator(".messages")).to_contain_text("第 899 句")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_are_for_everybody(console: Console, view: Page, language: str, scheme: str) -> None:
    """axe-core finds no violation, in either language and scheme."""
    view.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its literals
    console.sign_in(view, language=language)
    for page in (console.talk("asked"), f"{console.address}/console/", f"{console.address}/console/paste"):
        view.goto(page)
        if view.locator("#draft").count():
            view.locator("#draft").fill(RASH)
            expect(view.locator(".checked")).to_be_visible()
        found = Axe().run(view)
        assert found.violations_count == 0, found.generate_report()
