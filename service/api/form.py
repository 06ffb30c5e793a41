"""A multipart form with one file in it, read in memory: what is uploaded can be personal and touches no disk."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import IO, NamedTuple

from flask import request
from werkzeug.formparser import FormDataParser

from riskmodel.errors import FieldProblem, InputError
from service.problems import Problem

__all__ = ["Upload", "read_upload"]

_MOST_FIELDS = 200
_MOST_TEXT = 64 * 1024  # bytes of all fields but the file


class Upload(NamedTuple):
    """The file of a form, its name there, and the other fields, each with all its values."""

    name: str
    content: bytes
    fields: Mapping[str, list[str]]


def read_upload(known: Mapping[str, bool]) -> Upload:
    """Read the form that this request's body is.

    Parameters
    ----------
    known
        The fields beside ``file``, and whether each may come more than once.

    Raises
    ------
    Problem
        415 where the body is not declared as a multipart form; 400 where it is none.
    InputError
        Where the file is missing, comes twice, or a field is unknown or comes twice.
    """
    if request.mimetype != "multipart/form-data" or request.content_encoding:
        raise Problem(
            415,
            "Send the file as `file` of a form, as multipart/form-data; let a client library write the header and its "
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
    uploads = files.getlist("file")
    problems = []
    if len(uploads) != 1 or len(files) != 1:
        problems.append(FieldProblem("file", "must come once, as a file with a name, and no other file with it"))
    for field, values in form.lists():
        if field not in known:
            problems.append(FieldProblem(ascii(field[:64])[1:-1], f"unknown field; use {', '.join(sorted(known))}"))
        elif len(values) > 1 and not known[field]:
            problems.append(FieldProblem(field, "may come once only"))
    if problems:
        raise InputError(problems)
    return Upload(uploads[0].filename or "", uploads[0].stream.read(), dict(form.lists()))


def _in_memory(*_what: object, **_more: object) -> IO[bytes]:
    return io.BytesIO()
