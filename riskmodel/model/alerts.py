"""The alert budget: how many ordinary talks may be disturbed, and the prevalence that risks are stated for."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from riskmodel.errors import CatalogueError

__all__ = ["AlertBudget", "FalseAlarms", "load_alerts"]

Share = Annotated[float, Field(gt=0, lt=1)]


class FalseAlarms(BaseModel):
    """The share of talks without abuse that may ever reach each advice or a stronger one, from 0 to 1."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    clarify: Share
    hold: Share
    escalate: Share

    @model_validator(mode="after")
    def _fewer_for_stronger(self) -> FalseAlarms:
        if not self.clarify >= self.hold >= self.escalate:
            raise ValueError("must not rise from clarify over hold to escalate; lower the later ones")
        return self


class AlertBudget(BaseModel):
    """What ``alerts.toml`` holds.

    Attributes
    ----------
    prevalence
        The share of abusive talks that risks are stated for, from 0 to 1.
    false_alarms
        The budget of each advice.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    prevalence: Share
    false_alarms: FalseAlarms


@cache
def load_alerts(file: Path | None = None) -> AlertBudget:
    """Read a budget, by default the project's own.

    Raises
    ------
    CatalogueError
        With the file, the field and the remedy.
    """
    path = file or Path(__file__).with_name("alerts.toml")
    try:
        return AlertBudget.model_validate(tomllib.loads(path.read_text("utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path.name}: not valid TOML: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: cannot be read as UTF-8 text: {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "(whole file)"
        raise CatalogueError(f"{path.name}: {where}: {first['msg'].removeprefix('Value error, ')}") from None
