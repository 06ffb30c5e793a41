"""What the shop can keep: a form with the checks of ``PUT /v1/shop/policy``, and what a policy does to replies."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from flask import Response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from riskmodel.conversation import ShopPolicy, parse_conversation
from riskmodel.errors import InputError, ModelError
from riskmodel.regions import official_provinces
from riskmodel.shop_policy import parse_shop_policy
from service.backend import backend
from service.console import sessions
from service.console.blueprint import blueprint, needs
from service.console.page import write_page
from service.console.setup.policy_form import CHOICES, COMPENSATION, LISTS, Problem, document_of, form_of, in_words
from service.model import scorer
from service.store.open_talks import last_talk
from service.store.shops import policy_of, set_policy

__all__ = ["register"]

MORE: Final = ("carriers", "invoice", "gifts", *COMPENSATION, "timezone")
"""What is folded away until something is said in it."""

EXAMPLES: Final = (
    ("今天拍今天能发吗", "可以的亲，今天就发"),
    ("发新疆包邮吗", "包邮的亲"),
    ("我在西藏，能货到付款吗", "可以货到付款的亲"),
)
"""What buyers ask most, and a reply that promises it."""


class Example(NamedTuple):
    """A question, a reply to it, and what the check of the reply says under a policy."""

    question: str
    draft: str
    checked: dict[str, Any]


def register() -> None:
    """Add these pages."""
    blueprint.get("/setup/policy")(policy)
    blueprint.post("/setup/policy")(save_policy)


@needs("settings")
def policy() -> Response:
    """The form with what is set, and what it does."""
    with backend().store.reading() as connection:
        found = policy_of(connection, backend().keys.current(), sessions.user().shop_id)
    return _form(form_of(found), examples=_examples(found) if found is not None else [])


@needs("settings")
def save_policy() -> ResponseReturnValue:
    """Set the policy in place of the one before, or only show what it would do; nothing typed is lost."""
    user, document = sessions.user(), document_of(request.form)
    try:
        found = parse_shop_policy(document)
    except InputError as error:
        return _form(request.form, 422, problems=in_words(error.problems, document))
    if "try" in request.form:
        return _form(request.form, examples=_examples(found), tried=True)
    with backend().store.writing() as connection:
        keyring, now = backend().keys.current(), datetime.now(UTC)
        set_policy(connection, keyring, user.shop_id, found, actor=user.actor, now=now)
        begins = last_talk(connection, user.shop_id) is None
    session["note"] = "policy_saved"
    return redirect(url_for("console.setup" if begins else "console.policy"), 303)


def _examples(policy: ShopPolicy) -> list[Example]:
    """What the check says to the examples; none without a model."""
    now = datetime.now(UTC).isoformat()
    found = []
    with suppress(ModelError):
        for question, draft in EXAMPLES:
            message = {"message_id": "1", "sender": "buyer", "sent_at": now, "text": question}
            talk = parse_conversation({"conversation_id": "example", "messages": [message]})
            checked = scorer().check_reply(talk.model_copy(update={"shop": policy}), draft)
            found.append(Example(question, draft, checked))
    return found


def _form(
    form: MultiDict[str, str],
    status: int = 200,
    *,
    problems: list[Problem] | None = None,
    examples: list[Example] | None = None,
    tried: bool = False,
) -> Response:
    wrong = {problem.field for problem in problems or []}
    return write_page(
        "setup/policy",
        status,
        form=form,
        choices=CHOICES,
        lists=LISTS,
        provinces=official_provinces(),
        problems=problems or [],
        wrong=wrong,
        more=any(form.get(field) or field in wrong for field in MORE),
        wrong_provinces={problem.province for problem in problems or []},
        examples=examples or [],
        tried=tried,
    )
