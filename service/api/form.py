"""A multipart form with files in it, read in memory: what is uploaded can be personal and touches no disk."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import IO, NamedTuple

from flask import request
from werkzeug.datastructures import FileStorage
from werkzeug.formparser import FormDataParser

from riskmodel.errors import FieldProblem, InputError
from service.problems import Problem

__all__ = ["Upload", "read_files", "read_upload"]

_MOST_FIELDS = 200
# bytes of all fields but the files; beside the 64 KiB that it reads at a time the parser holds what it kept back before
_MOST_TEXT = 256 * 1024


class Upload(NamedTuple):
    """The file of a form, its name there, and the other fields, each with all its values."""

    name: str
    content: bytes
    fields: Mapping[str, list[str]]


def read_upload(known: Mapping[str, bool]) -> Upload:
    """Read the form that this request's body is, with one file, ``file``; errors as of `read_files`.

    Parameters
    ----------
    known
        The fields beside ``file``, and whether each may come more than once.
    """
    files, fields = _read({"file": True}, known)
    return Upload(files["file"].filename or "", files["file"].stream.read(), fields)


def read_files(known: Mapping[str, bool]) -> dict[str, bytes]:
    """Read the form that this request's body is, of files and nothing else; gives the content of those that came.

    Parameters
    ----------
    known
        The files, and whether each has to come.

    Raises
    ------
    Problem
        415 where the body is not declared as a multipart form; 400 where it is none.
    InputError
        Where a file is missing, or something is unknown or comes twice.
    """
    files, _ = _read(known, {})
    return {name: file.stream.read() for name, file in files.items()}


def _read(
    known_files: Mapping[str, bool], known_fields: Mapping[str, bool]
) -> tuple[dict[str, FileStorage], dict[str, list[str]]]:
    names = " and ".join(
        f"`{name}`" if has_to_come else f"perhaps `{name}`" for name, has_to_come in known_files.items()
    )
    if request.mimetype != "multipart/form-data" or request.content_encoding:
        raise Problem(
            415,
            f"Send {names} as a file of a form, as multipart/form-data; let a client library write the header and its "
            "boundary.",
            kind="media-type",
            title="The body is of another media type",
        )
    parser = FormDataParser(_in_memory, _MOST_TEXT, silent=False, max_form_parts=_MOST_FIELDS)
    try:
        _, form, files = parser.parse(
            request.stream, request.mimetype, request.content_length, dict(request.mimetype_params)
        )
    except ValueError:
        raise Problem(
            400,
            "The body is not a whole multipart form; let a client library write it.",
            kind="body-not-form",
            title="The body is not a form",
        ) from None
    problems = [
        FieldProblem(name, "must come once, as a file with a name")
        for name, must in known_files.items()
        if not must <= len(files.getlist(name)) <= 1
    ]
    problems += [_unknown(name, "file", known_files) for name in files if name not in known_files]
    for field, values in form.lists():
        if field not in known_fields:
            problems.append(_unknown(field, "field", known_fields or known_files))
        elif len(values) > 1 and not known_fields[field]:
            problems.append(FieldProblem(field, "may come once only"))
    if problems:
        raise InputError(problems)
    return files.to_dict(), dict(form.lists())


def _unknown(name: str, what: str, known: Iterable[str]) -> FieldProblem:
    return FieldProblem(ascii(name[:64])[1:-1], f"unknown {what}; use {', '.join(sorted(known))}")


def _in_memory(*_what: object, **_more: object) -> IO[bytes]:
    return io.BytesIO()
