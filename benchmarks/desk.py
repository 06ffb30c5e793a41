"""``python -m benchmarks desk``: what an agent waits for with the console open in a browser (needs chromium).

A draft is typed in a short talk and in one of 5,000 messages; timed is from the last sign to the frame in which the
answer to this very draft is seen, the pause before asking included. Further: from a sign typed to the frame with it,
and from asking for a page to its last message in sight. The server and the browser share this machine.
"""

from __future__ import annotations

import argparse
import json
import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import select

from benchmarks.console import opened_console
from benchmarks.load import drive, post
from benchmarks.serving import Served, Shop
from riskmodel.paths import default_model_dir
from service.store.schema import conversations

__all__ = ["main"]

LONG, SHORT = 5_000, 4
TRIALS = 40
_BATCH = 500  # messages of one request
_DRAFTS = ("能的，今天一定给您发出去", "可以的亲，新疆也包邮", "开票要补税点哦", "亲，发货时间以订单页面为准")

_ANSWERED = """text => new Promise(done => {
  const field = document.getElementById("draft"), check = document.getElementById("check");
  const said = () => check.querySelector(".draft")?.textContent === text ||
    (check.dataset.seen !== check.innerHTML && check.querySelector(".checked.send"));
  check.dataset.seen = check.innerHTML;
  field.focus(); field.value = text;
  const begun = performance.now();
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  const seen = () => done(performance.now() - begun);
  const look = () => requestAnimationFrame(said() ? seen : look);
  requestAnimationFrame(look);
})"""
_TYPED = """sign => new Promise(done => {
  const field = document.getElementById("draft");
  const begun = performance.now();
  field.value += sign;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
})"""


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks desk", description=__doc__)
    parser.add_argument("--model", type=Path, default=None)
    options = parser.parse_args(arguments)
    with (
        opened_console(options.model or default_model_dir()) as (service, shop, cookie),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        name, _, value = cookie.partition("=")
        address = f"http://{service.host}:{service.port}"
        context = browser.new_context(viewport={"width": 1180, "height": 860})
        context.add_cookies([{"name": name, "value": value, "url": address}])
        view = context.new_page()
        for size in (SHORT, LONG):
            _tell(service, shop, f"t{size}", size)
            _measure(view, f"{address}/console/talks/{_name(shop, f't{size}')}", size)
        browser.close()
    return 0


def _measure(view: Page, place: str, size: int) -> None:
    def opened() -> float:
        begun = time.perf_counter()
        view.goto(place, wait_until="domcontentloaded")
        view.locator(".message").last.wait_for()
        return (time.perf_counter() - begun) * 1000

    print(f"a talk of {size} messages, milliseconds, {TRIALS} trials")
    _print("from asking for the page to its last message", opened)
    _print(
        "from the last sign of a draft to its answer",
        lambda: float(view.evaluate(_ANSWERED, _DRAFTS[secrets.randbelow(4)] + secrets.token_hex(2))),
    )
    _print("from a sign to the frame with it", lambda: float(view.evaluate(_TYPED, "好")))


def _print(what: str, trial: Callable[[], float]) -> None:
    found = [trial() for _ in range(TRIALS)]
    cuts = quantiles(found, n=20)
    print(f"  {what}: median {cuts[9]:.0f}, 95 of 100 under {cuts[18]:.0f}, most {max(found):.0f}")


def _tell(service: Served, shop: Shop, talk: str, size: int) -> None:
    begun = datetime.now(UTC) - timedelta(seconds=size)
    messages = [
        {
            "message_id": f"m{place}",
            "sender": "agent" if place % 2 else "buyer",
            "sent_at": (begun + timedelta(seconds=place)).isoformat(),
            "text": f"第 {place} 句，请问这款杯子什么时候能发出来呢",
        }
        for place in range(size)
    ]
    path, headers = f"/v1/conversations/{talk}/messages", {"Authorization": f"Bearer {shop.key}"}
    for first in range(0, size, _BATCH):
        request = post(path, json.dumps({"messages": messages[first : first + _BATCH]}).encode(), headers)
        if drive((service.host, service.port), [[request]], 0.0, 1).bad:
            raise RuntimeError("the messages were refused")


def _name(shop: Shop, talk: str) -> str:
    with shop.store.reading() as connection:
        query = select(conversations.c.talk).where(conversations.c.conversation_id == talk)
        return str(connection.execute(query).scalar_one())
