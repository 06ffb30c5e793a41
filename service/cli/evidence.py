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

Item = TypeVar("Item")
AuthoritiesOption = Annotated[
    Path | None,
    typer.Option(metavar="PEM", help="Certificates of the time authorities to trust; there has to be a time-stamp."),
]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("bundle")(bundle)
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
    from service.evidence.authority import TimeAuthority
    from service.evidence.bundle import build_bundle
    from service.evidence.exhibits import find_attachments
    from service.evidence.pades import PdfSigner

    if unsigned and key is not None:
        raise typer.BadParameter("--key and --unsigned exclude each other")
    stamp = TimeAuthority(timestamp, _authorities(tsa_ca)).stamp if timestamp else None
    sign_pdf = PdfSigner(pades, os.environ.get("BAITWATCH_PADES_PASSWORD")).sign if pades else None
    conversation = _only_conversation(file)
    scorer = load_scorer(model)
    signer = None if unsigned else load_or_create_key(key or default_key())
    with progress_bar() if sys.stderr.isatty() else nullcontext(_no_bar) as move:
        found = find_attachments(conversation, attachments, partial(move, "attachments")) if attachments else None
        assessments = _counted(scorer.trajectory(conversation), partial(move, "messages"), len(conversation.messages))
        content = build_bundle(conversation, assessments, signer, attachments=found, stamp=stamp, sign_pdf=sign_pdf)
    write_atomically(output, content)
    write_text(f"wrote {output}; check it with: baitwatch verify {output}")


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The bundle.")],
    trust: Annotated[
        list[str] | None,
        typer.Option(metavar="FINGERPRINT", help="SHA-256 of a key that may sign; can be given again."),
    ] = None,
    tsa_ca: AuthoritiesOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")] = False,
) -> None:
    """Check a bundle offline. Status 0 verified, 1 altered, 2 not demonstrated, 3 could not run."""
    report = verify_bundle(file, trusted=frozenset(trust or ()), authorities=_authorities(tsa_ca))
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
