"""Errors as pages: the right status, a plain sentence, and nothing of what was sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from people import PASSWORD, form_token, send, sign_in

from service.app import create_app
from service.backend import backend_of
from service.console.agent import talks
from service.store import grants
from service.store.engine import Store
from service.store.errors import ConflictError, StoreError

SECRET = "13800138000"


def protected(response: object) -> None:
    """As every answer is."""
    headers = response.headers  # type: ignore[attr-defined]  # a response of the test client
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; ")
    assert (headers["X-Frame-Options"], headers["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert headers["Cache-Control"] == "no-store"
    assert len(headers["X-Request-Id"]) == 36


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


PAGES = ("/console/none", "/console/talks/", "/console/talks/a/b", "/console//", "/console/" + "x" * 3000)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_a_page_that_is_not_there_is_a_page(client: FlaskClient, path: str, method: str) -> None:
    """404 in words, in the language that was chosen, whoever asks; protected as any other, with a request id."""
    for query, said in (("", "请核对地址"), ("?language=en", "begin again from"), ("", "Check the address")):
        response = client.open(path + query, method=method)
        assert response.status_code == 404
        assert response.mimetype == "text/html"
        assert said in text(response)
        assert "xxx" not in text(response)
        assert 'href="/console/"' in text(response)
        protected(response)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/console/", {"GET"}),
        ("GET", "/console/logout", {"POST"}),
        ("PUT", "/console/login", {"GET", "POST"}),
    ],
)
def test_a_method_that_is_not_taken_is_a_page(client: FlaskClient, method: str, path: str, allowed: set[str]) -> None:
    """405 in words, and the header that says which are."""
    response = client.open(path, method=method)
    assert response.status_code == 405
    assert response.mimetype == "text/html"
    assert "请回到首页" in text(response)
    assert set(response.headers["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == allowed
    protected(response)


def test_too_many_requests_are_a_page(url: str, store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    """429 with Retry-After and in words, wherever one goes, and no mistake in the log; the API answers as always."""
    app = create_app({"DATABASE_URL": url, "RATE_LIMIT": "1/hour"})
    client = app.test_client()
    assert client.get("/console/login").status_code == 200
    for path in ("/console/login", "/console/none", "/console/"):
        response = client.get(path)
        assert response.status_code == 429
        assert f"请等 {response.headers['Retry-After']} 秒" in text(response)
        protected(response)
    assert client.get("/v1/conversations").mimetype == "application/problem+json"
    assert "unexpected_error" not in capfd.readouterr().err
    backend_of(app).store.close()


def test_a_user_that_is_changed_meanwhile_is_a_page(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """409 in words, no mistake of ours."""
    sign_in(client)

    def meanwhile(*given: object, **how: object) -> None:
        raise ConflictError("it was altered meanwhile")

    monkeypatch.setattr(grants, "change", meanwhile)
    chosen = "narrow bottles sink"
    response = send(client, "/console/password", present=PASSWORD, chosen=chosen, again=chosen)
    assert response.status_code == 409
    assert "请回到首页重新开始" in text(response)


def test_other_paths_are_not_the_consoles(client: FlaskClient) -> None:
    """They are answered for programs."""
    for path in ("/none", "/consoles/", "/v1/none"):
        response = client.get(path)
        assert (response.status_code, response.mimetype) == (404, "application/problem+json")


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
