"""How many processes fit and read at once."""

from __future__ import annotations

import os
import sys

__all__ = ["JOBS"]


def _jobs() -> int:
    named = os.environ.get("BAITWATCH_JOBS") or "2"
    if not named.isascii() or not named.isdecimal() or int(named) < 1:
        # read before any command runs: there is nobody yet who would catch an error and say it in one line
        sys.exit(f"BAITWATCH_JOBS must be a number of processes, 1 or more, not {named!r}")
    return int(named)


JOBS = _jobs()
"""Each holds some 300 MB; the number changes nothing but the time, so that results do not hang on the machine."""
