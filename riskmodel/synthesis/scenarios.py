"""The scenario files: stories as data, read and checked before anything is generated from them.

A file in ``families/`` holds a pair (an abusive family and its innocent twin) or one family without a twin, and
``pools.yaml`` the lines of ordinary talk that all share. Whatever is wrong is said with the file, the line, the path
inside the file and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from riskmodel.errors import CatalogueError
from riskmodel.patterns import Pattern
from riskmodel.synthesis.steps import (
    STEP_KEYS,
    AgentLine,
    BuyerLine,
    Label,
    Pools,
    ScenarioFile,
    Step,
    Surface,
    walk,
)
from riskmodel.yaml_files import YamlLoader, parse_yaml

__all__ = ["Family", "data_folder", "load_families", "load_pools"]


class Family(NamedTuple):
    """One story, the unit of the train/test split; families of one `pair` share `surface` and `say`."""

    name: str
    pair: str
    label: Label
    patterns: tuple[Pattern, ...]
    source: tuple[str, ...]
    surface: Surface
    say: dict[str, list[str]]
    talk: list[Step]
    ready_replies: list[list[str]]
    careless_for: dict[str, str]

    def lines(self, choice: str | list[str]) -> list[str]:
        """The wordings behind a name of the file's `say`, or the list itself."""
        return self.say[choice] if isinstance(choice, str) else choice

    @property
    def names_money(self) -> bool:
        """Whether a sum of money may be named in the talk."""
        steps = (step for _, step in walk(self.talk))
        return any(isinstance(step, BuyerLine | AgentLine) and step.money is not None for step in steps)


def _ready_replies(spec: ScenarioFile) -> list[list[str]]:
    """The named lists from which agents of this file answer without committing to anything."""
    steps = [step for family in spec.families for _, step in walk(family.talk) if isinstance(step, AgentLine)]
    ready = {name for step in steps if not step.money for name in (step.use, step.careful) if isinstance(name, str)}
    for step in steps:
        # a list that commits anywhere in the file would commit here too, without its label
        unsafe = (step.careless, step.use if step.commits else None)
        ready -= {name for name in unsafe if isinstance(name, str)}
    return [spec.say[name] for name in sorted(ready) if not any("{money}" in line for line in spec.say[name])]


def _careless_for(spec: ScenarioFile) -> dict[str, str]:
    """For each named careful list the careless one beside which it stands: what an agent says who gives in."""
    steps = [step for family in spec.families for _, step in walk(family.talk) if isinstance(step, AgentLine)]
    return {
        step.careful: step.careless
        for step in steps
        if isinstance(step.careful, str) and isinstance(step.careless, str) and step.commits and step.money is None
    }


class _Source(NamedTuple):
    """A file as it stands, to say in which line something is wrong."""

    name: str
    text: str

    def wrong(self, path: Sequence[int | str], problem: str) -> CatalogueError:
        """The error that names file, line and path."""
        where = ".".join(map(str, path)) or "(whole file)"
        return CatalogueError(f"{self.name}: line {self._line(path)}: {where}: {problem}")

    def _line(self, path: Sequence[int | str]) -> int:
        """The line of the innermost part of a path that is in the file."""
        node = yaml.compose(self.text, Loader=YamlLoader)
        line = 1 if node is None else node.start_mark.line + 1
        for part in path:
            if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                line = node.start_mark.line + 1
            elif isinstance(node, yaml.MappingNode):
                found = [(key, value) for key, value in node.value if key.value == str(part)]
                if not found:
                    break
                line, node = found[0][0].start_mark.line + 1, found[0][1]
            else:
                break
        return line


def _check_lines(
    source: _Source, path: Sequence[int | str], step: BuyerLine | AgentLine, say: Mapping[str, list[str]]
) -> None:
    choices = {"use": step.use, "say": step.say}
    if isinstance(step, AgentLine):
        choices |= {"careful": step.careful, "careless": step.careless}
    for key, choice in choices.items():
        if isinstance(choice, str) and choice not in say:
            raise source.wrong([*path, key], f"no list {choice!r} under `say`; add it or correct the name")
        lines = say[choice] if isinstance(choice, str) else choice or []
        if step.money is None and any("{money}" in line for line in lines):
            raise source.wrong(path, "a wording has {money}; give the step `money: [low, high]`")


