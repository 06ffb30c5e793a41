"""``profiles``: which platforms a bundle can be made for, what each wants to see, what it takes and until when."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli.output import write_json, write_text

__all__ = ["register"]

profiles = typer.Typer(help="Platforms that a bundle can be made for; the list where no other command is given.")


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.add_typer(profiles, name="profiles")


@profiles.callback(invoke_without_command=True)
def list_profiles(context: typer.Context) -> None:
    """Show all profiles, one a line: name, and what it is in Chinese and English."""
    from service.evidence.profiles import load_profile, profile_names

    if context.invoked_subcommand is None:
        width = max(map(len, profile_names()))
        for profile in map(load_profile, profile_names()):
            write_text(f"{profile.name:{width}}  {profile.name_zh} | {profile.name_en}")


@profiles.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of a profile.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")] = False,
) -> None:
    """Show what a platform wants to see, its limits and deadline, each with source and confidence."""
    from service.evidence.checklist import profile_text
    from service.evidence.profiles import load_profile

    profile = load_profile(name, "NAME")
    if as_json:
        write_json(profile.model_dump(mode="json", exclude_none=True, exclude={"examples"}))
    else:
        write_text("\n".join(profile_text(profile, language) for language in ("zh", "en")).rstrip("\n"))
