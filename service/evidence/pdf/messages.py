"""The words of both sides in the summary: decisive messages, with what rests on them, at a glance and in context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from riskmodel.conversation import Message
from service.evidence.assessments import Reason
from service.evidence.marked import pieces
from service.evidence.pdf.excerpts import excerpt
from service.evidence.pdf.glyphs import reads_leftward, segments
from service.evidence.pdf.part import Part
from service.evidence.pdf.passages import choose, strongest
from service.evidence.record import AnyMark, shop_time
from service.evidence.wordings import label

__all__ = ["Messages", "has_names"]

# a message with more than that may be split between two pages
_FEW_MARKS, _FEW_LINES = 4, 8
_GAP = " ［…］ "


class Messages(Part):
    """Messages, cut to their decisive words."""

    def glance(self, side: str) -> dict[str, Any]:
        """The strongest words of one side, each message once; of a side that nothing rests on, its last ones."""
        messages = self.record.conversation.messages
        own = [number for number, message in enumerate(messages) if message.sender == side]
        chosen = sorted(strongest(self.record, side, self.limits.quotes, self.source.for_the_buyer)) or own[-1:]
        return {
            "any": bool(own),
            "quotes": [self._message(messages[number], self.limits.quote, deciding=True) for number in chosen],
        }

    def passages(self) -> dict[str, Any]:
        limits, messages = self.limits, self.record.conversation.messages
        passages = choose(self.record, limits.deciding, limits.before, limits.after, self.source.for_the_buyer)
        shown = sum(len(passage.messages) for passage in passages)
        after = len(messages) - passages[-1].messages.stop
        parts = [
            {
                "skipped": self.both("skipped", n=passage.skipped) if passage.skipped else None,
                "messages": [
                    self._message(
                        messages[number],
                        limits.message if number in passage.deciding else limits.context,
                        deciding=number in passage.deciding,
                    )
                    for number in passage.messages
                ],
            }
            for passage in passages
        ]
        return {
            "parts": parts,
            "after": self.both("skipped", n=after) if after else None,
            "ends_only": not any(passage.deciding for passage in passages) and shown > 0,
        }

    def _message(self, message: Message, room: int, *, deciding: bool) -> dict[str, Any]:
        text = self.record.covered[message.message_id]
        marks = sorted(self.source.marks.get(message.message_id, []), key=_importance, reverse=True)
        dropped = len(marks) - self.limits.reasons
        marks = marks[: self.limits.reasons]
        shown = excerpt(text, [mark.item.span for mark in marks if mark.item.span is not None], room)
        marks.sort(key=lambda mark: (mark.number[0], int(mark.number[1:])))
        time, given = shop_time(message.sent_at, self.record.zone), message.sent_at.isoformat(sep=" ")
        return {
            "id": self.name(message.message_id),
            "side": message.sender,
            "sender": label("sender", message.sender),
            "time": time,
            "given": given if given != time else None,
            "deciding": deciding,
            "leftward": reads_leftward(text),
            "long": len(marks) > _FEW_MARKS or (room > self.limits.context and text.count("\n") > _FEW_LINES),
            "runs": _runs(text, marks, shown),
            "marks": [self.mark(mark) for mark in marks],
            "more": self.more(dropped),
            "attachments": [self.name(file.name) for file in message.attachments[: self.limits.quotes]],
        }

    def mark(self, mark: AnyMark) -> dict[str, Any]:
        item = mark.item
        if isinstance(item, Reason):
            texts = {"zh": self.line(item.text_zh), "en": self.line(item.text_en)}
            return {"number": mark.number, "kind": mark.kind, "code": self.name(item.code), **texts}
        texts = {"zh": self.name(label("promise", item.kind)), "en": label("can_keep", item.can_keep)}
        return {"number": mark.number, "kind": mark.kind, "code": "", **texts}


def _importance(mark: AnyMark) -> float:
    return abs(mark.item.contribution) if isinstance(mark.item, Reason) else 1.0


def has_names(passages: Mapping[str, Any]) -> bool:
    """Whether any character of the passages had to be named."""
    messages = [message for part in passages["parts"] for message in part["messages"]]
    return any(run["named"] and run["text"] not in ("", _GAP) for message in messages for run in message["runs"])


def _runs(text: str, marks: Sequence[AnyMark], shown: Sequence[tuple[int, int]]) -> list[dict[str, Any]]:
    """The shown stretches of a text in runs of one look; one without text says that the message goes on."""
    runs: list[dict[str, Any]] = []
    end = 0
    for first, last in shown:
        if first > end:
            runs.append(_run(_GAP, named=True))
        for piece in pieces(text, marks):
            start, stop = max(first, piece.start), min(last, piece.start + len(piece.text))
            whole = stop == piece.start + len(piece.text)
            if start > stop or (start == stop and not piece.ended):
                continue
            for segment in segments(text[start:stop]):
                runs.append(_run(segment.text, named=segment.named, kinds=piece.kinds))
            if whole and piece.ended and runs:
                runs[-1]["ended"].extend(piece.ended)
        end = last
    if end < len(text):
        runs.append(_run("", named=True))
    return runs


def _run(text: str, *, named: bool, kinds: Sequence[str] = ()) -> dict[str, Any]:
    return {"text": text, "named": named, "kinds": list(kinds), "ended": []}
