"""Programme years: their list, their rules, who works in them."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.core.db import unit_of_work
from tracker.core.text import N_
from tracker.programmes import operations, permissions, queries
from tracker.programmes.forms import ConfirmForm, MemberForm, OpenForm
from tracker.programmes.models import Programme, ProgrammeMember
from tracker.programmes.routes.blueprint import bp
from tracker.web.forms import Form
from tracker.web.saving import save

STEPS = {"assess": N_("Assess"), "migrate": N_("Migrate"), "test": N_("Test"), "optimise": N_("Optimise")}


@bp.route("/programmes")
@requires(permissions.VIEW_PROGRAMMES)
def index() -> ResponseReturnValue:
    """List the programme years."""
    actor = current_actor()
    years = queries.programmes(actor=actor)
    may_open = can(actor, permissions.OPEN_PROGRAMME)
    return render_template(
        "programmes/index.html",
        years=[(year, queries.find_rulebook(year)) for year in years],
        unopened=queries.unopened(years) if may_open else [],
        may_open=may_open,
    )


@bp.route("/programmes/open", methods=["GET", "POST"])
@requires(permissions.OPEN_PROGRAMME)
def open_year() -> ResponseReturnValue:
    """Open a programme year from its rulebook file."""
    actor = current_actor()
    files = queries.unopened(queries.programmes(actor=actor))
    form = OpenForm().offer(files)
    if not form.submitted() or not save(form, lambda: operations.open_programme(*form.details(), actor=actor)):
        return render_template("programmes/open.html", form=form, files=files)
    flash(_("The programme year is open, and you work in it. Now add the other people of the office."))
    return redirect(url_for(".index"))


@bp.route("/programmes/<int:programme_id>")
@requires(permissions.VIEW_PROGRAMMES, on=queries.get_programme)
def show(programme: Programme) -> ResponseReturnValue:
    """Show the rules of a programme year with their sources, and who works in it."""
    actor = current_actor()
    held = queries.find_rulebook(programme)
    return render_template(
        "programmes/show.html",
        programme=programme,
        held=held,
        rulebook=held.rulebook if held else None,
        has_changed=held is not None and held.digest != programme.rulebook_hash,
        members=queries.members_of(programme) if actor.is_office else None,
        may_change=can(actor, permissions.CHANGE_PROGRAMME, programme),
        steps=STEPS,
    )


@bp.route("/programmes/<int:programme_id>/take-over", methods=["POST"])
@requires(permissions.CHANGE_PROGRAMME, on=queries.get_programme)
def take_over(programme: Programme) -> ResponseReturnValue:
    """Confirm that a rulebook file has changed."""
    form = ConfirmForm()
    with unit_of_work():
        operations.take_over_rulebook(programme, form.read_version(), actor=current_actor())
    flash(_("The changed rulebook is noted. Its rules hold."))
    return redirect(url_for(".show", programme_id=programme.id))


@bp.route("/programmes/<int:programme_id>/members/add", methods=["GET", "POST"])
@requires(permissions.CHANGE_PROGRAMME, on=queries.get_programme)
def add_member(programme: Programme) -> ResponseReturnValue:
    """Let an office member work in a programme year."""
    actor = current_actor()
    form = MemberForm().offer(queries.office_people(besides=programme))
    if not form.submitted() or not save(form, lambda: operations.add_member(programme.id, form.person.data, actor)):
        return render_template("programmes/add_member.html", form=form, programme=programme)
    flash(_("Saved. The person sees this programme year from the next request on."))
    return redirect(url_for(".show", programme_id=programme.id, _anchor="members"))


@bp.route("/programmes/members/<int:member_id>/end", methods=["GET", "POST"])
@requires(permissions.CHANGE_PROGRAMME, on=queries.get_member)
def end_membership(member: ProgrammeMember) -> ResponseReturnValue:
    """End a person's work in a programme year."""
    form: Form = ConfirmForm()
    actor = current_actor()
    if not form.submitted() or not save(form, lambda: operations.end_membership(member, actor=actor)):
        return render_template("programmes/end_membership.html", form=form, member=member)
    flash(_("Done. The person does not see this programme year any more."))
    return redirect(url_for(".show", programme_id=member.programme_id, _anchor="members"))
