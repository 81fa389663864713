"""Logging a session, changing its draft, reading it."""

from io import BytesIO

from flask import flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import Actor, can, current_actor, requires
from tracker.coaching import operations, permissions, queries, record_pdf
from tracker.coaching.forms import AcknowledgeForm, SessionForm, item_title, topic_choices
from tracker.coaching.models import CoachingSession
from tracker.coaching.operations import AlreadyLogged
from tracker.coaching.routes.blueprint import bp, case_name
from tracker.coaching.rules import HoursUsed, SessionState
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.journey.models import Engagement
from tracker.journey.queries import get_engagement


@bp.route("/coaching-sessions/new")
@requires(permissions.START_SESSION)
def new() -> ResponseReturnValue:
    """Open the form for the engagement that the reader logged a session for last."""
    engagement_id = queries.last_engagement_id(current_actor())
    if engagement_id is None:
        return render_template("coaching/nothing_to_log.html")
    return redirect(url_for(".log", engagement_id=engagement_id))


@bp.route("/engagements/<int:engagement_id>/coaching-sessions/new", methods=["GET", "POST"])
@requires(permissions.LOG_SESSION, on=get_engagement)
def log(engagement: Engagement) -> ResponseReturnValue:
    """Log a session: filled with what is usual, sent once however often it is sent."""
    form = SessionForm(engagement=engagement)
    if form.submitted():
        try:
            return _logged(engagement, form)
        except Refused as error:
            form.refuse(error)
    others = [one for one in queries.engagements_to_log(current_actor()) if one.id != engagement.id]
    return render_template("coaching/edit.html", form=form, engagement=engagement, others=others, logged=None)


def _logged(engagement: Engagement, form: SessionForm) -> ResponseReturnValue:
    details, actor = form.details(), current_actor()
    try:
        with unit_of_work():
            logged = operations.log_session(engagement, details, actor=actor)
            hours = None if form.wants_draft else _submitted(logged, actor)
    except AlreadyLogged as error:
        flash(_("This was already saved."))
        return redirect(url_for(".show", session_id=error.session_id), 303)
    _say_what_was_done(hours)
    return redirect(url_for(".show", session_id=logged.id))


def _submitted(logged: CoachingSession, actor: Actor) -> HoursUsed:
    """Submit the record, and count the expert's hours with it while its transaction is open."""
    operations.submit_session(logged, actor=actor)
    return queries.hours_used(logged.expert_id, logged.engagement.programme)


def _say_what_was_done(hours: HoursUsed | None) -> None:
    if hours is None:
        flash(_("Draft saved. The vendor does not see it yet."))
        return
    flash(_("Submitted. The vendor has been asked to acknowledge it."))
    if hours.is_near:
        used, quota = hours.used.normalize(), hours.quota.normalize()
        flash(_("%(used)s of %(quota)s hours of this year are used.", used=f"{used:f}", quota=f"{quota:f}"), "warning")


@bp.route("/coaching-sessions/<int:session_id>")
@requires(permissions.VIEW_SESSION, on=queries.get_whole_session)
def show(logged: CoachingSession) -> ResponseReturnValue:
    """Show a session record with everything on it."""
    actor = current_actor()
    waits = logged.state is SessionState.SUBMITTED and can(actor, permissions.ACKNOWLEDGE_SESSION, logged)
    topics = dict(topic_choices(logged.engagement))
    return render_template(
        "coaching/show.html",
        logged=logged,
        title=case_name(logged.engagement),
        topics=[topics.get(row.topic, row.topic) for row in logged.topics],
        items=[(row.item, item_title(row.item)) for row in logged.items],
        acknowledge=AcknowledgeForm(obj=logged) if waits else None,
    )


@bp.route("/coaching-sessions/<int:session_id>/edit", methods=["GET", "POST"])
@requires(permissions.EDIT_SESSION, on=queries.get_whole_session)
def edit(logged: CoachingSession) -> ResponseReturnValue:
    """Change a draft, and submit it when it is complete."""
    form = SessionForm(obj=logged)
    if form.submitted():
        try:
            return _changed(logged, form)
        except Refused as error:
            form.refuse(error)
    return render_template("coaching/edit.html", form=form, engagement=logged.engagement, others=[], logged=logged)


def _changed(logged: CoachingSession, form: SessionForm) -> ResponseReturnValue:
    details, actor, session_id = form.details(), current_actor(), logged.id
    with unit_of_work():
        operations.change_session(logged, details, actor=actor)
        hours = None if form.wants_draft else _submitted(logged, actor)
    _say_what_was_done(hours)
    return redirect(url_for(".show", session_id=session_id))


@bp.route("/coaching-sessions/<int:session_id>/record.pdf")
@requires(permissions.VIEW_SESSION, on=queries.get_whole_session)
def record(logged: CoachingSession) -> ResponseReturnValue:
    """Give the session record as PDF."""
    name = f"session-record-{logged.id}.pdf"
    return send_file(BytesIO(record_pdf.make(logged)), "application/pdf", as_attachment=True, download_name=name)
