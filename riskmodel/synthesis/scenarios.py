"""The scenario files: stories as data, read and checked before anything is generated from them.

A file in ``families/`` holds a pair (an abusive family and its innocent twin) or one family without a twin, and
``pools.yaml`` the lines of ordinary talk that all share. Whatever is wrong is said with the file, the path inside it
and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    field_validator,
    model_validator,
)

from riskmodel.conversation import OrderStatus, ShopPolicy
from riskmodel.errors import CatalogueError
from riskmodel.synthesis.slots import SLOTS, names_in

__all__ = ["Family", "Pools", "Step", "Surface", "load_families", "load_pools"]

Label = Literal["abusive", "benign", "legit_complaint"]
Pattern = Literal[
    "promise_bait",
    "invoice_bait",
    "procedure_trap",
    "disclosure_trap",
    "review_extortion",
    "complaint_extortion",
    "refund_abuse",
    "cod_refusal",
    "off_platform_lure",
    "coordinated_accounts",
]
ItemPool = Literal["household", "clothing", "food", "electronics", "beauty", "stationery", "hardware"]
Manner = Literal["careful", "careless"]

# the C build reads the catalogue five times as fast; both are the safe loader
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_STEP_KEYS = ("buyer", "agent", "goods", "service", "order", "pause", "any_of", "maybe")


def _lines(value: list[str]) -> list[str]:
    if len(value) < 2:
        raise ValueError("has fewer than 2 wordings; a line that never varies is learned by heart, so write more")
    for index, line in enumerate(value):
        if not line.strip():
            raise ValueError(f"wording {index} is empty; write it or remove it")
        unknown = [name for name in names_in(line) if name not in SLOTS]
        if unknown:
            raise ValueError(f"wording {index} has the unknown slot {{{unknown[0]}}}; use one of {', '.join(SLOTS)}")
    return value


def _range(value: tuple[float, float]) -> tuple[float, float]:
    if not 0 <= value[0] <= value[1]:
        raise ValueError("must be [low, high] with 0 <= low <= high")
    return value


Lines = Annotated[list[str], AfterValidator(_lines)]
Range = Annotated[tuple[float, float], AfterValidator(_range)]
CountRange = Annotated[tuple[int, int], AfterValidator(_range)]
Chance = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Spoken(_Part):
    use: str | None = None
    say: Lines | None = None
    chance: Chance = 1.0
    when: Manner | None = None
    money: Range | None = None


class BuyerLine(_Spoken):
    """One message by the buyer."""

    buyer: Name
    photo: bool = False
    mark: Literal["earliest"] | None = None
    account: Literal["other"] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> BuyerLine:
        if (self.use is None) == (self.say is None):
            raise ValueError("needs either `use` with a name of the file's `say` or `say` with a list of wordings")
        return self


class AgentLine(_Spoken):
    """One message by the agent, in one wording for all or in a careful and a careless one."""

    agent: Name
    careful: str | Lines | None = None
    careless: str | Lines | None = None
    commits: bool = False

    @model_validator(mode="after")
    def _one_source(self) -> AgentLine:
        if (self.careful is None) != (self.careless is None):
            raise ValueError("has only one of `careful` and `careless`; give both")
        if [self.use, self.say, self.careful].count(None) != 2:
            raise ValueError("needs exactly one of `use`, `say`, or `careful` with `careless`")
        return self


class GoodsTalk(_Part):
    """So many exchanges about goods."""

    goods: CountRange


class ServiceTalk(_Part):
    """So many exchanges of after-sales routine."""

    service: CountRange


class OrderTerms(_Part):
    """When an order is placed: after the message before it, or days before the first message."""

    after_minutes: Range | None = None
    before_days: Range | None = None
    status: OrderStatus | None = None

    @model_validator(mode="after")
    def _one_time(self) -> OrderTerms:
        if (self.after_minutes is None) == (self.before_days is None):
            raise ValueError("needs exactly one of `after_minutes` and `before_days`")
        return self


class OrderStep(_Part):
    """An order is placed."""

    order: OrderTerms


class Length(_Part):
    """How long nothing is said, in one of three units."""

    minutes: Range | None = None
    hours: Range | None = None
    days: Range | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Length:
        if [self.minutes, self.hours, self.days].count(None) != 2:
            raise ValueError("needs exactly one of `minutes`, `hours` and `days`")
        return self

    @property
    def seconds(self) -> tuple[float, float]:
        """Shortest and longest, in seconds."""
        for span, unit in ((self.minutes, 60), (self.hours, 3600), (self.days, 86400)):
            if span is not None:
                return span[0] * unit, span[1] * unit
        raise AssertionError("checked when read")


class Pause(_Part):
    """Nothing is said for a while."""

    pause: Length


class AnyOf(_Part):
    """One of several ways to go on."""

    any_of: Annotated[list[Annotated[list[Step], Field(min_length=1)]], Field(min_length=2)]


class Maybe(_Part):
    """Steps that happen or not."""

    maybe: Annotated[list[Step], Field(min_length=1)]
    chance: Chance = 0.5


def _kind(step: object) -> str | None:
    keys = [key for key in _STEP_KEYS if isinstance(step, Mapping) and key in step]
    return keys[0] if len(keys) == 1 else None


Step = Annotated[
    Annotated[BuyerLine, Tag("buyer")]
    | Annotated[AgentLine, Tag("agent")]
    | Annotated[GoodsTalk, Tag("goods")]
    | Annotated[ServiceTalk, Tag("service")]
    | Annotated[OrderStep, Tag("order")]
    | Annotated[Pause, Tag("pause")]
    | Annotated[AnyOf, Tag("any_of")]
    | Annotated[Maybe, Tag("maybe")],
    Discriminator(
        _kind,
        custom_error_type="unknown_step",
        custom_error_message=f"is not a step; a step has exactly one of the keys {', '.join(_STEP_KEYS)}",
    ),
]


class Surface(_Part):
    """The facts that both families of a file draw from the same ranges; `amount` is in yuan."""

    regions: Literal["any", "remote"] = "any"
    cash_on_delivery: Chance
    amount: Range
    items: ItemPool
    policy: dict[str, Any] = Field(default_factory=dict)

    @field_validator("policy")
    @classmethod
    def _policy_of_the_contract(cls, value: dict[str, Any]) -> dict[str, Any]:
        ShopPolicy.model_validate(value)
        return value


class _FamilySpec(_Part):
    family: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
    label: Label
    patterns: list[Pattern]
    talk: Annotated[list[Step], Field(min_length=1)]


class _ScenarioFile(_Part):
    pair: Name
    source: Annotated[list[str], Field(min_length=1)]
    surface: Surface
    say: dict[Name, Lines] = Field(default_factory=dict)
    families: Annotated[list[_FamilySpec], Field(min_length=1)]


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

    def lines(self, choice: str | list[str]) -> list[str]:
        """The wordings behind a name of the file's `say`, or the list itself."""
        return self.say[choice] if isinstance(choice, str) else choice

    @property
    def names_money(self) -> bool:
        """Whether a sum of money may be named in the talk."""
        steps = (step for _, step in walk(self.talk))
        return any(isinstance(step, BuyerLine | AgentLine) and step.money is not None for step in steps)


