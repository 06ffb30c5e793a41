"""What looks like a name and is none: places, banks, fields of a form, words that begin with a surname's sign."""

from __future__ import annotations

from riskmodel.regions import place_names
from service.evidence.redaction.words import word

__all__ = ["is_no_name"]

_PLACES = frozenset(place_names())


_FIELDS = (
    "住址",
    "电话",
    "手机",
    "地址",
    "号码",
    "日期",
    "邮箱",
    "收件",
    "收货",
    "联系",
    "信息",
    "姓名",
    "订单",
    "清关",
    "实名",
)
_NEVER = tuple(f"{word('surnames', 'never')} {word('numbers', 'banks')}".split())
_NOBODY = frozenset(f"{word('titles', 'nobody')} {word('persons', 'kin')} {word('persons', 'roles')}".split())


def is_no_name(name: str, *, strict: bool) -> bool:
    """Whether it is a place, a bank, a field of a form, or a word that begins with a surname's sign."""
    return (
        name in _PLACES
        or any(field in name for field in _FIELDS)
        or (strict and name[:2] in _PLACES)
        or name.startswith(_NEVER)
        or name in _NOBODY
    )
