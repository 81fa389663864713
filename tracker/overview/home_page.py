"""The home of each role: what to do next and why, what is due, who is stuck, what changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from flask import g, url_for
from flask_babel import gettext as _

from tracker.accounts.access import Actor, for_actors
from tracker.accounts.rules import Role
from tracker.coaching import meetings
from tracker.coaching import queries as coaching
from tracker.coaching.models import ActionItem, CoachingSession, Meeting
from tracker.coaching.rules import HoursUsed, SessionState
from tracker.core import clock
from tracker.core.content import Bilingual
from tracker.core.text import N_, Labelled
from tracker.core.together import Together
from tracker.events.models import Event
from tracker.events.queries import events
from tracker.events.queries.attendance import QuietVendor, quiet_vendors
from tracker.journey import playbook_shelf
from tracker.journey import queries as journey
from tracker.journey.queries.board import StuckRow
from tracker.journey.queries.engagements import EngagementRow, Filters, GlyphStep, View
from tracker.journey.queries.gates import WaitingGate
from tracker.journey.queries.items import NextAction, OwedItem
from tracker.journey.rules import EngagementState, ItemState, Step
from tracker.notifications import letters
from tracker.notifications import queries as notifications
from tracker.notifications.models import Notice
from tracker.outreach import queries as outreach
from tracker.outreach.queries import Waiting, WaitingKind
from tracker.overview import stairs
from tracker.web.filters import show_name

ROWS = 8
NEWS = 4
MOST_STAIRS = 3
"""Vendors have one or two engagements at a time; the others are rows of the list."""
MOST_MEETINGS = 3
MOST_EVENTS = 3


class Why(Labelled):
    """Why a line stands on somebody's list."""

    DO = "do", N_("Yours to do"), "progress"
    RETURNED = "returned", N_("Returned to you"), "warning"
    VERIFY = "verify", N_("Waiting for your verification"), "progress"
    DECIDE = "decide", N_("Waiting for your decision"), "warning"
    ACTION = "action", N_("Agreed in a session"), "progress"
    SUBMIT = "submit", N_("Your draft, not submitted yet"), "neutral"
    ACKNOWLEDGE = "acknowledge", N_("Waiting for your acknowledgement"), "progress"
    LATE = "late", N_("Overdue"), "danger"
    MATCH = "match", N_("Next step of a match"), "progress"
    CONFIRM = "confirm", N_("Waiting to be confirmed"), "progress"
    AGREE = "agree", N_("Waiting for your agreement"), "warning"


@dataclass(frozen=True)
class Todo:
    """A line of somebody's list: what, for whom, why, until when."""

    title: str
    where: str
    url: str
    why: Why
    due_on: date | None = None
    since: date | None = None
    """Since when it waits, where it has no due day of its own."""

    @property
    def is_overdue(self) -> bool:
        """Tell whether its day has passed."""
        return self.due_on is not None and self.due_on < clock.today()


@dataclass(frozen=True)
class Message:
    """A notice of the inbox with what it says."""

    notice: Notice
    text: str


@dataclass(frozen=True)
class OwnEngagement:
    """An engagement on an expert's or a vendor's home, with what it waits for."""

    row: EngagementRow
    next_action: NextAction | None


@dataclass(frozen=True)
class OfficeHome:
    """What the programme office sees first."""

    decisions: list[Todo]
    stuck: list[StuckRow]
    due: list[EngagementRow]
    late_items: list[Todo]
    counts: dict[Step, int]
    changed: list[EngagementRow]
    quiet: list[QuietVendor]
    """Vendors of whom nobody came to an event for long."""


@dataclass(frozen=True)
class ExpertHome:
    """What a domain expert sees first."""

    todos: list[Todo]
    engagements: list[OwnEngagement]
    hours: HoursUsed | None
    meetings: Sequence[Meeting]


@dataclass(frozen=True)
class FirstThing:
    """The one next thing of a vendor, with why it is needed and how it is done."""

    todo: Todo
    why: str
    how: str = ""
    """Markdown of the playbook."""
    proof: str = ""


@dataclass(frozen=True)
class VendorHome:
    """What a vendor's member sees first: one next thing, and then the others."""

    first: FirstThing | None
    todos: list[Todo]
    engagements: list[OwnEngagement]
    stairs: dict[int, list[GlyphStep]]
    meetings: Sequence[Meeting]
    messages: list[Message]
    events: Sequence[Event]
    """Events ahead that take registrations."""


