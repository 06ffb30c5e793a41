"""Everything that ``summary.typ`` sets, as one JSON document: the record in short, each text cut to its room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from service.evidence.assessments import Reason
from service.evidence.claim import write_claim
from service.evidence.figures import shown_contribution
from service.evidence.pdf.fonts import FAMILIES
from service.evidence.pdf.glyphs import plain
from service.evidence.pdf.messages import Messages, has_names
from service.evidence.pdf.part import Limits, Part, Source
from service.evidence.pdf.tables import Tables
from service.evidence.record import Mark, shop_time
from service.evidence.wordings import LANGUAGES, label, wordings

__all__ = ["make_view"]


def make_view(source: Source, limits: Limits) -> dict[str, Any]:
    """Return the document's data; only strings, numbers, lists and objects, ready for JSON."""
    return _View(source, limits).make()


class _View(Part):
    def __init__(self, source: Source, limits: Limits) -> None:
        super().__init__(source, limits)
        self._messages, self._tables = Messages(source, limits), Tables(source, limits)

    def make(self) -> dict[str, Any]:
        record = self.record
        return {
            "words": wordings("summary"),
            "fonts": list(FAMILIES),
            "case": self.name(record.conversation.conversation_id),
            "untouched": record.untouched,
            "identity": self._identity(),
            "claims": {each: plain(write_claim(record, each), self.limits.claim) for each in LANGUAGES},
            "glance": {side: self._messages.glance(side) for side in ("buyer", "agent")},
            "timeline": self._timeline(),
            "passages": (passages := self._messages.passages()),
            "named": has_names(passages),
            "assessed": bool(record.assessments),
            "against": self._reasons(record.at_peak("raise")),
            "points": self._points(),
            "for_buyer": self._reasons(record.for_the_buyer),
            "missing": self._tables.missing(),
            "counts": {
                "for_buyer": len(self.source.points) + len(record.for_the_buyer),
                "missing": len(self.source.missing),
            },
            "promises": self._tables.promises(),
            **self._tables.facts(),
            "corrections": self._tables.corrections(),
            "exhibits": self._tables.exhibits(),
            "files": self._tables.files(),
            "masked": self._tables.masked(),
            "models": self._tables.models(),
            "signer": self.source.signer,
            "format": self.both("format", version=self.source.version),
        }

    def _identity(self) -> list[dict[str, str]]:
        conversation, record = self.record.conversation, self.record
        times = [message.sent_at for message in conversation.messages]
        senders = Counter(message.sender for message in conversation.messages)
        rows = {
            "case": self.name(conversation.conversation_id),
            "platform": label("platform", conversation.platform) if conversation.platform else "",
            "shop": self.name(conversation.shop_id or ""),
            "account": self.name((conversation.buyer and conversation.buyer.buyer_id) or ""),
            "period": f"{shop_time(min(times), record.zone)} — {shop_time(max(times), record.zone)}",
            "zone": record.zone.key,
            "counts": " · ".join(
                f"{label('sender', sender)} {senders[sender]}" for sender in ("buyer", "agent", "system")
            ),
        }
        return [{"key": key, "value": value} for key, value in rows.items() if value]

    def _timeline(self) -> dict[str, Any]:
        events = self.source.timeline
        strongest = sorted(range(len(events)), key=lambda number: (-events[number].weight, number))
        chosen = sorted(strongest[: self.limits.events])
        rows = [
            {
                "time": events[number].time,
                "zh": self.line(events[number].zh),
                "en": self.line(events[number].en),
                "references": self.references(events[number].references),
            }
            for number in chosen
        ]
        return self.listed(rows, len(events))

    def _points(self) -> dict[str, Any]:
        rows = [
            {
                "zh": self.line(point.zh),
                "en": self.line(point.en),
                "quote": plain(point.quote, self.limits.line),
                "references": self.references(point.references[: self.limits.reasons]),
            }
            for point in self.source.points[: self.limits.reasons]
        ]
        return self.listed(rows, len(self.source.points))

    def _reasons(self, marks: Sequence[Mark[Reason]]) -> dict[str, Any]:
        return self.listed([self._reason(mark) for mark in marks[: self.limits.reasons]], len(marks))

    def _reason(self, mark: Mark[Reason]) -> dict[str, Any]:
        references = [mark.number, *([mark.item.message_id] if mark.item.message_id else [])]
        return {
            **self._messages.mark(mark),
            "weight": shown_contribution(mark.item.contribution),
            "quote": plain(mark.quote, self.limits.line),
            "references": self.references(references),
        }
