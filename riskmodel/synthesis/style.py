"""Ways of typing, drawn once a chat and without a look at the label: slips, voice input, split lines, evasive spelling…

The tables and shares are data in ``style.yaml``. A style changes how a line is written, never what it asks for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import Any

import opencc

from riskmodel.yaml_files import read_yaml

__all__ = ["apply_styles", "canned_replies", "draw_styles", "robot_greetings", "shares"]

_PUNCTUATION = re.compile(r"[\s，,。！!；;、：:~…]+")
_CLAUSE_END = re.compile(r"[，,。！!？?；;\s]+")
_ENDS_PLAIN = re.compile(r"[\u4e00-\u9fff]$")
_ENDS_SOFT = re.compile(r"[哦呢哈呀哟啊吧嘛吗啦了的么~～]$")
_FULL_WIDTH = {code: code + 0xFEE0 for code in (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B))}
_PAUSE = re.compile(r"[，,、]\s*")
_STOP = re.compile(r"[。；;]\s*|\.(?!\d)\s*")
_MARKS = {"full": ("，", "。"), "half": (",", "."), "spaces": (" ", " ")}
_TO_HALF, _TO_FULL = str.maketrans("！？：（）", "!?:()"), str.maketrans("!?()", "！？（）")
_ZERO_WIDTH = "\u200b"
_SHORTEST_PART = 3


@lru_cache(maxsize=1)
def _tables() -> dict[str, Any]:
    tables: dict[str, Any] = read_yaml("riskmodel.synthesis", "style.yaml")
    for name in ("homophones", "evasive"):
        words = sorted(tables[name], key=len, reverse=True)
        tables[f"{name}_pattern"] = re.compile("|".join(map(re.escape, words)))
    return tables


@lru_cache(maxsize=1)
def _traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def shares() -> dict[str, float]:
    """The share of chats that show each style."""
    return dict(_tables()["share"])


def canned_replies() -> list[str]:
    """What agents paste before they answer, whatever is asked."""
    return list(_tables()["canned"])


def robot_greetings() -> list[str]:
    """What a shop's robot says before a person comes."""
    return list(_tables()["robot"])


def draw_styles(rng: Random) -> frozenset[str]:
    """The styles of one chat, with each speaker's way of punctuating (``buyer_half``, ``agent_spaces``…)."""
    marks = _tables()["punctuation"]
    styles = {name for name, share in _tables()["share"].items() if rng.random() < share}
    for sender in ("buyer", "agent"):
        styles.add(f"{sender}_{rng.choices(list(marks), list(marks.values()))[0]}")
    return frozenset(styles)


def _punctuate(text: str, how: str) -> str:
    """The text with one speaker's commas and stops; scenario writers have habits of their own, which must not show."""
    pause, stop = _MARKS[how]
    text = _STOP.sub(stop, _PAUSE.sub(pause, text)).rstrip()
    if how == "full":
        return text.translate(_TO_FULL)
    return text.translate(_TO_HALF) if how == "half" else text


def _typos(text: str, rng: Random) -> str:
    tables = _tables()
    found = list(tables["homophones_pattern"].finditer(text))
    if not found or rng.random() > 0.6:
        return text
    slip = rng.choice(found)
    return text[: slip.start()] + str(rng.choice(tables["homophones"][slip[0]])) + text[slip.end() :]


def _voice(text: str, rng: Random) -> str:
    plain = _PUNCTUATION.sub("", text).replace("？", "").replace("?", "")
    filler = rng.choice(_tables()["voice_fillers"]) if rng.random() < 0.3 else ""
    return filler + (plain or text)


def _evasive(text: str, rng: Random) -> str:
    tables = _tables()

    def dodge(match: re.Match[str]) -> str:
        return str(rng.choice(tables["evasive"][match[0]])) if rng.random() < 0.8 else match[0]

    return str(tables["evasive_pattern"].sub(dodge, text))


