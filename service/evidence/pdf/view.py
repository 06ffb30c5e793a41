"""Everything that ``summary.typ`` sets, as one JSON document: the record in short, each text cut to its room."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from riskmodel.conversation import Message
from service.evidence.assessments import Reason
from service.evidence.claim import write_claim
from service.evidence.corrections import Correction, list_corrections
from service.evidence.exhibits import FOLDER
from service.evidence.facts import list_facts
from service.evidence.figures import shown_contribution
from service.evidence.for_the_buyer import Point
from service.evidence.marked import marks_by_message, pieces
from service.evidence.pdf.excerpts import excerpt
from service.evidence.pdf.fonts import FAMILIES
from service.evidence.pdf.glyphs import plain, reads_leftward, segments
from service.evidence.pdf.passages import choose, strongest
from service.evidence.record import AnyMark, Mark, Record, shop_time
from service.evidence.timeline import Event, make_timeline
from service.evidence.wordings import LANGUAGES, label, wording, wordings

__all__ = ["Limits", "Source", "make_view"]

PAGE = "transcript.html"
# a message with more than that may be split between two pages
_FEW_MARKS, _FEW_LINES = 4, 8
_GAP = " ［…］ "


@dataclass(frozen=True)
class Limits:
    """How much is shown at most: entries of a list, and widths in Chinese characters."""

    deciding: int
    before: int
    after: int
    message: int
    context: int
    quotes: int
    quote: int
    claim: int
    events: int
    reasons: int
    promises: int
    orders: int
    corrections: int
    exhibits: int
    gaps: int
    masked: int
    line: int
    name: int

    def scaled(self, share: float) -> Limits:
        """Return these limits times a share, each at least 1; context around passages may be none."""
        least = {"before": 0, "after": 0}
        values = {name: max(least.get(name, 1), int(value * share)) for name, value in vars(self).items()}
        return Limits(**values)


@dataclass(frozen=True)
class Source:
    """What a summary is made of: the record, what is missing, the other files of the bundle, its version and signer.

    `points` is what the record itself holds for the buyer.
    """

    record: Record
    missing: Sequence[Mapping[str, object]]
    files: Mapping[str, bytes]
    version: str
    signer: str | None
    points: Sequence[Point] = ()

    @cached_property
    def for_the_buyer(self) -> frozenset[str]:
        """What the points refer to, messages among it."""
        return frozenset(name for point in self.points for name in point.references)

    @cached_property
    def marks(self) -> dict[str, list[AnyMark]]:
        """See `marks_by_message`."""
        return marks_by_message(self.record)

    @cached_property
    def timeline(self) -> list[Event]:
        """See `make_timeline`."""
        return make_timeline(self.record)

    @cached_property
    def corrections(self) -> list[Correction]:
        """See `list_corrections`."""
        return list_corrections(self.record)


def make_view(source: Source, limits: Limits) -> dict[str, Any]:
    """Return the document's data; only strings, numbers, lists and objects, ready for JSON."""
    return _View(source, limits).make()


