"""Reads rows of labels and cases from JSON Lines by their id; what is wrong is named by file and line, never echoed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from riskmodel.errors import FieldProblem, InputError

__all__ = ["problem", "read_rows", "refuse", "unmatched"]

Row = TypeVar("Row", bound=BaseModel)
Checks = Callable[[Row], Iterable[str]]


def problem(path: Path, line: int, text: str) -> FieldProblem:
    """What is wrong with one line of a file, and what to do."""
    return FieldProblem(f"{path}, line {line}", text)


def refuse(problems: Sequence[FieldProblem]) -> None:
    """Raise `InputError` with all problems, where there are any."""
    if problems:
        raise InputError(problems)


def read_rows(
    path: Path,
    model: type[Row],
    key: str,
    *,
    twice: str,
    explain: Callable[[ValidationError], Iterator[str]],
    checks: Checks[Row] | None = None,
) -> dict[str, tuple[int, Row]]:
    """Rows of a file by their id, each with the number of its line.

    Parameters
    ----------
    path
        JSON Lines; empty lines are passed over.
    model
        What a line is.
    key
        Name of the field that holds the id.
    twice
        What to do where an id comes twice.
    explain
        Says in plain words what is wrong with a line.
    checks
        Further problems of a row that the model accepts.

    Raises
    ------
    InputError
        With all that is wrong in the file.
    """
    found: dict[str, tuple[int, Row]] = {}
    problems: list[FieldProblem] = []
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            content = raw.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else raw.strip()
            if not content:
                continue
            try:
                row = model.model_validate_json(content)
            except ValidationError as error:
                problems.extend(problem(path, number, text) for text in explain(error))
                continue
            name = getattr(row, key)
            if name in found:
                problems.append(problem(path, number, f"the same {key} as line {found[name][0]}; {twice}"))
            elif checks is not None:
                problems.extend(problem(path, number, text) for text in checks(row))
            found.setdefault(name, (number, row))
    refuse(problems)
    return found


def unmatched(path: Path, rows: dict[str, tuple[int, Row]], others: Iterable[str], text: str) -> Iterator[FieldProblem]:
    """A problem for each row whose id the other file does not have."""
    known = set(others)
    return (problem(path, number, text) for name, (number, _) in rows.items() if name not in known)
