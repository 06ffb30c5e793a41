"""schemathesis against the document: whatever is sent, no 5xx and no answer that the document does not name.

``BAITWATCH_FUZZ_CASES=60 ./dev test tests/service/test_contract_fuzz.py`` tries that many for each operation on each
database, with a key and without, and all values at the edges of what the document allows: some twelve thousand cases;
and twice as many sequences of up to twelve operations.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from itertools import count
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote

import pytest
import schemathesis
from databases import KINDS, database
from hypothesis import HealthCheck, Phase, settings
from keyring_of import keyring_of
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from service_time import NOW

from riskmodel.scorer import Scorer
from service import limits
from service.api import openapi
from service.app import create_app
from service.backend import backend_of
from service.store.access import SCOPES, create_key, find_or_make_shop

MANY = "BAITWATCH_FUZZ_CASES" in os.environ
CASES = int(os.environ.get("BAITWATCH_FUZZ_CASES", "12"))


class Served:
    """The app under test, which is made after the cases are collected, and a good key for it."""

    app: Any = None
    key = ""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self.app(environ, start_response)


served = Served()
schemathesis.serializer.alias("application/zip", "application/octet-stream")
# what a schema can be held against is text
schemathesis.deserializer("application/zip")(lambda _context, response: response.content.decode("latin-1"))
document = schemathesis.openapi.from_dict(
    openapi.document(), config=SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": MANY}}})
)
document.app = served


def as_meant(case: Case) -> Case:
    """A case that should be accepted, held to what no schema can say.

    An id of a message is its own in a talk, a time zone exists, a cursor was given, a decision has been.
    """
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return case
    if "cursor" in case.query:
        case.query["cursor"] = ""
    if isinstance(case.body, dict) and case.media_type == "application/json":
        case.body = deepcopy(case.body)
        if case.body.get("decided_at") is not None:
            case.body["decided_at"] = "2026-03-01T10:00:00Z"
        for talk in (case.body, case.body.get("conversation", {})):
            if (talk.get("shop") or {}).get("timezone") is not None:
                talk["shop"]["timezone"] = "Asia/Urumqi"
            for number, message in enumerate(talk.get("messages", [])):
                message["message_id"] = f"{message['message_id'][:120]}{number}"
    return case


@pytest.fixture(scope="module", params=KINDS if MANY else KINDS[:1], autouse=True)
def app(request: pytest.FixtureRequest, trained: Scorer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("fuzzed")
    with pytest.MonkeyPatch.context() as patch, database(request.param, folder) as url:
        patch.setattr(Scorer, "load", lambda directory: trained)
        patch.setattr(limits, "FAILED_KEYS", "1000000/minute")  # cases with wrong keys come by the hundred
        served.app = create_app({"DATABASE_URL": url, "HOME": Path(folder), "RATE_LIMIT": ""})
        served.key = a_key("甲店")
        yield
        backend_of(served.app).store.close()


def a_key(shop: str) -> str:
    """A key of a shop, which is made with it."""
    with backend_of(served.app).store.writing() as connection:
        number, _ = find_or_make_shop(connection, shop, NOW)
        return create_key(connection, keyring_of(served.app.config["HOME"]), number, SCOPES, now=NOW)


_settings = settings(
    max_examples=CASES,
    deadline=None,
    derandomize=True,
    database=None,
    # cases are drawn by schemathesis, which filters what no schema lets it draw outright and asks a slow service
    suppress_health_check=list(HealthCheck),
)


# no schema says which settings contradict one another, which bytes are a chat export, which talk is not empty, which
# bytes are a bundle of it, or a certificate, which step is possible when, what a digest is of or what a date is; any
# bytes may be asked if they are a bundle
UNSAID = {
    "/v1/shop/policy": [positive_data_acceptance],
    "/v1/imports": [positive_data_acceptance],
    "/v1/conversations/{conversation_id}/evidence": [positive_data_acceptance],
    "/v1/cases": [positive_data_acceptance],
    "/v1/cases/{case_id}/events": [positive_data_acceptance],
    "/v1/cases/{case_id}/exhibits/{name}": [positive_data_acceptance],
    "/v1/cases/{case_id}/evidence": [positive_data_acceptance],
    "/v1/conversations/{conversation_id}/openings": [positive_data_acceptance],
    "/v1/evidence/verify": [positive_data_acceptance, negative_data_rejection],
}


@document.parametrize()
@_settings
def test_with_a_key_no_answer_is_undocumented(case: Case) -> None:
    """Each operation passes every check with a good key."""
    key = {"Authorization": f"Bearer {served.key}"}
    as_meant(case).call_and_validate(headers=key, excluded_checks=UNSAID.get(case.path))


@document.parametrize()
@_settings
def test_without_a_key_no_answer_is_undocumented(case: Case) -> None:
    """Each operation passes every check without a good key."""
    as_meant(case).call_and_validate(excluded_checks=UNSAID.get(case.path))


EXPORT = {"file": "tb_7788 (2026-03-10 10:00:00): 在吗\n小店:小雨 (2026-03-10 10:01:00): 在的\n", "form": "text"}
# what some sequence must have led to a good answer of; to check a bundle one must have been made just before, which is
# too rare to count on
REACHED = """addMessages addOrders setFacts readConversation listConversations listAssessments makeEvidence
importChats addLabel listLabels score""".split()
MOST_ROUNDS = 5
# the operations of cases are a quarter of all: with them a round more is needed until the others were reached
chained = document if MANY else document.exclude(path_regex="^/v1/cases")


class Sequences(chained.as_state_machine()):  # type: ignore[misc]  # made from the document
    """Operations one after the other along the links of the document, each time in a fresh shop that remembers them."""

    answered: ClassVar[Counter[tuple[str, int]]] = Counter()
    started: ClassVar[Iterator[int]] = count()

    def setup(self) -> None:
        self.headers = {"Authorization": f"Bearer {a_key(f'shop {next(self.started)}')}"}

    def step(self, given: Any) -> Any:
        cursor = (given.case.query or {}).get("cursor")
        case = as_meant(given.case)
        if any(name == "cursor" for _, name in given.applied_parameters):
            case.query["cursor"] = cursor
        # a link reads the id of a talk off the path, where it is percent-encoded
        for told in (case.query, case.body):
            if isinstance(told, dict) and isinstance(told.get("conversation_id"), str):
                told["conversation_id"] = unquote(told["conversation_id"])
        if case.path == "/v1/imports" and case.meta.generation.mode.is_positive:
            case.body = EXPORT
        if isinstance(case.body, str) and case.body.startswith("PK"):  # a bundle, as it was made text above
            case.body = case.body.encode("latin-1")
        return super().step(given)

    def get_call_kwargs(self, case: Case) -> dict[str, Any]:
        return {"headers": self.headers}

    def validate_response(self, response: Any, case: Case, additional_checks: Any = None, **how: Any) -> None:
        self.answered[case.operation.definition.raw["operationId"], response.status_code] += 1
        case.validate_response(
            response,
            additional_checks=additional_checks,
            # what a link puts in can take the place of what was to be wrong
            excluded_checks=[negative_data_rejection, *UNSAID.get(case.path, [])],
            headers=self.headers,
            transport_kwargs=how,
            recorder=self.recorder,
        )


def test_whatever_came_before_no_answer_is_undocumented() -> None:
    """Talks are made, added to, imported, labelled, listed, read and sealed in any order, and pass every check."""
    Sequences.answered.clear()
    # which links are followed is left to chance in any case; and no phase repeats what was drawn, for what follows
    # depends on what was answered
    drawn = settings(
        _settings, max_examples=max(40, 2 * CASES), stateful_step_count=12, derandomize=False, phases=[Phase.generate]
    )
    for _ in range(MOST_ROUNDS):
        Sequences.run(settings=drawn)
        missing = [name for name in REACHED if not any(Sequences.answered[name, status] for status in (200, 201))]
        if not missing:
            break
    assert missing == [], "nothing led to a good answer of these"
