"""Measured talks as a file, so that what took minutes to measure is looked at from several sides; no word of a talk.

JSON Lines: the first line says what was measured on what, each other one is a talk.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from riskmodel.errors import FieldProblem, InputError
from riskmodel.evaluation.talks import ACTIONS, LABELS, Measured

__all__ = ["Kept", "read_measured", "write_measured"]


class Kept(NamedTuple):
    """`split` says what was measured on what; `names` are the talks' identifiers, in order."""

    split: str
    names: list[str]
    measured: list[Measured]


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    split: str


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: str
    label: Annotated[str, Field(pattern=f"^({'|'.join(LABELS)})$")]
    patterns: tuple[str, ...]
    cluster: str
    risks: Annotated[list[Annotated[float, Field(ge=0, le=1)]], Field(min_length=1)]
    actions: list[Annotated[int, Field(ge=0, lt=len(ACTIONS))]]
    commitment: int | None = None
    family: str | None = None
    twin: int | None = None
    earliest: int | None = None
    stopped: bool | None = None
    groups: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_each(self) -> _Row:
        if len(self.actions) != len(self.risks):
            raise ValueError("actions: must be as many as risks")
        return self


def write_measured(path: Path, kept: Kept) -> None:
    """Write measured talks; the same talks give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.write(_Head(split=kept.split).model_dump_json() + "\n")
        for name, talk in zip(kept.names, kept.measured, strict=True):
            values = {**vars(talk), "name": name, "risks": talk.risks.tolist(), "actions": talk.actions.tolist()}
            file.write(_Row.model_validate(values).model_dump_json(exclude_none=True) + "\n")


def read_measured(path: Path) -> Kept:
    """Read them back, the risks to the last bit.

    Raises
    ------
    InputError
        Where the file is not there, or naming the first line that is not understood; never what it holds.
    """
    if not path.is_file():
        raise InputError([FieldProblem(path.name, "no such file; measure first")])
    names, measured, split = [], [], ""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                if number == 1:
                    split = _Head.model_validate_json(line).split
                    continue
                values = _Row.model_validate_json(line).model_dump()
            except ValidationError as error:
                first = error.errors(include_url=False, include_input=False, include_context=False)[0]
                field = ".".join(map(str, first["loc"])) or "line"
                what = f"{field}: {first['msg'].removeprefix('Value error, ')}; measure anew"
                raise InputError([FieldProblem(f"{path.name}, line {number}", what)]) from None
            names.append(values.pop("name"))
            values |= {"risks": np.array(values["risks"]), "actions": np.array(values["actions"])}
            measured.append(Measured(**values))
    if not measured:
        raise InputError([FieldProblem(path.name, "holds no measured talks; measure anew")])
    return Kept(split, names, measured)
