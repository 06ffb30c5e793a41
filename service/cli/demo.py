"""``demo``: the main job before one's eyes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("demo")(demo)


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the demo instead of serving on.")] = False,
    chats: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also replay these conversations (JSON Lines).")
    ] = None,
) -> None:
    """Train if there is no model, start the service and replay chats as an agent would see them."""
    from service.demo.run import run

    raise typer.Exit(run(once=once, chats=chats))
