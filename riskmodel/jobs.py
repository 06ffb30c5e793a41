"""How many processes fit and read at once."""

import os

__all__ = ["JOBS"]

JOBS = int(os.environ.get("BAITWATCH_JOBS") or 2)
"""Each holds some 300 MB; the number changes nothing but the time, so that results do not hang on the machine."""
