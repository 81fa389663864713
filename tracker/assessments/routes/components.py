"""The inventory of components."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.assessments import operations, permissions, queries
from tracker.assessments.forms import ComponentForm
from tracker.assessments.models import Assessment, AssessmentComponent
from tracker.assessments.routes.blueprint import bp, reader_of
from tracker.assessments.rules.states import AssessmentState
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.journey.rules import EngagementState


@bp.route("/assessments/<int:assessment_id>/components")
@requires(permissions.VIEW_ASSESSMENT, on=queries.get_assessment)
def components(assessment: Assessment) -> ResponseReturnValue:
    """List the components with what is recommended for each."""
    return _show(assessment, None)


def _show(assessment: Assessment, form: ComponentForm | None) -> ResponseReturnValue:
    filled = queries.fill(assessment)
    result = filled.result
    reader = reader_of(filled.questionnaire, result)
    may_fill = (
        can(current_actor(), permissions.FILL_ASSESSMENT, assessment)
        and assessment.state is AssessmentState.OPEN
        and assessment.engagement.state is EngagementState.ACTIVE
    )
    return render_template(
        "assessments/components.html",
        assessment=assessment,
        components=filled.components,
        outcomes={line.outcome.component: line for line in reader.outcomes(of_components=True)},
        areas=[
            area
            for area in filled.questionnaire.areas
            if any(q.of_component for q in filled.questionnaire.questions_of(area.id))
        ],
        reader=reader,
        may_fill=may_fill,
        form=(form or ComponentForm.from_record(None)) if may_fill else None,
    )


@bp.route("/assessments/<int:assessment_id>/components/new", methods=["POST"])
@requires(permissions.FILL_ASSESSMENT, on=queries.get_assessment)
def add_component(assessment: Assessment) -> ResponseReturnValue:
    """Add a component to the inventory."""
    form = ComponentForm()
    if form.submitted():
        try:
            with unit_of_work():
                operations.add_component(assessment, form.details(), actor=current_actor())
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Component added."))
            return redirect(url_for(".components", assessment_id=assessment.id), 303)
    return _show(assessment, form)


@bp.route("/assessments/<int:assessment_id>/components/<int:component_id>", methods=["GET", "POST"])
@requires(permissions.FILL_ASSESSMENT, on=queries.get_component)
def change_component(component: AssessmentComponent) -> ResponseReturnValue:
    """Rename a component, or change what is noted about it."""
    form = ComponentForm(obj=component)
    if form.submitted():
        try:
            with unit_of_work():
                operations.change_component(component, form.details(), actor=current_actor())
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Saved."))
            return redirect(url_for(".components", assessment_id=component.assessment_id), 303)
    return render_template(
        "assessments/component.html", component=component, assessment=component.assessment, form=form
    )


@bp.route("/assessments/<int:assessment_id>/components/<int:component_id>/remove", methods=["POST"])
@requires(permissions.FILL_ASSESSMENT, on=queries.get_component)
def remove_component(component: AssessmentComponent) -> ResponseReturnValue:
    """Take a component off the inventory."""
    with unit_of_work():
        operations.remove_component(component, actor=current_actor())
    flash(_("Removed."))
    return redirect(url_for(".components", assessment_id=component.assessment_id), 303)
