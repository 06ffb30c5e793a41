"""Runs every notebook's .py and writes the .ipynb beside it, with outputs and without anything that changes by itself.

``python notebooks/build.py``, or with the beginnings of the names of some, ``05 06``; later ones take what earlier ones
left in ``var/``. The same sources and the same scenario files give the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter

import jupytext
import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent


def build(source: Path) -> Path:
    """Execute one notebook in its own folder and write its .ipynb."""
    notebook = jupytext.read(source)
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number:02}"  # drawn at random otherwise
    # without record_timing no cell says when it ran
    NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=600,
        record_timing=False,
        coalesce_streams=True,  # where one print ends and the next begins would hang on how busy the machine is
        resources={"metadata": {"path": str(source.parent)}},
    ).execute()
    # the kernel adds the version of Python that it happened to be
    notebook.metadata["language_info"] = {"name": "python"}
    target = source.with_suffix(".ipynb")
    nbformat.write(notebook, target)
    return target


if __name__ == "__main__":
    wanted = tuple(sys.argv[1:]) or ("0",)
    for source in sorted(HERE.glob("[0-9]*.py")):
        if source.name.startswith(wanted):
            began = perf_counter()
            target = build(source)
            print(f"{target.relative_to(HERE.parent)}  {perf_counter() - began:.0f} s", flush=True)
