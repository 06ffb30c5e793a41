"""The files that pages load."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from riskmodel.errors import BaitwatchError
from service.console.assets import asset


@pytest.mark.parametrize("name", ["style.css", "console.js", "htmx.min.js", "uPlot.iife.min.js", "uPlot.min.css"])
def test_a_file_is_kept_under_its_digest(client: FlaskClient, name: str) -> None:
    """For as long as it is the same, which its address says."""
    found = asset(name)
    answer = client.get(f"/console/assets/{found.digest}/{name}")
    assert (answer.status_code, answer.get_data()) == (200, found.content)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get(f"/console/assets/{'0' * 16}/{name}").status_code == 404


@pytest.mark.parametrize("name", ["..%2Fpage.py", "htmx.LICENSE", "none.js"])
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    """No file of another folder or kind, whatever the digest."""
    assert client.get(f"/console/assets/{asset('style.css').digest}/{name}").status_code == 404


def test_what_set_up_did_not_fetch_is_named() -> None:
    """With what to do."""
    with pytest.raises(BaitwatchError, match=r"none\.js is not there; set up again"):
        asset("none.js")
