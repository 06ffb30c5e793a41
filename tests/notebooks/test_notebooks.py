"""Notebooks: they run, the .ipynb is of the .py beside it, and it holds nothing of the machine it was made on."""

from __future__ import annotations

import re
from pathlib import Path

import jupytext
import nbformat
import papermill
import pytest

from riskmodel.scorer import Scorer

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NAMES = sorted(path.stem for path in FOLDER.glob("[0-9]*.py"))
DEMO = FOLDER.parent / "data/demo/chats.jsonl"
WRITTEN = FOLDER.parent / "tests/written"
LARGEST = 300_000  # bytes; a notebook in the repository carries small pictures only


def parts(notebook: nbformat.NotebookNode) -> list[tuple[str, str, list[str]]]:
    """What the two files must agree in."""
    return [(cell.cell_type, cell.source, cell.metadata.get("tags", [])) for cell in notebook.cells]


def test_there_is_a_notebook() -> None:
    """The tests below have something to test."""
    assert "01_train_and_inspect" in NAMES


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


@pytest.mark.timeout(600)
def test_train_and_inspect_trains_a_model_that_loads(tmp_path: Path, model_folder: Path) -> None:
    """With few chats it runs to the end, draws two pictures, and leaves a model that scores."""
    text, pictures = run(
        "01_train_and_inspect", tmp_path, chats=300, seed=3, out=str(tmp_path / "model"), reader_of=str(model_folder)
    )
    assert pictures == 2
    assert Scorer.load(tmp_path / "model").info["sha256"] in text