@dataclass(frozen=True)
class Home:
    """The home of a person, who may hold several roles."""

    office: OfficeHome | None = None
    expert: ExpertHome | None = None
    vendor: VendorHome | None = None
    others: list[str] = field(default_factory=list)


def home_of(actor: Actor) -> Home:
    """Gather the home of a person."""
    return Home(
        office=office_home(actor) if actor.is_office else None,
        expert=expert_home(actor) if actor.has(Role.EXPERT) else None,
        vendor=vendor_home(actor) if actor.has(Role.VENDOR) else None,
    )


@for_actors
def _counts_and_waiting(actor: Actor) -> Together:
    return Together(journey.step_counts(actor, of_one=False), outreach.what_waits(actor, ROWS))


@for_actors
def _steps_and_waiting(actor: Actor) -> Together:
    return Together(stairs.STEPS, outreach.what_waits(actor, ROWS))


def office_home(actor: Actor) -> OfficeHome:
    """Gather what the office has to decide, who is stuck and what is late."""
    counts, waiting = _counts_and_waiting(actor).read(actor.parameters)
    decisions = [
        *map(_gate, journey.gates_waiting(actor, ROWS)),
        *(_item(i, Why.VERIFY) for i in journey.items_to_verify(actor, ROWS)),
        *map(_outreach, outreach.in_order(waiting)),
    ]
    changed, _before, _after = journey.list_engagements(Filters(view=View.ALL), actor=actor, size=ROWS)
    return OfficeHome(
        decisions=decisions,
        stuck=journey.stuck(actor, ROWS),
        due=journey.due_soon(actor, limit=ROWS),
        late_items=[_item(item, Why.LATE) for item in journey.overdue_items(actor, ROWS)],
        counts={step: dict(counts)[step.value] for step in Step},
        changed=changed,
        quiet=quiet_vendors(actor, ROWS),
    )


def expert_home(actor: Actor) -> ExpertHome:
    """Gather what an expert has to do, and the engagements that wait."""
    todos = [
        *(_session(waiting) for waiting in coaching.sessions_waiting(actor, ROWS)),
        *(_item(item, Why.VERIFY) for item in journey.items_to_verify(actor, ROWS)),
        *(_own_item(item) for item in journey.items_owed(actor, ROWS)),
        *(_action(action) for action in coaching.actions_owed(actor, ROWS)),
        *map(_outreach, outreach.waiting_for(actor, ROWS)),
    ]
    engagements = _own_engagements(actor)
    return ExpertHome(
        _by_day(todos), engagements, _hours(actor, engagements), meetings.own_meetings(actor, MOST_MEETINGS)
    )


def vendor_home(actor: Actor) -> VendorHome:
    """Gather the one next thing of a vendor, and what comes after it."""
    engagements = _own_engagements(actor, drawn=MOST_STAIRS)
    drawn = [own.row for own in engagements[:MOST_STAIRS]]
    steps, waiting = _steps_and_waiting(actor).read({"drawn": [row.id for row in drawn], **actor.parameters})
    owed = {item.id: item for item in journey.items_owed(actor, ROWS)}
    by_item = {item_id: _own_item(item) for item_id, item in owed.items()}
    todos = _by_day(
        [
            *by_item.values(),
            *(_action(action) for action in coaching.actions_owed(actor, ROWS)),
            *(_session(one) for one in coaching.sessions_waiting(actor, ROWS)),
            *map(_outreach, outreach.in_order(waiting)),
        ]
    )
    first = next((todo for todo in todos if todo.why is Why.RETURNED), todos[0] if todos else None)
    item = next((owed[item_id] for item_id, todo in by_item.items() if todo is first), None)
    return VendorHome(
        _with_reason(first, item) if first is not None else None,
        [todo for todo in todos if todo is not first],
        engagements,
        stairs.stairs_of(drawn, steps),
        meetings.own_meetings(actor, MOST_MEETINGS),
        [Message(notice, letters.say(notifications.sentence(notice))) for notice in notifications.newest(actor, NEWS)],
        events.coming(actor, MOST_EVENTS),
    )


