"""``python -m benchmarks batch``: shards of generated talks, beside a plain scikit-learn pipeline row by row.

The plain pipeline predicts a part of the same talks, one after another, between the batches of the same run: all of
them would take longer than everything else together. Its time is from the parsed talk to the probability; the time of
a batch is of all that the command does, from its start over reading and validating to the last file of answers.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import pandas as pd
import psutil
import pyarrow.parquet as pq
from distributed import Client, LocalCluster
from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor

from benchmarks.chats import SEED
from benchmarks.scoring import plain_pipeline, plain_row
from riskmodel.batch.run import score_shards
from riskmodel.batch.shards import Shard, find_shards, write_shards
from riskmodel.paths import default_model_dir
from riskmodel.synthesis import generate

_JOBS = 2


class _Memory:
    """The most that this process and those it started have held together, in bytes, looked at once a second.

    Looking takes this process some milliseconds: more often, and it is the work of one process that slows down.
    """

    def __init__(self) -> None:
        self.most = self.most_of_one = 0
        self._over = threading.Event()

    def watch(self) -> None:
        """Look until it is over."""
        while not self._over.wait(1.0):
            held = []
            for process in (me := psutil.Process(), *me.children(recursive=True)):
                try:
                    held.append(process.memory_info().rss)
                except psutil.Error:
                    continue
            self.most, self.most_of_one = max(self.most, sum(held)), max(self.most_of_one, *held)

    def stop(self) -> None:
        """Look no more."""
        self._over.set()


@contextmanager
def _watched() -> Iterator[_Memory]:
    memory = _Memory()
    watcher = threading.Thread(target=memory.watch, daemon=True)
    watcher.start()
    try:
        yield memory
    finally:
        memory.stop()
        watcher.join()


def _write(folder: Path, number: int, count: int) -> None:
    part = folder / f"{number:04}"
    write_shards(part, (chat.conversation for chat in generate(count, SEED + 10 + number)), rows=count)


def _plainly(shards: list[Shard], every: int) -> Callable[[int], float]:
    """Gives what takes the plain pipeline through some of the talks, and how many seconds a talk it took."""
    pipeline = plain_pipeline()
    talks = [
        json.loads(text)
        for shard in shards
        for text in pq.read_table(shard.path, columns=["conversation"]).column(0).to_pylist()[::every]
    ]

    def run(turn: int) -> float:
        mine = talks[turn::3]
        begun = perf_counter()
        for talk in mine:
            pipeline.predict_proba(pd.DataFrame([plain_row(talk)]))
        return (perf_counter() - begun) / len(mine)

    return run


def _answers(folder: Path, shards: list[Shard]) -> list[Any]:
    return [row for shard in shards for row in pq.read_table(folder / shard.name).to_pylist()]


def main(arguments: list[str]) -> int:
    """Measure and print; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks batch", description=__doc__)
    parser.add_argument("--talks", type=int, default=100_000)
    parser.add_argument("--shard", type=int, default=5_000, help="talks in a shard")
    parser.add_argument("--plain", type=int, default=3_000, help="talks that the plain pipeline predicts")
    parser.add_argument("--folder", type=Path, help="keeps the shards, for another run")
    options = parser.parse_args(arguments)
    model = default_model_dir()
    with TemporaryDirectory() as temporary:
        work, source = Path(temporary), options.folder or Path(temporary) / "shards"
        parts = [min(options.shard, options.talks - at) for at in range(0, options.talks, options.shard)]
        if not source.exists():
            Parallel(n_jobs=_JOBS)(delayed(_write)(source, number, count) for number, count in enumerate(parts))
            get_reusable_executor().shutdown(wait=True)
        shards = find_shards(str(source))
        plainly = _plainly(shards, max(options.talks // options.plain, 1))
        plain, taken = [], {}
        with LocalCluster(n_workers=_JOBS, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster:
            ways: dict[str, Callable[[Path], object]] = {
                "one process": lambda out: score_shards(shards, model, out, jobs=1),
                "two processes": lambda out: score_shards(shards, model, out, jobs=_JOBS),
            }
            for turn, (name, way) in enumerate(ways.items()):
                plain.append(plainly(turn))
                taken[name] = _measured(name, way, work / name, options.talks)
                get_reusable_executor().shutdown(wait=True)
            plain.append(plainly(2))
            with Client(cluster, set_as_default=False) as client:
                name = "Dask, two workers"
                taken[name] = _measured(
                    name, lambda out: score_shards(shards, model, out, client=client), work / name, options.talks
                )
        by_row = sum(plain) / len(plain)
        print(f"\n  plain pipeline, row by row: {1e6 * by_row:.0f} µs a talk (three turns: {_turns(plain)})")
        for name, seconds in taken.items():
            print(f"  {name:20} {by_row * options.talks / seconds:6.1f} x the plain pipeline")
        one, two, dask = taken.values()
        print(f"  two processes are {one / two:.2f} x one; Dask is {two / dask:.2f} of two processes")
        first, *others = (_answers(work / name, shards) for name in taken)
        print(f"  same answers from all three: {'yes' if all(other == first for other in others) else 'NO'}")
    return 0


def _turns(seconds: list[float]) -> str:
    return ", ".join(f"{1e6 * each:.0f}" for each in seconds)


def _measured(name: str, way: Callable[[Path], object], out: Path, talks: int) -> float:
    with _watched() as memory:
        begun = perf_counter()
        way(out)
        seconds = perf_counter() - begun
    print(
        f"  {name:20} {seconds:8.1f} s   {talks / seconds:8.0f} talks/s   "
        f"peak {memory.most / 2**20:.0f} MB together, {memory.most_of_one / 2**20:.0f} MB in the largest process",
        flush=True,
    )
    return seconds


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