class _View:
    def __init__(self, source: Source, limits: Limits) -> None:
        self._source, self._record, self._limits = source, source.record, limits

    def make(self) -> dict[str, Any]:
        record = self._record
        return {
            "words": wordings("summary"),
            "fonts": list(FAMILIES),
            "case": self._name(record.conversation.conversation_id),
            "untouched": record.untouched,
            "identity": self._identity(),
            "claims": {each: plain(write_claim(record, each), self._limits.claim) for each in LANGUAGES},
            "glance": {side: self._glance(side) for side in ("buyer", "agent")},
            "timeline": self._timeline(),
            "passages": (passages := self._passages()),
            "named": _has_names(passages),
            "assessed": bool(record.assessments),
            "against": self._reasons(record.at_peak("raise")),
            "points": self._points(),
            "for_buyer": self._reasons(record.for_the_buyer),
            "missing": self._missing(),
            "counts": {
                "for_buyer": len(self._source.points) + len(record.for_the_buyer),
                "missing": len(self._source.missing),
            },
            "promises": self._promises(),
            **self._facts(),
            "corrections": self._corrections(),
            "exhibits": self._exhibits(),
            "files": self._files(),
            "masked": self._masked(),
            "models": self._models(),
            "signer": self._source.signer,
            "format": self._both("format", version=self._source.version),
        }

    def _identity(self) -> list[dict[str, str]]:
        conversation, record = self._record.conversation, self._record
        times = [message.sent_at for message in conversation.messages]
        senders = Counter(message.sender for message in conversation.messages)
        rows = {
            "case": self._name(conversation.conversation_id),
            "platform": label("platform", conversation.platform) if conversation.platform else "",
            "shop": self._name(conversation.shop_id or ""),
            "account": self._name((conversation.buyer and conversation.buyer.buyer_id) or ""),
            "period": f"{shop_time(min(times), record.zone)} — {shop_time(max(times), record.zone)}",
            "zone": record.zone.key,
            "counts": " · ".join(
                f"{label('sender', sender)} {senders[sender]}" for sender in ("buyer", "agent", "system")
            ),
        }
        return [{"key": key, "value": value} for key, value in rows.items() if value]

    def _glance(self, side: str) -> dict[str, Any]:
        """The strongest words of one side, each message once; of a side that nothing rests on, its last ones."""
        messages = self._record.conversation.messages
        own = [number for number, message in enumerate(messages) if message.sender == side]
        chosen = sorted(strongest(self._record, side, self._limits.quotes, self._source.for_the_buyer)) or own[-1:]
        return {
            "any": bool(own),
            "quotes": [self._message(messages[number], self._limits.quote, deciding=True) for number in chosen],
        }

    def _timeline(self) -> dict[str, Any]:
        events = self._source.timeline
        strongest = sorted(range(len(events)), key=lambda number: (-events[number].weight, number))
        chosen = sorted(strongest[: self._limits.events])
        rows = [
            {
                "time": events[number].time,
                "zh": self._line(events[number].zh),
                "en": self._line(events[number].en),
                "references": self._references(events[number].references),
            }
            for number in chosen
        ]
        return self._list(rows, len(events))

    def _passages(self) -> dict[str, Any]:
        limits, messages = self._limits, self._record.conversation.messages
        passages = choose(self._record, limits.deciding, limits.before, limits.after, self._source.for_the_buyer)
        shown = sum(len(passage.messages) for passage in passages)
        after = len(messages) - passages[-1].messages.stop
        parts = [
            {
                "skipped": self._both("skipped", n=passage.skipped) if passage.skipped else None,
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
            "after": self._both("skipped", n=after) if after else None,
            "ends_only": not any(passage.deciding for passage in passages) and shown > 0,
        }

    def _message(self, message: Message, room: int, *, deciding: bool) -> dict[str, Any]:
        text = self._record.covered[message.message_id]
        marks = sorted(self._source.marks.get(message.message_id, []), key=_importance, reverse=True)
        dropped = len(marks) - self._limits.reasons
        marks = marks[: self._limits.reasons]
        shown = excerpt(text, [mark.item.span for mark in marks if mark.item.span is not None], room)
        marks.sort(key=lambda mark: (mark.number[0], int(mark.number[1:])))
        time, given = shop_time(message.sent_at, self._record.zone), message.sent_at.isoformat(sep=" ")
        return {
            "id": self._name(message.message_id),
            "side": message.sender,
            "sender": label("sender", message.sender),
            "time": time,
            "given": given if given != time else None,
            "deciding": deciding,
            "leftward": reads_leftward(text),
            "long": len(marks) > _FEW_MARKS or (room > self._limits.context and text.count("\n") > _FEW_LINES),
            "runs": _runs(text, marks, shown),
            "marks": [self._mark(mark) for mark in marks],
            "more": self._more(dropped),
            "attachments": [self._name(file.name) for file in message.attachments[: self._limits.quotes]],
        }

    def _mark(self, mark: AnyMark) -> dict[str, Any]:
        item = mark.item
        if isinstance(item, Reason):
            texts = {"zh": self._line(item.text_zh), "en": self._line(item.text_en)}
            return {"number": mark.number, "kind": mark.kind, "code": self._name(item.code), **texts}
        texts = {"zh": self._name(label("promise", item.kind)), "en": label("can_keep", item.can_keep)}
        return {"number": mark.number, "kind": mark.kind, "code": "", **texts}

    def _points(self) -> dict[str, Any]:
        rows = [
            {
                "zh": self._line(point.zh),
                "en": self._line(point.en),
                "quote": plain(point.quote, self._limits.line),
                "references": self._references(point.references[: self._limits.reasons]),
            }
            for point in self._source.points[: self._limits.reasons]
        ]
        return self._list(rows, len(self._source.points))

    def _reasons(self, marks: Sequence[Mark[Reason]]) -> dict[str, Any]:
        return self._list([self._reason(mark) for mark in marks[: self._limits.reasons]], len(marks))

    def _reason(self, mark: Mark[Reason]) -> dict[str, Any]:
        references = [mark.number, *([mark.item.message_id] if mark.item.message_id else [])]
        return {
            **self._mark(mark),
            "weight": shown_contribution(mark.item.contribution),
            "quote": plain(mark.quote, self._limits.line),
            "references": self._references(references),
        }

    def _missing(self) -> dict[str, Any]:
        gaps = [
            {
                "zh": gap["text_zh"],
                "en": gap["text_en"],
                "details": self._details(gap["details"]),
            }
            for gap in self._source.missing
        ]
        return self._list(gaps[: self._limits.gaps], len(gaps), file="missing.json")

    def _details(self, details: object) -> str:
        names = [self._name(str(name)) for name in details] if isinstance(details, Iterable) else []
        shown = names[: self._limits.quotes * 2]
        return ", ".join(shown) + (f" … +{len(names) - len(shown)}" if len(names) > len(shown) else "")

    def _promises(self) -> dict[str, Any]:
        # what was not kept or cannot be kept comes first where not all can be shown
        order = {"no": 0, "unknown": 1, "yes": 2}
        promises = sorted(
            self._record.promises, key=lambda mark: (mark.item.status != "overdue", order[mark.item.can_keep])
        )
        chosen = {mark.number for mark in promises[: self._limits.promises]}
        rows = []
        for mark in self._record.promises:
            promise = mark.item
            if mark.number not in chosen or promise.message_id is None:
                continue
            rows.append(
                {
                    "number": mark.number,
                    "kind": self._name(label("promise", promise.kind)),
                    "quote": plain(mark.quote, self._limits.line),
                    "references": self._references([promise.message_id]),
                    "time": shop_time(self._record.messages[promise.message_id].sent_at, self._record.zone),
                    "due": shop_time(promise.due_at, self._record.zone) if promise.due_at else None,
                    "can_keep": label("can_keep", promise.can_keep),
                    "status": label("promise_status", promise.status) if promise.status else None,
                    "zh": self._line(promise.why_zh),
                    "en": self._line(promise.why_en),
                }
            )
        return self._list(rows, len(promises))

    def _facts(self) -> dict[str, Any]:
        conversation = self._record.conversation
        orders = [self._rows(order) for order in conversation.orders[: self._limits.orders]]
        return {
            "orders": self._list(orders, len(conversation.orders), file="orders.json"),
            "policy": self._rows(conversation.shop) if conversation.shop else [],
            "account": self._rows(conversation.buyer) if conversation.buyer else [],
        }

    def _rows(self, model: Any) -> list[list[str]]:
        return [[name, self._line(value)] for name, value in list_facts(model, self._record)]

    def _corrections(self) -> dict[str, Any]:
        corrections = self._source.corrections
        rows = [
            {
                "time": each.time,
                "zh": self._line(each.zh),
                "en": self._line(each.en),
                "references": self._references(each.references),
            }
            for each in corrections[: self._limits.corrections]
        ]
        return self._list(rows, len(corrections))

    def _exhibits(self) -> dict[str, Any]:
        exhibits = self._record.exhibits
        rows = [
            {
                "number": exhibit.number,
                "name": self._name(exhibit.name),
                "from": exhibit.message_id and self._name(exhibit.message_id),
                "file": exhibit.file and self._name(exhibit.file),
                "sha256": exhibit.sha256,
            }
            for exhibit in exhibits[: self._limits.exhibits]
        ]
        return self._list(rows, len(exhibits), file="exhibits.json")

    def _files(self) -> dict[str, Any]:
        digests = [
            {"name": self._name(name), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(self._source.files.items())
            if not name.startswith(FOLDER)  # exhibits have a list of their own
        ]
        return self._list(digests[: self._limits.exhibits], len(digests), file="manifest-sha256.txt")

    def _masked(self) -> dict[str, Any]:
        rows = [
            {"number": entry.number, "where": self._name(entry.where), "what": label("masked", entry.what)}
            for entry in self._record.masked[: self._limits.masked]
        ]
        return self._list(rows, len(self._record.masked), file="masking.json")

    def _models(self) -> dict[str, Any]:
        models = list(dict.fromkeys(assessment.model for assessment in self._record.assessments))
        rows = [
            {"name": self._name(f"{model.name} {model.version}"), "sha256": plain(model.sha256, self._limits.line)}
            for model in models[: self._limits.quotes]
        ]
        return self._list(rows, len(models), file="assessments.json")

    def _list(self, shown: list[Any], total: int, file: str = PAGE) -> dict[str, Any]:
        return {"rows": shown, "more": self._more(total - len(shown), file)}

    def _more(self, count: int, file: str = PAGE) -> dict[str, str] | None:
        return self._both("more", n=count, file=file) if count > 0 else None

    def _both(self, code: str, **values: object) -> dict[str, str]:
        return {each: wording("summary", code, each, **values) for each in LANGUAGES}

    def _references(self, references: Iterable[str]) -> list[str]:
        return [self._name(reference) for reference in references]

    def _name(self, text: str) -> str:
        return plain(text, self._limits.name)

    def _line(self, text: str) -> str:
        return plain(text, self._limits.line)


def _importance(mark: AnyMark) -> float:
    return abs(mark.item.contribution) if isinstance(mark.item, Reason) else 1.0


def _has_names(passages: Mapping[str, Any]) -> bool:
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
