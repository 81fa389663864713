"""The page of an engagement: the stair, the current checklist, what comes next and who owes it.

The page shows what higher features know, so it stands here; it belongs to the blueprint of the journey, whose endpoints every
feature links to. `app.py` takes that blueprint from this module, with all of its pages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import bindparam, select

from tracker.accounts.access import Actor, can, current_actor, for_actors, requires
from tracker.accounts.models import User
from tracker.coaching import meetings
from tracker.coaching import permissions as coaching_permissions
from tracker.coaching.models import CoachingSession
from tracker.coaching.queries import OPEN_ACTIONS
from tracker.coaching.rules import MeetingState
from tracker.core import clock
from tracker.core.calendar import Overrides, working_days_between
from tracker.core.db import read
from tracker.core.text import Labelled
from tracker.core.together import Together
from tracker.journey import permissions, queries
from tracker.journey.models import Engagement, StepProgress
from tracker.journey.queries import ItemRow
from tracker.journey.queries.board import days_in_step
from tracker.journey.queries.engagements import GlyphStep
from tracker.journey.routes import bp
from tracker.journey.rules import (
    BEGUN,
    COMPLETE,
    OWED,
    TO_VERIFY,
    EngagementState,
    Party,
    Step,
    StepState,
    needs_proof,
)
from tracker.overview import history, step_playbooks
from tracker.overview.engagement_lines import ASSESSMENTS, LINES, SANDBOXES
from tracker.poc import permissions as poc_permissions
from tracker.poc.queries.funding import GLANCE
from tracker.programmes import queries as programmes
from tracker.sandboxes import permissions as sandbox_permissions
from tracker.web.filters import show_date, show_datetime, show_money, show_number
from tracker.web.texts import gettext as _
from tracker.web.texts import ngettext

__all__ = ["bp"]

EVENTS = 12
ALL_EVENTS = 50


@dataclass(frozen=True)
class NextThing:
    """What the engagement waits for, and who owes it."""

    text: str
    owed_by: Party
    url: str
    due: date | None = None

    @property
    def is_overdue(self) -> bool:
        """Tell whether its day has passed."""
        return self.due is not None and self.due < clock.today()


@dataclass(frozen=True)
class Line:
    """A line of a panel at the right."""

    text: str
    url: str
    note: str
    state: Labelled


@dataclass(frozen=True)
class Panel:
    """What another feature has to say about the engagement."""

    title: str
    lines: Sequence[Line]
    empty: str
    url: str | None = None
    url_label: str | None = None
    more: str | None = None
    more_label: str | None = None
    """Something to begin, below the lines."""


@dataclass(frozen=True)
class Row:
    """An item of the checklist with the one thing that the reader can do about it."""

    item: ItemRow
    action: str | None
    """`submit` (a button), `attach` or `check` (links to its page)."""


@dataclass(frozen=True)
class EngagementPage:
    """Everything of an engagement that the page shows."""

    stair: list[GlyphStep]
    now: str
    shown: StepProgress
    rows: list[Row]
    dropped: list[ItemRow]
    next: NextThing | None
    experts: Sequence[Any]
    panels: list[Panel]
    events: Sequence[history.Event]
    overrides: int
    is_outdated: bool


@bp.route("/engagements/<int:engagement_id>")
@requires(permissions.VIEW_ENGAGEMENT, on=queries.get_engagement)
def show(engagement: Engagement) -> ResponseReturnValue:
    """Show an engagement with the checklist of its current step, or of the step that was asked for."""
    actor = current_actor()
    page = page_of(engagement, actor, request.args.get("step", ""))
    parts = step_playbooks.parts_of(page.rows)
    may_choose = can(actor, permissions.CHOOSE_PLAYBOOK, engagement)
    return render_template(
        "overview/engagement.html",
        engagement=engagement,
        page=page,
        parts=parts,
        choices=step_playbooks.offered(engagement, page.shown, parts) if may_choose else None,
        may_manage=can(actor, permissions.HOLD_ENGAGEMENT, engagement),
        may_move=can(actor, permissions.MOVE_PLAYBOOK, engagement),
        may_log=can(actor, coaching_permissions.LOG_SESSION, engagement),
    )


@bp.route("/engagements/<int:engagement_id>/history")
@requires(permissions.VIEW_ENGAGEMENT, on=queries.get_engagement)
def show_history(engagement: Engagement) -> ResponseReturnValue:
    """Show what happened to an engagement, page by page."""
    before = request.args.get("before", type=int)
    events = history.of_engagement(
        engagement.id, actor=current_actor(), limit=ALL_EVENTS, before=min(before, 2**63 - 1) if before else None
    )
    older = events[-1].id if len(events) == ALL_EVENTS else None
    return render_template("overview/engagement_history.html", engagement=engagement, events=events, older=older)


def page_of(engagement: Engagement, actor: Actor, asked: str) -> EngagementPage:
    """Gather the page."""
    steps = {progress.step: progress for progress in steps_of(engagement.id)}
    items = queries.items_of(engagement.id)
    kept = [item for item in items if item.retired_at is None]
    shown = Step.named(asked) or engagement.step
    parties = permissions.parties_of(actor, engagement)
    around = Around.of(engagement, actor)
    overrides = around.overrides
    return EngagementPage(
        stair=stair_of(engagement, steps, kept, overrides),
        now=now_of(engagement, overrides),
        shown=steps[shown],
        rows=[
            Row(item, action_of(item, engagement, steps[shown], parties, actor)) for item in kept if item.step is shown
        ],
        dropped=dropped_of(items, shown),
        next=next_of(engagement, steps[engagement.step], kept),
        experts=around.experts,
        panels=[poc_panel(engagement, actor, steps[shown]), *(panel(engagement, actor, around) for panel in PANELS)],
        events=around.events,
        overrides=engagement.overrides,
        is_outdated=any(item.is_outdated and steps[item.step].state is not StepState.PASSED for item in kept),
    )


def dropped_of(items: Sequence[ItemRow], step: Step) -> list[ItemRow]:
    """List what newer versions have dropped; a playbook taken off whole was never worked on."""
    followed = {item.playbook for item in items if item.retired_at is None}
    return [item for item in items if item.retired_at is not None and item.step is step and item.playbook in followed]


_COLUMNS = (
    StepProgress.step,
    StepProgress.state,
    StepProgress.due_on,
    StepProgress.passed_on,
    StepProgress.overridden,
    queries.published_at(StepProgress.step).label("published"),
    GLANCE.c.poc_id,
    GLANCE.c.poc_state,
    GLANCE.c.verified,
    GLANCE.c.waiting,
)
_STEPS = (
    select(*_COLUMNS)
    .outerjoin(GLANCE, GLANCE.c.engagement_id == StepProgress.engagement_id)
    .where(StepProgress.engagement_id == bindparam("engagement_id"))
)


def steps_of(engagement_id: int) -> Sequence[Any]:
    """Read the four steps as plain rows, and with each of them the proof of concept, so that it costs no journey of its own."""
    return read(_STEPS, {"engagement_id": engagement_id}).all()


def stair_of(
    engagement: Engagement, steps: dict[Step, Any], items: Sequence[ItemRow], overrides: Overrides
) -> list[GlyphStep]:
    """Draw the stair: figures of every step, days only of the one that work goes on in."""
    active = engagement.state is EngagementState.ACTIVE
    stair = []
    for step in Step:
        progress = steps[step]
        mine = [item for item in items if item.step is step]
        current = step is engagement.step and engagement.state is not EngagementState.FINISHED
        stair.append(
            GlyphStep(
                step.label,
                progress.state,
                sum(item.state in COMPLETE for item in mine),
                len(mine),
                current,
                days=days_in_step(engagement.step_since, overrides) if current and active else None,
                due=progress.due_on if progress.state is not StepState.PASSED else None,
                url=url_for("journey.show", engagement_id=engagement.id, step=step.value, _anchor="checklist"),
                overridden=progress.overridden,
            )
        )
    return stair


def now_of(engagement: Engagement, overrides: Overrides) -> str:
    """Say in a sentence how the engagement stands in time."""
    if engagement.state is EngagementState.FINISHED:
        sentence = _("All four gates were passed by %(day)s.", day=show_date(engagement.finished_on))
    elif engagement.state is not EngagementState.ACTIVE:
        sentence = _("Nothing is due while the engagement is not active.")
    elif (left := working_days_between(clock.today(), engagement.due_on, overrides)) < 0:
        sentence = ngettext(
            "This step is %(num)s working day past its due day.",
            "This step is %(num)s working days past its due day.",
            -left,
        )
    else:
        sentence = ngettext("%(num)s working day left for this step.", "%(num)s working days left for this step.", left)
    return str(sentence)


def action_of(
    item: ItemRow, engagement: Engagement, progress: Any, parties: frozenset[Party], actor: Actor
) -> str | None:
    """Choose the one thing that the reader can do about an item."""
    if engagement.state is not EngagementState.ACTIVE or progress.state not in BEGUN:
        return None
    if item.state in TO_VERIFY and parties & {Party.STAFF, Party.EXPERT} and item.done_by_id != actor.user_id:
        return "check"
    if item.state in OWED and permissions.may_do(parties, item.who):
        return "attach" if needs_proof(item.evidence) and not item.proofs else "submit"
    return None


def next_of(engagement: Engagement, progress: Any, items: Sequence[ItemRow]) -> NextThing | None:
    """Say what comes next: the gate's first item that is not complete, then the gate itself."""
    gate = url_for("journey.gate", engagement_id=engagement.id, step=engagement.step.value)
    if engagement.state is EngagementState.FINISHED:
        return None
    if engagement.state is not EngagementState.ACTIVE:
        return NextThing(_("Resume the engagement"), Party.STAFF, url_for("journey.show", engagement_id=engagement.id))
    if progress.state is StepState.PROPOSED:
        return NextThing(_("Decide on the proposed gate"), Party.STAFF, gate, engagement.due_on)
    waiting = [item for item in items if item.step is engagement.step and item.gate and item.state not in COMPLETE]
    if not waiting:
        return NextThing(_("Propose the gate"), Party.EXPERT, gate, engagement.due_on)
    first = min(waiting, key=lambda item: (item.due_on or engagement.due_on, item.position))
    title = first.title.of(g.get("language", "zh-Hant"))
    if first.state in TO_VERIFY:
        title = _("Verify “%(item)s”", item=title)
    return NextThing(title, first.owed_by, url_for("journey.item", item_id=first.id), first.due_on)


