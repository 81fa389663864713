"""Next actions: added, finished, dropped, opened again."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import Actor, current_actor, requires
from tracker.coaching import operations, permissions, queries
from tracker.coaching.forms import ActionForm
from tracker.coaching.models import ActionItem, CoachingSession
from tracker.coaching.people import people_of
from tracker.coaching.routes.blueprint import bp, case_name
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused


@bp.route("/coaching-sessions/<int:session_id>/actions/new", methods=["GET", "POST"])
@requires(permissions.ADD_ACTION, on=queries.get_session)
def add_action(logged: CoachingSession) -> ResponseReturnValue:
    """Give somebody of the engagement something to do."""
    actor, session_id = current_actor(), logged.id
    form = ActionForm(people_of(logged.engagement, actor=actor))
    if form.submitted():
        try:
            with unit_of_work():
                operations.add_action(logged.engagement, form.details(), actor=actor, logged=logged)
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Action added."))
            return redirect(url_for(".show", session_id=session_id))
    title = case_name(logged.engagement)
    return render_template("coaching/action.html", form=form, logged=logged, title=title)


@bp.route("/actions/<int:action_id>")
@requires(permissions.VIEW_ACTION, on=queries.get_action)
def action(found: ActionItem) -> ResponseReturnValue:
    """Lead to the record that an action comes from."""
    return redirect(_page_of(found))


@bp.route("/actions/<int:action_id>/finish", methods=["POST"])
@requires(permissions.FINISH_ACTION, on=queries.get_action)
def finish_action(found: ActionItem) -> ResponseReturnValue:
    """Mark an action as done."""
    return _moved(found, operations.finish_action, _("Done."), undo=True)


@bp.route("/actions/<int:action_id>/drop", methods=["POST"])
@requires(permissions.DROP_ACTION, on=queries.get_action)
def drop_action(found: ActionItem) -> ResponseReturnValue:
    """Mark an action as no longer wanted."""
    return _moved(found, operations.drop_action, _("Dropped."), undo=True)


@bp.route("/actions/<int:action_id>/reopen", methods=["POST"])
@requires(permissions.FINISH_ACTION, on=queries.get_action)
def reopen_action(found: ActionItem) -> ResponseReturnValue:
    """Take back that an action was done or dropped."""
    return _moved(found, operations.reopen_action, _("Open again."), undo=False)


def _moved(found: ActionItem, move: Callable[..., None], sentence: str, *, undo: bool) -> ResponseReturnValue:
    actor: Actor = current_actor()
    page, again = _back() or _page_of(found), url_for(".reopen_action", action_id=found.id)
    with unit_of_work():
        move(found, actor=actor)
    if undo:
        flash((sentence, again), "undo")  # type: ignore[arg-type]  # base.html takes the pair apart
    else:
        flash(sentence)
    return redirect(page)


def _page_of(found: ActionItem) -> str:
    if found.session_id is not None:
        return url_for(".show", session_id=found.session_id, _anchor="actions")
    return url_for("journey.show", engagement_id=found.engagement_id)


def _back() -> str | None:
    """Give the page of ours that the button stood on, where it says so."""
    page = request.form.get("back", "")
    return page if page.startswith("/") and not page.startswith(("//", "/\\")) and page.isprintable() else None
