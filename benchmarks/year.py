"""``python -m benchmarks year --work DIR``: retraining with the gate each month, against never retraining.

A year of generated talks in changing words, with a pattern that is new in month 7 (`riskmodel.learning.year`). One arm
keeps its first model. The other is retrained at the end of each month on what people said by then of the talks that its
own model held and of a sample, and takes the candidate where the gate passes it. What was read and fitted is kept in
DIR, so that a run that broke goes on; figures go to ``year.json`` there, and with ``--docs docs`` to the page.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import joblib
import numpy as np
from numpy.typing import NDArray

from benchmarks.tables import Kept
from benchmarks.year_figures import alarms, compared, publish, summary
from riskmodel.gate import Frozen, FrozenSet, Verdict, judge, load_limits, project_sets
from riskmodel.gate.frozen import Outcomes
from riskmodel.learning.retrain import Base, learn_from, with_base
from riskmodel.learning.year import MONTHS, Labels, World
from riskmodel.model.bands import ACTIONS
from riskmodel.paths import default_model_dir
from riskmodel.scorer import Scorer
from riskmodel.synthesis import LabelledChat
from riskmodel.table import Table, TalkRows, as_table
from riskmodel.training import fit_whole

__all__ = ["main"]

_HOLD: Final = list(ACTIONS.values()).index("hold")


class _Asked(Frozen):
    """Frozen sets that keep what a model said of them: the same models are asked month by month."""

    def __init__(self, sets: Sequence[FrozenSet], read: Kept) -> None:
        super().__init__(sets, read)
        self._said: dict[tuple[str, str], Outcomes] = {}

    def ask(self, name: str, scorer: Scorer, progress: Any = None) -> Outcomes:
        """As of any frozen sets."""
        key = name, scorer.info["sha256"]
        if key not in self._said:
            self._said[key] = super().ask(name, scorer, progress)
        return self._said[key]


class _Rivals:
    """A candidate and the model that it was to replace, whether it did or not, on the talks of the months after."""

    def __init__(self, candidate: Scorer, before: Scorer) -> None:
        self.candidate, self.before = candidate, before
        self._chats: list[LabelledChat] = []
        self._said: list[tuple[Outcomes, Outcomes]] = []

    def meet(self, came: Frozen) -> None:
        """Take a month's talks."""
        self._chats += [replace(chat, conversation={}) for chat in came.chats]
        self._said.append((came.ask("month", self.candidate), came.ask("month", self.before)))

    @property
    def months(self) -> int:
        """How many months were taken."""
        return len(self._said)

    def compared(self) -> dict[str, list[Any]]:
        """How much more than the other the candidate has of each measure, over all that was taken."""
        first, second = (
            Outcomes(*(np.concatenate(parts) for parts in zip(*said, strict=True)))
            for said in zip(*self._said, strict=True)
        )
        return compared(Frozen([FrozenSet("month", tuple(self._chats))]), first, second)


