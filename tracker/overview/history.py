"""The audit trail of a vendor or an engagement as a timeline of sentences, narrowed to what the reader may know of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g
from flask_babel import gettext as _
from sqlalchemy import BigInteger, ColumnElement, Integer, bindparam, or_, select

from tracker.accounts.access import Actor, for_actors
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core.audit import AuditRecord
from tracker.core.content import LANGUAGES
from tracker.core.db import read
from tracker.core.keyset import AnySelect
from tracker.core.text import Message
from tracker.journey import permissions as journey_permissions
from tracker.journey.models import Engagement
from tracker.overview.sayings import FIELDS, OTHER, SAYINGS, Saying, is_short, word
from tracker.web import places
from tracker.web.forms import translate

SYSTEM_NAME = "CloudSteps"
NEWEST = 2**63 - 1
"""No record has a higher number."""
TOLD_BY_OTHERS = (
    "evidence.added",
    "evidence.linked",
    "assessment.answered",
    "assessment.not_applicable",
    "assessment.cleared",
    "assessment.evidence_attached",
    "assessment.evidence_removed",
)
"""In an engagement evidence is handed in for something, and the record of that says so; single answers are told by the result."""


@dataclass(frozen=True)
class Event:
    """A record as the timeline shows it."""

    id: int
    at: datetime
    text: str
    tone: str
    actor_name: str
    url: str | None
    note: str | None


def of_vendor(organisation_id: int, *, actor: Actor, limit: int = 20, before: int | None = None) -> list[Event]:
    """Tell what happened to a vendor and its engagements, newest first."""
    values = {"organisation_id": organisation_id, "before": before or NEWEST, "events": limit}
    return tell(read(_of_vendor(actor), {**values, **actor.parameters}), actor)


def of_engagement(engagement_id: int, *, actor: Actor, limit: int = 20, before: int | None = None) -> list[Event]:
    """Tell what happened to an engagement that the actor may see, newest first."""
    values = {"engagement_id": engagement_id, "before": before or NEWEST, "events": limit}
    return tell(read(records_of_engagement(actor), values), actor)


_RECORDS = (
    select(
        AuditRecord.id,
        AuditRecord.at,
        AuditRecord.action,
        AuditRecord.subject_type,
        AuditRecord.subject_id,
        AuditRecord.details,
        User.name,
    )
    .outerjoin(User, User.id == AuditRecord.actor_id)
    .order_by(AuditRecord.id.desc())
)


def _records(actor: Actor, *conditions: ColumnElement[bool]) -> AnySelect:
    """Select the newest of the records before one that the actor is told of."""
    told = AuditRecord.action.not_in(_hidden_from(actor))
    statement = _RECORDS.where(*conditions, told, AuditRecord.id < bindparam("before", type_=BigInteger))
    return statement.limit(bindparam("events"))


@for_actors
def records_of_engagement(actor: Actor) -> AnySelect:
    """Select the newest `:events` records of `:engagement_id` below the number `:before`, for `tell`."""
    elsewhere = AuditRecord.action.not_in(TOLD_BY_OTHERS)
    return _records(actor, AuditRecord.engagement_id == bindparam("engagement_id"), elsewhere)


@for_actors
def _of_vendor(actor: Actor) -> AnySelect:
    owner = bindparam("organisation_id", type_=Integer)
    visible = select(Engagement.id).where(Engagement.organisation_id == owner, journey_permissions.visible(actor))
    known = or_(AuditRecord.engagement_id.is_(None), AuditRecord.engagement_id.in_(visible))
    return _records(actor, AuditRecord.organisation_id == owner, known)


def tell(rows: Iterable[Any], actor: Actor) -> list[Event]:
    """Put records into the reader's words, but for those that the reader is not told of."""
    return [event_of(row) for row in rows if _reads_counsel(actor) or not row.details.get("internal")]


def _reads_office(actor: Actor) -> bool:
    return actor.is_office or actor.has(Role.AUDITOR)


def _reads_counsel(actor: Actor) -> bool:
    return _reads_office(actor) or actor.has(Role.EXPERT)


def _hidden_from(actor: Actor) -> list[str]:
    """Name the actions that this reader is not told of."""
    office, counsel = _reads_office(actor), _reads_counsel(actor)
    return [
        action
        for action, saying in SAYINGS.items()
        if (saying.of_office and not office) or (saying.of_counsel and not counsel)
    ]


def event_of(row: Any) -> Event:
    """Put a record into a sentence of the reader's language."""
    saying = SAYINGS.get(row.action, OTHER)
    return Event(
        id=row.id,
        at=row.at,
        text=_sentence(saying, row.details),
        tone=saying.tone,
        actor_name=row.name or SYSTEM_NAME,
        url=places.page_of(row.subject_type, row.subject_id) if row.subject_type in LINKED else None,
        note=_note(row.details),
    )


LINKED = frozenset({"engagement", "item", "coaching_session"})


def _sentence(saying: Saying, details: dict[str, Any]) -> str:
    values = {name: _worded(name, value) for name, value in details.items()}
    try:
        return translate(Message(saying.sentence, values))
    except KeyError:  # a record of an older version lacks the value
        return translate(Message(OTHER.sentence))


def _worded(name: str, value: Any) -> Any:
    """Give a value as the reader reads it; a text kept in both languages in the reader's."""
    if isinstance(value, dict) and value.keys() == set(LANGUAGES):
        return value[g.get("language", LANGUAGES[0])]
    return word(name, value)


def _note(details: dict[str, Any]) -> str | None:
    """Say what changed, from what to what; longer texts are only named."""
    lines = [_change(name, *value) for name, value in details.items() if name in FIELDS and _is_change(value)]
    lines += [_(FIELDS[name]) for name, value in details.items() if name in FIELDS and value == "…"]
    if reason := details.get("reason"):
        lines.append(_("Reason: %(reason)s", reason=reason))
    return _("; ").join(lines) or None


def _is_change(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2  # noqa: PLR2004 - before and after


def _change(name: str, before: Any, after: Any) -> str:
    label: str = _(FIELDS[name])
    if not (is_short(before) and is_short(after)):
        return label
    sides = {"before": _shown(name, before), "after": _shown(name, after)}
    return str(_("%(field)s: %(before)s → %(after)s", field=label, **sides))


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return str(_("none"))
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    found = word(name, value)
    return translate(found) if isinstance(found, Message) else str(found)
