"""``assessments.json``: what was assessed after every message, with nothing said twice.

An assessment names all promises so far and what it rests on, so those of a long talk repeat each other: written out,
they grow with the square of its length. Here each promise, reason and model stands once in a table and an assessment
points at it; of the promises it says only where its list differs from that of the assessment before. The form is in
``docs/bundle.md``; `unfold` gives the assessments back as the contract writes them.

Examples
--------
>>> import json
>>> promise = {"kind": "gift", "message_id": "b"}
>>> step = {"conversation_id": "c", "as_of_message_id": "b", "model": {}, "reasons": [], "promises": [promise]}
>>> folder = Folder("c")
>>> for as_of in ("b", "d"):
...     numbers = folder.add({**step, "as_of_message_id": as_of})
>>> folded = json.loads(folder.content())
>>> folded["promises"], [line["promises"] for line in folded["assessments"]]
([{'kind': 'gift', 'message_id': 'b'}], [{'changes': [[0, 0]], 'count': 1}, {'changes': [], 'count': 1}])
>>> unfold(folded)[1]["promises"] == [promise]
True
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic_core import to_json

from service.evidence.plaintext import in_one_line, json_lines

__all__ = ["Folder", "Numbers", "unfold"]

FORM = 1
_FOLDED = ("conversation_id", "model", "promises", "reasons")


class Numbers(NamedTuple):
    """What one assessment points at: a reason's words and its contribution there, and its promises."""

    reasons: list[tuple[int, Any]]
    promises: Sequence[int]


class Folder:
    """Folds assessments of one conversation, one after another; what was added need not be kept.

    Parameters
    ----------
    conversation_id
        Said once; that of the assessments is left out.
    cover
        Covers personal data in a part of an assessment; asked once for each row of a table.
    """

    def __init__(self, conversation_id: str, cover: Callable[[Any], Any] = lambda part: part) -> None:
        self._conversation_id, self._cover = conversation_id, cover
        self._models, self._promises, self._reasons = _Table(), _Table(), _Table()
        self._known: dict[bytes, tuple[int, Any]] = {}
        self._given: Sequence[Mapping[str, Any]] = []
        self._numbers: list[int] = []
        self._lines: list[str] = []

    def add(self, given: Mapping[str, Any]) -> Numbers:
        """Add the next assessment, in contract form; fields that the contract does not have stay where they are.

        Raises
        ------
        TypeError, ValueError
            It is not plain JSON, in part or as a whole.
        """
        line = self._cover({name: value for name, value in given.items() if name not in _FOLDED})
        line["model"] = self._models.number(in_one_line(self._cover(given["model"])))
        line["promises"] = self._changes(given["promises"])
        line["reasons"] = reasons = [self._reason(reason) for reason in given["reasons"]]
        self._lines.append(in_one_line(line))
        return Numbers(reasons, self._numbers)

    def content(self) -> bytes:
        """Return the file."""
        return json_lines(
            {
                "form": str(FORM),
                "conversation_id": in_one_line(self._conversation_id),
                "models": self._models.rows,
                "promises": self._promises.rows,
                "reasons": self._reasons.rows,
                "assessments": self._lines,
            }
        )

    def _changes(self, given: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        changes: list[tuple[int, int]] = []
        if given is not self._given:
            numbers = self._numbers[: len(given)]
            for place, (old, new) in enumerate(zip(self._given, given, strict=False)):
                # one object most of the time; where not, still much quicker to compare than to spell
                if old is not new and old != new:
                    numbers[place] = self._promises.number(in_one_line(self._cover(new)))
                    changes.append((place, numbers[place]))
            for new in given[len(numbers) :]:
                numbers.append(self._promises.number(in_one_line(self._cover(new))))
                changes.append((len(numbers) - 1, numbers[-1]))
            self._given, self._numbers = given, numbers
        return {"count": len(given), "changes": changes}

    def _reason(self, given: Mapping[str, Any]) -> tuple[int, Any]:
        # spelled by the quicker encoder: most reasons were there before, and only those that were not are written
        whole = to_json(given, inf_nan_mode="constants")
        known = self._known.get(whole)
        if known is None:
            words = {name: value for name, value in given.items() if name != "contribution"}
            known = self._known[whole] = (self._reasons.number(in_one_line(self._cover(words))), given["contribution"])
        return known


def unfold(folded: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the assessments that were folded, in contract form."""
    found: list[dict[str, Any]] = []
    numbers: list[int] = []
    for line in folded["assessments"]:
        count = line["promises"]["count"]
        numbers = numbers[:count] + [0] * (count - len(numbers))
        for place, number in line["promises"]["changes"]:
            numbers[place] = number
        found.append(
            {
                **line,
                "conversation_id": folded["conversation_id"],
                "model": folded["models"][line["model"]],
                "promises": [folded["promises"][number] for number in numbers],
                "reasons": [
                    {**folded["reasons"][number], "contribution": contribution}
                    for number, contribution in line["reasons"]
                ],
            }
        )
    return found


class _Table:
    """Values as they are spelled, each once and by its number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    @property
    def rows(self) -> list[str]:
        return list(self._numbers)

    def number(self, row: str) -> int:
        return self._numbers.setdefault(row, len(self._numbers))
