"""The readable page: one self-contained HTML file, without script and without any outside request.

Every value that the template prints goes through `visible` and then through HTML escaping (see `service.pages`), so no
text of a chat can act, hide or reorder anything. Values of the chat are covered where they hold personal data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from service.evidence.claim import write_claim
from service.evidence.corrections import list_corrections
from service.evidence.exhibits import FOLDER
from service.evidence.facts import list_facts
from service.evidence.figures import shown_contribution, shown_risk
from service.evidence.for_the_buyer import Point
from service.evidence.marked import marks_by_message, pieces
from service.evidence.record import Record, shop_time
from service.evidence.redaction import COVER
from service.evidence.timeline import make_timeline
from service.evidence.wordings import label
from service.pages import page_environment

__all__ = ["write_page"]


def write_page(
    record: Record,
    *,
    missing: Sequence[Mapping[str, object]],
    files: Mapping[str, bytes],
    version: str,
    points: Sequence[Point] = (),
) -> bytes:
    """Return the page as UTF-8.

    Parameters
    ----------
    missing
        As `list_missing` returns it.
    files
        The other payload files by path; listed with their SHA-256.
    points
        What the record itself holds for the buyer.
    """
    marks = marks_by_message(record)
    talk = [
        (message, pieces(record.covered[name], marks.get(name, [])), marks.get(name, []))
        for name, message in record.messages.items()
    ]
    # exhibits have a list of their own
    listed = [(name, content) for name, content in sorted(files.items()) if not name.startswith(FOLDER)]
    page = (
        page_environment("service.evidence")
        .get_template("transcript.html.j2")
        .render(
            record=record,
            conversation=record.conversation,
            claims={language: write_claim(record, language) for language in ("zh", "en")},
            talk=talk,
            missing=missing,
            points=points,
            digests={name: hashlib.sha256(content).hexdigest() for name, content in listed},
            version=version,
            timeline=make_timeline(record),
            corrections=list_corrections(record),
            facts=lambda model: list_facts(model, record),
            at=lambda moment: shop_time(moment, record.zone),
            label=label,
            shown_risk=shown_risk,
            shown_contribution=shown_contribution,
            cover_sign=COVER,
        )
    )
    return page.encode()
