"""The document: it names every route and nothing else, fits the contract, and is what a valid document is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from service.api.conversations import MOST_AT_ONCE
from service.api.docs import _FILES
from service.api.openapi import document
from service.cases.model import MEDIA_TYPES
from service.cases.table import load_table

METHODS = ("get", "put", "post", "delete", "patch")


def operations() -> dict[tuple[str, str], dict[str, Any]]:
    """Each operation by its path and method."""
    return {
        (path, method): item[method]
        for path, item in document()["paths"].items()
        for method in METHODS
        if method in item
    }


def resolved(schema: Any) -> Any:
    """A schema with what it refers to in its place."""
    if isinstance(schema, list):
        return [resolved(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: resolved(value) for name, value in schema.items() if name != "$ref"}
    if "$ref" in schema:
        target: Any = document()
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        found = resolved(target) | found
    return found


def test_the_document_is_served_as_it_is(client: FlaskClient) -> None:
    """What is served is the document, in the characters that it was written in."""
    response = client.get("/openapi.json")
    assert response.mimetype == "application/json"
    assert response.get_json() == document()


def test_every_route_is_in_the_document_and_nothing_else(app: Flask) -> None:
    """Paths and methods of the application and of the document are the same."""
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith(("/console/", "/embed/"))  # pages for people, with forms
    }
    assert set(operations()) == routes


def test_references_lead_somewhere_and_schemas_are_schemas() -> None:
    """Nothing is referred to that is not there, and what describes data is JSON Schema."""
    for schema in resolved(document()["components"]["schemas"]).values():
        Draft202012Validator.check_schema(schema)
    assert "$ref" not in str(resolved(document()["paths"]))


def test_every_operation_has_a_name_a_summary_and_errors_of_one_shape() -> None:
    """Errors are problem documents, every answer has a request id, and what needs a key says which scope."""
    names = [operation["operationId"] for operation in operations().values()]
    assert len(set(names)) == len(names)
    for (path, method), operation in operations().items():
        assert operation["summary"], path
        assert operation["tags"], path
        statuses = set(operation["responses"])
        for status, response in resolved(operation["responses"]).items():
            assert "X-Request-Id" in response["headers"], (path, status)
            assert (set(response["content"]) == {"application/problem+json"}) == (status >= "400"), (path, status)
        assert ({"413", "415", "422"} <= statuses) == ("requestBody" in operation), (path, method)
        assert ({"401", "403", "429"} <= statuses) == bool(operation["security"]), path
        assert all(name == "key" and scopes for way in operation["security"] for name, scopes in way.items())


def is_kept(asked: Any, given: Any) -> bool:
    """Whether the document says all that the contract says, its prose aside; it may say more."""
    if isinstance(asked, dict):
        return isinstance(given, dict) and all(
            name in given and is_kept(value, given[name]) for name, value in asked.items() if name != "description"
        )
    if isinstance(asked, list) and isinstance(given, list):
        return sorted(map(str, asked)) == sorted(map(str, given))
    return bool(asked == given)


@pytest.mark.parametrize(("name", "model"), [("assessment", "Assessment"), ("reply_check", "ReplyCheck")])
def test_answers_are_those_of_the_contract(contract: Callable[[str], dict[str, Any]], name: str, model: str) -> None:
    """Each field of the contract's answers is in the document with its type, limits and members."""
    asked, given = contract(name), resolved(document()["components"]["schemas"][model])
    assert asked["required"] == given["required"]
    for field, schema in asked["properties"].items():
        if field == "reasons":  # a span that may be null is written in another way
            schema["items"]["properties"].pop("span")
        assert is_kept(schema, given["properties"][field]), field


def test_limits_of_the_document_are_those_of_the_program() -> None:
    """A limit or list that stands in the YAML is the one that the program holds to."""
    schemas = document()["components"]["schemas"]
    assert schemas["Messages"]["properties"]["messages"]["maxItems"] == MOST_AT_ONCE
    filed = document()["paths"]["/v1/cases/{case_id}/exhibits/{name}"]
    assert set(filed["put"]["requestBody"]["content"]) == set(filed["get"]["responses"]["200"]["content"])
    assert set(filed["put"]["requestBody"]["content"]) == set(MEDIA_TYPES)
    assert schemas["Standing"]["properties"]["object"]["enum"] == list(load_table().objects)
    assert schemas["Actor"]["enum"] == list(load_table().actors)
    files = document()["paths"]["/docs/{file}"]["parameters"][0]["schema"]["enum"]
    assert set(files) == {*_FILES, "start.js"}