class _Year:
    """The run: what stays the same over the months, and the models of both arms."""

    def __init__(self, world: World, chosen: argparse.Namespace) -> None:
        self.world, self.folder = world, Path(chosen.work)
        self.reader = Scorer.load(default_model_dir()).model.reader  # labels do not move it
        self.read, self.labels = Kept(self.folder / "read", self.reader), Labels(world)
        self.rows: dict[str, TalkRows] = {}
        chats = world.before(chosen.base, 0, written=chosen.written)
        self.base = Base(chats, self.read(chats), chosen.base, 0)
        self.frozen = _Asked(self._sets(chosen.frozen), self.read)
        self.first = self.in_use = self.scorer(
            "first", self.base.table._replace(columns=self.base.table.columns.copy())
        )
        self.after: int = chosen.after
        self.rivals: dict[int, _Rivals] = {}

    def _sets(self, count: int) -> list[FrozenSet]:
        """The gate's sets as they would be before anybody knew of the new pattern, in the wording of the beginning."""
        generated = tuple(self.world.before(count, load_limits().generated.seed, written=0))
        written = next(each for each in project_sets(1) if each.name == "written")
        known = tuple(chat for chat in written.chats if not self.world.is_new(chat))
        return [FrozenSet("generated", generated), FrozenSet("written", known)]

    def scorer(self, name: str, table: Table) -> Scorer:
        """The model of a table, fitted once."""
        found = hashlib.sha256(name.encode())
        for array in (table.columns[:, :10], table.abusive, table.weight, table.bounds):
            found.update(np.ascontiguousarray(array).tobytes())
        path = self.folder / f"{found.hexdigest()[:32]}.model"
        if not path.is_file():
            unfinished = path.with_suffix(".part")
            joblib.dump(fit_whole(table, self.reader).model, unfinished)
            unfinished.replace(path)
        return Scorer(joblib.load(path), {"name": name, "version": "1", "sha256": found.hexdigest()})

    def retrain(self, number: int) -> tuple[Scorer, int] | None:
        """A candidate at the end of a month, and how many talks it learned from."""
        learned = learn_from(self.labels.known(number))
        if not learned.chats:
            return None

        def remembered(chats: list[LabelledChat], *, seed: int, **_: Any) -> Table:
            return as_table(chats, [self.rows[chat.conversation["conversation_id"]] for chat in chats], seed)

        table = with_base(self.base, learned.chats, self.reader, read=remembered)
        return self.scorer(f"month {number}", table), len(learned.chats)

    def month(self, number: int) -> dict[str, Any]:
        """What came in a month, how both arms did on it, and what became of the candidate at its end."""
        chats = self.world.month(number)
        came = _Asked([FrozenSet("month", tuple(chats))], self.read)
        found: dict[str, Any] = {"month": number, "talks": len(chats), "in_use": self.in_use.info["name"]}
        found["new"] = sum(map(self.world.is_new, chats))
        new = np.array([self.world.is_new(chat) for chat in chats])
        never, monthly = came.ask("month", self.first), came.ask("month", self.in_use)
        found["never"], found["monthly"] = alarms(came, never, new), alarms(came, monthly, new)
        found["monthly_less_never"] = compared(came, monthly, never)
        for rivals in self.rivals.values():
            if rivals.months < self.after:
                rivals.meet(came)
        held: NDArray[np.bool_] = monthly.strongest >= _HOLD
        found["looked_at"] = self.labels.look(number, chats, held)
        ids = [chat.conversation["conversation_id"] for chat in chats]
        told = {talk.conversation["conversation_id"] for talk in self.labels.talks}
        self.rows |= {each: rows for each, rows in zip(ids, self.read.rows(chats), strict=True) if each in told}
        retrained = self.retrain(number) if number < MONTHS else None
        if retrained is not None:
            candidate, found["learned"] = retrained
            self.rivals[number] = _Rivals(candidate, self.in_use)
            found["refused"] = self._refused(candidate)
            if not found["refused"]:
                self.in_use = candidate
        return found

    def _refused(self, candidate: Scorer) -> list[str]:
        """Against the model in use and the first one, as a promotion does; speed is left out, it says nothing here."""
        verdicts: list[Verdict] = [judge(candidate, self.in_use, self.frozen, timed=False)]
        if self.first is not self.in_use:
            verdicts.append(judge(candidate, self.first, self.frozen, timed=False))
        return [check.en for verdict in verdicts for check in verdict.refusals]


def main(arguments: list[str]) -> int:
    """Run the year and print it; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks year", description=__doc__)
    parser.add_argument("--work", required=True, help="folder for what is read and fitted")
    parser.add_argument("--talks", type=int, default=200_000, help="in the year")
    parser.add_argument("--base", type=int, default=4000, help="generated chats of each training")
    parser.add_argument("--written", type=int, default=1, help="one in so many of the chats written whole")
    parser.add_argument("--frozen", type=int, default=load_limits().generated.chats, help="generated frozen chats")
    parser.add_argument("--sample", type=float, default=0.05, help="share of unheld talks that are looked at")
    parser.add_argument("--docs", type=Path, help="folder of the page year.md that the figures are written into")
    parser.add_argument("--after", type=int, default=1, help="months after, on which a candidate is held to the former")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    begun, world = time.monotonic(), World(chosen.talks // MONTHS, chosen.seed)
    world = world._replace(habits=world.habits._replace(sample=chosen.sample))
    folder = Path(chosen.work)
    year, months = _Year(world, chosen), []
    print(f"first model after {time.monotonic() - begun:.0f} s", flush=True)
    for number in range(1, MONTHS + 1):
        months.append(year.month(number))
        print(summary(months[-1]), f"{time.monotonic() - begun:.0f} s", flush=True)
    for number, rivals in year.rivals.items():
        months[number - 1]["candidate_less_in_use"] = rivals.compared()
    measured = {
        "settings": {name: value for name, value in vars(chosen).items() if name not in ("work", "docs")},
        "months": months,
    }
    (folder / "year.json").write_text(json.dumps(measured, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if chosen.docs is not None:
        publish(chosen.docs, measured, world.appears)
    return 0
