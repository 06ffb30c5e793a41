"""What all tests share: one small model for the run, the contract where it is at hand, and how hypothesis draws."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

# where tests are shared among processes, what they fit needs no further ones; before anything reads it
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("BAITWATCH_JOBS", "1")

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

from riskmodel.reader import LineReader
from riskmodel.scorer import Scorer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# The same examples on every run; HYPOTHESIS_PROFILE=explore draws others, and more of them.
# some texts are long on purpose, and a busy machine draws them slowly: neither says anything of what is tested
_CHECKS = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}
settings.register_profile("repeat", max_examples=60, derandomize=True, database=None, **_CHECKS)
settings.register_profile("explore", max_examples=1000, print_blob=True, **_CHECKS)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))
if "HYPOTHESIS_PROFILE" not in os.environ:
    # hypothesis also draws constants of whatever modules the process has imported so far; with tests shared among
    # processes that is never the same twice, and neither would the examples be. There is no setting for it.
    providers._get_local_constants = providers.Constants

# a browser that asks nobody for updates or experiments: whatever request is seen is the page's own
_CHROMIUM = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]

# a quarter of the written chats, of all writers: all of them take a minute more
_TRAIN = """
import sys
from pathlib import Path
from riskmodel.synthesis import written_chats
from riskmodel.training import train
train(Path(sys.argv[1]), seed=1, chats=800, written=written_chats()[::4])
"""

SHARED = Path(__file__).resolve().parents[2] / "shared"


def _run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the run: each of several processes has one of its own in it."""
    mine = tmp_path_factory.getbasetemp()
    return mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model trained once for the run, on few chats: its figures mean nothing, its rules hold all the same.

    BAITWATCH_TEST_MODEL names the folder of another model to hold to the rules.
    """
    if named := os.environ.get("BAITWATCH_TEST_MODEL"):
        return Path(named)
    run = _run(tmp_path_factory)
    folder = run / "trained"
    with FileLock(run / "trained.lock"):
        if not (folder / "manifest.json").exists():  # the last file of a model to be written
            # in a process of its own: most of the others wait for it, and leave it their processors
            command = [sys.executable, "-c", _TRAIN, str(folder)]
            subprocess.run(command, env=os.environ | {"BAITWATCH_JOBS": "2"}, check=True)  # ours
    return folder


@pytest.fixture(scope="session")
def trained(model_folder: Path) -> Scorer:
    return Scorer.load(model_folder)


@pytest.fixture(scope="session")
def scorer(trained: Scorer) -> Scorer:
    return trained


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home of the run's own, so that no test touches what a person keeps."""
    folder, run = tmp_path_factory.mktemp("home"), _run(tmp_path_factory)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BAITWATCH_HOME", str(folder))
        # what chance draws in one run and not in the next is no test; those that mean it say so
        patch.setenv("BAITWATCH_RANDOM_LOOKS", "none")
        patch.setenv("BAITWATCH_CACHE", os.environ.get("BAITWATCH_CACHE", str(run / "cache")))
        yield folder


@pytest.fixture(scope="session")
def reader(scorer: Scorer) -> LineReader:
    """The trained model's reader of single lines."""
    return scorer.model.reader


@pytest.fixture(scope="session")
def contract() -> Callable[[str], dict[str, Any]]:
    """Reads a schema of the contract by name; skips the test, saying so, where the contract is not at hand."""

    def read(name: str) -> dict[str, Any]:
        path = SHARED / "contract" / f"{name}.schema.json"
        if not path.is_file():
            pytest.skip(f"needs ../shared/contract/{path.name}, which is not here")
        schema: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return schema

    return read


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, started once; where there is none, tests that need it are skipped, but never in the gate."""
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("the gate needs a browser: apt-get install chromium")
        pytest.skip("needs chromium, which is not on the path: apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=_CHROMIUM)
        yield launched
        launched.close()


@pytest.fixture
def view(browser: Browser) -> Iterator[Page]:
    """A page of its own for each test, as wide as a desk's screen."""
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    yield context.new_page()
    context.close()
