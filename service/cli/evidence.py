"""``reveal`` and ``verify``: open single values of a bundle, and check one."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from cryptography.x509 import Certificate

from riskmodel.conversation import Conversation, parse_conversation
from riskmodel.errors import FieldProblem, InputError
from service.cli.output import write_json, write_text
from service.cli.score import numbered_lines
from service.evidence import verify_bundle
from service.files import default_key, write_atomically

__all__ = ["ConversationOption", "ShopOption", "authorities_of", "only_conversation", "register", "see_source"]

ConversationOption = Annotated[
    str | None, typer.Option(metavar="ID", help="Instead of FILE: a talk of the store; needs --shop.")
]
ShopOption = Annotated[str | None, typer.Option(metavar="NAME", help="Whose talk that is.")]
AuthoritiesOption = Annotated[
    Path | None,
    typer.Option(metavar="PEM", help="Certificates of the time authorities to trust; there has to be a time-stamp."),
]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("reveal")(reveal)
    app.command("verify")(verify)


def reveal(
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", help="The chat from which the bundle was made; - is standard input."),
    ] = None,
    *,
    sealed: Annotated[Path, typer.Option("--bundle", metavar="ZIP", help="The bundle.")],
    select: Annotated[
        str,
        typer.Option(metavar="NUMBERS", help="What to open: M3,M7, or whole messages and orders: messages.3; or all."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="JSON", help="The file of openings to write.")],
    key: Annotated[
        Path | None, typer.Option(metavar="PEM", help="The key that signed the bundle [default: var/keys/signing.pem].")
    ] = None,
    conversation: ConversationOption = None,
    shop: ShopOption = None,
) -> None:
    """Open single masked values of a bundle, for whoever may see them."""
    from service.evidence.disclosure import read_sealed
    from service.evidence.disclosure import reveal as make_openings
    from service.evidence.keys import load_key
    from service.evidence.plaintext import json_bytes

    chosen = [name.strip() for name in select.split(",") if name.strip()]
    if see_source(file, conversation, shop):
        if key is not None:
            raise typer.BadParameter("--key is for a FILE; what was made of the store is signed by the store's key")
        openings = _stored_openings(conversation or "", shop or "", sealed, chosen)
    else:
        files = read_sealed(sealed)
        openings = make_openings(files, only_conversation(file or ""), load_key(key or default_key()), chosen)
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
    report = verify_bundle(file, trusted=frozenset(trust or ()), authorities=authorities_of(tsa_ca), openings=revealed)
    if as_json:
        write_json(report.as_dict())
    else:
        write_text(report.explain("zh"))
        write_text(report.explain("en"))
    raise typer.Exit(int(report.status))


def _stored_openings(conversation: str, shop: str, sealed: Path, chosen: list[str]) -> dict[str, Any]:
    from service.cli.home import ACTOR, open_home
    from service.evidence.stored_openings import open_values
    from service.store.access import find_shop

    home = open_home()
    with home.store.reading() as connection:
        number = find_shop(connection, shop)
    return open_values(
        home.store,
        home.keys,
        home.signing_key,
        number,
        conversation,
        bundle=sealed.read_bytes(),
        chosen=chosen,
        actor=ACTOR,
        now=home.now,
    )


def see_source(file: str | None, conversation: str | None, shop: str | None) -> bool:
    """Whether a stored talk is meant and not a file; raises BadParameter where both are named, or neither."""
    if (file is None) == (conversation is None):
        raise typer.BadParameter("give either FILE, or --conversation and --shop for a talk of the store")
    if (conversation is None) != (shop is None):
        raise typer.BadParameter("--conversation and --shop go together")
    return conversation is not None


def authorities_of(file: Path | None) -> list[Certificate] | None:
    """The certificates in a file; None where none is named, BadParameter where it holds none."""
    if file is None:
        return None
    from service.evidence.timestamp import read_authorities

    try:
        return read_authorities(file.read_bytes())
    except ValueError:
        raise typer.BadParameter("--tsa-ca holds no certificate in PEM; give the authority's CA certificates") from None


def only_conversation(file: str) -> Conversation:
    """The one conversation of a file in JSON Lines; raises InputError where it holds another number of them."""
    # the second is enough to refuse the file
    found = [parse_conversation(raw, line=number) for number, raw in islice(numbered_lines(file), 2)]
    if len(found) != 1:
        count = "more than one conversation" if found else "no conversation"
        raise InputError(
            [FieldProblem("(whole file)", f"holds {count}; a bundle is of exactly one, so cut out its line")]
        )
    return found[0]
