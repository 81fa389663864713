"""Co-creation camps: listed, set up, and their groups up to the demo day."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.core import clock
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.journey.queries import expert_choices
from tracker.poc import permissions
from tracker.poc.forms.camps import CampForm, GroupForm, JoinForm, StageForm
from tracker.poc.models import Camp, CampGroup, CampMember, CampMilestone
from tracker.poc.operations import camps as operations
from tracker.poc.queries import camps as reads
from tracker.poc.queries.pocs import get_poc
from tracker.poc.routes.blueprint import bp, case_name, form_page
from tracker.programmes.queries import programmes
from tracker.web.filters import show_name
from tracker.web.forms import Form


def _answer(form: Form, template: str, change: Callable[[], str], **values: object) -> ResponseReturnValue:
    """Make the change of a posted form and go where it leads, or show the form with what was refused."""
    if form.submitted():
        try:
            with unit_of_work():
                target = change()
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Saved."))
            return redirect(target, 303)
    return form_page(template, form, **values)


def _group_page(group_id: int) -> str:
    return url_for("poc.camp_group", group_id=group_id)


@bp.route("/camps")
@requires(permissions.LIST_CAMPS)
def camps() -> ResponseReturnValue:
    """List the camps that the reader may see, the newest first."""
    actor = current_actor()
    page = reads.camps_page(actor=actor, after=request.args.get("after"), before=request.args.get("before"))
    return render_template(
        "poc/camps.html",
        page=page,
        total=f"{reads.count_camps(actor):,}",
        may_open=can(actor, permissions.OPEN_CAMP) and bool(actor.scope("programme")),
    )


@bp.route("/camps/new", methods=["GET", "POST"])
@requires(permissions.OPEN_CAMP)
def new_camp() -> ResponseReturnValue:
    """Set up a camp."""
    actor = current_actor()
    years = {year.id: year for year in programmes(actor=actor) if year.id in actor.scope("programme")}
    form = CampForm().offer((year.id, f"{year.roc_year} {show_name(year)}") for year in years.values())

    def set_up() -> str:
        programme = years.get(form.programme.data)
        if programme is None:
            raise Refused(N_("You do not work in this programme year. Choose one of the list."), field="programme")
        return url_for("poc.camp", camp_id=operations.set_up_camp(programme, form.details(), actor=actor).id)

    return _answer(form, "poc/camp_form.html", set_up, camp=None)


@bp.route("/camps/<int:camp_id>")
@requires(permissions.VIEW_CAMP, on=reads.get_camp)
def camp(camp: Camp) -> ResponseReturnValue:
    """Show a camp with its groups in the order of the demo day."""
    actor = current_actor()
    groups = [(group, reads.members_of(group)) for group in reads.groups_of(camp, actor=actor)]
    return render_template("poc/camp.html", camp=camp, groups=groups, may_hold=can(actor, permissions.HOLD_CAMP, camp))


@bp.route("/camps/<int:camp_id>/edit", methods=["GET", "POST"])
@requires(permissions.HOLD_CAMP, on=reads.get_camp)
def edit_camp(camp: Camp) -> ResponseReturnValue:
    """Change what is known of a camp."""
    form = CampForm(obj=camp).without_year()

    def change() -> str:
        operations.change_camp(camp, form.details(), actor=current_actor())
        return url_for("poc.camp", camp_id=camp.id)

    return _answer(form, "poc/camp_form.html", change, camp=camp)


def _mentors() -> list[tuple[int, str]]:
    return [(expert.id, expert.name) for expert in expert_choices()]


@bp.route("/camps/<int:camp_id>/groups/new", methods=["GET", "POST"])
@requires(permissions.HOLD_CAMP, on=reads.get_camp)
def new_group(camp: Camp) -> ResponseReturnValue:
    """Add a group to a camp."""
    form = GroupForm().offer(_mentors(), _("Nobody yet"))

    def add() -> str:
        return _group_page(operations.add_group(camp, form.details(), actor=current_actor()).id)

    return _answer(form, "poc/group_form.html", add, camp=camp, group=None)


@bp.route("/camp-groups/<int:group_id>")
@requires(permissions.VIEW_CAMP, on=reads.get_group)
def camp_group(group: CampGroup) -> ResponseReturnValue:
    """Show a group: its enterprise, mentor, brief, vendors, milestones, and what came of it."""
    actor = current_actor()
    members = [(one, can(actor, permissions.VIEW_POC, one.poc)) for one in reads.members_of(group)]
    return render_template(
        "poc/group.html",
        camp=group.camp,
        group=group,
        members=members,
        milestones=reads.milestones_of_group(group),
        today=clock.today(),
        may_hold=can(actor, permissions.HOLD_CAMP, group),
    )


@bp.route("/camp-groups/<int:group_id>/edit", methods=["GET", "POST"])
@requires(permissions.HOLD_CAMP, on=reads.get_group)
def edit_group(group: CampGroup) -> ResponseReturnValue:
    """Change what is known of a group, or write what came of it."""
    form = GroupForm(obj=group).offer(_mentors(), _("Nobody yet"))

    def change() -> str:
        operations.change_group(group, form.details(), actor=current_actor())
        return _group_page(group.id)

    return _answer(form, "poc/group_form.html", change, camp=group.camp, group=group)


@bp.route("/camp-groups/<int:group_id>/members/new", methods=["GET", "POST"])
@requires(permissions.HOLD_CAMP, on=reads.get_group)
def join_group(group: CampGroup) -> ResponseReturnValue:
    """Let a vendor with its proof of concept work in a group."""
    actor = current_actor()
    free = reads.free_pocs(group.camp, actor=actor)
    form = JoinForm().offer((poc.id, case_name(poc)) for poc in free)

    def join() -> str:
        poc = get_poc(form.poc.data, actor=actor)
        operations.join_group(group, poc, form.role.data or "", actor=actor)
        return _group_page(group.id)

    return _answer(form, "poc/join.html", join, camp=group.camp, group=group, has_choice=bool(free))


@bp.route("/camp-members/<int:camp_member_id>/remove", methods=["POST"])
@requires(permissions.HOLD_CAMP, on=reads.get_member)
def leave_group(member: CampMember) -> ResponseReturnValue:
    """Take a vendor out of a group."""
    group_id = member.group_id
    with unit_of_work():
        operations.leave_group(member, actor=current_actor())
    flash(_("Taken out of the group."))
    return redirect(_group_page(group_id), 303)


@bp.route("/camp-groups/<int:group_id>/milestones/new", methods=["GET", "POST"])
@requires(permissions.HOLD_CAMP, on=reads.get_group)
def new_stage(group: CampGroup) -> ResponseReturnValue:
    """Add a milestone to a group."""
    form = StageForm()

    def add() -> str:
        operations.add_stage(group, form.details(), actor=current_actor())
        return _group_page(group.id)

    return _answer(form, "poc/stage.html", add, camp=group.camp, group=group)


@bp.route("/camp-milestones/<int:stage_id>", methods=["GET", "POST"])
@requires(permissions.HOLD_CAMP, on=reads.get_camp_milestone)
def stage(milestone: CampMilestone) -> ResponseReturnValue:
    """Change a milestone of a group, or write when it was reached."""
    form = StageForm(obj=milestone)
    group = milestone.group

    def change() -> str:
        operations.change_stage(milestone, form.details(), actor=current_actor())
        return _group_page(group.id)

    return _answer(form, "poc/stage.html", change, camp=group.camp, group=group)
