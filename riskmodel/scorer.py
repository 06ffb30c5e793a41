"""Scorer: a loaded model, and the two answers that it gives: an Assessment of a talk and a ReplyCheck of a draft.

Examples
--------
Five lines in a notebook::

    from riskmodel.conversation import read_lines
    from riskmodel.scorer import Scorer
    scorer = Scorer.load(default_model_dir())
    for line in read_lines(open("chats.jsonl", "rb")):
        print(scorer.assess(line.conversation)["action"])
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from riskmodel.acts import HEARD_FROM, RAISING
from riskmodel.conversation import Conversation
from riskmodel.features import FEATURES, compute
from riskmodel.model import CompiledModel, load_model
from riskmodel.model.bands import ACTIONS
from riskmodel.promises.ledger import LedgerRow
from riskmodel.promises.outcome import status_text
from riskmodel.reply import check_draft
from riskmodel.reply.check import promise_row
from riskmodel.reply.warnings import Warned, warnings_on_input
from riskmodel.snapshot import freeze, thaw
from riskmodel.state import TOO_LITTLE, ConversationState, Evidence, begin, walk

__all__ = ["TOO_LITTLE", "Decision", "Scorer"]

_TALKS_KEPT = 128  # about as many as the agents of some shops have open at once
_FAINT = frozenset(f"act.{name}" for name in RAISING)
_NO_SUM = 1e-9  # log-odds below which nothing is left to sum up
_LEAST_LIKELIHOOD = 0.01  # kinds of abuse below this are left out of the list
_BY_NAME = {feature.name: index for index, feature in enumerate(FEATURES)}


class Decision(NamedTuple):
    """What an Assessment comes to, under its names."""

    conversation_id: str
    as_of_message_id: str | None
    risk: float
    band: str
    action: str
    abstained: bool


@dataclass
class _Read:
    """A talk as far as it has been read; once a draft was checked in it also its risk and what the input lacks."""

    conversation: Conversation
    state: ConversationState
    risk: float | None = None
    warned: tuple[Warned, ...] = ()


class Scorer:
    """Scores talks with one model; keeps the last ones in memory, and nowhere else.

    A chat program sends a talk again with each message more, and a draft with each letter more. What is kept of a talk
    that comes again, as it was or with messages added, is gone on from; the answer is the same, only sooner.

    Parameters
    ----------
    model
        The compiled model.
    info
        `name`, `version` and `sha256` of the model, as every answer carries them.
    prevalence
        The share of abusive talks that its risks are stated for; None where it is not known.
    manifest
        What else is known of the model, for its card.
    """

    def __init__(
        self,
        model: CompiledModel,
        info: dict[str, str],
        prevalence: float | None = None,
        manifest: Mapping[str, Any] | None = None,
    ) -> None:
        self.model = model
        self.info = info
        self.prevalence = prevalence
        self.manifest: Mapping[str, Any] = manifest or {}
        self._read: OrderedDict[str, _Read] = OrderedDict()
        self._lock = Lock()

    @classmethod
    def load(cls, folder: Path) -> Scorer:
        """Read the model in a folder; raises `ModelError` with a remedy where it is missing, altered or unsafe."""
        model, manifest = load_model(folder)
        info = {key: str(manifest.get(key, "")) for key in ("name", "version", "sha256")}
        stated = manifest.get("reference_prevalence")
        return cls(model, info, stated if isinstance(stated, float) and 0 < stated < 1 else None, manifest)

    def begin(self, conversation: Conversation) -> ConversationState:
        """A state before the first message of a talk, to be fed message by message."""
        return begin(conversation, self.model.words, self.model.reader, self.model.acts)

    def freeze(self, state: ConversationState) -> bytes:
        """A state of this model's as a few kilobytes, to go on with later; see `riskmodel.snapshot`."""
        return freeze(state, self.info["sha256"])

    def thaw(self, data: bytes) -> ConversationState:
        """A state as it was frozen; raises `InputError` where the data is damaged or of another model."""
        return thaw(data, self.info["sha256"], self.model)

    def assess(self, conversation: Conversation) -> dict[str, Any]:
        """The Assessment of a talk as it stands after its last message."""
        with self._reading(conversation) as read:
            return self.assess_state(read.state, conversation.conversation_id)

    def decide(self, conversation: Conversation) -> Decision:
        """What the Assessment of a talk comes to, without its reasons; nothing of the talk is kept."""
        state = self.begin(conversation)
        for message in conversation.messages:
            state.add_message(message)
        risk, abstains = self._risk(state), self._abstains(state)
        band = "low" if abstains else self.model.thresholds.band(risk)
        return Decision(conversation.conversation_id, state.last_message_id, risk, band, ACTIONS[band], abstains)

    def trajectory(self, conversation: Conversation) -> Iterator[dict[str, Any]]:
        """One Assessment after every message, in order; each knows nothing of what came later.

        What they say of a promise on which nothing changed is one object in all of them, so that a long talk costs no
        more than its length: read it, and copy what you change.
        """
        promises = _Promises()
        for state in walk(conversation, self.model.words, self.model.reader, self.model.acts):
            yield self.assess_state(state, conversation.conversation_id, promises)

    def check_reply(self, conversation: Conversation, draft: str) -> dict[str, Any]:
        """The ReplyCheck of a draft that would be sent after the last message of the talk."""
        with self._reading(conversation) as read:
            state = read.state
            if read.risk is None:
                read.risk, read.warned = self._risk(state), tuple(warnings_on_input(state, conversation))
            checked = check_draft(state, draft, warned=read.warned)
            return self._as_reply_check(state, conversation.conversation_id, checked, read.risk)

    def check_reply_in_state(
        self, state: ConversationState, conversation_id: str, draft: str, now: datetime | None = None
    ) -> dict[str, Any]:
        """The ReplyCheck of a draft in a talk that is held as a state; `now` is when it would be sent."""
        return self._as_reply_check(state, conversation_id, check_draft(state, draft, now), self._risk(state))

    def _as_reply_check(
        self, state: ConversationState, conversation_id: str, checked: dict[str, Any], risk: float
    ) -> dict[str, Any]:
        return {
            "conversation_id": conversation_id,
            **checked,
            "risk": risk,
            "band": "low" if self._abstains(state) else self.model.thresholds.band(risk),
            "model": dict(self.info),
        }

    def forget(self) -> None:
        """Drop all talks that are kept, and what the reader of lines remembers."""
        with self._lock:
            self._read.clear()
        self.model.reader.forget()

    @contextmanager
    def _reading(self, conversation: Conversation) -> Iterator[_Read]:
        """The talk as read to its end; what is kept of it is taken out as long as it is used."""
        name = conversation.conversation_id
        with self._lock:
            read = self._read.pop(name, None)
        if read is None or not _goes_on(read.conversation, conversation):
            read = _Read(conversation, self.begin(conversation))
            fresh = conversation.messages
        else:
            fresh = conversation.messages[len(read.conversation.messages) :]
        if read.conversation.orders != conversation.orders:
            read.state.replace_orders(conversation.orders)
            read.risk = None
        for message in fresh:
            read.state.add_message(message)
            read.risk = None
        read.conversation = conversation
        yield read
        # where anything went wrong it is not put back
        with self._lock:
            self._read[name] = read
            while len(self._read) > _TALKS_KEPT:
                self._read.popitem(last=False)

    def assess_state(
        self, state: ConversationState, conversation_id: str, promises: _Promises | None = None
    ) -> dict[str, Any]:
        """The Assessment of a state, as the contract writes it.

        Beyond the contract it carries `explanation`: ``base_log_odds`` plus all contributions is ``log_odds``, and the
        risk is ``logistic(slope * log_odds + offset)``.
        """
        model = self.model
        abstains = self._abstains(state)
        read = compute(state)
        values = [0.0] * len(read) if abstains else [value for value, _ in read]
        prediction = model.predict(values)
        band = "low" if abstains else model.thresholds.band(prediction.risk)
        return {
            "conversation_id": conversation_id,
            "as_of_message_id": state.last_message_id,
            "risk": prediction.risk,
            "band": band,
            "action": ACTIONS[band],
            "patterns": [
                {"pattern": pattern, "likelihood": likelihood}
                for pattern, likelihood in model.likelihoods(values, prediction.risk)
                if likelihood >= _LEAST_LIKELIHOOD
            ],
            "reasons": [] if abstains else self._reasons(state, prediction.contributions, read),
            "promises": (promises or _Promises()).of(state.ledger),
            "model": dict(self.info),
            "abstained": abstains,
            "explanation": {
                "base_log_odds": model.base,
                "log_odds": prediction.log_odds,
                "calibration_slope": model.slope,
                "calibration_offset": model.offset,
            },
        }

    def _risk(self, state: ConversationState) -> float:
        if self._abstains(state):
            return self.model.base_rate
        return self.model.predict([value for value, _ in compute(state)]).risk

    def _abstains(self, state: ConversationState) -> bool:
        return state.buyer_characters < TOO_LITTLE

    def _reasons(
        self, state: ConversationState, contributions: list[float], read: list[tuple[float, Evidence | None]]
    ) -> list[dict[str, Any]]:
        reasons: list[dict[str, Any]] = []
        faint = 0.0
        for feature, contribution, (value, evidence) in zip(FEATURES, contributions, read, strict=True):
            if contribution == 0.0:
                continue
            if feature.name in _FAINT and value < HEARD_FROM:
                # a message that most likely does something else is no evidence to quote
                faint += contribution
            elif feature.name == "words.balance":
                reasons.extend(self._word_reasons(state, contribution))
            else:
                reasons.append(_reason(feature.name, contribution, evidence))
        if faint:
            reasons.append(_faint(faint))
        reasons.sort(key=lambda reason: (-abs(reason["contribution"]), reason["code"]))
        return reasons

    def _word_reasons(self, state: ConversationState, contribution: float) -> Iterator[dict[str, Any]]:
        """The text channel's say, message by message: those that raised it most are quoted, the others summed up."""
        if state.tally is None:
            return
        per_unit = contribution / state.tally.balance
        for change, evidence in state.strongest_words:
            yield _reason("words.balance", per_unit * change, evidence, code="words.raised")
        rest = contribution - sum(per_unit * change for change, _ in state.strongest_words)
        if rest < -_NO_SUM:
            yield _reason("words.balance", rest, None, code="words.lowered")
        elif rest > _NO_SUM:
            summed = _reason("words.balance", rest, None, code="words.raised")
            yield {
                **summed,
                "text_zh": f"其余消息{summed['text_zh']}",
                "text_en": f"other messages: {summed['text_en']}",
            }


