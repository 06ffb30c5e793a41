"""Errors that a person can act on: each says what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["BaitwatchError", "CatalogueError", "FieldProblem", "InputError", "ModelError"]


class BaitwatchError(Exception):
    """Base of every error whose text is meant for the user."""


class FieldProblem(NamedTuple):
    """One wrong field: its dotted path and what is wrong with it."""

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


class InputError(BaitwatchError):
    """Input that does not fit the contract."""

    def __init__(self, problems: Sequence[FieldProblem], *, line: int | None = None) -> None:
        self.problems = tuple(problems)
        self.line = line
        super().__init__(str(self))

    def __str__(self) -> str:
        shown = "; ".join(str(problem) for problem in self.problems[:5])
        more = f"; and {len(self.problems) - 5} more" if len(self.problems) > 5 else ""
        where = f"line {self.line}: " if self.line is not None else ""
        return f"{where}{shown}{more}"


class CatalogueError(BaitwatchError):
    """A data file (signals, scenarios, wordings) that does not fit its schema."""


class ModelError(BaitwatchError):
    """A model that is missing, altered, of another version or unsafe to load."""
