"""Hours of experts and the coverage of topics."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import Actor, can, current_actor, requires
from tracker.accounts.models import User
from tracker.coaching import choices, coverage, operations, permissions, queries, year_hours
from tracker.coaching.forms import QuotaForm
from tracker.coaching.routes.blueprint import bp, name_of
from tracker.core.db import session, unit_of_work
from tracker.core.errors import NotFound
from tracker.journey.rules import Step
from tracker.programmes.models import Programme
from tracker.programmes.queries import get_programme


@bp.route("/coaching-sessions/coverage")
@requires(permissions.VIEW_COVERAGE)
def coverage_grid() -> ResponseReturnValue:
    """Show which topics were spoken about in which step of each engagement."""
    actor = current_actor()
    programme, years = choices.programme_of(actor, request.args.get("programme"))
    topics = choices.topics_of(programme)
    found = (
        coverage.grid(
            programme.id,
            [topic for topic, _label in topics],
            actor=actor,
            after=request.args.get("after"),
            before=request.args.get("before"),
        )
        if programme is not None
        else coverage.Grid([], None, None)
    )
    return render_template(
        "coaching/coverage.html", grid=found, topics=topics, steps=Step, programme=programme, years=years
    )


@bp.route("/coaching-sessions/hours")
@requires(permissions.VIEW_HOURS)
def hours() -> ResponseReturnValue:
    """Show the hours of each expert in a programme year beside what the year allows."""
    actor = current_actor()
    programme, years = choices.programme_of(actor, request.args.get("programme"))
    found = (
        year_hours.page(programme, actor=actor, after=request.args.get("after"), before=request.args.get("before"))
        if programme is not None
        else year_hours.HoursPage([], None, None)
    )
    return render_template(
        "coaching/hours.html",
        found=found,
        programme=programme,
        years=years,
        usual=queries.usual_quota(programme) if programme is not None else None,
        can_set=programme is not None and can(actor, permissions.SET_QUOTA, programme),
    )


@bp.route("/coaching-sessions/hours/<int:programme_id>/<int:user_id>", methods=["GET", "POST"])
@requires(permissions.SET_QUOTA, on=get_programme)
def quota(programme: Programme, user_id: int) -> ResponseReturnValue:
    """Set an expert's hours of a programme year apart from the rulebook."""
    actor: Actor = current_actor()
    expert = session().get(User, user_id)
    if expert is None:
        raise NotFound
    stored = queries.find_quota(programme.id, user_id)
    form = QuotaForm(obj=stored) if stored is not None else QuotaForm(hours=queries.usual_quota(programme))
    if not form.submitted():
        used = queries.hours_used(user_id, programme)
        return render_template(
            "coaching/quota.html", form=form, programme=programme, expert=expert, used=used, title=name_of(programme)
        )
    programme_id = programme.id
    with unit_of_work():
        operations.set_quota(programme, user_id, form.details(), actor=actor)
    flash(_("Saved."))
    return redirect(url_for(".hours", programme=programme_id))
