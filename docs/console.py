"""Writes `console*.png`: what people see, with the project's demo chats.

``PYTHONPATH=.:tests:tests/browser .venv/bin/python docs/console.py`` needs chromium and a trained model; the font is
the one of the summary, so that the picture looks the same on each machine.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import noto_cjk_sans_otc
from console_case import Console, running_console
from people import CHEAP
from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).resolve().parent
CHATS = HERE.parent / "data" / "demo" / "chats.jsonl"
DRAFT = "可以的亲，今天一定给您发出去"
TALK = "demo-same-day"
PAGES = {"held": "held", "figures": "figures", "policy": "setup/policy"}
_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fonts = folder / "fonts.conf"
        where = Path(noto_cjk_sans_otc.__file__).parent
        fonts.write_text(_FONTS.format(folder=where, cache=folder / "cache"))
        os.environ["FONTCONFIG_FILE"] = str(fonts)
        os.environ.setdefault("BAITWATCH_HOME", str(folder / "home"))
        with running_console(folder, CHEAP) as console, sync_playwright() as playwright:
            tell(console)
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            view = browser.new_page(viewport={"width": 1180, "height": 860})
            show_talk(console, view)
            for page, path in PAGES.items():
                show_page(console, view, page, path)
            browser.close()


def show_talk(console: Console, view: Page) -> None:
    """The agent's page, with a rash draft typed."""
    console.sign_in(view)
    view.goto(console.talk(TALK))
    view.fill("#draft", DRAFT)
    view.locator(".checked").wait_for()
    view.wait_for_timeout(300)
    view.screenshot(path=HERE / "console.png")


def show_page(console: Console, view: Page, name: str, path: str) -> None:
    """A page of those who see everything, in English, as far as a screen goes."""
    view.context.clear_cookies()
    console.sign_in(view, "掌柜", language="en")
    view.goto(console.talk(TALK) + "/case" if path == "case" else f"{console.address}/console/{path}")
    view.wait_for_timeout(600)
    view.screenshot(path=HERE / f"console-{name}.png")


def tell(console: Console) -> None:
    """The demo chats up to the agent's first unsafe words, as if they went on just now."""
    now = datetime.now(UTC)
    for line in CHATS.read_text("utf-8").splitlines():
        chat = json.loads(line)
        said = chat["messages"][:4] if chat["conversation_id"] == TALK else chat["messages"]
        shift = now - timedelta(minutes=1) - max(datetime.fromisoformat(message["sent_at"]) for message in said)
        for message in said:
            message["sent_at"] = (datetime.fromisoformat(message["sent_at"]) + shift).isoformat()
        facts = {name: chat[name] for name in ("platform", "buyer", "shop") if name in chat}
        console.tell(chat["conversation_id"], said, facts)


if __name__ == "__main__":
    main()
