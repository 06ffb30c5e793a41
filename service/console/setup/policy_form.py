"""The shop's policy as a form: what was typed, the document that it stands for, and what is wrong with it in words.

What was typed is kept as it was sent, so that a refused form comes back whole; a stored policy is written the same way.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, Final, NamedTuple, get_args

from werkzeug.datastructures import MultiDict

from riskmodel.conversation import ShopPolicy
from riskmodel.errors import FieldProblem
from riskmodel.regions import official_provinces, province_of
from service.console.texts import say

__all__ = ["CHOICES", "COMPENSATION", "LISTS", "NUMBERS", "TEXTS", "Problem", "document_of", "form_of", "in_words"]

TEXTS: Final = ("same_day_cutoff", "timezone")
COMPENSATION: Final = ("same_city", "other_province", "high_value")
NUMBERS: Final = ("dispatch_hours", *COMPENSATION)
CHOICES: Final = {
    field: tuple(get_args(get_args(ShopPolicy.model_fields[field].annotation)[0]))
    for field in ("free_shipping", "cash_on_delivery", "invoice", "gifts")
}
"""The settings of which one is picked, with what the contract lets them be."""
LISTS: Final = ("free_shipping_excluded_provinces", "cash_on_delivery_provinces", "unserved_provinces")
_PARTED: Final = re.compile(r"[,，、;；\n]")
_AMOUNT: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?")


class Problem(NamedTuple):
    """What is wrong: the field of the form, the province where it is one's, and a sentence."""

    field: str
    province: str | None
    text: str


def document_of(form: MultiDict[str, str]) -> dict[str, Any]:
    """The policy as the contract writes it; what is no number stays a text, and is refused by the contract."""
    found: dict[str, Any] = {}
    for field in (*TEXTS, *CHOICES):
        found[field] = _plain(form.get(field, "")) or None
    for field in NUMBERS:
        text = _plain(form.get(field, ""))
        found[field] = float(text) if _AMOUNT.fullmatch(text) else text or None
    for field in LISTS:
        picked = form.getlist(field)
        found[field] = [name for name in official_provinces() if name in picked]
    found["carriers"] = [name.strip() for name in _PARTED.split(form.get("carriers", "")) if name.strip()]
    usual = {field: found.pop(field) for field in COMPENSATION}
    if any(value is not None for value in usual.values()):
        found["usual_compensation_yuan"] = usual
    return found


def form_of(policy: ShopPolicy | None) -> MultiDict[str, str]:
    """A stored policy as somebody would have typed it."""
    said = policy or ShopPolicy()
    usual = said.usual_compensation_yuan
    form: MultiDict[str, str] = MultiDict()
    for field in (*TEXTS, *CHOICES):
        form[field] = getattr(said, field) or ""
    form["dispatch_hours"] = _typed(said.dispatch_hours)
    for field in COMPENSATION:
        form[field] = _typed(getattr(usual, field) if usual is not None else None)
    for field in LISTS:
        form.setlist(field, [province_of(name) or name for name in getattr(said, field)])
    form["carriers"] = "、".join(said.carriers)
    return form


def in_words(problems: Iterable[FieldProblem], document: dict[str, Any]) -> list[Problem]:
    """What the check of a policy found, in the language of the reader; other fields get a plain sentence."""
    return [_in_words(problem, document) for problem in problems]


def _in_words(problem: FieldProblem, document: dict[str, Any]) -> Problem:
    root, _, rest = problem.field.partition(".")
    if root == "cash_on_delivery_provinces" and rest.isdecimal():
        province = document[root][int(rest)]
        return Problem(root, province, say("policy.problem_unserved", province=say(f"province.{province}")))
    if root == "usual_compensation_yuan":
        field = rest.partition(".")[0]
        return Problem(field, None, say("policy.problem_number", name=say(f"policy.{field}")))
    if root in NUMBERS:
        return Problem(root, None, say("policy.problem_number", name=say(f"policy.{root}")))
    if root in (*TEXTS, "cash_on_delivery_provinces", "free_shipping_excluded_provinces"):
        return Problem(root, None, say(f"policy.problem_{root}"))
    if root in ("cash_on_delivery", "free_shipping") and document[root] in (None, *CHOICES[root]):
        return Problem(root, None, say(f"policy.problem_{root}"))
    return Problem(root, None, say("policy.problem_other"))


def _plain(text: str) -> str:
    """What was typed, whichever keyboard wrote it: 16：00 is 16:00."""
    return unicodedata.normalize("NFKC", text).strip()


def _typed(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"
