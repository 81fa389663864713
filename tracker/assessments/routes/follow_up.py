"""What follows from a result: actions about risks, playbooks that the engagement takes up."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from tracker.accounts.access import current_actor, requires
from tracker.assessments import operations, permissions, queries
from tracker.assessments.models import Assessment
from tracker.assessments.routes.blueprint import bp, reader_of
from tracker.assessments.shelf import questionnaire_of
from tracker.coaching.forms import ActionForm
from tracker.coaching.people import people_of
from tracker.core.db import unit_of_work
from tracker.core.errors import NotFound, Refused
from tracker.web.fields import LINE


@bp.route(
    "/assessments/<int:assessment_id>/risks/<string:question>/<int:component>/<string:answer>/action",
    methods=["GET", "POST"],
)
@requires(permissions.DECIDE_ASSESSMENT, on=queries.get_assessment)
def add_action(assessment: Assessment, question: str, component: int, answer: str) -> ResponseReturnValue:
    """Give somebody something to do about a risk."""
    code = f"{question}:{component}:{answer}"
    result = queries.read_result(assessment)
    risk = next((one for one in result.risks if one.code == code), None)
    if risk is None:
        raise NotFound
    line = reader_of(questionnaire_of(assessment.questionnaire_version), result).risk(risk)
    actor = current_actor()
    form = ActionForm(people_of(assessment.engagement, actor=actor), text=line.mitigation[:LINE])
    if form.submitted():
        try:
            with unit_of_work():
                operations.add_action_for_risk(assessment, code, form.details(), actor=actor)
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Action added."))
            return redirect(url_for(".result", assessment_id=assessment.id, _anchor="risks"), 303)
    return render_template(
        "assessments/action.html",
        assessment=assessment,
        line=line,
        form=form,
        known=queries.actions_of(assessment).get(code),
    )


@bp.route("/assessments/<int:assessment_id>/playbooks", methods=["POST"])
@requires(permissions.DECIDE_ASSESSMENT, on=queries.get_assessment)
def add_playbooks(assessment: Assessment) -> ResponseReturnValue:
    """Let the engagement take up the playbooks that were ticked."""
    with unit_of_work():
        added = operations.add_proposed_playbooks(
            assessment, tuple(request.form.getlist("playbook")), actor=current_actor()
        )
    flash(
        ngettext("%(num)s playbook added.", "%(num)s playbooks added.", len(added))
        if added
        else _("No playbook was added: tick those that the engagement should follow.")
    )
    return redirect(url_for(".result", assessment_id=assessment.id, _anchor="playbooks"), 303)
