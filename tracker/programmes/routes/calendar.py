"""The office's calendar: days on which it departs from the official one."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.core.db import unit_of_work
from tracker.programmes import operations, permissions, queries
from tracker.programmes.forms import OverrideForm
from tracker.programmes.models import CalendarOverride
from tracker.programmes.routes.blueprint import bp
from tracker.web.saving import save


@bp.route("/programmes/calendar")
@requires(permissions.VIEW_PROGRAMMES)
def calendar() -> ResponseReturnValue:
    """List the days that the office has declared."""
    may_declare = can(current_actor(), permissions.DECLARE_DAY)
    return render_template("programmes/calendar.html", days=queries.overridden_days(), may_declare=may_declare)


@bp.route("/programmes/calendar/declare", methods=["GET", "POST"])
@requires(permissions.DECLARE_DAY)
def declare_day() -> ResponseReturnValue:
    """Declare a working day or a day off, such as a typhoon day."""
    form, actor = OverrideForm(), current_actor()
    if not form.submitted() or not save(form, lambda: operations.override_day(form.details(), actor=actor)):
        return render_template("programmes/declare_day.html", form=form)
    flash(_("Saved. Due dates that are computed from now on count with it."))
    return redirect(url_for(".calendar"))


@bp.route("/programmes/calendar/<int:override_id>/withdraw", methods=["POST"])
@requires(permissions.DECLARE_DAY, on=queries.get_override)
def withdraw_day(override: CalendarOverride) -> ResponseReturnValue:
    """Let the official calendar hold again for a day."""
    with unit_of_work():
        operations.withdraw_override(override, actor=current_actor())
    flash(_("The official calendar holds again for this day."))
    return redirect(url_for(".calendar"))