@for_actors
def _around(actor: Actor) -> Together:
    """Write the query of all that stands beside the checklist."""
    logged = (
        select(
            CoachingSession.id,
            CoachingSession.starts_at,
            CoachingSession.hours,
            CoachingSession.state,
            User.name.label("expert"),
        )
        .join(User, User.id == CoachingSession.expert_id)
        .where(CoachingSession.engagement_id == bindparam("engagement_id"), coaching_permissions.visible(actor))
        .order_by(CoachingSession.starts_at.desc(), CoachingSession.id.desc())
        .limit(LINES)
    )
    return Together(
        queries.EXPERTS,
        ASSESSMENTS,
        meetings.NEXT_MEETING,
        logged,
        OPEN_ACTIONS,
        SANDBOXES,
        history.records_of_engagement(actor),
        programmes.OVERRIDES,
    )


@dataclass(frozen=True)
class Around:
    """What stands beside the checklist, as it was read; all but the experts as lines of panels, in their order."""

    experts: Sequence[Any]
    assessments: Sequence[Any]
    planned: Sequence[Any]
    logged: Sequence[Any]
    actions: Sequence[Any]
    sandboxes: Sequence[Any]
    events: Sequence[history.Event]
    overrides: Overrides

    @classmethod
    def of(cls, engagement: Engagement, actor: Actor) -> "Around":
        """Read it."""
        values = {
            "engagement_id": engagement.id,
            "meets": meetings.still_counts(engagement),
            "most": LINES,
            "events": EVENTS,
            "before": history.NEWEST,
        }
        experts, assessments, planned, logged, actions, sandboxes, records, overrides = _around(actor).read(
            {**values, **actor.parameters}
        )
        return cls(
            sorted(experts, key=lambda one: (one.part, one.id)),
            sorted(assessments, key=lambda one: one.number, reverse=True),
            planned,
            sorted(logged, key=lambda one: (one.starts_at, one.id), reverse=True),
            sorted(actions, key=lambda one: (one.due_on, one.id)),
            sorted(sandboxes, key=lambda one: one.id, reverse=True),
            history.tell(sorted(records, key=lambda one: one.id, reverse=True), actor),
            dict(overrides),
        )


