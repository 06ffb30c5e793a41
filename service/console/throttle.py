"""Makes whoever guesses passwords wait: some failures are free, then each doubles the time until the next try."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from threading import Lock

__all__ = ["Throttle", "network"]

FIRST_WAIT, LONGEST_WAIT = 2.0, 300.0
FORGOTTEN_AFTER = 3600.0
_MOST_KNOWN = 10_000


class Throttle:
    """Counts tries in the memory of one process.

    Parameters
    ----------
    free
        How many tries may fail before there is a wait.
    clock
        In seconds, of any beginning.
    """

    def __init__(self, free: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._free, self._clock = free, clock
        self._tries: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lock = Lock()

    def attempt(self, key: str) -> float:
        """Count a try, as a failure until `forgive` or `forget` says otherwise; or give the seconds to wait.

        A try that has to wait is not counted, and nothing must be checked for it.
        """
        now = self._clock()
        with self._lock:
            count, last = self._tries.get(key, (0, now))
            if now - last >= FORGOTTEN_AFTER:
                count = 0
            wait = last + self._wait_after(count) - now
            if wait > 0:
                return wait
            self._tries[key] = count + 1, now
            self._tries.move_to_end(key)
            while len(self._tries) > _MOST_KNOWN:
                self._tries.popitem(last=False)
        return 0.0

    def forgive(self, key: str) -> None:
        """The last try was none to be counted."""
        with self._lock:
            count, last = self._tries.pop(key, (0, 0.0))
            if count > 1:
                self._tries[key] = count - 1, last

    def forget(self, key: str) -> None:
        """Begin anew: whoever tried knows the password."""
        with self._lock:
            self._tries.pop(key, None)

    def _wait_after(self, count: int) -> float:
        if count < self._free:
            return 0.0
        return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(count - self._free, 30))


def network(address: str | None) -> str:
    """What stands for a client: its address, of IPv6 the half that names the line and not the device.

    >>> network("192.0.2.7"), network("2001:db8:1:2:3:4:5:6")
    ('192.0.2.7', '2001:db8:1:2::')
    """
    try:
        found = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        return str(IPv6Address(int(found) >> 64 << 64))
    return str(found)
