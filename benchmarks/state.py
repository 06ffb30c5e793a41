"""What the next message costs early and late in a talk, and how large the stored state becomes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle
from statistics import median
from time import perf_counter_ns

from benchmarks.chats import chats
from riskmodel.conversation import Message, parse_conversation
from riskmodel.scorer import Scorer

AT = (10, 100, 1_000)
SPAN = 40  # messages around each place that are timed
TALKS = 5


def _endless(offset: int) -> Iterator[Message]:
    """Generated chats one after the other, as one talk that never ends."""
    first, at = None, 0
    for chat in cycle(chats()[offset * 20 : (offset + 1) * 20]):
        for message in parse_conversation(chat).messages:
            first = first or message.sent_at
            yield message.model_copy(update={"message_id": f"m{at}", "sent_at": first + timedelta(minutes=at)})
            at += 1


def run(scorer: Scorer) -> None:
    """Measure and print."""
    taken: dict[int, list[float]] = {at: [] for at in AT}
    sizes: dict[int, list[int]] = {at: [] for at in AT}
    for offset in range(TALKS):
        state = scorer.begin(parse_conversation(chats()[offset] | {"messages": []}))
        for number, message in zip(range(max(AT) + SPAN), _endless(offset), strict=False):
            begun = perf_counter_ns()
            state.add_message(message)
            scorer.assess_state(state, "a")
            ended = perf_counter_ns()
            for at in AT:
                if at <= number < at + SPAN:
                    taken[at].append((ended - begun) / 1000)
            if number in sizes:
                sizes[number].append(len(scorer.freeze(state)))
    print(f"\nThe next message and its Assessment, {TALKS} talks, {SPAN} messages from each place on")
    for at in AT:
        ratio = median(taken[at]) / median(taken[AT[0]])
        print(
            f"  from message {at:5,}: {median(taken[at]):7.0f} µs, {ratio:4.2f} x; stored {median(sizes[at]):7,} bytes"
        )
