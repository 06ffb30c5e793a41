"""Times that people write — 今天, 明早十点, 48小时内, 双十二之前 — resolved against a moment in the shop's zone.

`lengths` and `days` each read one way of naming a time, `named` knows holidays and sales, `clock` the time of day;
`dues` puts them together.
"""

from riskmodel.text.when.clock import find_clock, find_cutoff
from riskmodel.text.when.dues import Due, find_due, find_dues

__all__ = ["Due", "find_clock", "find_cutoff", "find_due", "find_dues"]
