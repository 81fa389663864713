"""The measures and milestones of a proof of concept."""

from collections.abc import Callable

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor, requires
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.poc import permissions, queries
from tracker.poc.forms.pocs import MeasureForm, MilestoneForm, RemoveForm
from tracker.poc.models import Poc, PocMeasure, PocMilestone
from tracker.poc.operations import plan as operations
from tracker.poc.queries.pocs import get_measure, get_milestone
from tracker.poc.routes.blueprint import bp, form_page
from tracker.web.forms import Form


def _answer(poc: Poc, form: Form, template: str, change: Callable[[], object], **values: object) -> ResponseReturnValue:
    """Make the change of a posted form, or show the form with what was refused."""
    if form.submitted():
        try:
            with unit_of_work():
                change()
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Saved."))
            return redirect(url_for(".show", poc_id=poc.id) + "#plan", 303)
    return form_page(template, form, poc=poc, **values)


@bp.route("/pocs/<int:poc_id>/measures/new", methods=["GET", "POST"])
@requires(permissions.KEEP_POC, on=queries.get_poc)
def new_measure(poc: Poc) -> ResponseReturnValue:
    """Add a measure."""
    form, actor = MeasureForm(), current_actor()
    return _answer(poc, form, "poc/measure.html", lambda: operations.add_measure(poc, form.details(), actor=actor))


@bp.route("/poc-measures/<int:measure_id>", methods=["GET", "POST"])
@requires(permissions.KEEP_POC, on=get_measure)
def measure(measure: PocMeasure) -> ResponseReturnValue:
    """Change a measure, or write what was measured."""
    form, actor = MeasureForm(obj=measure), current_actor()
    return _answer(
        measure.poc,
        form,
        "poc/measure.html",
        lambda: operations.change_measure(measure, form.details(), actor=actor),
        measure=measure,
    )


@bp.route("/poc-measures/<int:measure_id>/remove", methods=["GET", "POST"])
@requires(permissions.KEEP_POC, on=get_measure)
def remove_measure(measure: PocMeasure) -> ResponseReturnValue:
    """Take a measure away."""
    form, actor = RemoveForm(obj=measure), current_actor()
    return _answer(
        measure.poc,
        form,
        "poc/remove.html",
        lambda: operations.remove_measure(measure, version=form.read_version(), actor=actor),
        name=measure.name,
    )


@bp.route("/pocs/<int:poc_id>/milestones/new", methods=["GET", "POST"])
@requires(permissions.KEEP_POC, on=queries.get_poc)
def new_milestone(poc: Poc) -> ResponseReturnValue:
    """Add a milestone."""
    form, actor = MilestoneForm(), current_actor()
    return _answer(poc, form, "poc/milestone.html", lambda: operations.add_milestone(poc, form.details(), actor=actor))


@bp.route("/poc-milestones/<int:milestone_id>", methods=["GET", "POST"])
@requires(permissions.KEEP_POC, on=get_milestone)
def milestone(milestone: PocMilestone) -> ResponseReturnValue:
    """Change a milestone, or write when it was reached."""
    form, actor = MilestoneForm(obj=milestone), current_actor()
    return _answer(
        milestone.poc,
        form,
        "poc/milestone.html",
        lambda: operations.change_milestone(milestone, form.details(), actor=actor),
        milestone=milestone,
    )


@bp.route("/poc-milestones/<int:milestone_id>/remove", methods=["GET", "POST"])
@requires(permissions.KEEP_POC, on=get_milestone)
def remove_milestone(milestone: PocMilestone) -> ResponseReturnValue:
    """Take a milestone away."""
    form, actor = RemoveForm(obj=milestone), current_actor()
    return _answer(
        milestone.poc,
        form,
        "poc/remove.html",
        lambda: operations.remove_milestone(milestone, version=form.read_version(), actor=actor),
        name=milestone.name,
    )
