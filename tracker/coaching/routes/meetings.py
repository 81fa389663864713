"""Planned meetings: made, read, moved, called off."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.coaching import meetings, operations, permissions
from tracker.coaching.meeting_form import MeetingForm
from tracker.coaching.models import Meeting
from tracker.coaching.routes.blueprint import bp, case_name
from tracker.coaching.rules import MeetingState
from tracker.core import clock
from tracker.core.db import unit_of_work
from tracker.journey.models import Engagement
from tracker.journey.queries import get_engagement
from tracker.web.saving import save


@bp.route("/engagements/<int:engagement_id>/meetings/new", methods=["GET", "POST"])
@requires(permissions.PLAN_MEETING, on=get_engagement)
def plan_meeting(engagement: Engagement) -> ResponseReturnValue:
    """Plan when expert and vendor meet next."""
    form, engagement_id = MeetingForm(), engagement.id
    plan = operations.plan_meeting
    if form.submitted() and save(form, lambda: plan(engagement, form.details(), actor=current_actor())):
        flash(_("Planned. The vendor has been told."))
        return redirect(url_for("journey.show", engagement_id=engagement_id))
    return render_template("coaching/plan_meeting.html", form=form, engagement=engagement, title=case_name(engagement))


@bp.route("/meetings/<int:meeting_id>")
@requires(permissions.VIEW_MEETING, on=meetings.get_meeting)
def meeting(found: Meeting) -> ResponseReturnValue:
    """Show a planned meeting; those who plan it can move it or call it off."""
    return _page(found, MeetingForm(obj=found))


@bp.route("/meetings/<int:meeting_id>", methods=["POST"])
@requires(permissions.PLAN_MEETING, on=meetings.get_meeting)
def change_meeting(found: Meeting) -> ResponseReturnValue:
    """Move a meeting to another time or place."""
    form, meeting_id = MeetingForm(obj=found), found.id
    change = operations.change_meeting
    if form.submitted() and save(form, lambda: change(found, form.details(), actor=current_actor())):
        flash(_("Saved. The others have been told."))
        return redirect(url_for(".meeting", meeting_id=meeting_id))
    return _page(meetings.get_meeting(meeting_id, actor=current_actor()), form)


@bp.route("/meetings/<int:meeting_id>/call-off", methods=["POST"])
@requires(permissions.PLAN_MEETING, on=meetings.get_meeting)
def call_off_meeting(found: Meeting) -> ResponseReturnValue:
    """Call a meeting off."""
    meeting_id = found.id
    with unit_of_work():
        operations.call_off_meeting(found, actor=current_actor())
    flash(_("Called off. The others have been told."))
    return redirect(url_for(".meeting", meeting_id=meeting_id))


def _page(found: Meeting, form: MeetingForm) -> ResponseReturnValue:
    plans = can(current_actor(), permissions.PLAN_MEETING, found)
    return render_template(
        "coaching/meeting.html",
        meeting=found,
        form=form if plans and found.state is MeetingState.PLANNED and found.starts_at > clock.now() else None,
        may_log=can(current_actor(), permissions.LOG_SESSION, found),
        title=case_name(found.engagement),
    )