def _zero_width(text: str, rng: Random) -> str:
    at = rng.randrange(1, len(text)) if len(text) > 2 else 0
    return text[:at] + _ZERO_WIDTH + text[at:] if at and rng.random() < 0.5 else text


def _emoji(text: str, rng: Random) -> str:
    return text + str(rng.choice(_tables()["emoji"])) * rng.choice((1, 1, 1, 2, 3)) if rng.random() < 0.35 else text


def _particles(text: str, rng: Random) -> str:
    return text + str(rng.choice(_tables()["marks"])) if rng.random() < 0.4 else text


def _full_width(text: str, _: Random) -> str:
    return text.translate(_FULL_WIDTH)


def _polite(text: str, rng: Random) -> str:
    tables = _tables()
    roll = rng.random()
    if roll < 0.2:
        return str(rng.choice(tables["polite_before"])) + text
    return f"{text} {rng.choice(tables['polite_after'])}" if roll < 0.4 else text


def _wordy(text: str, rng: Random) -> str:
    tables = _tables()
    roll = rng.random()
    if roll < 0.3:
        return str(rng.choice(tables["wordy_before"])) + text
    return text + str(rng.choice(tables["wordy_after"])) if roll < 0.5 else text


def _agent_soft(text: str, rng: Random) -> str:
    tables = _tables()
    if "亲" not in text and not text.startswith(("您好", "你好", "在")) and rng.random() < 0.3:
        text = str(rng.choice(tables["agent_before"])) + text
    if _ENDS_PLAIN.search(text) and not _ENDS_SOFT.search(text) and rng.random() < 0.5:
        text += str(rng.choice(tables["agent_after"]))
    return text


def _agent_emoji(text: str, rng: Random) -> str:
    return text + str(rng.choice(_tables()["agent_emoji"])) if rng.random() < 0.4 else text


def _to_traditional(text: str, _: Random) -> str:
    return str(_traditional().convert(text))


# in the order in which they are applied: wording first, script last
_BUYER: dict[str, Callable[[str, Random], str]] = {
    "polite": _polite,
    "wordy": _wordy,
    "typos": _typos,
    "evasive": _evasive,
    "particles": _particles,
    "voice": _voice,
    "emoji": _emoji,
    "full_width": _full_width,
    "zero_width": _zero_width,
    "traditional": _to_traditional,
}
_AGENT: dict[str, Callable[[str, Random], str]] = {
    "agent_soft": _agent_soft,
    "evasive": _evasive,
    "agent_emoji": _agent_emoji,
    "agent_traditional": _to_traditional,
}


def _split(text: str, rng: Random) -> list[str]:
    ends = [
        match
        for match in _CLAUSE_END.finditer(text)
        if match.start() >= _SHORTEST_PART and len(text) - match.end() >= _SHORTEST_PART
    ]
    if not ends or rng.random() > 0.7:
        return [text]
    parts, start = [], 0
    for cut in sorted(rng.sample(ends, min(len(ends), rng.choice((1, 1, 2)))), key=lambda match: match.start()):
        # people drop the comma at which they press Enter, not the question mark
        parts.append(text[start : cut.end()].rstrip("，,。；; \n"))
        start = cut.end()
    parts.append(text[start:])
    return [part for part in parts if part.strip()]


def apply_styles(text: str, sender: str, styles: frozenset[str], rng: Random) -> list[str]:
    """One line as it is really typed: the messages that it becomes, in order, none of them empty.

    Parameters
    ----------
    text
        The plain line.
    sender
        ``buyer``, ``agent`` or ``system``; a system line is never changed.
    styles
        What `draw_styles` drew for this chat.
    rng
        The chat's source of chance.
    """
    if sender == "system":
        return [text]
    for name, change in (_BUYER if sender == "buyer" else _AGENT).items():
        if name in styles:
            text = change(text, rng)
    for how in _MARKS:
        if f"{sender}_{how}" in styles:
            text = _punctuate(text, how)
    if "split" in styles and "voice" not in styles and sender == "buyer":
        return _split(text, rng)
    return [text]
