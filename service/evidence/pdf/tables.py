"""The lists of the summary: promises, orders, corrections, exhibits, files, what is missing and what was masked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from service.evidence.exhibits import FOLDER
from service.evidence.facts import list_facts
from service.evidence.pdf.glyphs import plain
from service.evidence.pdf.part import Part
from service.evidence.record import shop_time
from service.evidence.wordings import label

__all__ = ["Tables"]


class Tables(Part):
    """Lists, each with how many entries did not fit."""

    def missing(self) -> dict[str, Any]:
        gaps = [
            {
                "zh": gap["text_zh"],
                "en": gap["text_en"],
                "details": self._details(gap["details"]),
            }
            for gap in self.source.missing
        ]
        return self.listed(gaps[: self.limits.gaps], len(gaps), file="missing.json")

    def _details(self, details: object) -> str:
        names = list(details) if isinstance(details, Iterable) else []
        shown = [self.name(str(name)) for name in names[: self.limits.quotes * 2]]
        return ", ".join(shown) + (f" … +{len(names) - len(shown)}" if len(names) > len(shown) else "")

    def promises(self) -> dict[str, Any]:
        # what was not kept or cannot be kept comes first where not all can be shown
        order = {"no": 0, "unknown": 1, "yes": 2}
        promises = sorted(
            self.record.promises, key=lambda mark: (mark.item.status != "overdue", order[mark.item.can_keep])
        )
        chosen = {mark.number for mark in promises[: self.limits.promises]}
        rows = []
        for mark in self.record.promises:
            promise = mark.item
            if mark.number not in chosen or promise.message_id is None:
                continue
            rows.append(
                {
                    "number": mark.number,
                    "kind": self.name(label("promise", promise.kind)),
                    "quote": plain(mark.quote, self.limits.line),
                    "references": self.references([promise.message_id]),
                    "time": shop_time(self.record.messages[promise.message_id].sent_at, self.record.zone),
                    "due": shop_time(promise.due_at, self.record.zone) if promise.due_at else None,
                    "can_keep": label("can_keep", promise.can_keep),
                    "status": label("promise_status", promise.status) if promise.status else None,
                    "zh": self.line(promise.why_zh),
                    "en": self.line(promise.why_en),
                }
            )
        return self.listed(rows, len(promises))

    def facts(self) -> dict[str, Any]:
        conversation = self.record.conversation
        orders = [self._rows(order) for order in conversation.orders[: self.limits.orders]]
        return {
            "orders": self.listed(orders, len(conversation.orders), file="orders.json"),
            "policy": self._rows(conversation.shop) if conversation.shop else [],
            "account": self._rows(conversation.buyer) if conversation.buyer else [],
        }

    def _rows(self, model: Any) -> list[list[str]]:
        return [[name, self.line(value)] for name, value in list_facts(model, self.record)]

    def corrections(self) -> dict[str, Any]:
        corrections = self.source.corrections
        rows = [
            {
                "time": each.time,
                "zh": self.line(each.zh),
                "en": self.line(each.en),
                "references": self.references(each.references),
            }
            for each in corrections[: self.limits.corrections]
        ]
        return self.listed(rows, len(corrections))

    def exhibits(self) -> dict[str, Any]:
        exhibits = self.record.exhibits
        rows = [
            {
                "number": exhibit.number,
                "name": self.name(exhibit.name),
                "from": exhibit.message_id and self.name(exhibit.message_id),
                "file": exhibit.file and self.name(exhibit.file),
                "sha256": exhibit.sha256,
            }
            for exhibit in exhibits[: self.limits.exhibits]
        ]
        return self.listed(rows, len(exhibits), file="exhibits.json")

    def files(self) -> dict[str, Any]:
        digests = [
            {"name": self.name(name), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(self.source.files.items())
            if not name.startswith(FOLDER)  # exhibits have a list of their own
        ]
        return self.listed(digests[: self.limits.exhibits], len(digests), file="manifest-sha256.txt")

    def masked(self) -> dict[str, Any]:
        rows = [
            {"number": entry.number, "where": self.name(entry.where), "what": label("masked", entry.what)}
            for entry in self.record.masked[: self.limits.masked]
        ]
        return self.listed(rows, len(self.record.masked), file="masking.json")

    def models(self) -> dict[str, Any]:
        models = list(dict.fromkeys(assessment.model for assessment in self.record.assessments))
        rows = [
            {"name": self.name(f"{model.name} {model.version}"), "sha256": plain(model.sha256, self.limits.line)}
            for model in models[: self.limits.quotes]
        ]
        return self.listed(rows, len(models), file="assessments.json")