def sessions_panel(engagement: Engagement, actor: Actor, around: Around) -> Panel:
    """Show the next meeting that is planned, and the newest coaching sessions."""
    may_plan = not around.planned and can(actor, coaching_permissions.PLAN_MEETING, engagement)
    ahead = [
        Line(
            show_datetime(row.starts_at),
            url_for("coaching.meeting", meeting_id=row.id),
            row.expert,
            MeetingState.PLANNED,
        )
        for row in around.planned
    ]
    lines = [
        Line(
            show_date(row.starts_at),
            url_for("coaching.show", session_id=row.id),
            _("%(hours)s h · %(expert)s", hours=show_number(row.hours), expert=row.expert),
            row.state,
        )
        for row in around.logged
    ]
    return Panel(
        _("Coaching sessions"),
        [*ahead, *lines],
        _("No session is logged yet."),
        url_for("coaching.index", engagement=engagement.id),
        _("All sessions"),
        url_for("coaching.plan_meeting", engagement_id=engagement.id) if may_plan else None,
        _("Plan a meeting"),
    )


def actions_panel(_engagement: Engagement, _actor: Actor, around: Around) -> Panel:
    """Show the actions agreed in sessions that are still open, the first due first; those of drafts are not agreed yet."""
    lines = [
        Line(
            action.text,
            url_for("coaching.action", action_id=action.id),
            _("%(name)s, due %(day)s", name=action.assignee, day=show_date(action.due_on)),
            action.state,
        )
        for action in around.actions
    ]
    return Panel(_("Agreed actions"), lines, _("No agreed action is open."))


