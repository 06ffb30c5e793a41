"""How many processes fit and read at once."""

__all__ = ["JOBS"]

JOBS = 2
"""Each holds some 300 MB; the number changes nothing but the time, so that results do not hang on the machine."""
