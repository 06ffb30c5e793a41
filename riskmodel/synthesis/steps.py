"""The format of the scenario files as pydantic models: what a step, a family, a file and the shared pools may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, field_validator, model_validator

from riskmodel.conversation import OrderStatus, ShopPolicy
from riskmodel.patterns import Pattern
from riskmodel.synthesis.slots import SLOTS, names_in

Label = Literal["abusive", "benign", "legit_complaint"]
ItemPool = Literal["household", "clothing", "food", "electronics", "beauty", "stationery", "hardware"]
Manner = Literal["careful", "careless"]

STEP_KEYS = ("buyer", "agent", "goods", "service", "order", "pause", "any_of", "maybe")


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
    keys = [key for key in STEP_KEYS if isinstance(step, Mapping) and key in step]
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
        custom_error_message=f"is not a step; a step has exactly one of the keys {', '.join(STEP_KEYS)}",
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


class FamilySpec(_Part):
    """One story."""

    family: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
    label: Label
    patterns: list[Pattern]
    talk: Annotated[list[Step], Field(min_length=1)]


class ScenarioFile(_Part):
    """A pair of stories, or one without a twin, with what they share."""

    pair: Name
    source: Annotated[list[str], Field(min_length=1)]
    surface: Surface
    say: dict[Name, Lines] = Field(default_factory=dict)
    families: Annotated[list[FamilySpec], Field(min_length=1)]


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
