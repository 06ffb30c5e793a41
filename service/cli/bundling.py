"""``bundle``: seal one conversation, of a file or of the store, so that others can check it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeVar

import typer

from riskmodel.conversation import Conversation
from service.cli.evidence import ConversationOption, ShopOption, authorities_of, only_conversation, see_source
from service.cli.output import write_text
from service.cli.progress import progress_bar
from service.cli.score import ModelOption, load_scorer
from service.evidence.keys import load_or_create_key
from service.files import default_key, write_atomically

if TYPE_CHECKING:
    from service.evidence.appeal import Appeal
    from service.evidence.container import Container

__all__ = ["register"]

_OPTIONS = {"profile": "--profile", "event_date": "--event-date", "language": "--language"}

Item = TypeVar("Item")


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("bundle")(bundle)


def bundle(
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", help="JSON Lines with exactly one conversation; - is standard input."),
    ] = None,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="ZIP", help="The bundle to write.")],
    conversation: ConversationOption = None,
    shop: ShopOption = None,
    key: Annotated[
        Path | None,
        typer.Option(metavar="PEM", help="Signing key, made where there is none [default: var/keys/signing.pem]."),
    ] = None,
    unsigned: Annotated[bool, typer.Option("--unsigned", help="Leave the signature out.")] = False,
    untouched: Annotated[
        bool, typer.Option("--untouched", help="Put the transcript in with personal data; the views stay covered.")
    ] = False,
    profile: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Platform to appeal to; adds a checklist and a letter. See: profiles."),
    ] = None,
    event_date: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="When the review, complaint or notice came: the deadline counts from it."),
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="zh|en", help="Of the letter [default: the profile's].")
    ] = None,
    pieces: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="New folder for what the platform's form takes, cut to its limits."),
    ] = None,
    attachments: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder with the files that came with messages, found by their SHA-256."),
    ] = None,
    timestamp: Annotated[
        str | None,
        typer.Option(metavar="URL", envvar="BAITWATCH_TSA_URL", help="Have a time authority (RFC 3161) stamp it."),
    ] = None,
    tsa_ca: Annotated[
        Path | None,
        typer.Option(metavar="PEM", envvar="BAITWATCH_TSA_CA", help="Certificates that its time-stamp must lead to."),
    ] = None,
    pades: Annotated[
        Path | None,
        typer.Option(
            metavar="P12", help="Sign summary.pdf, too; the password of the file is read from BAITWATCH_PADES_PASSWORD."
        ),
    ] = None,
    model: ModelOption = None,
) -> None:
    """Seal one conversation with its orders and assessments as evidence."""
    from service.evidence.appeal import checklist_of, read_appeal
    from service.evidence.authority import TimeAuthority
    from service.evidence.pades import PdfSigner
    from service.evidence.pieces import make_pieces, see_folder, write_folder

    is_stored = see_source(file, conversation, shop)
    if unsigned and key is not None:
        raise typer.BadParameter("--key and --unsigned exclude each other")
    if is_stored and (unsigned or key is not None or model is not None):
        raise typer.BadParameter("--key, --unsigned and --model are for a FILE; the store has its key and assessments")
    appeal = read_appeal(profile, event_date, language, fields=_OPTIONS)
    if pieces is not None:
        if appeal is None:
            raise typer.BadParameter("--pieces needs --profile: each platform takes other pieces")
        see_folder(pieces)
    asked = _Asked(
        untouched,
        appeal,
        attachments,
        TimeAuthority(timestamp, authorities_of(tsa_ca)).stamp if timestamp else None,
        PdfSigner(pades, os.environ.get("BAITWATCH_PADES_PASSWORD")).sign if pades else None,
    )
    if is_stored:
        content = _of_store(conversation or "", shop or "", asked)
    else:
        signer = None if unsigned else key or default_key()
        content = _of_file(file or "", signer, model, asked)
    parts: dict[str, bytes] = {}
    if appeal is not None and pieces is not None:
        parts = make_pieces(bytes(content), appeal.profile, appeal.language)
    write_atomically(output, *content.pieces)
    write_text(f"wrote {output}; check it with: baitwatch verify {output}")
    if pieces is not None:
        write_folder(pieces, parts)
        write_text(f"wrote {pieces}: {', '.join(parts)}")
    if appeal is not None:
        # of the pieces where there are any: it names the exhibits that the form does not take
        listed = parts.get(f"checklist.{appeal.language}.txt")
        text = listed.decode() if listed is not None else checklist_of(bytes(content), appeal.language)
        write_text("\n" + text.rstrip("\n"))


class _Asked(NamedTuple):
    """What is asked of a bundle, wherever the conversation comes from."""

    untouched: bool
    appeal: Appeal | None
    folder: Path | None
    stamp: Callable[[Mapping[str, bytes]], bytes] | None
    sign_pdf: Callable[[bytes], bytes] | None


def _of_file(file: str, key: Path | None, model: Path | None, asked: _Asked) -> Container:
    from service.evidence.bundle import seal_record
    from service.evidence.record import make_record

    conversation = only_conversation(file)
    scorer = load_scorer(model)
    signer = None if key is None else load_or_create_key(key)
    with _bar() as move:
        found = _found(conversation, asked.folder, move)
        assessments = _counted(scorer.trajectory(conversation), partial(move, "messages"), len(conversation.messages))
        record = make_record(conversation, assessments, (), found, untouched=asked.untouched)
        return seal_record(
            record,
            conversation,
            signer,
            appeal=asked.appeal,
            attachments=found,
            stamp=asked.stamp,
            sign_pdf=asked.sign_pdf,
        )


def _of_store(conversation_id: str, shop: str, asked: _Asked) -> Container:
    from service.cli.home import ACTOR, open_home
    from service.evidence.arrived import stored_conversation
    from service.evidence.stored import bundle_of_talk
    from service.store.access import find_shop

    home = open_home()
    with home.store.reading() as connection:
        number = find_shop(connection, shop)
        conversation = stored_conversation(connection, home.keys.current(), number, conversation_id)
    with _bar() as move:
        return bundle_of_talk(
            home.store,
            home.keys,
            home.signing_key,
            number,
            conversation_id,
            actor=ACTOR,
            now=home.now,
            untouched=asked.untouched,
            appeal=asked.appeal,
            attachments=_found(conversation, asked.folder, move),
            stamp=asked.stamp,
            sign_pdf=asked.sign_pdf,
            move=partial(move, "messages"),
        )


def _found(conversation: Conversation, folder: Path | None, move: Callable[[str, int, int], None]) -> dict[str, bytes]:
    from service.evidence.exhibits import find_attachments

    return find_attachments(conversation, folder, partial(move, "attachments")) if folder is not None else {}


def _bar() -> AbstractContextManager[Callable[[str, int, int], None]]:
    return progress_bar() if sys.stderr.isatty() else nullcontext(_no_bar)


def _no_bar(_stage: str, _done: int, _total: int) -> None:
    """Where nobody watches."""


def _counted(items: Iterable[Item], move: Callable[[int, int], None], total: int) -> Iterator[Item]:
    for done, item in enumerate(items, start=1):
        yield item
        move(done, total)
