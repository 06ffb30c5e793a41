"""Near duplicates: a talk that nearly repeats one that a split may part it from is found, with the one it repeats."""

from dataclasses import replace

from strategies import sample

from riskmodel.synthesis import LabelledChat
from riskmodel.synthesis.duplicates import near_duplicates


def with_a_word_more(chat: LabelledChat, pair: str) -> LabelledChat:
    messages = [dict(message) for message in chat.conversation["messages"]]
    buyers = [message for message in messages if message["sender"] == "buyer"]
    buyers[-1]["text"] += "呀"
    return replace(chat, conversation={**chat.conversation, "messages": messages}, pair=pair)


def test_a_talk_with_one_word_more_is_found() -> None:
    """Among forty others, at its place, where it is said to be of another pair."""
    chats = [*sample()[:40], with_a_word_more(sample()[7], "another")]
    assert near_duplicates(chats) == [(7, 40)]


def test_talks_of_one_pair_are_never_parted() -> None:
    """The same talk within its pair is no matter; nor are talks of different stories."""
    chats = [*sample()[:40], with_a_word_more(sample()[7], sample()[7].pair)]
    assert near_duplicates(chats) == []
