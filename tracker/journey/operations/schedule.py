"""Due days: working days counted from an anchor, from the beginning of a step, and past a time on hold."""

from datetime import date

from sqlalchemy import case, func, select

from tracker.core import clock
from tracker.core.calendar import add_working_days
from tracker.core.db import session
from tracker.journey import playbook_shelf
from tracker.journey.models import Engagement, Item, PlaybookVersion, StepProgress
from tracker.journey.queries.engagements import USUAL_DAYS
from tracker.journey.rules import COMPLETE, Step, StepState
from tracker.programmes import queries as programmes


def begin_step(engagement: Engagement, progress: StepProgress, day: date) -> None:
    """Open a step on a day: its items are due from that day, and the steps after it are planned anew."""
    progress.state, progress.started_on = StepState.OPEN, day
    engagement.step, engagement.step_since = progress.step, day
    overrides = programmes.calendar_overrides()
    for item in _items(engagement, progress.step):
        item.due_on = add_working_days(day, days_of(item), overrides)
    plan_steps(engagement, progress.step, day)


def plan_steps(engagement: Engagement, first: Step, day: date) -> None:
    """Plan the due day of a step that begins on a day, and of the steps after it."""
    overrides = programmes.calendar_overrides()
    for progress in steps_of(engagement):
        if progress.step.number < first.number:
            continue
        day = progress.due_on = add_working_days(day, usual_days(engagement, progress.step), overrides)
        if progress.step is engagement.step:
            engagement.due_on = day


def usual_days(engagement: Engagement, step: Step) -> int:
    """Give the working days that a step usually takes: the rulebook's number, else that of its latest item."""
    rulebook = programmes.rulebook_of(engagement.programme)
    rule_id = USUAL_DAYS.format(step=step.value)
    if rulebook.find_rule(rule_id) is not None:
        return rulebook.count(rule_id)
    return max((days_of(item) for item in _items(engagement, step)), default=0)


def days_of(item: Item) -> int:
    """Give the working days after the step's beginning by which an item is due."""
    version = item.playbook_version
    return playbook_shelf.read(version.id, version.digest).item(item.key).days


def steps_of(engagement: Engagement) -> list[StepProgress]:
    """List the four steps in their order."""
    found = session().scalars(select(StepProgress).where(StepProgress.engagement_id == engagement.id)).all()
    return sorted(found, key=lambda progress: progress.step.number)


def _items(engagement: Engagement, step: Step) -> list[Item]:
    statement = select(Item).where(Item.engagement_id == engagement.id, Item.step == step, Item.retired_at.is_(None))
    versions = select(PlaybookVersion).where(PlaybookVersion.step == step)
    session().scalars(versions).all()  # one read, so that each item finds its version in the session
    return list(session().scalars(statement.order_by(Item.position)))


def move_due_days(engagement: Engagement, working_days: int) -> None:
    """Move what is still to come by the working days that the engagement rested."""
    if working_days <= 0:
        return
    overrides = programmes.calendar_overrides()
    engagement.due_on = add_working_days(engagement.due_on, working_days, overrides)
    engagement.step_since = add_working_days(engagement.step_since, working_days, overrides)
    for progress in steps_of(engagement):
        if progress.state is not StepState.PASSED and progress.due_on is not None:
            progress.due_on = add_working_days(progress.due_on, working_days, overrides)
    unfinished = select(Item).where(
        Item.engagement_id == engagement.id,
        Item.due_on.is_not(None),
        Item.state.not_in(COMPLETE),
        Item.retired_at.is_(None),
    )
    for item in session().scalars(unfinished):
        if item.due_on is not None:
            item.due_on = add_working_days(item.due_on, working_days, overrides)


def recount(engagement: Engagement) -> None:
    """Keep the engagement's counts of its current step true, and note that something in it has changed."""
    work = session()
    work.flush()
    done = func.sum(case((Item.state.in_(COMPLETE), 1), else_=0))
    counted = select(func.count(), func.coalesce(done, 0)).where(
        Item.engagement_id == engagement.id, Item.step == engagement.step, Item.retired_at.is_(None)
    )
    engagement.items_total, engagement.items_done = work.execute(counted).one()
    engagement.changed_at = clock.now()
    work.flush()


def lock(engagement: Engagement) -> None:
    """Let one writer at a time work on an engagement, and read it as the writer before has left it."""
    work = session()
    work.execute(select(Engagement.id).where(Engagement.id == engagement.id).with_for_update())
    work.refresh(engagement)
