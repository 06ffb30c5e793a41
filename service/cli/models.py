"""``models``: the versions of the model, which one is in use, and whether another may take its place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.output import INPUT_WRONG, complain, write_json, write_text

if TYPE_CHECKING:
    from riskmodel.gate import Verdict
    from riskmodel.registry import Registry, Version

__all__ = ["register"]

models = typer.Typer(help="The versions of the model: what is in use, and what may be.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="MODEL", help="How its digest begins, as `models list` shows it.")]
ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it; a user where there are any.")]
ShopOption = Annotated[str | None, typer.Option(help="Whose user, where several shops have one of this name.")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]
LabelledOption = Annotated[
    tuple[Path, Path] | None,
    typer.Option(metavar="CHATS.jsonl LABELS.jsonl", help="A frozen set of your own besides the project's."),
]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.add_typer(models, name="models")


@models.command("list")
def show_all(as_json: JsonOption = False) -> None:
    """Show the versions, the oldest first; broken ones are named, with status 1."""
    from service.cli import model_tables

    registry = _registry()
    whole, broken = registry.versions()
    used = registry.used()
    if as_json:
        for version in whole:
            write_json(
                {**version.record.model_dump(mode="json"), "version": version.name, "in_use": version.name == used}
            )
    elif whole:
        model_tables.versions(whole, used)
    if used is not None and used not in {version.name for version in whole}:
        complain(f"the model in use, {used}, is not among them; the next promotion takes it in")
    for each in broken:
        complain(each.problem)
    if broken:
        raise typer.Exit(INPUT_WRONG)
    if not whole and not as_json:
        complain("there are no models yet; `baitwatch train` makes one")


@models.command("show")
def show(name: NameArgument, as_json: JsonOption = False) -> None:
    """Show what is known of a version, and what was done with it."""
    from service.cli import model_tables

    registry = _registry()
    version = registry.get(name)
    done = [entry for entry in registry.journal.entries() if entry.version == version.name]
    if as_json:
        entries = [entry.model_dump(mode="json", exclude_none=True) for entry in done]
        used = version.name == registry.used()
        record = version.record.model_dump(mode="json")
        write_json({**record, "version": version.name, "in_use": used, "journal": entries})
    else:
        model_tables.version(version, done, registry.used())


@models.command("diff")
def diff(
    name: NameArgument,
    other: Annotated[str | None, typer.Argument(metavar="[MODEL]", help="Default: the one in use.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show in what one version differs from another: figures, bands, data, and what its features count for."""
    from riskmodel.registry.difference import compare
    from service.cli import model_tables

    registry = _registry()
    first = registry.get(name)
    second = registry.get(other or _used(registry))
    found = compare(first, second)
    if as_json:
        write_json(found.as_json())
    else:
        model_tables.difference(found)


