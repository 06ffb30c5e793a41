"""``/docs``: pages to read the API and to try it, by an installed Swagger UI; nothing is fetched elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import flask_swagger_ui  # type: ignore[import-untyped]  # ships no types; only its files are used
from flask import Blueprint, Response, abort

__all__ = ["blueprint"]

blueprint = Blueprint("docs", __name__, url_prefix="/docs")

_FOLDER = Path(flask_swagger_ui.__file__).parent / "dist"
_FILES: Final = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}
# its own files and its own service, pictures that its style sheet holds, and no inline script or style
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Baitwatch API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
<div id="api">
<noscript>This page needs JavaScript; the document itself is <a href="openapi.json">openapi.json</a>.</noscript>
</div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</html>
"""
# a key that is typed in is kept in the page alone, and no document is sent to a validator elsewhere
_START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#api",
  deepLinking: true,
  validatorUrl: "none",
  queryConfigEnabled: false,
  persistAuthorization: false,
});
"""


@blueprint.get("")
def docs() -> Response:
    """Give the page."""
    return Response(_PAGE, headers={"Content-Security-Policy": _POLICY}, content_type="text/html; charset=utf-8")


@blueprint.get("/<file>")
def docs_file(file: str) -> Response:
    """Give what the page is made of."""
    if file == "start.js":
        return Response(_START, content_type="text/javascript; charset=utf-8")
    if file not in _FILES:
        abort(404)
    return Response((_FOLDER / file).read_bytes(), content_type=f"{_FILES[file]}; charset=utf-8")