def _check(source: _Source, spec: ScenarioFile, stem: str) -> None:
    if spec.pair != stem:
        raise source.wrong(["pair"], "must be the file's name without .yaml; rename one of the two")
    labels = {family.label for family in spec.families}
    if labels == {"abusive"}:
        raise source.wrong(["families"], "an abusive family without a twin; add a benign or legit_complaint one")
    for number, family in enumerate(spec.families):
        here: list[int | str] = ["families", number]
        if (family.label == "abusive") != bool(family.patterns):
            raise source.wrong([*here, "patterns"], "name them for an abusive family, leave [] for any other")
        marked = False
        for place, step in walk(family.talk, ".".join(map(str, [*here, "talk"]))):
            if isinstance(step, BuyerLine | AgentLine):
                path = [int(part) if part.isdecimal() else part for part in place.split(".")]
                _check_lines(source, path, step, spec.say)
            if isinstance(step, BuyerLine) and step.mark:
                marked = True
        if marked != (family.label == "abusive"):
            raise source.wrong([*here, "talk"], "abusive families, and only they, have a `mark: earliest`")


Read = TypeVar("Read", bound=BaseModel)


def _read(path: Path, model: type[Read]) -> tuple[_Source, Read]:
    try:
        source = _Source(path.name, path.read_text(encoding="utf-8"))
        raw = parse_yaml(source.text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "somewhere"
        problem = getattr(error, "problem", None) or "cannot be read"
        raise CatalogueError(f"{path.name}: {where}: not valid YAML: {problem}; quote a string with : or #") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: cannot be read as UTF-8 text: {error}") from None
    try:
        return source, model.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        # the tags of the union repeat the step's own key and only confuse
        message = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            message = "unknown key; remove it or check its spelling"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise source.wrong(list(_without_tags(first["loc"])), f"{message}{more}") from None


def _without_tags(loc: Sequence[int | str]) -> Iterator[int | str]:
    for index, part in enumerate(loc):
        if part in STEP_KEYS and index and isinstance(loc[index - 1], int):
            continue
        yield part


def data_folder() -> Path:
    """The folder of the scenario files: inside an installed wheel, else data/synthetic of the checkout."""
    inside = Path(__file__).parent / "data"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "data" / "synthetic"


def load_families(folder: Path | None = None) -> list[Family]:
    """Read all scenario files of a folder, in the order of their names.

    Parameters
    ----------
    folder
        The folder that holds ``families/``; by default the project's own.

    Raises
    ------
    CatalogueError
        With the file, the line, the path inside it and the remedy, at the first thing that is wrong.
    """
    where = (folder or data_folder()) / "families"
    files = sorted(where.glob("*.yaml"))
    if not files:
        raise CatalogueError(f"{where}: no scenario files (*.yaml); give the folder that holds families/")
    found: dict[str, Family] = {}
    for path in files:
        source, spec = _read(path, ScenarioFile)
        _check(source, spec, path.stem)
        ready, careless = _ready_replies(spec), _careless_for(spec)
        for one in spec.families:
            if one.family in found:
                other = found[one.family].pair
                raise source.wrong(["families"], f"{one.family!r} is also in {other}.yaml; rename one")
            found[one.family] = Family(
                one.family,
                spec.pair,
                one.label,
                tuple(one.patterns),
                tuple(spec.source),
                spec.surface,
                spec.say,
                one.talk,
                ready,
                careless,
            )
    return list(found.values())


def load_pools(folder: Path | None = None) -> Pools:
    """Read ``pools.yaml``, the lines of ordinary talk; errors as for `load_families`."""
    _, pools = _read((folder or data_folder()) / "pools.yaml", Pools)
    return pools