Exchange = Annotated[list[str], Field(min_length=2, max_length=2)]


class Pools(_Part):
    """Lines of ordinary talk: exchanges of question and answer, item titles, greetings, closings, platform notices."""

    goods: dict[ItemPool, Annotated[list[Exchange], Field(min_length=2)]]
    service: Annotated[list[Exchange], Field(min_length=2)]
    items: dict[ItemPool, Lines]
    greetings_buyer: Lines
    greetings_agent: Lines
    closings_buyer: Lines
    closings_agent: Lines
    system: Lines

    @model_validator(mode="after")
    def _slots_known(self) -> Pools:
        for pool in (self.service, *self.goods.values()):
            _lines([line for exchange in pool for line in exchange])
        return self


def walk(steps: Sequence[Step], path: str = "talk") -> Iterator[tuple[str, Step]]:
    """Every step of a talk, those inside branches too, with its path."""
    for index, step in enumerate(steps):
        here = f"{path}.{index}"
        yield here, step
        if isinstance(step, AnyOf):
            for number, branch in enumerate(step.any_of):
                yield from walk(branch, f"{here}.any_of.{number}")
        elif isinstance(step, Maybe):
            yield from walk(step.maybe, f"{here}.maybe")


def _ready_replies(spec: _ScenarioFile) -> list[list[str]]:
    """The named lists from which agents of this file answer without committing to anything."""
    steps = [step for family in spec.families for _, step in walk(family.talk) if isinstance(step, AgentLine)]
    commits = {step.careless for step in steps} | {step.use for step in steps if step.commits}
    money = {step.use for step in steps if step.money} | {step.careful for step in steps if step.money}
    names = {name for step in steps for name in (step.use, step.careful) if isinstance(name, str)}
    return [spec.say[name] for name in sorted(names - {c for c in commits if isinstance(c, str)} - money)]


