"""The whole journey in a real browser: from an empty installation to a bundle that verifies, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from console_case import Console, running_console
from people import CHEAP
from playwright.sync_api import Page, expect

from riskmodel.scorer import Scorer
from service.evidence import Status, verify_bundle
from service.invitation import Invitation

CODE, PASSWORD = "AAAA-BBBB-CCCC-DDDD", "wide bottles sail"
RASH = "能的，今天一定给您发出去"
PRESSING = "不给我转两百块红包就全给你们差评，加我微信私下说"


@pytest.fixture
def empty(trained: Scorer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    """A console that nobody can sign in to yet."""
    monkeypatch.setattr(Scorer, "load", lambda directory: trained)
    with running_console(tmp_path, CHEAP, people=False) as running:
        running.app.config["INVITATION"] = Invitation.of(CODE)
        yield running


def for_everybody(view: Page) -> None:
    found = Axe().run(view)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_from_nothing_to_a_bundle(empty: Console, view: Page, tmp_path: Path, language: str) -> None:
    """First owner, policy, a chat pasted in, live arrival, a mended draft, a decision, a case and its evidence."""
    make_first_owner(view, empty.address, language)
    set_policy(view, empty.address)
    paste_chat(view, empty.address)
    mend_reply(view)
    hear_more(view, empty)
    decide(view)
    report = verify_bundle(bundle_of_case(view, tmp_path))
    assert report.status is Status.VERIFIED, report
    assert view.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[language]


def make_first_owner(view: Page, address: str, language: str) -> None:
    view.goto(f"{address}/console/first?language={language}")
    for_everybody(view)
    for field, value in {"code": CODE, "shop": "甲店", "name": "店主", "chosen": PASSWORD, "again": PASSWORD}.items():
        view.fill(f"#{field}", value)
    view.press("#again", "Enter")
    expect(view.locator(".steps")).to_be_visible()
    for_everybody(view)


def set_policy(view: Page, address: str) -> None:
    view.goto(f"{address}/console/setup/policy")
    view.fill("#dispatch_hours", "48")
    for_everybody(view)
    view.press("#dispatch_hours", "Enter")
    expect(view.locator(".notice")).to_be_visible()


def paste_chat(view: Page, address: str) -> None:
    begun = datetime.now(ZoneInfo("Asia/Shanghai")) - timedelta(minutes=9)  # exports name no zone
    view.goto(f"{address}/console/paste")
    view.fill("#text", f"tb_77 ({begun:%Y-%m-%d %H:%M:%S}): 请问今天下单今天能发出来吗\n")
    view.fill("#shop", "小铺客服")
    view.select_option("#platform", "taobao")
    view.click("main form button")
    expect(view.locator(".message.buyer")).to_have_count(1)
    expect(view.locator("#connection")).to_have_attribute("data-state", "live")
    assert view.evaluate("sessionStorage.getItem('draft:paste')") is None


def mend_reply(view: Page) -> None:
    view.locator("#draft").fill(RASH)
    expect(view.locator("mark.finding")).to_be_visible()
    view.keyboard.press("Alt+1")
    expect(view.locator(".checked.send")).to_be_visible()
    view.keyboard.press("Control+Enter")
    expect(view.locator(".message.agent")).to_have_count(1)


def hear_more(view: Page, console: Console) -> None:
    console.say(view.locator("h1").inner_text().split()[-1], PRESSING)
    expect(view.locator(".message.buyer")).to_have_count(2)
    expect(view.locator(".points li.raise")).not_to_have_count(0)
    for_everybody(view)


def decide(view: Page) -> None:
    view.get_by_role("radio").nth(0).check()
    view.fill("#reason", "聊天中把评价与转账相连")
    view.locator("#decide button").click()
    expect(view.locator("#decide .notice")).to_be_visible()


def bundle_of_case(view: Page, folder: Path) -> bytes:
    view.keyboard.press("Escape")
    view.keyboard.press("c")
    view.select_option("#claim", index=1)
    view.select_option("#profile", "taobao_review")
    view.fill("#event_date", f"{datetime.now(UTC):%Y-%m-%d}")
    view.click("main form.card button")
    expect(view.locator("#bundle-title")).to_be_visible()
    for_everybody(view)
    with view.expect_download() as download:
        view.locator('[data-key="e"]').click()
    path = folder / "bundle.zip"
    download.value.save_as(path)
    return path.read_bytes()
