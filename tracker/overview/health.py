"""Signs of life for machines: alive, ready, figures."""

import hmac
from collections.abc import Callable, Mapping
from datetime import timedelta
from ipaddress import ip_address

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tracker.accounts.access import PUBLIC, requires
from tracker.core import clock, heartbeats, schema
from tracker.core.db import session
from tracker.core.errors import NotFound
from tracker.core.settings import Settings
from tracker.overview import telemetry

bp = Blueprint("health", __name__)

LONGEST_SILENCE = timedelta(seconds=60)


@bp.route("/healthz")
@requires(PUBLIC)
def alive() -> ResponseReturnValue:
    """Say that the web role answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.route("/readyz")
@requires(PUBLIC)
def ready() -> ResponseReturnValue:
    """Say whether database, migrations and worker are there, and what is missing."""
    checks = {name: check() for name, check in CHECKS.items()}
    is_ready = all(state == "ok" for state in checks.values())
    return jsonify({"status": "ok" if is_ready else "failing", "checks": checks}), 200 if is_ready else 503


@bp.route("/metrics")
@requires(PUBLIC)
def metrics() -> ResponseReturnValue:
    """Give figures to Prometheus: to this machine, or to whoever has the token."""
    if not may_read_metrics():
        raise NotFound
    return Response(telemetry.exposition(), content_type=CONTENT_TYPE_LATEST)


def may_read_metrics() -> bool:
    """Tell whether the request has the token or, where none is set, comes straight from this machine."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.metrics_token:
        return hmac.compare_digest(
            request.headers.get("Authorization", "").encode(), f"Bearer {settings.metrics_token}".encode()
        )
    came_through_a_proxy = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not came_through_a_proxy and ip_address(request.remote_addr or "0.0.0.0").is_loopback  # noqa: S104 - stands for nobody


def _database() -> str:
    try:
        session().execute(text("SELECT 1"))
    except SQLAlchemyError:
        session().rollback()
        return "The database does not answer."
    return "ok"


def _migrations() -> str:
    try:
        stands_at = schema.current(session().connection())
    except SQLAlchemyError:
        session().rollback()
        return "The database does not answer."
    return (
        "ok"
        if stands_at == schema.newest()
        else "The database is not at the revision that this version needs: run cloudsteps migrate."
    )


def _worker() -> str:
    try:
        last = heartbeats.last_beat(session(), "worker")
    except SQLAlchemyError:
        session().rollback()
        return "The database does not answer."
    return (
        "ok" if last is not None and clock.now() - last < LONGEST_SILENCE else "No worker has been alive for a minute."
    )


CHECKS: Mapping[str, Callable[[], str]] = {"database": _database, "migrations": _migrations, "worker": _worker}
