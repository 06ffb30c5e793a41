"""``/metrics``: what the service has counted, for Prometheus on this machine or in a network that the settings name."""

from __future__ import annotations

import ipaddress

from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST

from riskmodel.errors import ModelError
from service.backend import backend
from service.metrics import exposition
from service.model import scorer
from service.problems import Problem

blueprint = Blueprint("metrics", __name__)

# a proxy that is not counted in PROXIES stands on this machine and speaks for others
_SPEAKS_FOR_OTHERS = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


@blueprint.get("/metrics")
def show() -> Response:
    """All metrics in the text format of Prometheus; 403 for an address that may not see them."""
    if not _allowed():
        raise Problem(
            403,
            "The metrics are not shown to this address; BAITWATCH_METRICS_FROM names the networks that may read them.",
            kind="scope",
            title="The metrics are not shown here",
        )
    try:
        model = [scorer()]
    except ModelError:
        model = []
    return Response(exposition(backend().store, model), content_type=CONTENT_TYPE_LATEST)


def _allowed() -> bool:
    if not current_app.config["PROXIES"] and any(name in request.headers for name in _SPEAKS_FOR_OTHERS):
        return False
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    networks = [part for part in current_app.config["METRICS_FROM"].split(",") if part]
    return any((mapped or address) in ipaddress.ip_network(part) for part in networks)
