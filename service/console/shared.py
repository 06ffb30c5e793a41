"""Parts of pages that look the same to all of a shop, kept for a moment: many pages ask for them at the same time."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final

from flask import Response, current_app

from service.console.texts import language

__all__ = ["shared"]

EXTENSION: Final = "baitwatch_shared_parts"
_KEPT: Final = 1.0  # seconds
_MOST: Final = 256
_LOCK: Final = Lock()


def shared(name: Hashable, write: Callable[[], Response]) -> Response:
    """A part under a name, at most a second old, in the language of this request; `write` writes it anew.

    It must hold nothing of whoever asks: no name, no token of a form.
    """
    kept: dict[Hashable, tuple[float, bytes]] = current_app.extensions.setdefault(EXTENSION, {})
    key, now = (name, language()), time.monotonic()
    with _LOCK:
        since, content = kept.get(key, (0.0, b""))
    if not content or now - since > _KEPT:
        content = write().get_data()
        with _LOCK:
            if len(kept) >= _MOST:
                kept.clear()
            kept[key] = now, content  # of the time before it was looked for, so that it is never older than it says
    return Response(content, content_type="text/html; charset=utf-8")
