"""The way of a record: submitted, taken back, acknowledged, closed, noted on."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor, requires
from tracker.coaching import operations, permissions, queries
from tracker.coaching.forms import AcknowledgeForm, AddendumForm
from tracker.coaching.models import CoachingSession
from tracker.coaching.routes.blueprint import bp, case_name
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused


def _to_record(session_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show", session_id=session_id))


@bp.route("/coaching-sessions/<int:session_id>/submit", methods=["POST"])
@requires(permissions.EDIT_SESSION, on=queries.get_session)
def submit(logged: CoachingSession) -> ResponseReturnValue:
    """Submit a draft as it stands."""
    session_id = logged.id
    with unit_of_work():
        operations.submit_session(logged, actor=current_actor())
    flash(_("Submitted. The vendor has been asked to acknowledge it."))
    return _to_record(session_id)


@bp.route("/coaching-sessions/<int:session_id>/take-back", methods=["POST"])
@requires(permissions.EDIT_SESSION, on=queries.get_session)
def take_back(logged: CoachingSession) -> ResponseReturnValue:
    """Make a draft of a record that nobody has acknowledged."""
    session_id = logged.id
    with unit_of_work():
        operations.take_back_session(logged, actor=current_actor())
    flash(_("The record is a draft again. The vendor does not see it until you submit it."))
    return redirect(url_for(".edit", session_id=session_id))


@bp.route("/coaching-sessions/<int:session_id>/acknowledge", methods=["GET", "POST"])
@requires(permissions.ACKNOWLEDGE_SESSION, on=queries.get_session)
def acknowledge(logged: CoachingSession) -> ResponseReturnValue:
    """Take note of a record for the vendor, with an objection where something is not right."""
    form, session_id = AcknowledgeForm(obj=logged), logged.id
    if not form.submitted():
        title = case_name(logged.engagement)
        return render_template("coaching/acknowledge.html", form=form, logged=logged, title=title)
    with unit_of_work():
        operations.acknowledge_session(
            logged, form.objection.data or "", actor=current_actor(), version=form.read_version()
        )
    flash(_("Acknowledged. The expert has been told."))
    return _to_record(session_id)


@bp.route("/coaching-sessions/<int:session_id>/close", methods=["POST"])
@requires(permissions.CLOSE_SESSION, on=queries.get_session)
def close(logged: CoachingSession) -> ResponseReturnValue:
    """Close an acknowledged record."""
    session_id = logged.id
    with unit_of_work():
        operations.close_session(logged, actor=current_actor())
    flash(_("Closed. Corrections are added as notes from now on."))
    return _to_record(session_id)


@bp.route("/coaching-sessions/<int:session_id>/notes/new", methods=["GET", "POST"])
@requires(permissions.ADD_ADDENDUM, on=queries.get_session)
def add_note(logged: CoachingSession) -> ResponseReturnValue:
    """Add a correction to a record that stays as it is."""
    form, session_id = AddendumForm(), logged.id
    if form.submitted():
        try:
            with unit_of_work():
                operations.add_addendum(logged, form.text.data or "", actor=current_actor())
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Note added."))
            return _to_record(session_id)
    title = case_name(logged.engagement)
    return render_template("coaching/note.html", form=form, logged=logged, title=title)


@bp.route("/coaching-sessions/<int:session_id>/files/<int:file_id>/remove", methods=["POST"])
@requires(permissions.EDIT_SESSION, on=queries.get_session)
def remove_file(logged: CoachingSession, file_id: int) -> ResponseReturnValue:
    """Take a file off a draft."""
    session_id = logged.id
    with unit_of_work():
        operations.remove_file(logged, file_id, actor=current_actor())
    flash(_("File removed."))
    return _to_record(session_id)