def _check_lines(file: str, path: str, step: BuyerLine | AgentLine, say: Mapping[str, list[str]]) -> None:
    choices = {"use": step.use, "say": step.say}
    if isinstance(step, AgentLine):
        choices |= {"careful": step.careful, "careless": step.careless}
    for key, choice in choices.items():
        if isinstance(choice, str) and choice not in say:
            raise CatalogueError(f"{file}: {path}.{key}: no list {choice!r} under `say`; add it or correct the name")
        lines = say[choice] if isinstance(choice, str) else choice or []
        if step.money is None and any("{money}" in line for line in lines):
            raise CatalogueError(f"{file}: {path}: a wording has {{money}}; give the step `money: [low, high]`")


def _check(file: str, spec: _ScenarioFile, stem: str) -> None:
    if spec.pair != stem:
        raise CatalogueError(f"{file}: pair: must be the file's name without .yaml; rename one of the two")
    labels = {family.label for family in spec.families}
    if labels == {"abusive"}:
        raise CatalogueError(f"{file}: families: an abusive family without a twin; add a benign or legit_complaint one")
    for number, family in enumerate(spec.families):
        here = f"families.{number}"
        if (family.label == "abusive") != bool(family.patterns):
            raise CatalogueError(f"{file}: {here}.patterns: name them for an abusive family, leave [] for any other")
        marked = False
        for path, step in walk(family.talk, f"{here}.talk"):
            if isinstance(step, BuyerLine | AgentLine):
                _check_lines(file, path, step, spec.say)
            if isinstance(step, BuyerLine) and step.mark:
                marked = True
        if marked != (family.label == "abusive"):
            raise CatalogueError(f"{file}: {here}.talk: abusive families, and only they, have a `mark: earliest`")


Read = TypeVar("Read", bound=BaseModel)


def _read(path: Path, model: type[Read]) -> Read:
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  # the C build of the safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "somewhere"
        problem = getattr(error, "problem", None) or "cannot be read"
        raise CatalogueError(f"{path.name}: {where}: not valid YAML: {problem}; quote a string with : or #") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: cannot be read as UTF-8 text: {error}") from None
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        # the tags of the union repeat the step's own key and only confuse
        where = ".".join(str(part) for part in _without_tags(first["loc"])) or "(whole file)"
        message = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            message = "unknown key; remove it or check its spelling"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise CatalogueError(f"{path.name}: {where}: {message}{more}") from None


def _without_tags(loc: Sequence[int | str]) -> Iterator[int | str]:
    for index, part in enumerate(loc):
        if part in _STEP_KEYS and index and isinstance(loc[index - 1], int):
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
        With the file, the path inside it and the remedy, at the first thing that is wrong.
    """
    where = (folder or data_folder()) / "families"
    files = sorted(where.glob("*.yaml"))
    if not files:
        raise CatalogueError(f"{where}: no scenario files (*.yaml); give the folder that holds families/")
    found: dict[str, Family] = {}
    for path in files:
        spec = _read(path, _ScenarioFile)
        _check(path.name, spec, path.stem)
        ready = _ready_replies(spec)
        for one in spec.families:
            if one.family in found:
                other = found[one.family].pair
                raise CatalogueError(f"{path.name}: families: {one.family!r} is also in {other}.yaml; rename one")
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
            )
    return list(found.values())


def load_pools(folder: Path | None = None) -> Pools:
    """Read ``pools.yaml``, the lines of ordinary talk; errors as for `load_families`."""
    return _read((folder or data_folder()) / "pools.yaml", Pools)
