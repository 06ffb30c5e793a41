"""The domain types: a conversation, its messages, the buyer, the orders and what the shop can keep.

They say exactly what the contract for a conversation says, no more and no less. Unknown values are ``None`` and stay
unknown; nothing is filled in. Messages keep the order in which they were given, also when their times disagree.

Examples
--------
>>> talk = parse_conversation('{"conversation_id": "c1", "messages": []}')
>>> talk.conversation_id, len(talk.messages)
('c1', 0)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from riskmodel.errors import FieldProblem, InputError

__all__ = [
    "Attachment",
    "Buyer",
    "Conversation",
    "DraftRequest",
    "Identifier",
    "Message",
    "Order",
    "OrderItem",
    "ShipTo",
    "ShopPolicy",
    "parse_as",
    "parse_conversation",
    "parse_draft_request",
    "read_lines",
]

DEFAULT_TIMEZONE = "Asia/Shanghai"

_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})", re.ASCII)


def _timestamp(value: object) -> datetime:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time needs an offset, e.g. 2026-11-11T09:30:00+08:00")
        return value
    if not isinstance(value, str) or not _TIMESTAMP.fullmatch(value):
        raise ValueError("must be an ISO 8601 time with an offset, e.g. 2026-11-11T09:30:00+08:00")
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError as error:
        raise ValueError("is not a time that exists; check month, day and hour") from error


def _whole(value: object) -> int:
    # JSON Schema counts 3.0 as an integer and true as none; Python disagrees on both
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("must be a whole number")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number")
    try:
        return float(value)
    except OverflowError:
        raise ValueError("is too large for a number") from None


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("is not a known IANA time zone, e.g. Asia/Shanghai") from error
    return value


Timestamp = Annotated[datetime, BeforeValidator(_timestamp)]
Count = Annotated[int, Field(ge=0), BeforeValidator(_whole)]
Positive = Annotated[int, Field(ge=1), BeforeValidator(_whole)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False), BeforeValidator(_number)]
Share = Annotated[float, Field(ge=0, le=1), BeforeValidator(_number)]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=128)]
ShortText = Annotated[str, StringConstraints(max_length=128)]
PlaceName = Annotated[str, StringConstraints(max_length=64)]
Yuan = Annotated[str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]{1,2})?$")]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]

Platform = Literal["taobao", "tmall", "pinduoduo", "jd", "douyin", "other"]
Sender = Literal["buyer", "agent", "system"]
OrderStatus = Literal[
    "placed", "paid", "shipped", "delivered", "refused", "cancelled", "refund_requested", "refunded", "completed"
]


class _Strict(BaseModel):
    # no input value may reach an error text: it can hold personal data
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class Attachment(_Strict):
    """A file that came with a message: its name and digest, never its content."""

    name: Annotated[str, StringConstraints(max_length=255)]
    media_type: Annotated[str, StringConstraints(max_length=127)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    size_bytes: Count | None = None


class Message(_Strict):
    """One message, its text as the platform delivered it."""

    message_id: Identifier
    sender: Sender
    sent_at: Timestamp
    text: Annotated[str, StringConstraints(max_length=20_000)]
    attachments: list[Attachment] = Field(default_factory=list)


class Buyer(_Strict):
    """What this shop knows of the buyer; counts are of this shop alone."""

    buyer_id: ShortText | None = None
    account_age_days: Count | None = None
    credit_level: Count | None = None
    identity_verified: bool | None = None
    orders_in_shop: Count | None = None
    refunds_in_shop: Count | None = None
    disputes_in_shop: Count | None = None
    refused_cod_parcels: Count | None = None
    good_review_ratio: Share | None = None


class ShipTo(_Strict):
    """Where an order goes; `detail`, `recipient` and `phone` are personal data."""

    province: PlaceName | None = None
    city: PlaceName | None = None
    district: PlaceName | None = None
    township: PlaceName | None = None
    detail: Annotated[str, StringConstraints(max_length=500)] | None = None
    recipient: PlaceName | None = None
    phone: Annotated[str, StringConstraints(max_length=32)] | None = None


class OrderItem(_Strict):
    """One line of an order."""

    title: Annotated[str, StringConstraints(max_length=500)]
    sku: ShortText | None = None
    quantity: Positive | None = None
    unit_price: Yuan | None = None


class Order(_Strict):
    """One order as the shop knows it; `amount` is yuan as a decimal string."""

    order_id: Identifier
    placed_at: Timestamp | None = None
    status: OrderStatus | None = None
    payment_method: Literal["online", "cash_on_delivery"] | None = None
    amount: Yuan | None = None
    ship_to: ShipTo | None = None
    items: list[OrderItem] = Field(default_factory=list)


class UsualCompensation(_Strict):
    """What the shop usually pays for a fault of its own, in yuan."""

    same_city: Amount | None = None
    other_province: Amount | None = None
    high_value: Amount | None = None


class ShopPolicy(_Strict):
    """What this shop can really keep; a promise is judged against it. ``None`` is silence, not a no."""

    timezone: Annotated[str, AfterValidator(_zone), Field(json_schema_extra={"format": "iana-time-zone"})] | None = None
    same_day_cutoff: Clock | None = None
    dispatch_hours: Amount | None = None
    cash_on_delivery: Literal["everywhere", "listed_provinces", "none"] | None = None
    cash_on_delivery_provinces: list[str] = Field(default_factory=list)
    free_shipping: Literal["everywhere", "except_listed_provinces", "none"] | None = None
    free_shipping_excluded_provinces: list[str] = Field(default_factory=list)
    unserved_provinces: list[str] = Field(default_factory=list)
    invoice: Literal["free_on_request", "extra_charge", "none"] | None = None
    carriers: list[str] = Field(default_factory=list)
    gifts: Literal["listed_only", "none"] | None = None
    usual_compensation_yuan: UsualCompensation | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The shop's time zone, Asia/Shanghai where it does not say."""
        return ZoneInfo(self.timezone or DEFAULT_TIMEZONE)


