"""The kinds of abuse that a talk can be part of, as the contract names them."""

from __future__ import annotations

from typing import Literal, get_args

__all__ = ["PATTERNS", "Pattern"]

Pattern = Literal[
    "promise_bait",
    "invoice_bait",
    "procedure_trap",
    "disclosure_trap",
    "review_extortion",
    "complaint_extortion",
    "refund_abuse",
    "cod_refusal",
    "off_platform_lure",
    "coordinated_accounts",
]
PATTERNS: tuple[Pattern, ...] = get_args(Pattern)
