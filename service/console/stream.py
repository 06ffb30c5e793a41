"""``/console/live``: the stream that an open page hears changes by, for as long as whoever opened it is signed in."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, Response, current_app, session

from service.backend import backend, backend_of
from service.console import sessions
from service.console.blueprint import blueprint, needs
from service.console.live import Live, NoRoomError, events
from service.problems import Problem

__all__ = ["init_app", "live_of", "register"]

EXTENSION = "baitwatch_live"


def init_app(app: Flask) -> None:
    """Keep the open pages of this app."""
    app.extensions[EXTENSION] = Live(backend_of(app).store, app.config["LIVE_PAGES"])


def live_of(app: Flask) -> Live:
    """The open pages of an app."""
    found: Live = app.extensions[EXTENSION]
    return found


def register() -> None:
    """Serve the stream."""
    blueprint.get("/live")(stream)
    blueprint.get("/pulse")(pulse)


@needs("talks")
def stream() -> Response:
    """Say which talks of the shop change, as it happens; 503 where this process has no room, and pages ask instead."""
    user = sessions.user()
    live = live_of(current_app)
    backend().store.check()  # a stream that begins without a database would say nothing, and look well
    try:
        listener = live.listen(user.shop_id)
    except NoRoomError:
        raise Problem(
            503,
            "This process updates as many pages as it has room for; the page asks at intervals instead.",
            kind="busy",
            title="No room for another live page",
            headers={"Retry-After": "30"},
        ) from None
    token, seconds = session["token"], current_app.config["LIVE_SECONDS"]
    holds = sessions.watch(current_app, user, token)

    def told() -> Iterator[str]:
        try:
            for event in events(listener, seconds):
                if not holds():
                    yield "event: ended\ndata: -\n\n"
                    return
                yield event
        finally:
            live.leave(listener)

    response = Response(told(), mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"  # proxies that gather answers are asked not to
    response.call_on_close(lambda: live.leave(listener))  # where nothing of it was ever read
    return response


@needs("talks")
def pulse() -> Response:
    """Say that the service is there, to a page that has no stream."""
    backend().store.check()
    return Response(status=204)
