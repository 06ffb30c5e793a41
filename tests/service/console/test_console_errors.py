"""Errors as pages: the right status, a plain sentence, and nothing of what was sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from people import form_token, sign_in

from service.app import create_app
from service.console import talks
from service.store.engine import Store
from service.store.errors import StoreError

SECRET = "13800138000"


def text(response: object) -> str:
    found: str = response.get_data(as_text=True)  # type: ignore[attr-defined]  # a response of the test client
    return found


def test_a_mistake_of_ours_is_a_page(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """500 with a reference that the log has too; neither repeats the error's own words."""
    sign_in(client)

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(talks, "open_talks", fail)
    capfd.readouterr()
    response = client.get("/console/")
    assert response.status_code == 500
    assert "程序出错了" in text(response)
    reference = text(response).partition("日志编号：")[2][:12]
    log = capfd.readouterr().err
    assert f'"reference": "{reference}"' in log
    assert SECRET not in text(response) + log


def test_a_database_that_is_gone_is_a_page(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 with Retry-After, also where it is gone before it is known who asks; then it goes on by itself."""
    sign_in(client)

    def gone(self: Store) -> None:
        raise StoreError("the database does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "reading", gone)
        response = client.get("/console/")
        assert response.status_code == 503
        assert int(response.headers["Retry-After"]) >= 1
        assert "暂时无法使用" in text(response)
    assert client.get("/console/").status_code == 200


def test_keys_that_cannot_be_used_are_a_page(tmp_path: Path) -> None:
    """503, not an unsigned session."""
    folder = tmp_path / "keys"
    folder.mkdir()
    (folder / "keyring.json").write_text("{}")
    (folder / "keyring.json").chmod(0o600)
    client = create_app({"HOME": tmp_path}).test_client()
    for path in ("/console/", "/console/login", "/console/login?language=en"):
        response = client.get(path)
        assert response.status_code == 503
        assert "Set-Cookie" not in response.headers
        assert response.mimetype == "text/html"


def test_a_form_that_is_too_large_is_a_page(client: FlaskClient) -> None:
    """413 in words."""
    data = {"csrf_token": form_token(client), "shop": "x" * 70_000}
    response = client.post("/console/login", data=data)
    assert response.status_code == 413
    assert "请缩短后再提交" in text(response)


@pytest.mark.parametrize("data", [b"\xff\xfe=\x00", b"csrf_token=%FF%FE&shop=%00", b"=&=&;;", b""])
def test_strange_forms_are_refused(client: FlaskClient, data: bytes) -> None:
    """Bytes that are no form are 400, never an error of ours."""
    client.get("/console/login")
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", "x"):
        assert client.post("/console/login", data=data, content_type=kind).status_code == 400
