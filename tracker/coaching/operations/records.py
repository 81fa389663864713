"""The way of a session record: submitted, acknowledged, closed; and the notes that are added to it."""

from datetime import date

from tracker.accounts.access import Actor
from tracker.coaching import queries, rules
from tracker.coaching.models import Addendum, CoachingSession
from tracker.coaching.operations.sessions import current
from tracker.coaching.operations.trail import note
from tracker.coaching.rules import AddendumKind, SessionState
from tracker.core import clock, search
from tracker.core.content import names_of
from tracker.core.db import check_version, session
from tracker.core.errors import Refused
from tracker.core.roc_date import format_roc
from tracker.core.search import DocumentKind, Entry
from tracker.core.text import N_
from tracker.journey.queries import vendor_ids
from tracker.notifications.operations import notify
from tracker.notifications.rules import Reason
from tracker.programmes.queries import rulebook_of


def submit_session(logged: CoachingSession, *, actor: Actor) -> None:
    """Give the record to the vendor: from now on its members read it, find it and owe its actions."""
    logged = current(logged)
    _move(logged, SessionState.SUBMITTED, actor)
    rules.check_complete(logged.findings, logged.recommendations)
    logged.submitted_at = clock.now()
    for file in logged.files:
        file.evidence.internal = False
    _index(logged)
    _tell_vendor(logged, actor)
    _tell_assignees(logged, actor)


def take_back_session(logged: CoachingSession, *, actor: Actor) -> None:
    """Make a draft of a record that the vendor has not acknowledged yet."""
    logged = current(logged)
    _move(logged, SessionState.DRAFT, actor)
    logged.submitted_at = None
    for file in logged.files:
        file.evidence.internal = True
    search.remove(DocumentKind.SESSION, logged.id)


def acknowledge_session(
    logged: CoachingSession, objection: str = "", *, actor: Actor, version: int | None = None
) -> None:
    """Take note of a record for the vendor, as the version that was read; an objection stays beside it."""
    logged = current(logged)
    check_version(logged, version)
    _move(logged, SessionState.ACKNOWLEDGED, actor, objection=bool(objection.strip()))
    logged.acknowledged_at, logged.acknowledged_by_id = clock.now(), actor.user_id
    if objection.strip():
        _add(logged, AddendumKind.OBJECTION, objection, actor)
    msgid = (
        N_("%(vendor)s acknowledged the session record of %(day)s, with an objection. Please read it.")
        if objection.strip()
        else N_("%(vendor)s acknowledged the session record of %(day)s.")
    )
    params = {"vendor": names_of(logged.engagement.organisation), "day": _day(logged)}
    notify(
        _besides(actor, [logged.expert_id]),
        Reason.SESSION,
        msgid,
        params,
        path=path_of(logged),
        engagement_id=logged.engagement_id,
    )


def close_session(logged: CoachingSession, *, actor: Actor) -> None:
    """Close an acknowledged record: it is only read from now on."""
    logged = current(logged)
    _move(logged, SessionState.CLOSED, actor)
    logged.closed_at = clock.now()


def add_addendum(logged: CoachingSession, text: str, *, actor: Actor) -> Addendum:
    """Add a correction to a submitted record, which itself stays as it is."""
    logged = current(logged)
    rules.check_has_readers(logged.state)
    if not text.strip():
        raise Refused(N_("Write what is to be corrected or added."), field="text")
    addendum = _add(logged, AddendumKind.CORRECTION, text, actor)
    note("session.addendum_added", logged, actor, addendum=addendum.id)
    readers = {logged.expert_id, *vendor_ids(logged.engagement)}
    notify(
        _besides(actor, readers),
        Reason.COMMENT,
        N_("A note was added to the session record of %(day)s."),
        {"day": _day(logged)},
        path=path_of(logged),
        engagement_id=logged.engagement_id,
    )
    return addendum


def path_of(logged: CoachingSession) -> str:
    """Give the address of the record's page."""
    return f"/coaching-sessions/{logged.id}"


def _move(logged: CoachingSession, new: SessionState, actor: Actor, **facts: object) -> None:
    rules.check_session_move(logged.state, new)
    old, logged.state = logged.state, new
    note(_ACTIONS[new], logged, actor, state=[old.value, new.value], **facts)


_ACTIONS = {
    SessionState.SUBMITTED: "session.submitted",
    SessionState.DRAFT: "session.taken_back",
    SessionState.ACKNOWLEDGED: "session.acknowledged",
    SessionState.CLOSED: "session.closed",
}


def _add(logged: CoachingSession, kind: AddendumKind, text: str, actor: Actor) -> Addendum:
    addendum = Addendum(session_id=logged.id, author_id=actor.user_id, kind=kind, text=text.strip())
    session().add(addendum)
    session().flush()
    return addendum


def _day(logged: CoachingSession) -> date:
    return clock.in_taipei(logged.starts_at).date()


def _besides(actor: Actor, user_ids: "list[int] | set[int]") -> list[int]:
    return [user_id for user_id in user_ids if user_id != actor.user_id]


def _index(logged: CoachingSession) -> None:
    """Let the record be found by vendor, product, day, topics and text; the internal note is no part of it."""
    session().flush()  # the document is known by the session's id
    case, day = logged.engagement, _day(logged)
    names = (case.organisation.name_zh, case.organisation.name_en, case.product.name_zh, case.product.name_en)
    title = " · ".join((case.organisation.name_zh, case.product.name_zh, format_roc(day)))
    body = "\n".join((logged.findings, logged.recommendations, *_topic_names(logged), *names, day.isoformat()))
    search.put(
        Entry(
            DocumentKind.SESSION,
            logged.id,
            title,
            body,
            organisation_id=logged.organisation_id,
            engagement_id=logged.engagement_id,
            programme_id=logged.programme_id,
        )
    )


def _topic_names(logged: CoachingSession) -> list[str]:
    rule = rulebook_of(logged.engagement.programme).find_rule(queries.TOPICS_RULE) if logged.topics else None
    chosen = {row.topic for row in logged.topics}
    options = [option for option in rule.options if option.id in chosen] if rule is not None else []
    return [f"{option.text.zh_hant} {option.text.en}" for option in options]


def _tell_vendor(logged: CoachingSession, actor: Actor) -> None:
    notify(
        _besides(actor, list(vendor_ids(logged.engagement))),
        Reason.SESSION,
        N_("The record of the session on %(day)s is ready. Please read and acknowledge it."),
        {"day": _day(logged)},
        path=path_of(logged),
        engagement_id=logged.engagement_id,
    )


def _tell_assignees(logged: CoachingSession, actor: Actor) -> None:
    for action in logged.actions:
        notify(
            _besides(actor, [action.assignee_id]),
            Reason.ASSIGNED,
            N_("You have something to do until %(due)s: %(text)s"),
            {"due": action.due_on, "text": action.text},
            path=f"/actions/{action.id}",
            engagement_id=logged.engagement_id,
            once_key=f"action:{action.id}:{action.assignee_id}",
        )
