"""Enrolling, experts, and holding, withdrawing, resuming an engagement."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor, requires
from tracker.core import clock
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.journey import operations, permissions, queries
from tracker.journey.forms import AssignForm, EnrolForm, ReasonForm
from tracker.journey.models import Assignment, Engagement
from tracker.journey.routes.blueprint import bp
from tracker.journey.routes.engagement_list import programme_choices, read_id
from tracker.journey.rules import AssignmentPart


@bp.route("/engagements/new", methods=["GET", "POST"])
@requires(permissions.ENROL)
def enrol() -> ResponseReturnValue:
    """Enrol a product: find it first, then say year, anchor day and lead expert."""
    actor = current_actor()
    product = queries.find_product(read_id(request.values.get("product_id")), actor=actor)
    if product is None:
        words = request.args.get("q", "").strip()
        found = queries.find_products(words, actor=actor) if words else []
        return render_template("journey/enrol_search.html", words=words, products=found)
    form = EnrolForm(product_id=product.id, anchor_on=clock.today())
    form.offer(
        programme_choices(queries.enrollable_programmes(actor=actor)),
        [(row.id, row.name) for row in queries.expert_choices()],
    )
    if form.submitted():
        try:
            with unit_of_work():
                engagement = operations.enrol(form.details(product.id), actor=actor)
            flash(_("Enrolled. The first step is open."))
            return redirect(url_for(".show", engagement_id=engagement.id))
        except Refused as error:
            form.refuse(error)
    return render_template("journey/enrol.html", form=form, product=product)


@bp.route("/engagements/<int:engagement_id>/experts", methods=["GET", "POST"])
@requires(permissions.ASSIGN_EXPERT, on=queries.get_engagement)
def experts(engagement: Engagement) -> ResponseReturnValue:
    """Assign experts to an engagement, or replace them."""
    form = AssignForm()
    form.offer((row.id, row.name) for row in queries.expert_choices())
    if form.submitted():
        try:
            with unit_of_work():
                part = AssignmentPart(form.part.data)
                operations.assign_expert(engagement, form.user_id.data, part, actor=current_actor())
            flash(_("Assigned."))
            return redirect(url_for(".experts", engagement_id=engagement.id))
        except Refused as error:
            form.refuse(error)
    assigned = queries.engagement_experts(engagement.id)
    return render_template("journey/experts.html", engagement=engagement, form=form, assigned=assigned)


@bp.route("/assignments/<int:assignment_id>/end", methods=["POST"])
@requires(permissions.ASSIGN_EXPERT, on=queries.get_assignment)
def end_assignment(assignment: Assignment) -> ResponseReturnValue:
    """End an expert's assignment."""
    with unit_of_work():
        operations.end_assignment(assignment, actor=current_actor())
    flash(_("The assignment has ended, and with it the access to this engagement."))
    return redirect(url_for(".experts", engagement_id=assignment.engagement_id))


@bp.route("/engagements/<int:engagement_id>/hold", methods=["GET", "POST"])
@requires(permissions.HOLD_ENGAGEMENT, on=queries.get_engagement)
def hold(engagement: Engagement) -> ResponseReturnValue:
    """Put an engagement on hold."""
    return _change_state(engagement, operations.hold, "journey/hold.html", _("On hold now."))


@bp.route("/engagements/<int:engagement_id>/withdraw", methods=["GET", "POST"])
@requires(permissions.HOLD_ENGAGEMENT, on=queries.get_engagement)
def withdraw(engagement: Engagement) -> ResponseReturnValue:
    """Withdraw an engagement."""
    return _change_state(engagement, operations.withdraw, "journey/withdraw.html", _("Withdrawn."))


@bp.route("/engagements/<int:engagement_id>/resume", methods=["GET", "POST"])
@requires(permissions.HOLD_ENGAGEMENT, on=queries.get_engagement)
def resume(engagement: Engagement) -> ResponseReturnValue:
    """Take an engagement up again."""
    return _change_state(engagement, operations.resume, "journey/resume.html", _("The engagement goes on."))


def _change_state(engagement: Engagement, change: Callable[..., None], template: str, done: str) -> ResponseReturnValue:
    form = ReasonForm()
    if form.submitted():
        try:
            with unit_of_work():
                change(engagement, form.reason.data or "", actor=current_actor())
            flash(done)
            return redirect(url_for(".show", engagement_id=engagement.id))
        except Refused as error:
            form.refuse(error)
    return render_template(template, engagement=engagement, form=form)
