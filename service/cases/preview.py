"""The checklist and the letter of a case as it stands, without a bundle: nothing is sealed, signed or noted for it."""

from __future__ import annotations

from typing import Any, NamedTuple

from pydantic_core import from_json

from service.cases.bundle import appeal_of, filed
from service.cases.desk import CaseDesk
from service.evidence.appeal import CHECKLIST, LETTER, appeal_files
from service.evidence.arrived import conversation_of, find_talk, kept_items
from service.evidence.record import make_record
from service.store.engine import Store
from service.store.keyring import KeyFile
from service.store.talks import TalkStore

__all__ = ["Preview", "preview_of_case"]

# what a checklist or a letter can rest on
_FILES = tuple(f"data/{name}.json" for name in ("transcript", "orders", "assessments", "missing"))


class Preview(NamedTuple):
    """The checklist as plain data, and the letter; no letter where the record does not bear one out."""

    checklist: dict[str, Any]
    letter: str | None


def preview_of_case(store: Store, keys: KeyFile, shop_id: int, case_id: str) -> Preview | None:
    """What the bundle of this case would say of its platform's requirements; None where no platform is named.

    Raises
    ------
    NotFoundError
        Where the shop has no such case.
    InputError
        Where nothing was said in the talk.
    """
    case, contents = CaseDesk(store, keys).contents(shop_id, case_id)
    appeal = appeal_of(case)
    if appeal is None:
        return None
    with store.reading() as connection:
        stored = TalkStore(connection, keys.current(), shop_id)
        talk = find_talk(stored, case.facts.conversation_id)
        items = [kept.item for kept in kept_items(stored, talk).values()]
        conversation = conversation_of(talk, stored.facts(talk), items)
        assessments = (each.assessment for each in stored.each_assessment(talk))
        file = filed(case, contents)
        record = make_record(conversation, assessments, [], file.contents, case=file)
    enclosed = {exhibit.sha256 for exhibit in record.exhibits if exhibit.file is not None}
    files = appeal_files(record, appeal, _FILES, enclosed)
    letter = files.get(LETTER)
    return Preview(from_json(files[CHECKLIST]), None if letter is None else letter.decode())
