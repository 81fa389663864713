"""What an expert changes in a recommendation."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor, requires
from tracker.assessments import operations, permissions, queries
from tracker.assessments.forms import decision_form
from tracker.assessments.models import Assessment
from tracker.assessments.routes.blueprint import bp, language, reader_of
from tracker.core.db import unit_of_work
from tracker.core.errors import NotFound, Refused


@bp.route("/assessments/<int:assessment_id>/decisions/<string:decision>/<int:component>", methods=["GET", "POST"])
@requires(permissions.DECIDE_ASSESSMENT, on=queries.get_assessment)
def change_decision(assessment: Assessment, decision: str, component: int) -> ResponseReturnValue:
    """Change a decision, with the reason."""
    filled, key = queries.fill(assessment), (decision, component)
    result = filled.result
    outcome = result.by_decision.get(key)
    if outcome is None:
        raise NotFound
    form = decision_form(filled.questionnaire.decision_by_id[decision], filled.choices.get(key), outcome.value, language())  # fmt: skip
    if form.submitted():
        try:
            with unit_of_work():
                operations.change_decision(assessment, key, form.details(), actor=current_actor())
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Changed. What the answers say stays beside it."))
            return redirect(url_for(".result", assessment_id=assessment.id, _anchor="decisions"), 303)
    line = reader_of(filled.questionnaire, result).outcome(outcome)
    return render_template(
        "assessments/decision.html", assessment=assessment, line=line, form=form, choice=filled.choices.get(key)
    )


@bp.route("/assessments/<int:assessment_id>/decisions/<string:decision>/<int:component>/restore", methods=["POST"])
@requires(permissions.DECIDE_ASSESSMENT, on=queries.get_assessment)
def restore_decision(assessment: Assessment, decision: str, component: int) -> ResponseReturnValue:
    """Let the answers decide again."""
    with unit_of_work():
        operations.restore_decision(assessment, (decision, component), actor=current_actor())
    flash(_("The answers decide again."))
    return redirect(url_for(".result", assessment_id=assessment.id, _anchor="decisions"), 303)
