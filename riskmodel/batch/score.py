"""One shard to one file of answers, of which it can be seen whether it is done: the work of one worker."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from riskmodel.batch.errors import BatchError, ShardError
from riskmodel.batch.shards import Shard, digest_of, partial_of, read_column
from riskmodel.conversation import Conversation, parse_conversation
from riskmodel.errors import InputError, ModelError
from riskmodel.scorer import Scorer

__all__ = ["ANSWERS", "Job", "RowProblem", "ShardResult", "job_for", "score_shard"]

ANSWERS = pa.schema(
    [
        ("conversation_id", pa.string()),
        ("as_of_message_id", pa.string()),
        ("risk", pa.float64()),
        ("band", pa.string()),
        ("action", pa.string()),
        ("abstained", pa.bool_()),
        ("problem", pa.string()),
    ]
)
"""The answers, row by row as in the shard: those of an Assessment, or what is wrong with the row."""
_REASONED = ANSWERS.append(pa.field("reasons", pa.string()))
_MARK = b"baitwatch"
_FORMAT = 1
_SHOWN = 20  # bad rows of a shard that are told apart; all of them are in the answers


class Job(NamedTuple):
    """What to do with each shard; small, since it goes to every worker with every shard.

    `model` is the folder, `sha256` that of its manifest, which holds the model's own digest and where its bands begin.
    """

    model: str
    sha256: str
    out: str
    reasons: bool = False


class RowProblem(NamedTuple):
    """A row of a shard, from 0, and what is wrong with it."""

    row: int
    text: str


class ShardResult(NamedTuple):
    """What became of a shard.

    Attributes
    ----------
    rows, bad
        How many rows it has, and how many of them were wrong.
    problems
        The first of those.
    problem
        What is wrong with the shard as a whole, or None.
    kept
        Whether it was done before.
    """

    name: str
    rows: int = 0
    bad: int = 0
    problems: tuple[RowProblem, ...] = ()
    problem: str | None = None
    kept: bool = False


def job_for(model: Path, out: Path, *, reasons: bool = False) -> Job:
    """The job of scoring with the model in a folder; raises `ModelError` where it cannot be loaded."""
    Scorer.load(model)
    return Job(str(model.absolute()), _manifest_digest(model), str(out.absolute()), reasons)


def score_shard(shard: Shard, job: Job) -> ShardResult:
    """Score the talks of a shard into the file of the same name; where that was done before, leave it.

    The answers take their name only when they are complete. They are done when they were made by this model, by this
    version of the program, from a shard of the same bytes.
    """
    path, out = Path(shard.path), Path(job.out) / shard.name
    try:
        made_of = digest_of(path)
    except OSError as error:
        return ShardResult(shard.name, problem=f"cannot be read ({error.strerror})")
    mark = {
        **{"format": _FORMAT, "program": version("baitwatch"), "model": job.sha256},
        **{"shard": made_of, "reasons": job.reasons},
    }
    if (done := _done(shard.name, out, mark)) is not None:
        return done
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        partial = partial_of(out)
    except OSError as error:
        raise BatchError(f"cannot write into {out.parent}: {error.strerror}") from None
    try:
        _write(partial, path, job, mark)
        if digest_of(path) != made_of:
            return ShardResult(shard.name, problem="was changed while it was read; run again")
        partial.replace(out)
    except ShardError as error:
        return ShardResult(shard.name, problem=str(error))
    finally:
        partial.unlink(missing_ok=True)
    return _result(shard.name, _problems(out))


def _write(partial: Path, path: Path, job: Job, mark: dict[str, Any]) -> None:
    scorer = _scorer(job.model, job.sha256)
    schema = (_REASONED if job.reasons else ANSWERS).with_metadata({_MARK: json.dumps(mark)})
    with pq.ParquetWriter(partial, schema, compression="zstd") as writer:
        for cells in read_column(path, "conversation"):
            answers = [_answer(cell, scorer, reasons=job.reasons) for cell in cells]
            writer.write_batch(pa.RecordBatch.from_pylist(answers, schema=schema))


def _answer(cell: str | bytes | None, scorer: Scorer, *, reasons: bool) -> dict[str, Any]:
    if cell is None:
        return {"problem": "conversation: is missing; it has to be sent"}
    try:
        conversation = parse_conversation(cell)
    except InputError as error:
        return {"problem": str(error)}
    return _reasoned(conversation, scorer) if reasons else scorer.decide(conversation)._asdict()


def _reasoned(conversation: Conversation, scorer: Scorer) -> dict[str, Any]:
    answer = scorer.assess(conversation)
    told = json.dumps(answer["reasons"], ensure_ascii=False, separators=(",", ":"))
    return {name: answer[name] for name in ANSWERS.names if name in answer} | {"reasons": told}


@lru_cache(maxsize=1)
def _scorer(model: str, sha256: str) -> Scorer:
    """The scorer of this process, loaded once."""
    scorer = Scorer.load(Path(model))
    if _manifest_digest(Path(model)) != sha256:
        raise ModelError(f"the model in {model} is another one here than where the batch was begun; run again")
    return scorer


def _manifest_digest(model: Path) -> str:
    return hashlib.sha256((model / "manifest.json").read_bytes()).hexdigest()


def _done(name: str, out: Path, mark: dict[str, Any]) -> ShardResult | None:
    """What became of a shard whose answers are complete and bear this mark, or None."""
    try:
        found = json.loads((pq.read_schema(out).metadata or {}).get(_MARK, b"null"))
        return _result(name, _problems(out), kept=True) if found == mark else None
    except (OSError, ValueError, ShardError):
        return None  # there are none, or they are damaged, or of something else


def _problems(out: Path) -> Iterator[list[Any]]:
    return read_column(out, "problem")


def _result(name: str, columns: Iterator[list[Any]], *, kept: bool = False) -> ShardResult:
    rows, bad, problems = 0, 0, []
    for cells in columns:
        for row, text in enumerate(cells, rows):
            if text is not None:
                bad += 1
                if bad <= _SHOWN:
                    problems.append(RowProblem(row, text))
        rows += len(cells)
    return ShardResult(name, rows, bad, tuple(problems), kept=kept)