def assessments_panel(engagement: Engagement, _actor: Actor, around: Around) -> Panel:
    """Show the newest assessments with how far they have come."""
    lines = [
        Line(
            _("Assessment %(number)s", number=one.number),
            url_for("assessments.result" if one.closed_at else "assessments.show", assessment_id=one.id),
            _("%(done)s of %(total)s answered", done=one.done, total=one.asked)
            + ("" if one.percent is None else _("; score %(percent)s %%", percent=one.percent)),
            one.state,
        )
        for one in around.assessments
    ]
    url = url_for("assessments.index", engagement_id=engagement.id)
    return Panel(_("Assessments"), lines, _("No assessment is begun yet."), url, _("All assessments"))


def sandboxes_panel(engagement: Engagement, actor: Actor, around: Around) -> Panel:
    """Show the newest sandboxes with their state and when they expire."""
    may_ask = can(actor, sandbox_permissions.REQUEST_SANDBOX, engagement)
    lines = [
        Line(
            one.title,
            url_for("sandboxes.show", sandbox_id=one.id),
            _("expires %(moment)s", moment=show_datetime(one.expires_at)) if one.expires_at else "",
            one.state,
        )
        for one in around.sandboxes
    ]
    return Panel(
        _("Sandboxes"),
        lines,
        _("No sandbox was asked for yet."),
        url_for("sandboxes.index", engagement=engagement.id),
        _("All sandboxes"),
        url_for("sandboxes.ask", engagement_id=engagement.id) if may_ask else None,
        _("Ask for a sandbox"),
    )


def poc_panel(engagement: Engagement, actor: Actor, found: Any) -> Panel:
    """Show the proof of concept with its money, or offer to begin it."""
    title = _("Proof of concept")
    if found.poc_id is None:
        may_begin = engagement.state is EngagementState.ACTIVE and can(actor, poc_permissions.KEEP_POC, engagement)
        url = url_for("poc.begin", engagement_id=engagement.id) if may_begin else None
        return Panel(title, (), _("It has not begun."), more=url, more_label=_("Begin it"))
    note = _(
        "%(verified)s verified, %(waiting)s waiting",
        verified=show_money(found.verified),
        waiting=show_money(found.waiting),
    )
    return Panel(
        title,
        [Line(_("Self-funding and trials"), url_for("poc.show", poc_id=found.poc_id), note, found.poc_state)],
        "",
    )


PANELS: tuple[Callable[[Engagement, Actor, Around], Panel], ...] = (
    assessments_panel,
    sessions_panel,
    actions_panel,
    sandboxes_panel,
)
"""What features above the journey show at the right, in this order."""
