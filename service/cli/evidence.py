"""``bundle`` and ``verify``: seal one conversation so that others can check it, and check such a bundle."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from cryptography.x509 import Certificate

from riskmodel.conversation import Conversation, parse_conversation
from riskmodel.errors import FieldProblem, InputError
from service.cli.output import write_json, write_text
from service.cli.progress import progress_bar
from service.cli.score import ModelOption, load_scorer, numbered_lines
from service.evidence import verify_bundle
from service.evidence.keys import load_or_create_key
from service.files import default_key, write_atomically

__all__ = ["register"]

_OPTIONS = {"profile": "--profile", "event_date": "--event-date", "language": "--language"}

Item = TypeVar("Item")
AuthoritiesOption = Annotated[
    Path | None,
    typer.Option(metavar="PEM", help="Certificates of the time authorities to trust; there has to be a time-stamp."),
]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("bundle")(bundle)
    app.command("reveal")(reveal)
    app.command("verify")(verify)


def bundle(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="JSON Lines with exactly one conversation; - is standard input.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="ZIP", help="The bundle to write.")],
    *,
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
    from service.evidence.bundle import build_bundle
    from service.evidence.exhibits import find_attachments
    from service.evidence.pades import PdfSigner
    from service.evidence.pieces import make_pieces, see_folder, write_folder

    if unsigned and key is not None:
        raise typer.BadParameter("--key and --unsigned exclude each other")
    appeal = read_appeal(profile, event_date, language, fields=_OPTIONS)
    if pieces is not None:
        if appeal is None:
            raise typer.BadParameter("--pieces needs --profile: each platform takes other pieces")
        see_folder(pieces)
    stamp = TimeAuthority(timestamp, _authorities(tsa_ca)).stamp if timestamp else None
    sign_pdf = PdfSigner(pades, os.environ.get("BAITWATCH_PADES_PASSWORD")).sign if pades else None
    conversation = _only_conversation(file)
    scorer = load_scorer(model)
    signer = None if unsigned else load_or_create_key(key or default_key())
    with progress_bar() if sys.stderr.isatty() else nullcontext(_no_bar) as move:
        found = find_attachments(conversation, attachments, partial(move, "attachments")) if attachments else None
        assessments = _counted(scorer.trajectory(conversation), partial(move, "messages"), len(conversation.messages))
        content = build_bundle(
            conversation,
            assessments,
            signer,
            untouched=untouched,
            appeal=appeal,
            attachments=found,
            stamp=stamp,
            sign_pdf=sign_pdf,
        )
    parts = make_pieces(content, appeal.profile, appeal.language) if appeal is not None and pieces is not None else {}
    write_atomically(output, content)
    write_text(f"wrote {output}; check it with: baitwatch verify {output}")
    if pieces is not None:
        write_folder(pieces, parts)
        write_text(f"wrote {pieces}: {', '.join(parts)}")
    if appeal is not None:
        # of the pieces where there are any: it names the exhibits that the form does not take
        listed = parts.get(f"checklist.{appeal.language}.txt")
        text = listed.decode() if listed is not None else checklist_of(content, appeal.language)
        write_text("\n" + text.rstrip("\n"))


def reveal(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="The chat from which the bundle was made; - is standard input.")
    ],
    sealed: Annotated[Path, typer.Option("--bundle", metavar="ZIP", help="The bundle.")],
    select: Annotated[
        str,
        typer.Option(metavar="NUMBERS", help="What to open: M3,M7, or whole messages and orders: messages.3; or all."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="JSON", help="The file of openings to write.")],
    key: Annotated[
        Path | None, typer.Option(metavar="PEM", help="The key that signed the bundle [default: var/keys/signing.pem].")
    ] = None,
) -> None:
    """Open single masked values of a bundle, for whoever may see them."""
    from service.evidence.disclosure import read_sealed
    from service.evidence.disclosure import reveal as make_openings
    from service.evidence.keys import load_key
    from service.evidence.plaintext import json_bytes

    files = read_sealed(sealed)
    chosen = [name.strip() for name in select.split(",") if name.strip()]
    openings = make_openings(files, _only_conversation(file), load_key(key or default_key()), chosen)
    write_atomically(output, json_bytes(openings))
    write_text(
        f"wrote {output}: {len(openings['openings'])} values in the clear, for the platform alone; "
        f"it checks them with: baitwatch verify {sealed} --reveal {output}"
    )


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The bundle.")],
    trust: Annotated[
        list[str] | None,
        typer.Option(metavar="FINGERPRINT", help="SHA-256 of a key that may sign; can be given again."),
    ] = None,
    revealed: Annotated[
        Path | None,
        typer.Option("--reveal", metavar="OPENINGS", help="Values that the shop opened with `baitwatch reveal`."),
    ] = None,
    tsa_ca: AuthoritiesOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")] = False,
) -> None:
    """Check a bundle offline. Status 0 verified, 1 altered, 2 not demonstrated, 3 could not run."""
    report = verify_bundle(file, trusted=frozenset(trust or ()), authorities=_authorities(tsa_ca), openings=revealed)
    if as_json:
        write_json(report.as_dict())
    else:
        write_text(report.explain("zh"))
        write_text(report.explain("en"))
    raise typer.Exit(int(report.status))


def _authorities(file: Path | None) -> list[Certificate] | None:
    if file is None:
        return None
    from service.evidence.timestamp import read_authorities

    try:
        return read_authorities(file.read_bytes())
    except ValueError:
        raise typer.BadParameter("--tsa-ca holds no certificate in PEM; give the authority's CA certificates") from None


def _no_bar(_stage: str, _done: int, _total: int) -> None:
    """Where nobody watches."""


def _counted(items: Iterable[Item], move: Callable[[int, int], None], total: int) -> Iterator[Item]:
    for done, item in enumerate(items, start=1):
        yield item
        move(done, total)


def _only_conversation(file: str) -> Conversation:
    # the second is enough to refuse the file
    found = [parse_conversation(raw, line=number) for number, raw in islice(numbered_lines(file), 2)]
    if len(found) != 1:
        count = "more than one conversation" if found else "no conversation"
        raise InputError(
            [FieldProblem("(whole file)", f"holds {count}; a bundle is of exactly one, so cut out its line")]
        )
    return found[0]
