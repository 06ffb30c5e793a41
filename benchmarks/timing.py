"""Medians of repeated calls, taken in turns so that a busy moment of the machine falls on all of them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import perf_counter_ns
from typing import NamedTuple

ROUNDS = 9

Calls = Sequence[Callable[[], object]]


class Timing(NamedTuple):
    """Microseconds for one call over items: `median` and 95th percentile of each item's median over rounds.

    `quiet` is the median of each item's quickest round: what is left of it where other programs take their turns too.
    """

    median: float
    high: float
    quiet: float


def time_in_turns(
    ways: Mapping[str, Calls], rounds: int = ROUNDS, *, first: Mapping[str, Calls] | None = None
) -> dict[str, Timing]:
    """Time every call of every way, way by way within each round, after one round that does not count.

    Parameters
    ----------
    ways
        Name of each way to its calls, one an item.
    rounds
        How often each call counts.
    first
        Name of a way to what is done off the clock right before each of its calls.
    """
    taken: dict[str, list[list[float]]] = {name: [[] for _ in calls] for name, calls in ways.items()}
    gc.disable()
    try:
        for number in range(rounds + 1):
            for name, calls in ways.items():
                before = (first or {}).get(name)
                for index, call in enumerate(calls):
                    if before is not None:
                        before[index]()
                    begun = perf_counter_ns()
                    call()
                    ended = perf_counter_ns()
                    if number:
                        taken[name][index].append((ended - begun) / 1000)
            gc.collect()
    finally:
        gc.enable()
    return {name: _summary(each) for name, each in taken.items()}


def _summary(taken: list[list[float]]) -> Timing:
    ordered = sorted(median(times) for times in taken)
    high = ordered[min(int(0.95 * len(ordered)), len(ordered) - 1)]
    return Timing(median(ordered), high, median(min(times) for times in taken))


def show(title: str, timings: Mapping[str, Timing], against: str) -> None:
    """Print the timings, each with how often it fits into one `against`."""
    print(f"\n{title}")
    for name, timing in timings.items():
        ratio = timings[against].median / timing.median
        print(
            f"  {name:64} {timing.median:7.0f} µs   95 % below {timing.high:7.0f} µs   quiet {timing.quiet:7.0f} µs"
            f"   {ratio:6.1f} x"
        )
