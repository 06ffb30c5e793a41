"""A good request to every operation of the document, about the talk `t`: what tests begin with that change one thing.

A new operation fails in those tests until it is said here how it is asked.
"""

from __future__ import annotations

import io
from typing import Any

from service.api.openapi import document

METHODS = ("get", "put", "post", "delete", "patch")
MESSAGE = {"message_id": "m1", "sender": "buyer", "sent_at": "2026-03-04T10:00:00+08:00", "text": "今天能发货吗"}
TALK = {"conversation_id": "t", "messages": [MESSAGE]}
EXPORT = "买家 (2026-03-10 10:00:00): 今天能发货吗\n小店:小雨 (2026-03-10 10:00:40): 下午四点前付款的当天发\n"
VARIABLES = {"conversation_id": "t", "file": "start.js", "case_id": "k", "name": "box.jpg"}

# by the name of the operation; what its body holds, where it has one
_BODIES: dict[str, dict[str, Any]] = {
    "score": {"json": TALK},
    "checkReply": {"json": {"conversation": TALK, "draft": "可以的亲"}},
    "addMessages": {"json": MESSAGE},
    "addOrders": {"json": {"order_id": "o1", "amount": "9.90"}},
    "setFacts": {"json": {"platform": "taobao"}},
    "addLabel": {"json": {"conversation_id": "t", "label": "benign"}},
    "importChats": {"file": EXPORT},
    "verifyEvidence": {"data": b"PK", "content_type": "application/zip"},
    "makeEvidence": {},
    "openCase": {"json": {"case_id": "k", "conversation_id": "t", "claim": "review", "profile": "taobao_review"}},
    "addCaseEvent": {"json": {"event_id": "e1", "kind": "step", "object": "handling", "action": "contact"}},
    "fileExhibit": {"data": b"a picture", "content_type": "image/jpeg"},
    **{name: {} for name in ("listCases", "readCase", "readExhibit", "deleteExhibit", "makeCaseEvidence")},
    # of a talk that is there it takes a bundle, see tests/service/api/test_api_openings.py
    "makeOpenings": {"data": b"PK", "content_type": "application/zip", "query_string": {"select": "all"}},
    "makeEmbedToken": {},
    "writePolicy": {"json": {"same_day_cutoff": "16:00"}},
    **{name: {} for name in ("listConversations", "readConversation", "listAssessments", "listLabels", "readPolicy")},
    "listProfiles": {},
    **{name: {} for name in ("alive", "ready", "metrics", "openapi", "docs", "docsFile")},
}
OPERATIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    item[method]["operationId"]: (method.upper(), path, item[method])
    for path, item in document()["paths"].items()
    for method in METHODS
    if method in item
}
"""Method, path and description of each operation, by its name."""


def good(name: str) -> dict[str, Any]:
    """The request, as what Flask's test client takes."""
    assert name in _BODIES, f"say in good_requests.py how {name} is asked"
    method, path, _ = OPERATIONS[name]
    body = dict(_BODIES[name])
    if "file" in body:
        file = io.BytesIO(body.pop("file").encode()), "export.txt"
        body["data"] = {"file": file, "form": "text", "shop": "小店:小雨"}
    return {"method": method, "path": path.format(**VARIABLES), **body}


def scope(name: str) -> str | None:
    """What a key must be good for; None where the operation takes none."""
    return next((scopes[0] for way in OPERATIONS[name][2]["security"] for scopes in way.values()), None)
