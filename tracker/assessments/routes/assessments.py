"""The assessments of an engagement: listed, begun, overviewed and closed."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.assessments import operations, permissions, queries
from tracker.assessments.forms import BeginForm, CloseForm
from tracker.assessments.models import Assessment
from tracker.assessments.routes.blueprint import bp, language, reader_of
from tracker.assessments.rules.result import open_decisions
from tracker.assessments.rules.states import AssessmentState
from tracker.assessments.shelf import questionnaire_of
from tracker.core.db import unit_of_work
from tracker.core.errors import NotFound, Refused
from tracker.core.text import N_
from tracker.journey import permissions as journey_permissions
from tracker.journey.models import Engagement
from tracker.journey.queries import get_engagement
from tracker.journey.rules import EngagementState


@bp.route("/engagements/<int:engagement_id>/assessments")
@requires(journey_permissions.VIEW_ENGAGEMENT, on=get_engagement)
def index(engagement: Engagement) -> ResponseReturnValue:
    """List the assessments of an engagement, the newest first."""
    found = queries.assessments_of(engagement)
    may_begin = (
        can(current_actor(), permissions.BEGIN_ASSESSMENT, engagement)
        and engagement.state is EngagementState.ACTIVE
        and all(one.state is AssessmentState.CLOSED for one in found)
    )
    return render_template("assessments/index.html", engagement=engagement, assessments=found, may_begin=may_begin)


@bp.route("/engagements/<int:engagement_id>/assessments/new", methods=["GET", "POST"])
@requires(permissions.BEGIN_ASSESSMENT, on=get_engagement)
def begin(engagement: Engagement) -> ResponseReturnValue:
    """Begin an assessment of an engagement."""
    versions = queries.latest_questionnaires()
    form = BeginForm(versions, language())
    if form.submitted():
        chosen = next((one for one in versions if one.id == form.questionnaire.data), None)
        try:
            with unit_of_work():
                if chosen is None:
                    raise Refused(
                        N_("No questionnaire is published yet. Ask the administrator to run “cloudsteps migrate”.")
                    )
                made = operations.begin_assessment(
                    engagement, chosen, takes_over=bool(form.takes_over.data), actor=current_actor()
                )
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("The assessment has begun. List the components first, then answer area by area."))
            return redirect(url_for(".show", assessment_id=made.id), 303)
    before = queries.newest_assessments(engagement, 1)
    return render_template("assessments/begin.html", engagement=engagement, form=form, before=before)


@bp.route("/assessments/<int:assessment_id>")
@requires(permissions.VIEW_ASSESSMENT, on=queries.get_assessment)
def show(assessment: Assessment) -> ResponseReturnValue:
    """Show how far an assessment has come, area by area."""
    questionnaire = questionnaire_of(assessment.questionnaire_version)
    result = queries.read_result(assessment)
    return render_template(
        "assessments/show.html",
        assessment=assessment,
        questionnaire=questionnaire,
        result=result,
        reader=reader_of(questionnaire, result),
        open_decisions=open_decisions(questionnaire, result),
        may=_possible(assessment),
    )


def _possible(assessment: Assessment) -> frozenset[str]:
    """Tell what the reader can do with an assessment now."""
    actor = current_actor()
    is_open = assessment.state is AssessmentState.OPEN and assessment.engagement.state is EngagementState.ACTIVE
    pairs = (("fill", permissions.FILL_ASSESSMENT), ("close", permissions.DECIDE_ASSESSMENT))
    return frozenset(name for name, permission in pairs if is_open and can(actor, permission, assessment))


@bp.route("/assessments/<int:assessment_id>/close", methods=["GET", "POST"])
@requires(permissions.DECIDE_ASSESSMENT, on=queries.get_assessment)
def close(assessment: Assessment) -> ResponseReturnValue:
    """Close an assessment, after telling what is still open."""
    form = CloseForm(obj=assessment)
    if form.submitted():
        try:
            with unit_of_work():
                operations.close_assessment(assessment, version=form.read_version(), actor=current_actor())
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Closed. The result is kept as it stands."))
            return redirect(url_for(".result", assessment_id=assessment.id), 303)
    if assessment.state is AssessmentState.CLOSED and not form.failures:
        raise NotFound
    questionnaire = questionnaire_of(assessment.questionnaire_version)
    result = queries.read_result(assessment)
    return render_template(
        "assessments/close.html",
        assessment=assessment,
        form=form,
        result=result,
        reader=reader_of(questionnaire, result),
        open_decisions=open_decisions(questionnaire, result),
    )
