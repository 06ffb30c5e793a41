"""The command line: one module a group of commands.

Exit status, the same for all: 0 done; 1 done, but something in the input was wrong (for ``verify``: altered); 2 only
from ``verify``: not demonstrated; 3 could not run (wrong usage, no model, no such file). 130 and 141 are Ctrl-C and a
reader that went away, as shells have it.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

import typer

from riskmodel.errors import BaitwatchError, InputError
from service.cli import (
    batch,
    bundling,
    cases,
    demo,
    doctor,
    evidence,
    importing,
    keys,
    labels,
    models,
    profiles,
    score,
    serve,
    shops,
    storing,
    users,
)
from service.cli.output import BROKEN_PIPE, COULD_NOT_RUN, INPUT_WRONG, complain, forget_output

__all__ = ["app", "main"]

app = typer.Typer(
    name="baitwatch",
    help="Reads a shop's customer-service chat before the agent commits to anything.",
    add_completion=False,
    pretty_exceptions_enable=False,
)

_STORED = (keys, users, shops, storing, cases, labels)
for _group in (score, batch, serve, doctor, *_STORED, bundling, evidence, profiles, importing, models, demo):
    _group.register(app)
if find_spec("service.cli.learning"):
    import_module("service.cli.learning").register(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status; what goes wrong is one line on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # the same bytes whatever the locale says; a path that is no UTF-8 is shown escaped
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        status = app(args=arguments, prog_name="baitwatch", standalone_mode=False)
    except typer.TyperException as error:
        complain(f"{error.format_message()} (see baitwatch --help)")
        return COULD_NOT_RUN
    except InputError as error:
        complain(str(error))
        return INPUT_WRONG
    except BaitwatchError as error:
        complain(str(error))
        return COULD_NOT_RUN
    except typer.Abort:
        return 130
    except BrokenPipeError:
        forget_output()
        return BROKEN_PIPE
    except OSError as error:
        complain(f"cannot use {error.filename}: {error.strerror}" if error.filename else str(error.strerror or error))
        return COULD_NOT_RUN
    except Exception as error:
        if os.environ.get("BAITWATCH_TRACEBACK"):
            raise
        complain(f"unforeseen {type(error).__name__}, a mistake of the program; set BAITWATCH_TRACEBACK=1 to see where")
        return COULD_NOT_RUN
    return status if isinstance(status, int) else 0
