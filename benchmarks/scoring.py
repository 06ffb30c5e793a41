"""One whole chat to an Assessment, and the next message, beside a plain scikit-learn pipeline on the same chats."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from benchmarks.chats import LENGTH, chats, training_chats
from benchmarks.timing import show, time_in_turns
from riskmodel.conversation import parse_conversation
from riskmodel.scorer import Scorer

PLAIN = "plain: DataFrame, ColumnTransformer, TF-IDF, LogisticRegression"


def plain_row(chat: dict[str, Any]) -> dict[str, Any]:
    """The columns of a chat for the plain pipeline."""
    said = {
        sender: "\n".join(message["text"] for message in chat["messages"] if message["sender"] == sender)
        for sender in ("buyer", "agent")
    }
    order = (chat.get("orders") or [{}])[-1]
    return {
        **said,
        "platform": str(chat.get("platform")),
        "payment": str(order.get("payment_method")),
        "amount": float(order.get("amount") or 0),
        "messages": float(len(chat["messages"])),
        "age": float((chat.get("buyer") or {}).get("account_age_days") or 0),
    }


def plain_pipeline() -> Pipeline:
    """What one would write first."""
    training = training_chats()
    columns = ColumnTransformer(
        [
            ("buyer", TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2), "buyer"),
            ("agent", TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2), "agent"),
            ("kinds", OneHotEncoder(handle_unknown="ignore"), ["platform", "payment"]),
            ("numbers", StandardScaler(), ["amount", "messages", "age"]),
        ]
    )
    pipeline = make_pipeline(columns, LogisticRegression(max_iter=300))
    return pipeline.fit(
        pd.DataFrame([plain_row(chat.conversation) for chat in training]),
        [chat.label == "abusive" for chat in training],
    )


def run(scorer: Scorer) -> None:
    """Measure and print."""
    pipeline, measured = plain_pipeline(), chats()

    def plainly(chat: dict[str, Any]) -> float:
        return float(pipeline.predict_proba(pd.DataFrame([plain_row(chat)]))[0, 1])

    def wholly(chat: dict[str, Any]) -> dict[str, Any]:
        # a scorer of its own for each call: a talk that is kept from before would be gone on from
        return Scorer(scorer.model, scorer.info).assess(parse_conversation(chat))

    whole = time_in_turns(
        {
            PLAIN: [partial(plainly, chat) for chat in measured],
            "whole chat, from parsed JSON to an Assessment with reasons": [partial(wholly, chat) for chat in measured],
            "the same, sent a moment ago without its last message": [_sent_again(scorer, chat) for chat in measured],
        }
    )
    show(f"One chat of {LENGTH} messages ({len(measured)} generated chats)", whole, PLAIN)
    after = time_in_turns(
        {
            PLAIN: [partial(plainly, chat) for chat in measured],
            "next message: take it and assess": [_next_message(scorer, chat) for chat in measured],
        }
    )
    show(f"The {LENGTH}th message of a chat that is under way", after, PLAIN)


def _sent_again(scorer: Scorer, chat: dict[str, Any]) -> Callable[[], object]:
    before = parse_conversation(chat | {"messages": chat["messages"][:-1]})
    prepared = []
    for _ in range(20):
        again = Scorer(scorer.model, scorer.info)
        again.assess(before)
        prepared.append(again)
    ready = iter(prepared)
    return lambda: next(ready).assess(parse_conversation(chat))


def _next_message(scorer: Scorer, chat: dict[str, Any]) -> Callable[[], object]:
    conversation = parse_conversation(chat)
    before = scorer.begin(conversation)
    for message in conversation.messages[:-1]:
        before.add_message(message)
    # taking a message changes the state, so each call has its own copy, made before the clock starts
    frozen = scorer.freeze(before)
    copies = iter([scorer.thaw(frozen) for _ in range(20)])

    def call() -> object:
        state = next(copies)
        state.add_message(conversation.messages[-1])
        return scorer.assess_state(state, conversation.conversation_id)

    return call
