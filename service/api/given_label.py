"""A label as it is given, over HTTP or in a file: what a talk turned out to be, why, and what the platform decided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from riskmodel.conversation import Timestamp
from riskmodel.errors import FieldProblem, InputError
from service.api.conversations import StoredName

__all__ = ["LabelRequest"]

_CLOCKS: Final = timedelta(minutes=5)  # by which two may differ
_FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)


class LabelRequest(BaseModel):
    """A label of a talk.

    `probability` is that with which the talk was picked for review, where chance picked it; `platform_decision` what
    the platform decided later of the buyer's claim; `decided_at` when the label was given, where that was before now.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    conversation_id: StoredName
    label: Literal["abusive", "benign", "legit_complaint", "unclear"]
    reason: Annotated[str, StringConstraints(max_length=2_000)] | None = None
    probability: Annotated[float, Field(gt=0, le=1)] | None = None
    platform_decision: Literal["upheld", "rejected", "settled", "unknown"] | None = None
    decided_at: Timestamp | None = None

    def values(self, now: datetime) -> dict[str, Any]:
        """What `ReviewStore.add_label` keeps beside talk and label.

        Raises
        ------
        InputError
            Where it was given at a time that cannot be.
        """
        if self.decided_at is not None and not _FIRST <= self.decided_at <= now + _CLOCKS:
            wrong = "must be a time that has been, from 2000 on; correct it or leave it out"
            raise InputError([FieldProblem("decided_at", wrong)])
        names = ("reason", "probability", "platform_decision", "decided_at")
        return {name: getattr(self, name) for name in names}
