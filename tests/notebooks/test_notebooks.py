"""Notebooks: they run, the .ipynb is of the .py beside it, and it holds nothing of the machine it was made on."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, date, datetime
from pathlib import Path

import jupytext
import nbformat
import papermill
import pytest
from filelock import FileLock
from flask import Flask, session

from riskmodel.evaluation import NOTE
from riskmodel.evaluation.kept import read_measured
from riskmodel.evaluation.plots import PLOTS
from riskmodel.scorer import Scorer
from service.console.analyst.gathered import Gathered
from service.console.analyst.sheets import as_csv
from service.console.analyst.what_if import tries
from service.store.figures import Peak, Weeks

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NAMES = sorted(path.stem for path in FOLDER.glob("[0-9]*.py"))
DEMO = FOLDER.parent / "data/demo/chats.jsonl"
SMALL = {"chats": 100, "seed": 5, "written_every": 50}  # what 03_evaluate measures, and 07_error_review shows again
LARGEST = 300_000  # bytes; a notebook in the repository carries small pictures only


def parts(notebook: nbformat.NotebookNode) -> list[tuple[str, str, list[str]]]:
    """What the two files must agree in."""
    return [(cell.cell_type, cell.source, cell.metadata.get("tags", [])) for cell in notebook.cells]


def test_there_are_seven_notebooks() -> None:
    """The tests below have something to test."""
    assert [name[:2] for name in NAMES] == [f"{number:02}" for number in range(1, 8)]


@pytest.mark.parametrize("name", NAMES)
def test_both_files_say_the_same(name: str) -> None:
    """Whoever changes the .py runs `./dev notebooks`, and nobody changes the .ipynb alone."""
    source = jupytext.read(FOLDER / f"{name}.py")
    built = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    assert parts(built) == parts(source), "run ./dev notebooks"


@pytest.mark.parametrize("name", NAMES)
def test_the_built_notebook_is_complete_small_and_of_no_machine(name: str) -> None:
    """Every code cell was run in order; there is no path of a machine, no time and no error in it."""
    path = FOLDER / f"{name}.ipynb"
    assert path.stat().st_size < LARGEST
    built = nbformat.read(path, as_version=4)
    code = [cell for cell in built.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert not any("execution" in cell.metadata for cell in code)
    assert all(
        output.output_type != "error" and output.get("name") != "stderr" for cell in code for output in cell.outputs
    )
    assert not re.search(r"/(home|root|tmp|Users|work)/|site-packages", path.read_text("utf-8"))


def run(name: str, folder: Path, **parameters: object) -> tuple[str, int]:
    """Run a notebook with parameters; what it printed and showed as text, and how many pictures it drew."""
    ran = papermill.execute_notebook(
        FOLDER / f"{name}.ipynb",
        folder / f"{name}.ipynb",
        parameters=parameters,
        kernel_name="python3",
        cwd=FOLDER,
        progress_bar=False,
    )
    outputs = [output for cell in ran.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not any(output.get("name") == "stderr" for output in outputs)
    pictures = sum("image/png" in output.get("data", {}) for output in outputs)
    return "".join(output.get("text", output.get("data", {}).get("text/html", "")) for output in outputs), pictures


def thresholds_of(talks: int) -> bytes:
    """What the analyst's page gives for so many talks with one highest risk, none of them looked at."""
    app = Flask("analyst")
    app.secret_key = "x" * 32
    weeks = Weeks([], 0, frozenset())
    gathered = Gathered(
        datetime(2026, 3, 4, tzinfo=UTC), date(2026, 3, 4), [], {}, [], [Peak(850, None, talks)], weeks, weeks
    )
    with app.test_request_context():
        session["language"] = "zh"
        return as_csv(tries(gathered))


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory, model_folder: Path) -> Path:
    """A folder in which `03_evaluate` ran once for all processes: what it measured, and what it showed."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "evaluated"
    folder.mkdir(exist_ok=True)
    with FileLock(folder / "lock"):
        if not (folder / "shown.txt").exists():
            shown, pictures = run(
                "03_evaluate",
                folder,
                **SMALL,
                model=str(model_folder),
                folds=2,
                leaks_of=120,
                resamples=100,
                out=str(folder / "measured.jsonl"),
            )
            (folder / "shown.txt").write_text(f"{pictures} pictures\n{shown}", encoding="utf-8")
    return folder


@pytest.mark.timeout(600)
def test_train_and_inspect_trains_a_model_that_loads(tmp_path: Path, model_folder: Path) -> None:
    """With few chats it runs to the end, draws two pictures, and leaves a model that scores."""
    text, pictures = run(
        "01_train_and_inspect",
        tmp_path,
        chats=120,
        written_every=40,
        seed=3,
        out=str(tmp_path / "model"),
        reader_of=str(model_folder),
    )
    assert pictures == 2
    assert "families unseen by the fit" in text
    assert Scorer.load(tmp_path / "model").info["sha256"] in text


@pytest.mark.timeout(600)
def test_explore_counts_real_chats_and_shows_none(tmp_path: Path, model_folder: Path) -> None:
    """A folder of other chats stands beside the generated ones, as counts: not one of their words is shown."""
    chats = DEMO.read_text("utf-8").splitlines()
    (tmp_path / "mine.jsonl").write_text("\n".join(chats * 7), encoding="utf-8")
    text, pictures = run(
        "02_explore_data", tmp_path, chats=120, written_every=30, model=str(model_folder), real=str(tmp_path)
    )
    assert pictures == 2
    assert "real, mine" in text
    words = {message["text"] for chat in chats for message in json.loads(chat)["messages"] if len(message["text"]) > 8}
    assert not [word for word in words if word in text]


@pytest.mark.timeout(600)
def test_evaluate_shows_all_and_keeps_what_it_measured(evaluated: Path) -> None:
    """Every plot of the report, tables of every part, each with its split and note; the talks are in the file."""
    shown = (evaluated / "shown.txt").read_text("utf-8")
    assert shown.startswith(f"{len(PLOTS)} pictures")
    assert shown.count(NOTE) == 3
    for title in ("Beside simpler means", "spelt otherwise", "Unsafe drafts by topic", "What one channel alone tells"):
        assert title in shown
    kept = read_measured(evaluated / "measured.jsonl")
    assert kept.split in shown
    assert "(2 folds)" in kept.split
    assert len(kept.measured) > SMALL["chats"]


@pytest.mark.timeout(600)
def test_fairness_compares_groups_and_regions(tmp_path: Path, model_folder: Path, evaluated: Path) -> None:
    """Groups with intervals, a verdict for each ratio, and no movement by a region that changes no promise."""
    text, pictures = run(
        "04_fairness",
        tmp_path,
        measured=str(evaluated / "measured.jsonl"),
        model=str(model_folder),
        swapped=5,
        resamples=100,
    )
    assert pictures == 1
    assert {"region: remote", "payment: cash_on_delivery", "script: simplified"} <= set(
        re.findall(r"<th>([^<]+)", text)
    )
    assert "largest movement where no promise changed" in text


@pytest.mark.timeout(600)
def test_what_if_finds_a_threshold_and_reads_the_consoles_file(
    tmp_path: Path, model_folder: Path, evaluated: Path
) -> None:
    """Costs and queue are drawn; the file that the analyst's page gives is understood as it comes."""
    (tmp_path / "thresholds.csv").write_bytes(thresholds_of(talks=180))
    text, pictures = run(
        "06_threshold_what_if",
        tmp_path,
        measured=str(evaluated / "measured.jsonl"),
        model=str(model_folder),
        resamples=100,
        thresholds_csv=str(tmp_path / "thresholds.csv"),
        csv_days=90,
    )
    assert pictures == 2
    assert "cheapest threshold:" in text
    assert "<td>180</td>\n      <td>0</td>" in text
    assert "<td>2.0</td>" in text  # 180 talks in 90 days


@pytest.mark.timeout(600)
def test_error_review_shows_the_same_talks_again(tmp_path: Path, evaluated: Path) -> None:
    """Misses with their neighbours and wordings, of the chats that were measured."""
    text, pictures = run("07_error_review", tmp_path, measured=str(evaluated / "measured.jsonl"), **SMALL)
    assert pictures == 1
    assert re.search(r"\d+ misses, \d+ false alarms at hold", text)


@pytest.mark.timeout(600)
def test_retrain_goes_through_a_shops_months_and_leaves_a_candidate(tmp_path: Path, model_folder: Path) -> None:
    """Late and biased labels, each month beside a model that never learns, a curve, and a candidate that loads."""
    text, pictures = run(
        "05_retrain",
        tmp_path,
        model=str(model_folder),
        base_chats=60,
        written_every=80,
        shop_chats=320,
        months=2,
        shares=[1.0],
        sample=0.5,
        out=str(tmp_path / "candidate"),
    )
    assert pictures == 3
    assert "never retrained" in text
    assert Scorer.load(tmp_path / "candidate").info["sha256"] in text
