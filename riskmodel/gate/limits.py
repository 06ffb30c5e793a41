"""The limits of the gate, read from `gate.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from riskmodel.errors import CatalogueError

__all__ = ["CheckLimit", "Limits", "Measure", "load_limits"]

Measure = Literal[
    "recall_at_budget",
    "recall_at_hold",
    "hold_ordinary",
    "clarify_ordinary",
    "hold_complaints",
    "clarify_complaints",
    "calibration_error",
]
Share = Annotated[float, Field(gt=0, lt=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GeneratedLimit(_Strict):
    """How many chats the generated set has, and their seed."""

    chats: Annotated[int, Field(ge=100)]
    seed: int


class CheckLimit(_Strict):
    """A measure on a set, and how much worse it may be; without a margin it must not be shown to be worse."""

    measure: Measure
    set: str
    margin: Share | None = None


class ParityLimit(_Strict):
    """By what talks are grouped, and the ratios within which a group stays."""

    by: tuple[Literal["region", "platform", "payment"], ...]
    low: Annotated[float, Field(gt=0, le=1)]
    high: Annotated[float, Field(ge=1)]


class LatencyLimit(_Strict):
    """On how many talks it is timed, and how many times as long a message may take."""

    talks: Annotated[int, Field(ge=10)]
    ratio: Annotated[float, Field(gt=1)]


class Limits(_Strict):
    """What ``gate.toml`` holds."""

    generated: GeneratedLimit
    checks: tuple[CheckLimit, ...]
    parity: ParityLimit
    latency: LatencyLimit


@cache
def load_limits(file: Path | None = None) -> Limits:
    """Read limits, by default the project's own.

    Raises
    ------
    CatalogueError
        With the file, the field and the remedy.
    """
    path = file or Path(__file__).with_name("gate.toml")
    try:
        return Limits.model_validate(tomllib.loads(path.read_text("utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path.name}: not valid TOML: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: cannot be read as UTF-8 text: {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "(whole file)"
        raise CatalogueError(f"{path.name}: {where}: {first['msg']}; correct it") from None
