"""Writing the letter: its parts from the record, arranged by the profile's template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from riskmodel.reply.findings import load_phrases
from service.evidence.assessments import Promise
from service.evidence.checklist import Checklist
from service.evidence.checklist.requirements import Grounds
from service.evidence.checklist.text import checklist_word
from service.evidence.graphemes import CUT
from service.evidence.letter.course import DEMANDS, HINTS, course, quoted, when
from service.evidence.letter.sentences import Sentence, sentence
from service.evidence.plaintext import visible
from service.evidence.record import Mark
from service.evidence.wordings import label

__all__ = ["write_letter"]

_MOST_EACH = 3
# in log-odds: what an assessment hardly felt is in the page, not in the letter
_FELT = 0.05
_BRIEFLY = 20  # graphemes of the shop's own words in a brief letter


class _Form(NamedTuple):
    """How much a form of letter holds: messages of the course, graphemes of a quotation; a brief one counts, too."""

    messages: int
    graphemes: int
    brief: bool = False


# what speaks for the buyer has to stand in the brief form before a limit of 400 bytes cuts it
_FORMS = {"general": _Form(14, 120), "short": _Form(6, 40, brief=True), "card": _Form(16, 120)}


def write_letter(grounds: Grounds, checklist: Checklist, language: str) -> str | None:
    """Return the letter in ``zh`` or ``en``, one sentence a line; None where the record lacks what it needs.

    Parameters
    ----------
    grounds, checklist
        The record, and how far it meets what the profile requires.
    """
    if not checklist.has_letter:
        return None
    writer = _Writer(grounds, checklist, language, _FORMS[grounds.profile.letter])
    zh = language == "zh"
    text = (
        _environment()
        .get_template(f"{grounds.profile.letter}.{language}.j2")
        .render(
            to=grounds.profile.to_zh if zh else grounds.profile.to_en,
            profile=grounds.profile.name_zh if zh else grounds.profile.name_en,
            zone=grounds.record.zone.key,
            talk=[writer.talk()],
            matter=writer.matter(),
            request=[writer.request()],
            course=course(grounds, language, messages=writer.form.messages, graphemes=writer.form.graphemes),
            for_the_buyer=writer.for_the_buyer(),
            gaps=writer.gaps(),
            closing=writer.closing(),
        )
    )
    return text.strip() + "\n"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("service.evidence.letter"),
        autoescape=False,  # noqa: S701  # plain text, not HTML; what is filled in was made one visible line
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(str(value)).rstrip(" ") if isinstance(value, Sentence) else value,
    )


class _Writer:
    def __init__(self, grounds: Grounds, checklist: Checklist, language: str, form: _Form) -> None:
        self.grounds, self.checklist, self.language, self.form = grounds, checklist, language, form
        self.record, self.said = grounds.record, grounds.said

    def talk(self) -> Sentence:
        messages = self.record.conversation.messages
        senders = Counter(message.sender for message in messages)
        times = [message.sent_at for message in messages]
        return self._say(
            "talk",
            ["transcript.json"],
            conversation=self.record.personal.cover(self.record.conversation.conversation_id),
            total=len(messages),
            **{side: senders[side] for side in ("buyer", "agent", "system")},
            first=when(self.grounds, min(times)),
            last=when(self.grounds, max(times)),
        )

    def matter(self) -> list[Sentence]:
        """The demands, plain ones before hints."""
        found = [
            self._quote(wording, place.message_id, place.span, *self._rules(code, place.message_id))
            for code, wording in DEMANDS.items()
            for place in self.said.places(code)[:_MOST_EACH]
        ]
        if not found:
            found = [
                self._quote("hint", place.message_id, place.span) for place in self.said.places(*HINTS)[:_MOST_EACH]
            ]
        sentences = found or [self._say("no_demand", ["transcript.json"])]
        if not self.checklist.request_is_clear and not self.form.brief:
            question = checklist_word("question", "ask", language=self.language)
            sentences.append(self._say("unclear", ["checklist.json"], question=question))
        return sentences

    def request(self) -> Sentence:
        places = self.said.places(*DEMANDS) or self.said.places(*HINTS)
        profile = self.grounds.profile
        return self._say(
            "request",
            self.grounds.refer(places[:_MOST_EACH]) or ("transcript.json",),
            request=profile.request_zh if self.language == "zh" else profile.request_en,
        )

    def for_the_buyer(self) -> list[Sentence]:
        """What speaks for the buyer, the shop's own words that cannot be kept first."""
        if self.form.brief:
            return self._counted_for_the_buyer() or [self._say("nothing_found", ["transcript.json"])]
        sentences = []
        for mark in self._not_kept()[:_MOST_EACH]:
            zh, _, en = label("promise", mark.item.kind).partition(" ")
            kind = zh if self.language == "zh" else en
            sentences.append(
                self._quote("not_kept", mark.item.message_id or "", mark.item.span, mark.number, kind=kind)
            )
        for slip in self.said.slips[:_MOST_EACH]:
            reason = load_phrases().reasons[slip.polarity]
            why = reason.zh if self.language == "zh" else reason.en
            sentences.append(self._quote("slip", slip.place.message_id, slip.place.span, why=why))
        for code, wording in (("care.names_defect", "defect"), ("care.remedy", "remedy")):
            sentences += [self._quote(wording, place.message_id, place.span) for place in self.said.places(code)[:2]]
        if attached := self._attached_by_buyer():
            sentences.append(self._say("shown", attached[: 2 * _MOST_EACH], number=len(attached)))
        rules = [mark for mark in self.record.at_peak("lower") if -mark.item.contribution >= _FELT][:_MOST_EACH]
        if rules:
            texts = [mark.item.text_zh if self.language == "zh" else mark.item.text_en for mark in rules]
            joined = ("；" if self.language == "zh" else "; ").join(dict.fromkeys(texts))
            sentences.append(self._say("rules", [mark.number for mark in rules], rules=joined))
        return [*sentences, self._say("none_found" if sentences else "nothing_found", ["transcript.json"])]

    def _counted_for_the_buyer(self) -> list[Sentence]:
        sentences = []
        if broken := self._not_kept():
            numbers = [mark.number for mark in broken[:_MOST_EACH]]
            sentences.append(self._say("not_kept_count", numbers, number=len(broken)))
        for slip in self.said.slips[:_MOST_EACH]:
            sentences.append(self._quote("slip_brief", slip.place.message_id, slip.place.span, most=_BRIEFLY))
        for code, places in (
            ("defect_count", self.said.places("care.names_defect")),
            ("remedy_count", self.said.places("care.remedy")),
        ):
            if places:
                sentences.append(self._say(code, self.grounds.refer(places[:_MOST_EACH]), number=len(places)))
        if attached := self._attached_by_buyer():
            sentences.append(self._say("shown", attached[:_MOST_EACH], number=len(attached)))
        return sentences

    def _not_kept(self) -> list[Mark[Promise]]:
        return [mark for mark in self.record.promises if mark.item.can_keep == "no"]

    def gaps(self) -> list[Sentence]:
        """What is weak or missing of what this platform wants to see."""
        sentences = []
        for line in self.checklist.lines:
            if line.finding.status != "present":
                code, finding = line.requirement.code, line.finding
                name = checklist_word("requirement", code, "name", language=self.language)
                name = name[:1].upper() + name[1:]
                why = checklist_word("requirement", code, finding.why, language=self.language)
                sentences.append(self._say("gap", finding.rests_on or ("checklist.json",), name=name, why=why))
        return [*sentences, self._say("more_gaps", ["missing.json"])]

    def closing(self) -> list[Sentence]:
        return [
            self._say("verbatim", ["transcript.html"], cut=CUT),
            self._say("about_text", ["claim.txt"]),
            self._say("verify", ["manifest-sha256.txt"]),
        ]

    def _rules(self, code: str, message_id: str) -> list[str]:
        if self.form.brief:
            return []
        return [
            mark.number for mark in self.record.reasons if (mark.item.code, mark.item.message_id) == (code, message_id)
        ]

    def _attached_by_buyer(self) -> list[str]:
        senders = [message.sender for message in self.record.conversation.messages for _ in message.attachments]
        return [f"E{place}" for place, sender in enumerate(senders, start=1) if sender == "buyer"]

    def _quote(
        self,
        code: str,
        message_id: str,
        span: tuple[int, int] | None,
        *numbers: str,
        most: int | None = None,
        **values: object,
    ) -> Sentence:
        return self._say(
            code,
            [self.grounds.references.message(message_id), *numbers],
            time=when(self.grounds, self.record.messages[message_id].sent_at),
            quote=quoted(self.grounds, message_id, span, most or self.form.graphemes),
            **values,
        )

    def _say(self, code: str, references: Sequence[str], **values: object) -> Sentence:
        return sentence(code, self.language, references, **values)