def _unique_ids(messages: list[Message]) -> list[Message]:
    seen: set[str] = set()
    for index, message in enumerate(messages):
        if message.message_id in seen:
            raise ValueError(f"message_id of message {index} was used before; each must be unique in its conversation")
        seen.add(message.message_id)
    return messages


class Conversation(_Strict):
    """One buyer's chat with one shop, with what the shop knew of buyer and orders."""

    conversation_id: Identifier
    messages: Annotated[list[Message], Field(max_length=5000), AfterValidator(_unique_ids)]
    platform: Platform | None = None
    shop_id: ShortText | None = None
    buyer: Buyer | None = None
    orders: Annotated[list[Order], Field(max_length=1000)] = Field(default_factory=list)
    shop: ShopPolicy | None = None


class DraftRequest(_Strict):
    """A conversation and the reply that the agent is about to send."""

    conversation: Conversation
    draft: Annotated[str, StringConstraints(max_length=20_000)]


Parsed = TypeVar("Parsed", bound=BaseModel)


_LONE_SURROGATE = "holds a lone surrogate, half of a character; send whole characters"


def _json_problem(message: str) -> str:
    if "hex escape" in message or "surrogate" in message:
        return f"a text {_LONE_SURROGATE}"
    # the parser counts lines inside one document, which on a line of its own only confuses
    what, _, column = message.removeprefix("Invalid JSON: ").rpartition(" at line 1 column ")
    return f"is not valid JSON at column {column}: {what}" if what else message


def _problems(error: ValidationError) -> list[FieldProblem]:
    problems = []
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        # an unknown field's own name may be anything a client sent: shown short and escaped
        path = ".".join(ascii(str(part)[:64])[1:-1] for part in item["loc"])
        message = str(item["msg"]).removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            message = "unknown field; remove it or check its spelling"
        elif item["type"] == "missing":
            message = "is missing; it has to be sent"
        elif item["type"] == "string_unicode":
            message = _LONE_SURROGATE
        elif item["type"] == "json_invalid":
            message = _json_problem(message)
        problems.append(FieldProblem(path or "(whole document)", message))
    return problems


def parse_as(model: type[Parsed], data: str | bytes | dict[str, Any], line: int | None = None) -> Parsed:
    """Read one thing of the contract, or of another strict model; parameters and errors as for `parse_conversation`."""
    try:
        if isinstance(data, str | bytes):
            return model.model_validate_json(data)
        return model.model_validate(data)
    except ValidationError as error:
        raise InputError(_problems(error), line=line) from None
    except UnicodeEncodeError:
        problem = FieldProblem("(whole document)", _LONE_SURROGATE)
        raise InputError([problem], line=line) from None


def parse_conversation(data: str | bytes | dict[str, Any], *, line: int | None = None) -> Conversation:
    """Read one conversation from JSON text or from an already parsed object.

    Parameters
    ----------
    data
        JSON text (str, or bytes in UTF-8), or a dict.
    line
        Line number in the file it came from, for the error text; counted from 1.

    Raises
    ------
    InputError
        With one `FieldProblem` for each field that is wrong. The text never repeats a value that was sent.
    """
    return parse_as(Conversation, data, line)


def parse_draft_request(data: str | bytes | dict[str, Any], *, line: int | None = None) -> DraftRequest:
    """Read one ``{"conversation": …, "draft": …}``; errors as for `parse_conversation`."""
    return parse_as(DraftRequest, data, line)


class Line(NamedTuple):
    """A line of a JSON Lines file: its number from 1, and what was read or what was wrong."""

    number: int
    conversation: Conversation | None
    error: InputError | None


def read_lines(lines: Iterable[bytes]) -> Iterator[Line]:
    """Read conversations from JSON Lines; a bad line becomes an error and the rest is still read.

    Blank lines and a byte order mark at the start are passed over.
    """
    for number, raw in enumerate(lines, start=1):
        content = raw.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else raw.strip()
        if not content:
            continue
        try:
            yield Line(number, parse_conversation(content, line=number), None)
        except InputError as error:
            yield Line(number, None, error)
