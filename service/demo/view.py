"""How the demo looks: compact, in colour, readable at 100 columns, safe for whatever a chat contains."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from riskmodel.conversation import Message
from service.demo.chats import Chat
from service.demo.replay import Outcome, Turn

__all__ = ["View", "plain", "risk_bar"]

WIDTH = 100
BAR = 24
MOST_REASONS = 3
MOST_QUOTES = 3
LEAST_CONTRIBUTION = 0.05  # log-odds; below this a reason explains nothing

SENDERS = {"buyer": ("买家", "bold cyan"), "agent": ("客服", "bold green"), "system": ("系统", "dim")}
ACTIONS = {
    "proceed": ("照常接待", "green"),
    "clarify": ("先问清", "yellow"),
    "hold": ("先别承诺", "red"),
    "escalate": ("转主管", "bold red"),
}
VERDICTS = {"send": ("可以发", "green"), "revise": ("改一改再发", "yellow"), "hold": ("先给主管看", "bold red")}
BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(text: str) -> str:
    r"""Chat text that can do nothing to a terminal: control and bidirectional characters are shown by their code.

    >>> plain("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    return "".join(
        " " if character == "\n" else ascii(character)[1:-1] if _acts(character) else character for character in text
    )


def _acts(character: str) -> bool:
    return character in BIDI_CONTROLS or unicodedata.category(character) in ("Cc", "Cs")


def risk_bar(risk: float) -> str:
    """A bar of a risk from 0 to 1; anything above zero shows.

    >>> risk_bar(0.5).count("█")
    12
    """
    filled = min(BAR, max(round(risk * BAR), 1 if risk > 0 else 0))
    return "█" * filled + "░" * (BAR - filled)


def percent(risk: float) -> str:
    """A risk as it may be said: never none at all, never certain.

    >>> percent(0.1234), percent(0.99999), percent(0.0001)
    ('12.3%', '>99.9%', '<0.1%')
    """
    if risk > 0.999:
        return ">99.9%"
    return "<0.1%" if risk < 0.001 else f"{risk:.1%}"


class View:
    """Prints the demo."""

    def __init__(self, console: Console | None = None) -> None:
        columns = min(shutil.get_terminal_size((WIDTH, 24)).columns, WIDTH)
        self.console = console or Console(width=columns, highlight=False)
        self._day: date | None = None
        self._shown: tuple[float, str] | None = None

    def legend(self) -> None:
        """Print what the marks mean, and the limit of every figure."""
        self.note("▲▼ 理由，引用原话，附对数几率贡献 · reasons, quoted, with their log-odds; ▼ speaks for the buyer")
        self.note("✓ 回复检查未发现问题 · the reply check found nothing in this reply")
        self.note("模型只从合成对话学习 · the model learned from synthetic chats only")

    def note(self, text: str, style: str = "dim") -> None:
        """Print one remark."""
        self.console.print(Text(text, style))

    @contextmanager
    def progress(self, text: str) -> Iterator[Callable[[str, int, int], None]]:
        """Show a bar for as long as the block lasts; what it gives takes (what, done, total)."""
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True) as bar:
            task = bar.add_task(text, total=None)
            yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)

    def chat(self, number: int, chat: Chat) -> None:
        """Print the heading of a chat."""
        name = plain(chat.conversation.conversation_id)
        title = f"{number}  {plain(chat.title_zh)} · {plain(chat.title_en)}  [{name}]"
        self.console.print()
        self.console.rule(Text(title, "bold"), align="left", style="blue")
        self._day = self._shown = None

    def turn(self, turn: Turn) -> None:
        """Print what was said, what the Assessment is, and the reply with its check."""
        for message in turn.said:
            self._new_day(message)
            self.console.print(_line(message))
        now = (turn.assessment["risk"], turn.assessment["action"])
        # an agent who writes twice in a row learns nothing new in between
        self.console.print(_indented(_assessment(turn, with_reasons=bool(turn.said) or now != self._shown)))
        self._shown = now
        if turn.reply is None or turn.check is None:
            return
        self._new_day(turn.reply)
        reply: RenderableType = Group(*_reply(turn.reply, turn.check, explicit=turn.fateful))
        if turn.fateful:
            title = "关键的一句 · the fateful reply"
            reply = Panel(reply, title=title, border_style="red", box=box.HEAVY, padding=(0, 1))
        self.console.print(reply)

    def _new_day(self, message: Message) -> None:
        day = message.sent_at.date()
        if self._day is not None and day != self._day:
            self.console.print(Text(f"     {day:%m-%d}", "dim"))
        self._day = day

    def evidence(self, path: str, report: str, altered_path: str, altered_report: str, offset: int) -> None:
        """Print the two verifications side by side in time: as exported, and with one byte flipped."""
        self.console.print()
        self.console.rule(Text("证据包 · evidence bundle", "bold"), align="left", style="blue")
        self._verified(path, report, "green")
        self.note(f"翻转第 {offset} 个字节后再核验 · the same file with byte {offset} flipped:")
        self._verified(altered_path, altered_report, "red")

    def _verified(self, path: str, report: str, style: str) -> None:
        self.console.print(Text(path, "bold", overflow="fold"))
        self.console.print(Padding(Text(plain_lines(report), style), (0, 0, 0, 2), expand=False))

    def summary(self, outcomes: Iterable[Outcome]) -> None:
        """Print the closing table."""
        table = Table(
            box=box.SIMPLE_HEAD, title="小结 · in short", title_justify="left", title_style="bold", pad_edge=False
        )
        table.add_column("对话 chat", overflow="fold")
        table.add_column("此前最高风险\nhighest risk before", justify="right")
        table.add_column("当时建议\naction then")
        table.add_column("关键一句\nfateful reply")
        table.add_column("全程最高\nhighest action")
        table.add_column("")
        for outcome in outcomes:
            mark = (
                Text("")
                if outcome.chat.expect is None
                else Text("✗", "bold red")
                if outcome.missed
                else Text("✓", "green")
            )
            table.add_row(
                plain(outcome.chat.conversation.conversation_id),
                percent(outcome.risk),
                _labelled(outcome.action, ACTIONS),
                Text("–", "dim") if outcome.verdict is None else _labelled(outcome.verdict, VERDICTS),
                _labelled(outcome.highest_action, ACTIONS),
                mark,
            )
        self.console.print()
        self.console.print(table)


