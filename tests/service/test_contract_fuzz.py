"""schemathesis against the document: whatever is sent, no 5xx and no answer that the document does not name.

``BAITWATCH_FUZZ_CASES=60 ./dev test tests/service/test_contract_fuzz.py`` tries that many for each operation on each
database, with a key and without, and all values at the edges of what the document allows: some twelve thousand cases.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from databases import KINDS, database
from hypothesis import HealthCheck, settings
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
CASES = int(os.environ.get("BAITWATCH_FUZZ_CASES", "20"))


class Served:
    """The app under test, which is made after the cases are collected, and a good key for it."""

    app: Any = None
    key = ""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self.app(environ, start_response)


served = Served()
schemathesis.serializer.alias("application/zip", "application/octet-stream")
document = schemathesis.openapi.from_dict(
    openapi.document(), config=SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": MANY}}})
)
document.app = served


def as_meant(case: Case) -> Case:
    """A case that should be accepted, held to what no schema can say.

    An id of a message is its own in a talk, a time zone exists, a cursor was given.
    """
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return case
    if "cursor" in case.query:
        case.query["cursor"] = ""
    if isinstance(case.body, dict) and case.media_type == "application/json":
        case.body = deepcopy(case.body)
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
        store = backend_of(served.app).store
        with store.writing() as connection:
            number, _ = find_or_make_shop(connection, "甲店", NOW)
            served.key = create_key(connection, number, SCOPES, "", NOW)
        yield
        store.close()


_settings = settings(
    max_examples=CASES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


# no schema says which settings contradict one another, which bytes are a chat export, or which talk is not empty; any
# bytes may be asked if they are a bundle
UNSAID = {
    "/v1/shop/policy": [positive_data_acceptance],
    "/v1/imports": [positive_data_acceptance],
    "/v1/conversations/{conversation_id}/evidence": [positive_data_acceptance],
    "/v1/evidence/verify": [negative_data_rejection],
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
