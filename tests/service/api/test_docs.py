"""The pages: served from this machine alone, under a policy that lets them ask no other."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient


def test_the_page_is_made_of_files_that_are_there(client: FlaskClient) -> None:
    """Each file that the page names is served with its type, and none lies elsewhere."""
    page = client.get("/docs").get_data(as_text=True)
    named = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(named) == 5
    assert not any(re.match(r"\w+:|//", name) for name in named if name != "data:,")
    for name in named:
        if name != "data:,":
            assert client.get(f"/{name}").status_code == 200, name
    assert client.get("/docs/swagger-ui.css").mimetype == "text/css"


def test_the_policy_lets_in_no_other_host_and_nothing_inline(client: FlaskClient) -> None:
    """The page has a policy of its own; every other answer keeps the strictest."""
    policy = client.get("/docs").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "<script>" not in client.get("/docs").get_data(as_text=True)
    assert client.get("/openapi.json").headers["Content-Security-Policy"].startswith("default-src 'none'; frame")


@pytest.mark.parametrize("name", ["index.css", "VERSION", "..", "%2e%2e/__init__.py", "no.js"])
def test_other_files_of_the_package_are_not_served(client: FlaskClient, name: str) -> None:
    """Only what the page is made of is there."""
    response = client.get(f"/docs/{name}")
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")
