"""The inventory: components added, renamed and taken off."""

from dataclasses import dataclass

from sqlalchemy import func, select

from tracker.accounts.access import Actor
from tracker.assessments.models import Assessment, AssessmentComponent
from tracker.assessments.operations.work import index, record, recount, take
from tracker.assessments.queries.sheets import components_of
from tracker.assessments.rules.states import check_component
from tracker.core import audit, clock
from tracker.core.db import check_version, session


@dataclass(frozen=True)
class ComponentDetails:
    """A part of the product."""

    name: str
    note: str = ""
    version: int | None = None


def add_component(assessment: Assessment, details: ComponentDetails, *, actor: Actor) -> AssessmentComponent:
    """Add a component to the inventory."""
    take(assessment)
    name = check_component(details.name, _names(assessment))
    newest = select(func.max(AssessmentComponent.number)).join(
        Assessment, Assessment.id == AssessmentComponent.assessment_id
    )
    number = session().scalar(newest.where(Assessment.engagement_id == assessment.engagement_id)) or 0
    component = AssessmentComponent(assessment=assessment, number=number + 1, name=name, note=details.note)
    session().add(component)
    session().flush()
    record("component.added", assessment, actor, subject=component, name=name)
    recount(assessment)
    index(assessment)
    return component


def change_component(component: AssessmentComponent, details: ComponentDetails, *, actor: Actor) -> None:
    """Rename a component, or change what is noted about it."""
    assessment = component.assessment
    take(assessment)
    session().refresh(component)
    check_version(component, details.version)
    name = check_component(details.name, _names(assessment, but=component))
    changed = audit.changes(component, name=name, note=details.note)
    if changed:
        record("component.changed", assessment, actor, subject=component, **changed)
        index(assessment)


def remove_component(component: AssessmentComponent, *, actor: Actor) -> None:
    """Take a component off the inventory; its answers stay on record and count no more."""
    assessment = component.assessment
    take(assessment)
    session().refresh(component)
    if component.removed_at is not None:
        return
    component.removed_at = clock.now()
    record("component.removed", assessment, actor, subject=component, title=component.name)
    recount(assessment)
    index(assessment)


def _names(assessment: Assessment, but: AssessmentComponent | None = None) -> frozenset[str]:
    return frozenset(one.name.casefold() for one in components_of(assessment) if but is None or one.id != but.id)
