"""``/v1/…/evidence``: a stored talk as a signed bundle, the opening of values in it, the check of any bundle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from cryptography.x509 import Certificate
from flask import Blueprint, Response, current_app, jsonify, request

from riskmodel.errors import FieldProblem, InputError
from service.api.form import read_files
from service.api.query import is_asked, named, see_query
from service.auth import caller, needs, needs_if_given, see_scope
from service.backend import backend
from service.evidence import verify_bundle
from service.evidence.authority import TimeAuthority, TimeAuthorityError
from service.evidence.plaintext import json_bytes
from service.evidence.profiles import load_profile, profile_names
from service.evidence.timestamp import read_authorities
from service.problems import Problem

__all__ = ["blueprint", "bundle_answer", "stamp_of_service"]

blueprint = Blueprint("evidence", __name__, url_prefix="/v1")

ZIP = "application/zip"
_FILE_NAME = "baitwatch-evidence.zip"  # says nothing of the talk
_MOST_TRUSTED = 50
_MOST_PEM = 1_000_000
# the files of a form to verify, and whether each has to come
_FORM = {"bundle": True, "openings": False, "authorities": False}


@blueprint.post("/conversations/<conversation_id>/evidence")
@needs("evidence")
def make_evidence(conversation_id: str) -> Response:
    """Seal the shop's log and answer with the bundle of this talk as it stands.

    ``?profile=NAME`` adds a checklist and a letter; ``event_date`` is for the deadline, ``language`` for the letter.
    ``?untouched=true`` puts the transcript in with personal data, for keys that may read the talk.
    """
    from service.evidence.appeal import read_appeal  # noqa: PLC0415  # the catalogues take a while to load
    from service.evidence.stored import bundle_of_talk  # noqa: PLC0415  # the templates of a bundle take a while to load

    see_query("profile", "event_date", "language", "untouched")
    untouched = is_asked("untouched")
    if untouched:
        see_scope("read")
    asked = (request.args.get(name) for name in ("profile", "event_date", "language"))
    appeal = read_appeal(*asked)
    content = bundle_of_talk(
        backend().store,
        backend().keys,
        backend().signing_key,
        caller().shop_id,
        named(conversation_id),
        actor=caller().actor,
        now=datetime.now(UTC),
        untouched=untouched,
        appeal=appeal,
        stamp=stamp_of_service(),
    )
    return bundle_answer(bytes(content))


def bundle_answer(content: bytes) -> Response:
    """A bundle as it is answered with."""
    headers = {"Content-Disposition": f'attachment; filename="{_FILE_NAME}"'}
    return Response(content, headers=headers, content_type=ZIP)


def stamp_of_service() -> Callable[[Mapping[str, bytes]], bytes] | None:
    """Who stamps bundles, where the service is set to have it done."""
    url, file = current_app.config["TSA_URL"], current_app.config["TSA_CA"]
    if not url:
        return None
    try:
        authorities = read_authorities(Path(file).read_bytes()) if file else None
    except (OSError, ValueError):
        raise TimeAuthorityError("time authority: the certificates in BAITWATCH_TSA_CA cannot be read") from None
    return TimeAuthority(url, authorities).stamp


@blueprint.post("/conversations/<conversation_id>/openings")
@needs("evidence")
def make_openings(conversation_id: str) -> Response:
    """Open masked values of the bundle that the body is, made of this talk: ``?select=M3,M7``.

    Values come in the clear, so the key has to be one that may read the talk, too.
    """
    from service.evidence.stored_openings import open_values  # noqa: PLC0415  # the templates of a bundle take a while to load

    see_scope("read")
    see_query("select")
    name, bundle = named(conversation_id), _bundle()
    openings = open_values(
        backend().store,
        backend().keys,
        backend().signing_key,
        caller().shop_id,
        name,
        bundle=bundle,
        chosen=[part.strip() for part in request.args.get("select", "").split(",") if part.strip()],
        actor=caller().actor,
        now=datetime.now(UTC),
    )
    return Response(json_bytes(openings), content_type="application/json")


@blueprint.post("/evidence/verify")
@needs_if_given("evidence")
def verify_evidence() -> Response:
    """Check the bundle that the body is, and say what was found as ``baitwatch verify --json`` does.

    Answered with 200 whatever was found. ``?trust=FINGERPRINT``, which may come again, names keys that may sign. A form
    may bring, beside the ``bundle``, ``openings`` to check and the certificates of time ``authorities`` to trust.
    """
    see_query("trust")
    trusted = request.args.getlist("trust")
    if len(trusted) > _MOST_TRUSTED:
        raise InputError([FieldProblem("trust", f"may come {_MOST_TRUSTED} times at most")])
    is_form = request.mimetype == "multipart/form-data"
    files = read_files(_FORM) if is_form else {"bundle": _bundle()}
    authorities = _authorities(files["authorities"]) if "authorities" in files else None
    report = verify_bundle(
        files["bundle"], trusted=frozenset(trusted), authorities=authorities, openings=files.get("openings")
    )
    return jsonify(report.as_dict())


def _bundle() -> bytes:
    if request.mimetype not in (ZIP, "application/octet-stream") or request.content_encoding:
        raise Problem(
            415,
            f"Send the bundle itself as the body, with the header `Content-Type: {ZIP}`.",
            kind="media-type",
            title="The body is of another media type",
        )
    return request.get_data(cache=False)


def _authorities(pem: bytes) -> list[Certificate]:
    try:
        if len(pem) <= _MOST_PEM:
            return read_authorities(pem)
    except ValueError:
        pass
    raise InputError([FieldProblem("authorities", f"must be certificates in PEM, at most {_MOST_PEM} bytes")])


@blueprint.get("/profiles")
@needs_if_given("evidence")
def list_profiles() -> Response:
    """Give all profiles: what each platform wants to see, its limits and deadline, with sources."""
    see_query()
    profiles = [load_profile(name) for name in profile_names()]
    return jsonify(profiles=[profile.model_dump(mode="json", exclude={"examples"}) for profile in profiles])