def _goes_on(before: Conversation, now: Conversation) -> bool:
    """Whether a talk is one that was read before, with nothing changed but orders and messages at its end."""
    known = before.messages
    return (
        before.buyer == now.buyer
        and before.shop == now.shop
        and len(known) <= len(now.messages)
        and known == now.messages[: len(known)]
    )


class _Promises:
    """The promises of a talk as the contract writes them; what did not change since it was last asked for is kept."""

    def __init__(self) -> None:
        self._ledger: list[LedgerRow] = []
        self._rows: list[dict[str, Any] | None] = []
        self._written: list[dict[str, Any]] = []

    def of(self, ledger: list[LedgerRow]) -> list[dict[str, Any]]:
        """Those of a ledger, which is the same list, or begins with the same rows, where nothing changed."""
        if ledger is not self._ledger:
            before = zip(self._ledger, self._rows, strict=True)
            kept = [row if old is new else _promise(new) for new, (old, row) in zip(ledger, before, strict=False)]
            self._rows = kept + [_promise(entry) for entry in ledger[len(kept) :]]
            self._ledger, self._written = ledger, [row for row in self._rows if row is not None]
        return self._written


def _promise(entry: LedgerRow) -> dict[str, Any] | None:
    """A promise as the contract writes it, and what became of it; None for what is no promise but a denial."""
    if entry.commitment.kind is None:
        return None
    row = promise_row(entry.commitment, entry.judgement, entry.evidence.message_id, entry.evidence.span or (0, 0))
    text = status_text(entry.status)
    row["due_at"] = entry.due_at.isoformat() if entry.due_at else None
    row["status"], row["status_zh"], row["status_en"] = entry.status, text.zh, text.en
    row["settled_by"] = entry.settled_by
    return row


def _faint(contribution: float) -> dict[str, Any]:
    """What acts add that no message does for more likely than not, together."""
    return {
        "code": "act.faint",
        "contribution": contribution,
        "message_id": None,
        "span": None,
        "text_zh": "措辞与若干行为略有相近",
        "text_en": "faint resemblance to several kinds of conduct",
    }


def _reason(name: str, contribution: float, evidence: Evidence | None, *, code: str | None = None) -> dict[str, Any]:
    feature = FEATURES[_BY_NAME[name]]
    texts = feature.below if contribution < 0 and feature.below is not None else feature
    return {
        "code": code or name,
        "contribution": contribution,
        "message_id": evidence.message_id if evidence else None,
        "span": list(evidence.span) if evidence and evidence.span else None,
        "text_zh": texts.zh,
        "text_en": texts.en,
    }