def plain_lines(text: str) -> str:
    """As `plain`, keeping the ends of lines."""
    return "\n".join(plain(line) for line in text.splitlines())


def _labelled(name: str, names: Mapping[str, tuple[str, str]]) -> Text:
    zh, style = names.get(name, ("", ""))
    return Text(f"{zh} {name}".strip(), style)


def _indented(what: RenderableType) -> Padding:
    return Padding(what, (0, 0, 0, 11), expand=False)


def _line(message: Message, *, passed: bool = False) -> Table:
    label, style = SENDERS[message.sender]
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=4, no_wrap=True)
    grid.add_column(width=5, no_wrap=True)
    grid.add_column(overflow="fold")
    photos = f"  [{len(message.attachments)} 张图]" if message.attachments else ""
    words = Text(plain(message.text), "dim" if message.sender == "system" else "").append(photos, "dim")
    if passed:
        words.append(" ✓", "green")
    grid.add_row(Text(label, style), Text(f"{message.sent_at:%H:%M}", "dim"), words)
    return grid


def _assessment(turn: Turn, *, with_reasons: bool) -> Group:
    assessment = turn.assessment
    action = _labelled(assessment["action"], ACTIONS)
    colour = ACTIONS.get(assessment["action"], ("", ""))[1]
    head = Text.assemble((risk_bar(assessment["risk"]), colour), f" {percent(assessment['risk']):>6}  ", action)
    if assessment["abstained"]:
        head.append("  说得太少，暂不判断 · too little was said to judge", "dim")
    return Group(head, *(_reasons(assessment["reasons"], turn.texts) if with_reasons else ()))


def _reasons(reasons: Iterable[Mapping[str, Any]], texts: Mapping[str, str]) -> Iterator[Table]:
    # one line for all places that a reason was read from: their contributions add up
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for reason in reasons:
        groups.setdefault(reason["code"], []).append(reason)
    weighed = sorted(((_total(group), group) for group in groups.values()), key=lambda pair: -abs(pair[0]))
    for total, group in weighed[:MOST_REASONS]:
        if abs(total) < LEAST_CONTRIBUTION:
            return
        what = Text()
        for reason in group[:MOST_QUOTES]:
            what.append_text(_quote(texts.get(reason.get("message_id") or ""), reason.get("span")))
        what.append(f"{group[0]['text_zh']} ").append(group[0]["text_en"], "dim")
        yield _marked(Text(f"{'▲' if total > 0 else '▼'} {total:+.2f}", "red" if total > 0 else "green"), what, 7)


def _total(group: Iterable[Mapping[str, Any]]) -> float:
    return sum(float(reason["contribution"]) for reason in group)


def _reply(reply: Message, check: Mapping[str, Any], *, explicit: bool) -> Iterator[RenderableType]:
    explicit = explicit or check["verdict"] != "send"
    yield _line(reply, passed=not explicit)
    if explicit:
        label = Text("回复检查 reply check: ", "dim")
        yield _indented(label.append_text(_labelled(check["verdict"], VERDICTS)))
    for finding in check["findings"]:
        what = _quote(reply.text, finding["span"])
        what.append(f"{finding['text_zh']} ").append(finding["text_en"], "dim")
        yield _indented(_marked(Text("✗", "red"), what, 1))
    if check["verdict"] != "send" and check["suggestions"]:
        safe = Text("可以这样说 a safe wording: ", "dim").append(
            plain(check["suggestions"][0]["text_zh"]), "bold green"
        )
        yield _indented(_marked(Text("✓", "green"), safe, 1))


def _marked(mark: Text, what: Text, width: int) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=width, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(mark, what)
    return grid


def _quote(text: str | None, span: list[int] | None) -> Text:
    if text is None or span is None:
        return Text()
    return Text.assemble((f"“{plain(text[span[0] : span[1]])}” ", "bold"))
