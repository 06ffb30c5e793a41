"""What looks like a name and is none: places, banks, fields of a form, words that begin with a surname's sign."""

from __future__ import annotations

from riskmodel.regions import place_names
from service.evidence.redaction.words import word

__all__ = ["is_field", "is_no_name"]

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
    "座机",
    "分机",
    "空号",
)
_BANKS = tuple(word("numbers", "banks").split())
_NEVER = (*word("surnames", "never").split(), *_BANKS)
_NOBODY = frozenset(f"{word('titles', 'nobody')} {word('persons', 'kin')} {word('persons', 'roles')}".split())


def is_no_name(name: str, *, strict: bool) -> bool:
    """Whether it is a place, a bank, a field of a form, or a word that begins with a surname's sign."""
    return is_field(name) or name in _PLACES or (strict and name[:2] in _PLACES) or name.startswith(_NEVER)


def is_field(name: str) -> bool:
    """Whether it is a field of a form, a bank or a role: what no one is called, whatever stands around it."""
    return name in _NOBODY or name.startswith(_BANKS) or any(field in name for field in _FIELDS)
