"""The model of one worker process: looked for again where it was not there, and taken up anew when it changes."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from flask import Flask, current_app

from riskmodel.conversation import parse_conversation
from riskmodel.errors import ModelError
from riskmodel.model.artifact import arrays_path, read_manifest
from riskmodel.scorer import Scorer
from service.logs import describe, logger
from service.metrics import MODELS_REFUSED

__all__ = ["WorkerModel", "init_app", "model_of", "probe", "scorer"]

EXTENSION = "baitwatch_model"
LOOK_SECONDS = 1.0
"""How often the folder is looked at for another model."""

PROBE = parse_conversation(
    {
        "conversation_id": "readiness",
        "messages": [
            {
                "message_id": "1",
                "sender": "buyer",
                "sent_at": "2026-01-01T10:00:00+08:00",
                "text": "你好，这个杯子是陶瓷的吗",
            }
        ],
    }
)

_Stamp = tuple[tuple[int, int, int], ...]


class WorkerModel:
    """Holds the scorer of this process.

    A missing or altered model stops nothing else: the error is kept and given to every request, and the folder is
    looked at again after `retry_seconds`, so that a model trained meanwhile is taken up without a restart.

    Where another model lies in the folder, it is loaded beside the one in use, made to score, and put in its place as
    a whole, while requests go on. One that cannot be used is refused with a line in the log, and the old one stays.
    The one before is kept in memory, so that a rollback need not wait for it to be loaded.
    """

    def __init__(self, directory: Path, retry_seconds: float) -> None:
        self._directory = directory
        self._retry_seconds = retry_seconds
        self._lock = threading.Lock()
        self._loading = threading.Lock()
        self._scorer: Scorer | None = None
        self._former: Scorer | None = None
        self._error: ModelError | None = None
        self._tried_at = self._look_at = 0.0
        self._seen: _Stamp | None = None
        self._was_there = False

    def get(self) -> Scorer:
        """The scorer.

        Raises
        ------
        ModelError
            Where there is none that can be trusted; its text says what to do.
        """
        found = self._scorer
        if found is not None:
            if time.monotonic() >= self._look_at:
                self._glance()
            return found
        with self._lock:
            if self._scorer is None:
                self._try()
            if self._scorer is None:
                # a new object each time: one shared error would grow a traceback with every request
                raise ModelError(str(self._error))
            return self._scorer

    @property
    def is_gone(self) -> bool:
        """Whether the model in use has been taken from its folder: a restart would not find it."""
        return self._was_there and _stamp(self._directory) is None

    def look(self, *, again: bool = False) -> None:
        """Take up the model in the folder where it is another than the one in use, and can be used.

        Parameters
        ----------
        again
            Also one that was refused before.
        """
        with self._loading:
            stamp = _stamp(self._directory)
            if self._scorer is None or stamp is None or (stamp == self._seen and not again):
                return
            self._seen = stamp
            try:
                fresh = self._kept() or Scorer.load(self._directory)
                if fresh.info["sha256"] == self._scorer.info["sha256"]:
                    return
                probe(fresh)
            except ModelError as error:
                _refuse(reason=str(error))
                return
            except Exception as error:
                _refuse(**describe(error))
                return
            self._former, self._scorer = self._scorer, fresh
        logger().info("model_taken_up", version=fresh.info["version"], sha256=fresh.info["sha256"])

    def _glance(self) -> None:
        """See whether the files are others than before; whoever asks does not wait for them to be loaded."""
        with self._lock:
            if time.monotonic() < self._look_at:
                return
            self._look_at = time.monotonic() + LOOK_SECONDS
        if _stamp(self._directory) not in (None, self._seen) and not self._loading.locked():
            threading.Thread(target=self.look, name="model", daemon=True).start()

    def _kept(self) -> Scorer | None:
        """The one before, where it is the one in the folder again."""
        former = self._former
        return former if former is not None and former.manifest == read_manifest(self._directory) else None

    def _try(self) -> None:
        now = time.monotonic()
        if self._error is not None and now - self._tried_at < self._retry_seconds:
            return
        self._tried_at = now
        self._seen = _stamp(self._directory)
        try:
            self._scorer = Scorer.load(self._directory)
        except ModelError as error:
            self._error = error
        self._was_there = self._seen is not None


def _refuse(**why: Any) -> None:
    MODELS_REFUSED.inc()
    logger().warning("model_refused", **why)


def probe(loaded: Scorer) -> None:
    """See that a model scores, on a small built-in conversation; raises `ModelError` where it does not."""
    try:
        # message by message, which is read anew each time: what `assess` keeps in memory would be no proof
        *_, last = loaded.trajectory(PROBE)
        risk = last["risk"]
    except Exception as error:
        logger().error("model_does_not_score", **describe(error))
        risk = None
    # also false for not-a-number
    if risk is None or not 0 <= risk <= 1:
        raise ModelError("The model was loaded but gives no usable answer. Run `baitwatch train` to make a new one.")


def init_app(app: Flask) -> WorkerModel:
    """Load the model of this worker; a service without one still starts."""
    model = WorkerModel(Path(app.config["MODEL_DIR"]), app.config["RETRY_SECONDS"])
    app.extensions[EXTENSION] = model
    try:
        model.get()
    except ModelError as error:
        logger().warning("model_unavailable", reason=str(error))
    return model


def model_of(app: Flask) -> WorkerModel:
    """The model of an app."""
    found: WorkerModel = app.extensions[EXTENSION]
    return found


def scorer() -> Scorer:
    """The scorer of the app that handles this request; raises ModelError as `WorkerModel.get`."""
    return model_of(current_app).get()


def _stamp(directory: Path) -> _Stamp | None:
    """What tells files from others that took their place; None where one is missing."""
    try:
        found = [path.stat() for path in (directory / "manifest.json", arrays_path(directory))]
    except OSError:
        return None
    return tuple((each.st_mtime_ns, each.st_ino, each.st_size) for each in found)
