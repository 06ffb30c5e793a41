"""An appeal: which profile a bundle is made for, and the files that this adds to it, a checklist and a letter."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from riskmodel.errors import FieldProblem, InputError
from service.evidence.bag import BASE
from service.evidence.checklist import checklist_json, checklist_text, make_checklist
from service.evidence.checklist.requirements import Grounds
from service.evidence.container import read_container
from service.evidence.letter import write_letter
from service.evidence.plaintext import json_bytes
from service.evidence.profiles import Event, Profile, load_profile, read_event_date
from service.evidence.record import Record
from service.evidence.references import References
from service.evidence.said import Said, what_is_said
from service.evidence.wordings import LANGUAGES

__all__ = ["CHECKLIST", "CHECKLIST_TEXTS", "LETTER", "Appeal", "appeal_files", "checklist_of", "read_appeal"]

CHECKLIST, LETTER = "data/checklist.json", "data/letter.txt"
CHECKLIST_TEXTS = {language: f"data/checklist.{language}.txt" for language in LANGUAGES}


class Appeal(NamedTuple):
    """What a bundle is made for.

    Attributes
    ----------
    event
        When the thing happened that the deadline counts from; None where that is not known.
    language
        Of the letter, ``zh`` or ``en``.
    """

    profile: Profile
    event: Event | None
    language: str


def read_appeal(
    profile: str | None, event_date: str | None, language: str | None, *, fields: Mapping[str, str] | None = None
) -> Appeal | None:
    """Return the appeal that is asked for by name; None where no profile is named and nothing else is asked.

    Parameters
    ----------
    fields
        How ``profile``, ``event_date`` and ``language`` are called where they were given; their own names otherwise.

    Raises
    ------
    InputError
        An unknown profile or language, a date that is none, or one of these without a profile.
    """
    called = dict(fields or {})
    if profile is None:
        for field, given in (("event_date", event_date), ("language", language)):
            if given is not None:
                raise InputError([FieldProblem(called.get(field, field), "is for a profile; name one too")])
        return None
    found = load_profile(profile, called.get("profile", "profile"))
    if language not in (None, *LANGUAGES):
        raise InputError([FieldProblem(called.get("language", "language"), "must be zh or en")])
    event = read_event_date(event_date, called.get("event_date", "event_date")) if event_date is not None else None
    return Appeal(found, event, language or found.language)


def appeal_files(
    record: Record,
    appeal: Appeal,
    files: Collection[str],
    enclosed: Collection[str] = (),
    said: Said | None = None,
) -> dict[str, bytes]:
    """Return the checklist and, where the record bears one out, the letter, by their paths in the bundle.

    Parameters
    ----------
    files
        Paths of the bundle's other files, to which the letter may refer.
    enclosed
        SHA-256 of the attachments whose files are in the bundle.
    said
        What the messages say, where that was read already.
    """
    names = [name.removeprefix("data/") for name in (*files, CHECKLIST, "data/transcript.html")]
    references = References(record, [*names, "manifest-sha256.txt"])
    grounds = Grounds(record, appeal.profile, said or what_is_said(record), references, enclosed)
    checklist = make_checklist(grounds, appeal.event)
    made = {
        CHECKLIST: json_bytes(checklist_json(checklist)),
        **{name: checklist_text(checklist, language).encode() for language, name in CHECKLIST_TEXTS.items()},
    }
    letter = write_letter(grounds, checklist, appeal.language)
    return {**made, LETTER: letter.encode()} if letter is not None else made


def checklist_of(bundle: bytes, language: str) -> str:
    """Return the checklist of a bundle that was made for a profile, as text in ``zh`` or ``en``."""
    return read_container(bundle)[BASE + CHECKLIST_TEXTS[language]].decode()