@models.command("check")
def check(
    name: NameArgument,
    against: Annotated[str | None, typer.Option(metavar="MODEL", help="Default: the one in use.")] = None,
    labelled: LabelledOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hold a version to the gate and change nothing; status 1 where it would be refused."""
    registry = _registry()
    verdicts = _judge(registry, registry.get(name), against, labelled)
    _show(verdicts, as_json=as_json)
    if not verdicts or not all(verdict.passed for verdict in verdicts):
        raise typer.Exit(INPUT_WRONG)


@models.command("promote")
def promote(
    name: NameArgument,
    by: ByOption,
    shop: ShopOption = None,
    despite: Annotated[
        str | None, typer.Option(metavar="REASON", help="Put it in use though the gate refuses; stands in the journal.")
    ] = None,
    labelled: LabelledOption = None,
) -> None:
    """Put a version in use where the gate lets it; a running service takes it up within seconds, without a restart."""
    from service.cli.model_users import allowed

    if despite is not None and not despite.strip():
        raise typer.BadParameter("--despite takes a reason, which stands in the journal")
    user = allowed(by, shop)
    registry = _registry()
    version = registry.get(name)
    version.load()
    if registry.used() == version.name:
        complain("this model is in use already")
        return
    refused = False
    if registry.scorer_in_use() is None:
        complain("there is no model in use that could be compared with")
    else:
        verdicts = _judge(registry, version, None, labelled)
        refused = not verdicts or not all(verdict.passed for verdict in verdicts)
        for verdict in verdicts:
            _say_refusals(verdict)
    if refused and despite is None:
        complain(f"{version.name} is not put in use; `models check` shows all figures, --despite REASON overrules")
        raise typer.Exit(INPUT_WRONG)
    entry = registry.promote(version, by=by, reason=despite if refused else None)
    if entry is not None:
        user.note(entry)
    write_text(f"{version.name} is in use")


@models.command("rollback")
def rollback(
    by: ByOption,
    shop: ShopOption = None,
    reason: Annotated[str | None, typer.Option(help="Why; stands in the journal.")] = None,
) -> None:
    """Put the version before in use again, at once and without the gate."""
    from service.cli.model_users import allowed

    user = allowed(by, shop)
    entry = _registry().rollback(by=by, reason=reason)
    user.note(entry)
    write_text(f"{entry.version} is in use again")


@models.command("shadow")
def shadow(
    shop: Annotated[str, typer.Option(help="Of which shop's talks.")],
    candidate: Annotated[
        str | None, typer.Option(metavar="MODEL", help="How its digest begins; default: the one that scored last.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show which live talks would change band with the candidate of BAITWATCH_SHADOW_MODEL, and why."""
    from service.cli import model_tables
    from service.cli.home import open_home
    from service.store.access import find_shop
    from service.store.shadow_scores import candidates, report

    with open_home().store.reading() as connection:
        number = find_shop(connection, shop)
        known = candidates(connection, number)
        named = [name for name in known if name.startswith(candidate or "")]
        if not named:
            complain("no candidate has scored talks of this shop; set BAITWATCH_SHADOW_MODEL and let the service run")
            raise typer.Exit(INPUT_WRONG)
        found = report(connection, number, named[0])
    if as_json:
        write_json(found.as_json())
    else:
        model_tables.shadow(found)


def _registry() -> Registry:
    from riskmodel.paths import default_model_dir, default_registry_dir
    from riskmodel.registry import Registry

    return Registry(default_registry_dir(), default_model_dir())


def _used(registry: Registry) -> str:
    from riskmodel.errors import ModelError

    used = registry.used()
    if used is None:
        raise ModelError("there is no model in use; name the one to compare with")
    return used


def _judge(
    registry: Registry, version: Version, against: str | None, labelled: tuple[Path, Path] | None
) -> list[Verdict]:
    """Against the model in use, and against the anchor where that is another; or against the one that is named.

    Nothing where the model may have been trained on the talks that it would be measured on.
    """
    from riskmodel.errors import ModelError
    from riskmodel.gate import Frozen, judge, project_sets, written_set
    from service.cli.progress import progress_bar

    candidate = version.load()
    if against is not None:
        others = [registry.get(against).load()]
    else:
        in_use = registry.scorer_in_use()
        if in_use is None:
            raise ModelError("there is no model in use that could be compared with; name one with --against")
        others = [in_use]
        anchor = registry.journal.anchor()
        if anchor is not None and anchor not in (version.name, in_use.info["sha256"][: len(anchor)]):
            others.append(registry.get(anchor).load())
    frozen = Frozen(project_sets())
    if version.record.frozen_sha256 != frozen.digest:
        complain("it is not known whether this model's training data holds talks of the frozen sets: train it anew")
        return []
    if labelled is not None:
        frozen = Frozen([*frozen.sets.values(), written_set(*labelled, name="own")])
    with progress_bar() as move:
        return [judge(candidate, other, frozen, progress=move) for other in others]


def _show(verdicts: list[Verdict], *, as_json: bool) -> None:
    from service.cli import model_tables

    for verdict in verdicts:
        if as_json:
            write_json(verdict.as_json())
        else:
            model_tables.verdict(verdict)


def _say_refusals(verdict: Verdict) -> None:
    for found in verdict.refusals:
        complain(f"against {verdict.in_use[:12]}: {found.en}")
        complain(f"与 {verdict.in_use[:12]} 相比：{found.zh}")
