"""A talk's state as a few kilobytes of plain data, from which scoring goes on exactly as if it had never stopped.

What a state holds is written by name, so that a new attribute is stored without a word here; left out are the model,
which is the same for all talks, and what is only remembered to be quick. Reading one back builds known types from plain
JSON and runs nothing else. A snapshot holds words of the buyer's last turn and of open questions: it is personal data,
to be kept as the chat itself is kept.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from riskmodel.acts import ActTally
from riskmodel.conversation import Buyer, Order, ShopPolicy
from riskmodel.errors import FieldProblem, InputError
from riskmodel.model import CompiledModel
from riskmodel.promises import Agenda, OpenQuestion
from riskmodel.promises.find import Commitment
from riskmodel.promises.ledger import Correction, Evidence, Ledger, TakingBack
from riskmodel.promises.sayings import Saying
from riskmodel.state import ConversationState
from riskmodel.words import Tally, Utterance

__all__ = ["freeze", "thaw"]

FORMAT = 1
_LARGEST = 64 << 20  # bytes of an unpacked snapshot; a talk of 5,000 messages takes some hundred thousand
_TUPLES = {
    kind.__name__: kind for kind in (Commitment, Correction, Evidence, OpenQuestion, Saying, TakingBack, Utterance)
}
_MODELS = {kind.__name__: kind for kind in (Buyer, Order, ShopPolicy)}
_PARTS = {"agenda": Agenda, "_ledger": Ledger, "tally": Tally, "acts": ActTally}
# the model, and what is worked out again when it is asked for
_LEFT_OUT = frozenset({"_words", "_act_reader", "looked_up", "_reader", "_turn", "_book", "_taken", "_model"})


def freeze(state: ConversationState, digest: str) -> bytes:
    """Write a state down.

    Parameters
    ----------
    state
        As it stands after its last message or order.
    digest
        Of the model that it was fed with.
    """
    content = {"format": FORMAT, "model": digest, "state": _attributes(state)}
    return zlib.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode())


def thaw(data: bytes, digest: str, model: CompiledModel) -> ConversationState:
    """Read a state back.

    Parameters
    ----------
    data
        From `freeze`.
    digest, model
        The model that the talk goes on with, which must be the one that it was fed with.

    Raises
    ------
    InputError
        If the data is damaged, of another version of the program, or of another model: feed the talk anew.
    """
    try:
        unpack = zlib.decompressobj()
        content = json.loads(unpack.decompress(data, _LARGEST))
        if unpack.unconsumed_tail or content["format"] != FORMAT:
            raise ValueError("too large or of another form")
        if content["model"] != digest:
            raise InputError([FieldProblem("snapshot", "belongs to another model; feed the talk's messages anew")])
        state = ConversationState(words=model.words, reader=model.reader, acts=model.acts)
        _restore(state, content["state"])
    except (zlib.error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError([FieldProblem("snapshot", "is damaged or of another version; feed the talk anew")]) from None
    return state


def _attributes(thing: object) -> dict[str, Any]:
    return {
        name: _attributes(value) if name in _PARTS and value is not None else _plain(value)
        for name, value in vars(thing).items()
        if name not in _LEFT_OUT
    }


def _restore(thing: object, stored: dict[str, Any]) -> None:
    if stored.keys() != vars(thing).keys() - _LEFT_OUT:
        raise ValueError("other attributes than this program has")
    for name, value in stored.items():
        part = getattr(thing, name)
        if name in _PARTS and part is not None:
            _restore(part, value)
        else:
            setattr(thing, name, _rich(value))


def _plain(value: Any) -> Any:
    """As JSON has it; what JSON does not have is an object with one key that names the kind."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    if isinstance(value, BaseModel):
        return {type(value).__name__: value.model_dump(mode="json", exclude_none=True)}
    if type(value).__name__ in _TUPLES:
        return {type(value).__name__: [_plain(item) for item in value]}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [_plain(item) for item in value]}
    if isinstance(value, set | frozenset):
        kind = "set" if isinstance(value, set) else "frozenset"
        if {type(item) for item in value} in ({int}, {str}):
            return {kind: sorted(value)}  # the long ones, and this is quick
        return {kind: sorted((_plain(item) for item in value), key=repr)}
    if isinstance(value, dict):
        return {type(value).__name__: [[_plain(key), _plain(item)] for key, item in value.items()]}
    raise TypeError(f"{type(value).__name__} is not stored; add it to the snapshot")


def _rich(value: Any) -> Any:
    if isinstance(value, list):
        return [_rich(item) for item in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "time":
        return datetime.fromisoformat(content)
    if kind in _MODELS:
        return _MODELS[kind].model_validate(content)
    items = [_rich(item) for item in content]
    if kind in _TUPLES:
        return _TUPLES[kind](*items)
    kinds: dict[str, Any] = {"tuple": tuple, "set": set, "frozenset": frozenset, "dict": dict, "Counter": dict}
    built = kinds[kind](items)
    return Counter(built) if kind == "Counter" else built
