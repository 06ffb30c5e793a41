"""``/v1/…/evidence``: a stored talk as a signed bundle, the check of any bundle, and the platforms' profiles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify, request

from riskmodel.errors import FieldProblem, InputError
from service.api.query import named, see_query
from service.auth import caller, needs, needs_if_given
from service.backend import backend
from service.evidence import verify_bundle
from service.evidence.authority import TimeAuthority, TimeAuthorityError
from service.evidence.profiles import load_profile, profile_names
from service.evidence.timestamp import read_authorities
from service.problems import Problem

__all__ = ["blueprint", "bundle_answer", "stamp_of_service"]

blueprint = Blueprint("evidence", __name__, url_prefix="/v1")

ZIP = "application/zip"
_FILE_NAME = "baitwatch-evidence.zip"  # says nothing of the talk
_MOST_TRUSTED = 50


@blueprint.post("/conversations/<conversation_id>/evidence")
@needs("evidence")
def make_evidence(conversation_id: str) -> Response:
    """Seal the shop's log and answer with the bundle of this talk as it stands.

    ``?profile=NAME`` adds a checklist and a letter; ``event_date`` is for the deadline, ``language`` for the letter.
    """
    from service.evidence.appeal import read_appeal  # noqa: PLC0415  # the catalogues take a while to load
    from service.evidence.stored import bundle_of_talk  # noqa: PLC0415  # the templates of a bundle take a while to load

    see_query("profile", "event_date", "language")
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
        appeal=appeal,
        stamp=stamp_of_service(),
    )
    return bundle_answer(content)


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


@blueprint.post("/evidence/verify")
@needs_if_given("evidence")
def verify_evidence() -> Response:
    """Check the bundle that the body is, and say what was found as ``baitwatch verify --json`` does.

    Answered with 200 whatever was found. ``?trust=FINGERPRINT``, which may come again, names keys that may sign.
    """
    if request.mimetype not in (ZIP, "application/octet-stream") or request.content_encoding:
        raise Problem(
            415,
            f"Send the bundle itself as the body, with the header `Content-Type: {ZIP}`.",
            kind="media-type",
            title="The body is of another media type",
        )
    see_query("trust")
    trusted = request.args.getlist("trust")
    if len(trusted) > _MOST_TRUSTED:
        raise InputError([FieldProblem("trust", f"may come {_MOST_TRUSTED} times at most")])
    report = verify_bundle(request.get_data(cache=False), trusted=frozenset(trusted))
    return jsonify(report.as_dict())


@blueprint.get("/profiles")
@needs_if_given("evidence")
def list_profiles() -> Response:
    """Give all profiles: what each platform wants to see, its limits and deadline, with sources."""
    profiles = [load_profile(name) for name in profile_names()]
    return jsonify(profiles=[profile.model_dump(mode="json", exclude={"examples"}) for profile in profiles])
