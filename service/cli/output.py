"""How commands speak: results on standard output, everything else on standard error, always in UTF-8."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any, BinaryIO, Final

import typer

__all__ = ["BROKEN_PIPE", "COULD_NOT_RUN", "INPUT_WRONG", "complain", "forget_output", "write_json", "write_text"]

INPUT_WRONG: Final = 1
COULD_NOT_RUN: Final = 3
BROKEN_PIPE: Final = 128 + 13  # what a shell reports of a program that SIGPIPE ended


def write_json(document: Mapping[str, Any]) -> None:
    """Write one JSON object as one line, at once."""
    _write(json.dumps(document, ensure_ascii=False, separators=(",", ":")))


def write_text(text: str) -> None:
    """Write one line of plain text, at once."""
    _write(text)


def complain(text: str) -> None:
    """Say on standard error what is wrong, in one line."""
    line = " ".join(text.split())
    sys.stderr.write(f"baitwatch: {line}\n")
    sys.stderr.flush()


def forget_output() -> None:
    """Let Python's last flush at exit go nowhere, once nobody reads any more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _write(line: str) -> None:
    output: BinaryIO = sys.stdout.buffer
    try:
        output.write(line.encode("utf-8") + b"\n")
        output.flush()
    except BrokenPipeError:
        forget_output()
        raise typer.Exit(BROKEN_PIPE) from None
