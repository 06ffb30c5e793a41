"""The exhibits: files that came with messages or were put to a case, under names that are safe on every disk.

A name in a chat is anybody's text: ``../../x``, three hundred characters, two files of one name. In the bag a file is
called by its number and whatever of its name is plain ASCII, ``data/exhibits/002-box.jpg``; ``data/exhibits.json`` says
which name of which message that is. A file whose bytes are not those that the message names is refused.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from riskmodel.conversation import Attachment, Conversation
from riskmodel.errors import FieldProblem, InputError
from service.evidence.container import MAX_BYTES
from service.evidence.filed import FiledExhibit
from service.evidence.plaintext import one_line
from service.evidence.redaction import PersonalValues

__all__ = ["EXHIBITS", "FOLDER", "Exhibit", "exhibit_files", "find_attachments", "list_exhibits", "safe_name"]

EXHIBITS, FOLDER = "data/exhibits.json", "data/exhibits/"
_MOST_FILES = 10_000  # in a folder that is searched
_CHUNK = 2**20
_LONGEST = 60


class Exhibit(NamedTuple):
    """An attachment of a message, as the bundle lists it.

    Attributes
    ----------
    number
        ``E1``, ``E2`` … in the order of the talk, then those of the case.
    message_id
        None where the shop put the file to the case and no message names it.
    name
        As the message or the case names it, personal values covered.
    size_bytes
        Of the file; where it is not there, as the message says.
    file
        Its path in the bag, None where the file is not in the bundle.
    """

    number: str
    message_id: str | None
    name: str
    media_type: str
    sha256: str
    size_bytes: int | None
    file: str | None


def safe_name(number: int, name: str) -> str:
    """Return a file name of plain ASCII, unique by its number.

    Examples
    --------
    >>> safe_name(2, "box.JPG"), safe_name(3, "../../etc/passwd"), safe_name(4, "破损 照片.png"), safe_name(5, "..")
    ('002-box.jpg', '003-etc-passwd', '004.png', '005')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem, dot, ending = plain.rpartition(".")
    if not (dot and re.fullmatch(r"[A-Za-z0-9]{1,8}", ending)):
        stem, ending = plain, ""
    words = "-".join(re.findall(r"[A-Za-z0-9_]+", stem))[:_LONGEST].strip("-_")
    return f"{number:03d}" + (f"-{words}" if words else "") + (f".{ending.lower()}" if ending else "")


def list_exhibits(
    redacted: Conversation,
    contents: Mapping[str, bytes],
    filed: Sequence[FiledExhibit] = (),
    cover: Callable[[str], str] = lambda name: name,
) -> list[Exhibit]:
    """Return one exhibit for each attachment of each message, and for each other file of the case.

    The same file twice is one file in the bag.

    Parameters
    ----------
    redacted
        Personal values in the names of its attachments are covered.
    contents
        Of the attachments and of the case's files that are at hand, by SHA-256.
    filed
        The files of the case.
    cover
        Covers personal values in their names.

    Raises
    ------
    InputError
        A content that is not that of its SHA-256, or that neither a message nor the case names.
    """
    listed = [(path, message_id, found) for path, message_id, found in _attachments(redacted)]
    named: list[tuple[str, str | None, Attachment | FiledExhibit]] = [*listed]
    sent = {found.sha256 for _, _, found in listed}
    named += [
        (f"exhibits.{place}", None, each._replace(name=cover(each.name)))
        for place, each in enumerate(filed)
        if each.sha256 not in sent
    ]
    exhibits: list[Exhibit] = []
    files: dict[str, str] = {}
    for path, message_id, one in named:
        digest, name = one.sha256, one.name
        content = contents.get(digest)
        if content is not None and digest not in files:
            if hashlib.sha256(content).hexdigest() != digest:
                raise _refused(path, name, "has another SHA-256 than it was named with")
            files[digest] = FOLDER + safe_name(len(files) + 1, name)
        told = one.size_bytes if isinstance(one, Attachment) else None
        size = told if content is None else len(content)
        number = f"E{len(exhibits) + 1}"
        exhibits.append(Exhibit(number, message_id, name, one.media_type, digest, size, files.get(digest)))
    if set(contents) - set(files):
        raise InputError([FieldProblem("attachments", "hold a file whose SHA-256 no message names; leave it out")])
    return exhibits


def exhibit_files(exhibits: Sequence[Exhibit], contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of the exhibits by their path in the bag."""
    return {exhibit.file: contents[exhibit.sha256] for exhibit in exhibits if exhibit.file is not None}


def find_attachments(
    conversation: Conversation, folder: Path, move: Callable[[int, int], None] = lambda _done, _total: None
) -> dict[str, bytes]:
    """Read the attachments of a conversation that lie in a folder, whatever they are called there.

    Parameters
    ----------
    folder
        Searched itself, not the folders in it.
    move
        Told how many of its files have been looked at.

    Returns
    -------
    dict
        Content by SHA-256; what is not there is left out, and then listed as missing.

    Raises
    ------
    InputError
        A file that is called like an attachment but is another, or more than a bundle holds.
    OSError
        The folder or a file cannot be read.
    """
    files = sorted(path for path in folder.iterdir() if path.is_file())
    if len(files) > _MOST_FILES:
        raise InputError([FieldProblem("attachments", f"the folder holds more than {_MOST_FILES} files; use another")])
    wanted = {attachment.sha256 for _, _, attachment in _attachments(conversation)}
    found: dict[str, bytes] = {}
    named: set[str] = set()
    left = MAX_BYTES
    for done, path in enumerate(files):
        move(done, len(files))
        named.add(_folded(path.name))
        digest = _digest(path)
        if digest in wanted and digest not in found:
            found[digest] = path.read_bytes()
            left -= len(found[digest])
            if left < 0:
                raise InputError(
                    [FieldProblem("attachments", f"are more than the {MAX_BYTES // 2**20} MiB that a bundle holds")]
                )
    move(len(files), len(files))
    cover = PersonalValues(conversation).cover
    for place, _, attachment in _attachments(conversation):
        if attachment.sha256 not in found and _folded(attachment.name) in named:
            raise _refused(
                place, cover(attachment.name), "lies in the folder with another SHA-256 than the message says"
            )
    return found


def _attachments(conversation: Conversation) -> Iterator[tuple[str, str, Attachment]]:
    for index, message in enumerate(conversation.messages):
        for number, attachment in enumerate(message.attachments):
            yield f"messages.{index}.attachments.{number}", message.message_id, attachment


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _folded(name: str) -> str:
    # one disk composes accents, another takes them apart
    return unicodedata.normalize("NFC", name)


def _refused(path: str, name: str, why: str) -> InputError:
    shown = one_line(name)
    shown = shown if len(shown) <= 80 else f"{shown[:77]}..."
    return InputError(
        [FieldProblem(path, f"{shown!r} {why}; get the file as it was sent, or take it out of the folder")]
    )
