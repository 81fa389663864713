"""Capacity and cost, leftovers, who carries out the work, and which engagements have drilled their backups."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor, requires
from tracker.core import clock
from tracker.core.counts import shown_count
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.programmes.models import Programme
from tracker.programmes.queries import rulebook_of
from tracker.sandboxes import permissions
from tracker.sandboxes.operations import life
from tracker.sandboxes.queries import figures
from tracker.sandboxes.routes.blueprint import bp
from tracker.sandboxes.rules.life import cost_so_far
from tracker.sandboxes.rules.quotas import Limits, limits_of
from tracker.sandboxes.rules.states import DrillResult

ALIVE_SECONDS = 60


@dataclass
class YearOfSandboxes:
    """What one programme year uses and pays for."""

    programme: Programme
    limits: Limits | None
    clouds: list[Any] = field(default_factory=list)
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    spent_low: Decimal = Decimal(0)
    spent_high: Decimal = Decimal(0)

    @property
    def alive(self) -> int:
        """Count the sandboxes that count for the quota."""
        return sum(row.alive for row in self.clouds)


@bp.route("/sandboxes/capacity")
@requires(permissions.VIEW_WORKERS)
def capacity() -> ResponseReturnValue:
    """Show how much of the quotas is used, and what it costs, by programme and cloud."""
    return render_template("sandboxes/capacity.html", years=_years())


def _years() -> list[YearOfSandboxes]:
    actor, now = current_actor(), clock.now()
    used, spent = figures.capacity(actor=actor), figures.costs(actor=actor)
    programmes = figures.programmes_of({row.programme_id for row in [*used, *spent]})
    years = {key: YearOfSandboxes(one, _limits(one)) for key, one in programmes.items()}
    for row in used:
        year = years[row.programme_id]
        year.clouds.append(row)
        year.low += row.low or 0
        year.high += row.high or 0
    for row in spent:
        year, until = years[row.programme_id], row.destroyed_at or now
        year.spent_low += cost_so_far(row.monthly_low or Decimal(0), row.live_since, until)
        year.spent_high += cost_so_far(row.monthly_high or Decimal(0), row.live_since, until)
    return sorted(years.values(), key=lambda year: (-year.programme.roc_year, year.programme.code))


def _limits(programme: Programme) -> Limits | None:
    try:
        return limits_of(rulebook_of(programme))
    except Refused:
        return None


@bp.route("/sandboxes/leftovers")
@requires(permissions.VIEW_WORKERS)
def leftovers() -> ResponseReturnValue:
    """List what should be gone: sandboxes of which something is left, and expired ones that still stand."""
    actor, now = current_actor(), clock.now()
    return render_template(
        "sandboxes/leftovers.html",
        left=figures.with_leftovers(actor=actor),
        overdue=figures.overdue(now, actor=actor),
        clock=figures.clock_of_removals(),
        now=now,
    )


@bp.route("/sandboxes/confirm-clock", methods=["POST"])
@requires(permissions.CONFIRM_CLOCK)
def confirm_clock() -> ResponseReturnValue:
    """Say that the clock is right after it jumped, so that what has expired is removed again."""
    with unit_of_work():
        life.confirm_clock(actor=current_actor())
    flash(_("Confirmed. What has expired is removed again."))
    return redirect(url_for(".leftovers"), 303)


@bp.route("/sandboxes/workers")
@requires(permissions.VIEW_WORKERS)
def workers() -> ResponseReturnValue:
    """Show the machines that carry out the work, and what waits for them."""
    now = clock.now()
    return render_template(
        "sandboxes/workers.html",
        hosts=figures.hosts(),
        beats=[
            (one, int((now - one.at).total_seconds()), (now - one.at).total_seconds() < ALIVE_SECONDS)
            for one in figures.heartbeats()
        ],
        queue=figures.queue(actor=current_actor()),
        now=now,
    )


@bp.route("/sandboxes/drills")
@requires(permissions.VIEW_COVERAGE)
def drills() -> ResponseReturnValue:
    """Show which engagements have drilled their backups, and which have not."""
    actor, asked = current_actor(), request.args
    result = DrillResult.named(asked.get("result")) or DrillResult.NONE
    counts = figures.count_drilled(actor=actor)
    views = [
        {
            "label": _(one.label),
            "url": url_for(".drills", result=one.value),
            "current": one is result,
            "count": shown_count(counts[one]),
        }
        for one in DrillResult
    ]
    page = figures.drill_coverage(result, actor=actor, after=asked.get("after"), before=asked.get("before"))
    return render_template(
        "sandboxes/drills.html", page=page, result=result, views=views, total=shown_count(counts[result])
    )
