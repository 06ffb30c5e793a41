"""What a browser makes of the bundle's page: nothing runs, nothing is asked for, nothing is out of sight."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from evidence_case import TALK, TRAJECTORY, page, talk
from playwright.sync_api import Page

RAN = "document.title='ran'"
HOSTILE = [
    f"<script>{RAN};fetch('http://127.0.0.1:9/')</script>",
    f'<img src="http://127.0.0.1:9/i.png" onerror="{RAN}"><svg onload="{RAN}">',
    f"</style><style>body{{display:none}}</style><a href=\"javascript:{RAN}\" onclick='{RAN}'>x</a>",
    "<iframe src=http://127.0.0.1:9/></iframe><meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
    "x" * 2_000,
    "https://example.org/" + "a-b" * 300,
    "字" * 2_000,
    "左\u202e右\u2066三\u200b\x1b[31m z" + "\u0301" * 60,
    "👨‍👩‍👧‍👦🏳️‍🌈🇨🇳 بۈگۈن ئەۋەتەمسىز؟ བཀྲ་ཤིས བདེ་ལེགས ᠮᠣᠩᠭᠣᠯ 𰻝 " + "ئەۋەت" * 200,
]
NARROW, WIDE = 360, 1100


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a page whose messages, ids, names and facts are hostile, beside a whole assessed talk."""
    told = [
        {**TALK["messages"][0], "message_id": text[:100] + str(n), "text": text, "attachments": [ATTACHED]}
        for n, text in enumerate(HOSTILE)
    ]
    conversation = talk(
        messages=[*TALK["messages"], *told],
        orders=[*TALK["orders"], {"order_id": HOSTILE[4][:128], "items": [{"title": HOSTILE[1], "sku": HOSTILE[0]}]}],
    )
    path: Path = tmp_path_factory.mktemp("page") / "transcript.html"
    path.write_text(page(conversation, TRAJECTORY), encoding="utf-8")
    return path.as_uri()


ATTACHED = {"name": "<img src=x onerror=1>" + "n" * 200, "media_type": "image/png", "sha256": "0" * 64}


def test_nothing_runs_and_nothing_is_asked_for(view: Page, written: str) -> None:
    """No script of the chat runs, and opening the page asks for the page alone."""
    requests: list[str] = []
    view.on("request", lambda request: requests.append(request.url))
    view.goto(written)
    view.wait_for_timeout(200)
    assert "Chat record" in view.title()
    assert requests == [written]
    assert view.url == written
    assert view.locator("script, img, iframe, svg, object, embed, link, form").count() == 0


def test_scripts_are_forbidden_even_if_one_came_in(view: Page, written: str) -> None:
    """The page's own policy keeps an inline script and an outside picture from working."""
    view.goto(written)
    view.evaluate(
        """text => {
            const script = document.createElement("script");
            script.textContent = text;
            document.body.append(script);
            const image = document.createElement("img");
            image.src = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=";
            document.body.append(image);
        }""",
        RAN,
    )
    assert view.title() != "ran"
    assert view.evaluate("document.images[0].naturalWidth") == 0


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_everything_is_in_sight(view: Page, written: str, width: int) -> None:
    """On a telephone and on a desk no text runs out of the page, is cut off or is of no size."""
    view.set_viewport_size({"width": width, "height": 900})
    view.goto(written)
    assert view.evaluate("document.documentElement.scrollWidth") <= width
    lost = view.evaluate(
        """width => [...document.querySelectorAll("main *")]
            .filter(element => element.innerText && !element.closest(".scroll"))
            .filter(element => {
                const box = element.getBoundingClientRect();
                return box.left < -1 || box.right > width + 1 || box.width === 0 || box.height === 0;
            })
            .map(element => element.innerText.slice(0, 40))""",
        width,
    )
    assert lost == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(view: Page, written: str, scheme: str) -> None:
    """Contrast, headings, landmarks, lists, tables and languages pass axe-core's rules in both colour schemes."""
    view.emulate_media(color_scheme=scheme)
    view.set_viewport_size({"width": NARROW, "height": 900})
    view.goto(written)
    found = Axe().run(view).response["violations"]
    assert [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found] == []
