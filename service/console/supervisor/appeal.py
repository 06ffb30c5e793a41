"""What the platform of a case wants to see, and the letter: as the bundle of the case would have them."""

from __future__ import annotations

from flask import Response

from riskmodel.errors import InputError
from service.backend import backend
from service.console import sessions
from service.console.blueprint import blueprint, needs
from service.console.guard import is_part
from service.console.page import write_page

__all__ = ["register"]


def register() -> None:
    """Add this page."""
    blueprint.get("/cases/<case>/appeal")(appeal)


@needs("cases")
def appeal(case: str) -> Response:
    """Checklist and letter, a part of the case's page; as a page of its own where there is no script."""
    from service.cases.preview import preview_of_case  # noqa: PLC0415  # the templates of letters take a while to load

    here, user = backend(), sessions.user()
    case_id = here.cases.id_of(user.shop_id, case)
    # as a part it belongs to a look that is noted already
    found = here.cases.read(user.shop_id, case_id, actor=None if is_part() else user.actor)
    preview, empty = None, False
    try:
        preview = preview_of_case(here.store, here.keys, user.shop_id, case_id)
    except InputError:
        empty = True
    template = "supervisor/appeal" if is_part() else "supervisor/appeal_page"
    return write_page(template, case=found, preview=preview, empty=empty)
