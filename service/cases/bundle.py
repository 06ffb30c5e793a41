"""The evidence of a case: the bundle of its talk, with its exhibits and its own steps, for its platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.cases.case import Case
from service.cases.desk import CaseDesk
from service.cases.table import load_table
from service.evidence.appeal import Appeal, read_appeal
from service.evidence.filed import CaseFile, CaseStep, FiledExhibit
from service.evidence.stored import bundle_of_talk
from service.store.engine import Store
from service.store.keyring import KeyFile

__all__ = ["appeal_of", "bundle_of_case", "filed"]


def bundle_of_case(
    store: Store,
    keys: KeyFile,
    key: Ed25519PrivateKey,
    shop_id: int,
    case_id: str,
    *,
    actor: str,
    now: datetime,
    profile: str | None = None,
    event_date: str | None = None,
    language: str | None = None,
    stamp: Callable[[Mapping[str, bytes]], bytes] | None = None,
) -> bytes:
    """Make the bundle of a case as it stands; who had it made is noted.

    Parameters
    ----------
    profile, event_date, language
        As `service.evidence.appeal.read_appeal` takes them; those of the case where not given.

    For the others see `service.evidence.stored.bundle_of_talk`.

    Raises
    ------
    NotFoundError
        Where the shop has no such case.
    InputError
        As for `bundle_of_talk` and `read_appeal`.
    """
    case, contents = CaseDesk(store, keys).contents(shop_id, case_id)
    made = bundle_of_talk(
        store,
        keys,
        key,
        shop_id,
        case.facts.conversation_id,
        actor=actor,
        now=now,
        appeal=appeal_of(case, profile, event_date, language),
        stamp=stamp,
        case=filed(case, contents),
    )
    return bytes(made)


def appeal_of(
    case: Case, profile: str | None = None, event_date: str | None = None, language: str | None = None
) -> Appeal | None:
    """The appeal that a case is made for; what is given counts before what the case says. Raises `InputError`."""
    facts = case.facts
    profile = facts.profile if profile is None else profile
    if profile is not None:  # what the case says of date and language is for a platform
        event_date = facts.event_date if event_date is None else event_date
        language = facts.language if language is None else language
    return read_appeal(profile, event_date, language)


def filed(case: Case, contents: Mapping[int, bytes]) -> CaseFile:
    """The files and steps of a case, as a bundle takes them."""
    table = load_table()
    steps = []
    for step in case.steps:
        move = table.move(step.object, step.action)
        if move is None:  # of a table before this one
            continue
        about, actor = table.objects[step.object], table.actors[move.by]
        zh, en = f"{about.zh}：{actor.zh}{move.zh}", f"{about.en}: {actor.en} {move.en}"
        steps.append(CaseStep(step.at, zh, en))
    exhibits = [
        FiledExhibit(each.file.name, each.file.media_type, each.file.sha256, contents.get(each.position))
        for each in case.exhibits
    ]
    return CaseFile(exhibits, steps)
