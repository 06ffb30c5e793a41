"""The plain text form of chats written whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskmodel.errors import CatalogueError
from riskmodel.synthesis.story import Gap, Placed, Said
from riskmodel.synthesis.written import WrittenChat, read_written

HEAD = "=== lamp | abusive | promise_bait off_platform_lure | - | region=青海 cutoff=15:00 cod"
CHAT = f"""{HEAD}
B ask_dispatch: 拍了几时走
A careful: 付款后两天内
-- 1.5h
B* press: 我只问今儿走不走
A! careless: 走
O 9.9
S: 买家已付款
B+ nail: 截图了
"""


def read(folder: Path, text: str) -> list[WrittenChat]:
    (folder / "someone.txt").write_text(text, "utf-8")
    return read_written(folder)


def test_a_chat_is_read_as_written(tmp_path: Path) -> None:
    """Head, lines, marks, silences, orders and notices come out as they stand."""
    (chat,) = read(tmp_path, CHAT)
    assert (chat.writer, chat.number, chat.family, chat.label) == ("someone", 1, "lamp", "abusive")
    assert chat.patterns == ("promise_bait", "off_platform_lure")
    assert chat.facts == {"region": "青海", "cutoff": "15:00", "cod": ""}
    assert chat.events == [
        Said("buyer", "ask_dispatch", "拍了几时走"),
        Said("agent", "careful", "付款后两天内"),
        Gap(5400.0),
        Said("buyer", "press", "我只问今儿走不走", earliest=True),
        Said("agent", "careless", "走", commits=True),
        Placed(30.0, None, 9.9, "cash_on_delivery"),
        Said("system", "notice", "买家已付款"),
        Said("buyer", "nail", "截图了", photo=True),
    ]


def test_a_twin_names_its_abusive_chat(tmp_path: Path) -> None:
    """A twin refers to an abusive chat of the same file by its number."""
    twin = "=== lamp | benign | - | 1 | -\nB ask_dispatch: 几时走呀\n"
    assert [chat.twin_of for chat in read(tmp_path, CHAT + twin)] == [None, 1]


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        (" | - | region", " | region", 1, "five parts"),
        ("abusive", "evil", 1, "label"),
        ("off_platform_lure", "off_platform", 1, "'off_platform'"),
        ("promise_bait off_platform_lure", "-", 1, "name them for an abusive chat"),
        ("cutoff=15:00", "cutoff=noon", 1, "'cutoff=noon'"),
        (HEAD, HEAD.replace("| - |", "| x |"), 1, "twin of"),
        (HEAD, HEAD.replace("| - |", "| 7 |"), 1, "chat 7"),
        (HEAD, "你好", 1, "first head"),
        ("ask_dispatch", "ask_everything", 2, "'ask_everything'"),
        ("A careful:", "A* careful:", 3, "mark of the buyer"),
        ("B* press", "B press", 1, "has 0 marks"),
        ("-- 1.5h", "-- later", 4, "not understood"),
        ("O 9.9", "O nine", 7, "not understood"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(tmp_path: Path, old: str, new: str, line: int, what: str) -> None:
    """A fault names the file, the line and what to do."""
    with pytest.raises(CatalogueError) as caught:
        read(tmp_path, CHAT.replace(old, new, 1))
    assert f"someone.txt: line {line}: " in str(caught.value)
    assert what in str(caught.value)


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    """A folder without written chats is refused by name."""
    with pytest.raises(CatalogueError, match="no written chats"):
        read_written(tmp_path)


def test_a_chat_in_which_the_buyer_is_silent_is_refused(tmp_path: Path) -> None:
    """A chat needs the buyer's words."""
    with pytest.raises(CatalogueError, match="the buyer says nothing"):
        read(tmp_path, "=== lamp | benign | - | - | -\nA greet: 您好\n")
