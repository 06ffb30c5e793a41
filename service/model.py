"""The model of one worker process: loaded once, and looked for again where it was not there."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from flask import Flask, current_app

from riskmodel.errors import ModelError
from riskmodel.scorer import Scorer
from service.logs import logger

__all__ = ["WorkerModel", "init_app", "scorer"]

EXTENSION = "baitwatch_model"


class WorkerModel:
    """Holds the scorer of this process.

    A missing or altered model stops nothing else: the error is kept and given to every request, and the folder is
    looked at again after `retry_seconds`, so that a model trained meanwhile is taken up without a restart.
    """

    def __init__(self, directory: Path, retry_seconds: float) -> None:
        self._directory = directory
        self._retry_seconds = retry_seconds
        self._lock = threading.Lock()
        self._scorer: Scorer | None = None
        self._error: ModelError | None = None
        self._tried_at = 0.0

    def get(self) -> Scorer:
        """The scorer.

        Raises
        ------
        ModelError
            Where there is none that can be trusted; its text says what to do.
        """
        with self._lock:
            if self._scorer is None:
                self._try()
            if self._scorer is None:
                # a new object each time: one shared error would grow a traceback with every request
                raise ModelError(str(self._error))
            return self._scorer

    def _try(self) -> None:
        now = time.monotonic()
        if self._error is not None and now - self._tried_at < self._retry_seconds:
            return
        self._tried_at = now
        try:
            self._scorer = Scorer.load(self._directory)
        except ModelError as error:
            self._error = error


def init_app(app: Flask) -> WorkerModel:
    """Load the model of this worker; a service without one still starts."""
    model = WorkerModel(Path(app.config["MODEL_DIR"]), app.config["RETRY_SECONDS"])
    app.extensions[EXTENSION] = model
    try:
        model.get()
    except ModelError as error:
        logger().warning("model_unavailable", reason=str(error))
    return model


def scorer() -> Scorer:
    """The scorer of the app that handles this request; raises ModelError as `WorkerModel.get`."""
    model: WorkerModel = current_app.extensions[EXTENSION]
    return model.get()
