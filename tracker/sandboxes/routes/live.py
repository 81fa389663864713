"""An operation as it goes on, its log, and its cancellation."""

from collections.abc import Iterator
from typing import Any

from flask import (
    Response,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.core import clock
from tracker.core.db import session, unit_of_work
from tracker.sandboxes import live, permissions, words
from tracker.sandboxes.models import SandboxOperation
from tracker.sandboxes.operations.cancelling import cancel_operation
from tracker.sandboxes.queries import figures, log, sandboxes
from tracker.sandboxes.routes.blueprint import bp, language
from tracker.sandboxes.rules.states import CancelStage

LARGEST_EVENT = 2**62
SEARCH = 100
RETRY_SECONDS = "2"


@bp.route("/sandboxes/operations/<int:operation_id>")
@requires(permissions.VIEW_SANDBOX, on=sandboxes.get_operation)
def operation(operation: SandboxOperation) -> ResponseReturnValue:
    """Show an operation live: its resources, its log, and what a cancellation is doing."""
    wanted = request.args.get("q", "").strip()[:SEARCH]
    lines = log.lines_with(operation.id, wanted) if wanted else log.last_lines(operation.id)
    standing = log.standing_of(operation.id)
    return render_template(
        "sandboxes/operation.html",
        operation=operation,
        sandbox=operation.sandbox,
        title=_(words.TITLES[operation.kind]),
        lines=[live.line_of(line) for line in lines],
        last=0 if wanted else lines[-1].id if lines else 0,
        is_cut=len(lines) == log.PORTION,
        wanted=wanted,
        resources=[live.resource_of(row) for row in log.resources_of(operation.id)],
        state=live.state_of(operation.id, standing),
        is_cancelling=standing.cancel_stage is not CancelStage.NONE,
        may_cancel=can(current_actor(), permissions.OPERATE_SANDBOX, operation),
        preparing=figures.preparing(),
    )


@bp.route("/sandboxes/operations/<int:operation_id>/events")
@requires(permissions.VIEW_SANDBOX, on=sandboxes.get_operation)
def events(operation: SandboxOperation) -> ResponseReturnValue:
    """Stream what is new after an event, as long as there is room; the page then asks by itself instead."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the app itself outlives the request
    room, user_id = live.room_of(app), current_actor().user_id or 0
    if not room.enter(user_id):
        return Response(status=429, headers={"Retry-After": RETRY_SECONDS})
    feed = live.stream(app, operation.id, _after(request.headers.get("Last-Event-ID", "")), language())
    session().rollback()  # the request's own connection goes back before the first line
    answer = Response(feed, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})
    answer.call_on_close(lambda: room.leave(user_id))
    return answer


@bp.route("/sandboxes/operations/<int:operation_id>/news")
@requires(permissions.VIEW_SANDBOX, on=sandboxes.get_operation)
def news(operation: SandboxOperation) -> ResponseReturnValue:
    """Give what is new after an event, for a page without a stream."""
    return jsonify(live.news_after(operation.id, _after("")).plain())


def _after(last_event: str) -> int:
    text = last_event or request.args.get("after", "")
    return min(int(text), LARGEST_EVENT) if text.isascii() and text.isdigit() else 0


@bp.route("/sandboxes/operations/<int:operation_id>/log.txt")
@requires(permissions.VIEW_SANDBOX, on=sandboxes.get_operation)
def log_file(operation: SandboxOperation) -> ResponseReturnValue:
    """Give the whole log as a file of text."""
    name = f"{operation.sandbox.code}-{operation.kind.value}-{operation.id}.log"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(stream_with_context(_log_lines(operation.id)), mimetype="text/plain", headers=headers)


def _log_lines(operation_id: int) -> Iterator[str]:
    for portion in log.whole_log(operation_id):
        yield "".join(_log_line(line) for line in portion)


def _log_line(line: Any) -> str:
    about = f" {words.name_in(line.urn)}" if line.urn else ""
    return f"{clock.in_taipei(line.at).isoformat(timespec='seconds')} {line.kind.value}{about} {line.text}\n"


@bp.route("/sandboxes/operations/<int:operation_id>/cancel", methods=["POST"])
@requires(permissions.OPERATE_SANDBOX, on=sandboxes.get_operation)
def cancel(operation: SandboxOperation) -> ResponseReturnValue:
    """Cancel what waits, or have the worker stop what runs."""
    with unit_of_work():
        cancel_operation(operation, actor=current_actor())
    flash(_("Cancelling. This page tells how far it has come."))
    return redirect(url_for(".operation", operation_id=operation.id), 303)
