"""References: how a sentence of a letter or a line of a checklist says what it rests on.

A message is referred to by its id, ``[m12]``; where an id is long, could be mistaken for something else or holds
personal data, by its place in the transcript, ``[#12]``. Orders are ``[O1]``, exhibits ``[E1]``, both in the order
of the transcript; reasons ``[R1]`` and promises ``[P1]`` as the page numbers them; a file of the bundle by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from service.evidence.record import Record

__all__ = ["References"]

_PLAIN = re.compile(r"(?![OREP][0-9]+$)[A-Za-z0-9_-]{1,24}", re.ASCII)


class References:
    """The references of one record.

    Parameters
    ----------
    record
        What is referred to.
    files
        Names of the bundle's files that can be referred to, without their folder.
    """

    def __init__(self, record: Record, files: Iterable[str] = ()) -> None:
        messages = record.conversation.messages
        self._messages = {
            message.message_id: message.message_id
            if _PLAIN.fullmatch(message.message_id) and record.personal.cover(message.message_id) == message.message_id
            else f"#{place}"
            for place, message in enumerate(messages, start=1)
        }
        attached = len(record.exhibits)
        self.known = frozenset(
            [
                *self._messages.values(),
                *(f"O{place}" for place in range(1, len(record.conversation.orders) + 1)),
                *(f"E{place}" for place in range(1, attached + 1)),
                *(mark.number for mark in record.reasons),
                *(mark.number for mark in record.promises),
                *files,
            ]
        )
        """Every reference that can be resolved."""

    def message(self, message_id: str) -> str:
        """Return the reference of a message."""
        return self._messages[message_id]