def _with_reason(first: Todo, item: OwedItem | None) -> FirstThing:
    """Say why the first thing is needed and, of an item, how it is done and what proves it."""
    if item is None:
        return FirstThing(first, _("Others wait for it."))
    listed = playbook_shelf.read(item.version_id, item.digest).item(item.key)
    if item.state is ItemState.RETURNED:
        why = _("It came back to you: %(reason)s", reason=item.reason)
    elif listed.gate:
        why = _("The gate of “%(step)s” can be passed only once it is verified.", step=_(item.step.label))
    else:
        why = _("It belongs to the checklist of “%(step)s”; the gate does not wait for it.", step=_(item.step.label))
    return FirstThing(first, why, in_language(listed.help), _(listed.evidence.label))


def _own_engagements(actor: Actor, drawn: int = 0) -> list[OwnEngagement]:
    """List the engagements that go on with what each waits for; as many as are drawn whole need not say it."""
    rows, _before, _after = journey.list_engagements(Filters(view=View.MINE, sort="due"), actor=actor)
    shown = [row for row in rows if row.state in {EngagementState.ACTIVE, EngagementState.ON_HOLD}][: 2 * ROWS]
    waiting = journey.next_actions([row.id for row in shown] if len(shown) > drawn else [])
    return [OwnEngagement(row, waiting.get(row.id)) for row in shown]


def _hours(actor: Actor, engagements: Sequence[OwnEngagement]) -> HoursUsed | None:
    if actor.user_id is None or not engagements:
        return None
    newest = max(engagements, key=lambda own: own.row.roc_year).row
    return coaching.hours_in_year_of(actor.user_id, newest.id)


def _by_day(todos: list[Todo]) -> list[Todo]:
    return sorted(todos, key=lambda todo: (todo.due_on or todo.since or date.max, todo.title))


def in_language(text: Bilingual) -> str:
    """Give a text in the reader's language."""
    return text.of("en" if g.get("language") == "en" else "zh_Hant_TW")


def _item(item: OwedItem, why: Why) -> Todo:
    url = url_for("journey.item", item_id=item.id)
    return Todo(in_language(item.title), _case(item.organisation, item.product), url, why, item.due_on)


def _case(organisation: Bilingual, product: Bilingual) -> str:
    """Name an engagement in the reader's language."""
    return f"{in_language(organisation)} · {in_language(product)}"


def _own_item(item: OwedItem) -> Todo:
    return _item(item, Why.RETURNED if item.state == "returned" else Why.DO)


def _gate(gate: WaitingGate) -> Todo:
    title = _("Decide the gate of “%(step)s”", step=_(gate.step.label))
    url = url_for("journey.gate", engagement_id=gate.engagement_id, step=gate.step.value)
    return Todo(title, _case(gate.organisation, gate.product), url, Why.DECIDE, since=_day(gate.proposed_at))


def _action(action: ActionItem) -> Todo:
    of_session = url_for("coaching.show", session_id=action.session_id) if action.session_id is not None else None
    url = of_session or url_for("journey.show", engagement_id=action.engagement_id)
    return Todo(action.text, show_name(action.engagement.product), url, Why.ACTION, action.due_on)


def _session(waiting: CoachingSession) -> Todo:
    is_draft = waiting.state is SessionState.DRAFT
    title = _("Submit the session record") if is_draft else _("Acknowledge the session record")
    where, why = show_name(waiting.engagement.product), Why.SUBMIT if is_draft else Why.ACKNOWLEDGE
    return Todo(title, where, url_for("coaching.show", session_id=waiting.id), why, since=_day(waiting.starts_at))


def _outreach(waiting: Waiting) -> Todo:
    text, where = in_language(waiting.text), in_language(waiting.vendor)
    since = _day(waiting.since) if waiting.since is not None else None
    if waiting.kind is WaitingKind.LEAD:
        return Todo(text, where, url_for("outreach.lead", lead_id=waiting.id), Why.MATCH, waiting.due_on)
    if waiting.kind is WaitingKind.EXPOSURE:
        url = url_for("outreach.exposure", exposure_id=waiting.id)
        return Todo(text, where, url, Why.CONFIRM, since=since)
    title = _("Agree to the public page of “%(product)s”", product=text)
    return Todo(title, where, url_for("outreach.solution_page", product_id=waiting.id), Why.AGREE, since=since)


def _day(moment: datetime) -> date:
    return clock.in_taipei(moment).date()
