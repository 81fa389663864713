"""The measures and milestones of a proof of concept."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from tracker.accounts.access import Actor
from tracker.core import audit, clock
from tracker.core.db import check_version, session
from tracker.journey.rules import Party
from tracker.poc.models import Poc, PocMeasure, PocMilestone
from tracker.poc.operations.work import record, take
from tracker.poc.queries.pocs import measures_of, milestones_of
from tracker.poc.rules import file as rules


@dataclass(frozen=True)
class MeasureDetails:
    """What is measured before and after, in which unit and how."""

    name: str
    unit: str
    method: str
    baseline: Decimal | None = None
    baseline_on: date | None = None
    target: Decimal | None = None
    result: Decimal | None = None
    result_on: date | None = None
    version: int | None = None


@dataclass(frozen=True)
class MilestoneDetails:
    """Something to be reached by a day."""

    name: str
    owed_by: Party
    due_on: date
    done_on: date | None = None
    note: str = ""
    version: int | None = None


def add_measure(poc: Poc, details: MeasureDetails, *, actor: Actor) -> PocMeasure:
    """Add a measure."""
    take(poc)
    others = measures_of(poc)
    rules.check_room(len(others))
    values = _measure_values(details, [one.name for one in others])
    last = session().scalar(select(func.max(PocMeasure.number)).where(PocMeasure.poc_id == poc.id))
    measure = PocMeasure(poc=poc, number=(last or 0) + 1, **values)
    session().add(measure)
    session().flush()
    record("poc.measure_added", poc, actor, subject=measure, **values)
    return measure


def change_measure(measure: PocMeasure, details: MeasureDetails, *, actor: Actor) -> None:
    """Change a measure, mostly to write what was measured."""
    _take(measure, details.version)
    others = [one.name for one in measures_of(measure.poc) if one.id != measure.id]
    changed = audit.changes(measure, **_measure_values(details, others))
    if changed:
        session().flush()
        record("poc.measure_changed", measure.poc, actor, subject=measure, name=measure.name, **_apart(changed))


def _measure_values(details: MeasureDetails, others: list[str]) -> dict[str, Any]:
    today = clock.today()
    rules.check_reading(details.baseline, details.baseline_on, today, field="baseline")
    rules.check_reading(details.result, details.result_on, today, field="result")
    rules.check_order(details.baseline_on, details.result_on)
    return {
        "name": rules.check_named(details.name, others),
        "unit": details.unit,
        "method": details.method,
        "baseline": details.baseline,
        "baseline_on": details.baseline_on,
        "target": details.target,
        "result": details.result,
        "result_on": details.result_on,
    }


def remove_measure(measure: PocMeasure, *, version: int | None = None, actor: Actor) -> None:
    """Take a measure away; its figures stay in the audit trail."""
    _take(measure, version)
    measure.removed_at = clock.now()
    record("poc.measure_removed", measure.poc, actor, subject=measure, name=measure.name)


def add_milestone(poc: Poc, details: MilestoneDetails, *, actor: Actor) -> PocMilestone:
    """Add a milestone."""
    take(poc)
    others = milestones_of(poc)
    rules.check_room(len(others))
    values = _milestone_values(details, [one.name for one in others])
    milestone = PocMilestone(poc=poc, **values)
    session().add(milestone)
    session().flush()
    record("poc.milestone_added", poc, actor, subject=milestone, **values)
    return milestone


def change_milestone(milestone: PocMilestone, details: MilestoneDetails, *, actor: Actor) -> None:
    """Change a milestone, or write when it was reached."""
    _take(milestone, details.version)
    others = [one.name for one in milestones_of(milestone.poc) if one.id != milestone.id]
    changed = audit.changes(milestone, **_milestone_values(details, others))
    if changed:
        session().flush()
        record("poc.milestone_changed", milestone.poc, actor, subject=milestone, name=milestone.name, **_apart(changed))


def _milestone_values(details: MilestoneDetails, others: list[str]) -> dict[str, Any]:
    rules.check_done_on(details.done_on, clock.today())
    return {
        "name": rules.check_named(details.name, others),
        "owed_by": details.owed_by,
        "due_on": details.due_on,
        "done_on": details.done_on,
        "note": details.note,
    }


def remove_milestone(milestone: PocMilestone, *, version: int | None = None, actor: Actor) -> None:
    """Take a milestone away."""
    _take(milestone, version)
    milestone.removed_at = clock.now()
    record("poc.milestone_removed", milestone.poc, actor, subject=milestone, name=milestone.name)


def _take(part: PocMeasure | PocMilestone, version: int | None) -> None:
    take(part.poc)
    session().refresh(part)
    check_version(part, version)


def _apart(changed: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Leave out the change of the name, which is said by itself."""
    return {name: values for name, values in changed.items() if name != "name"}
