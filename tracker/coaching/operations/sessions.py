"""Logging and changing session records, up to their submission."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from sqlalchemy import inspect
from sqlalchemy.orm import InstanceState

from tracker.accounts.access import Actor, can
from tracker.coaching import permissions, queries, rules
from tracker.coaching.models import ActionItem, CoachingSession, Participant, SessionFile, SessionItem, SessionTopic
from tracker.coaching.operations import meetings
from tracker.coaching.operations.details import ActionDetails, AlreadyLogged, SessionDetails
from tracker.coaching.operations.trail import note
from tracker.coaching.people import Person, people_of
from tracker.coaching.rules import SessionState
from tracker.core import clock
from tracker.core.db import Base, check_version, session, take_turn
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.evidence import operations as evidence
from tracker.journey.models import Engagement
from tracker.programmes.queries import rulebook_of

R = TypeVar("R")


def log_session(engagement: Engagement, details: SessionDetails, *, actor: Actor) -> CoachingSession:
    """Log a session as a draft; a form that was sent before is refused with the session that it made then."""
    take_turn(details.client_key)
    _check_not_sent(details.client_key, actor)
    case = queries.reload_engagement(identity_of(engagement))
    rules.check_takes_sessions(case.state)
    logged = CoachingSession(
        engagement=case,
        organisation_id=case.organisation_id,
        programme_id=case.programme_id,
        client_key=details.client_key,
        state=SessionState.DRAFT,
        participants=[],
        topics=[],
        items=[],
        actions=[],
        files=[],
        addenda=[],
    )
    people = people_of(case, actor=actor)
    logged.expert_id = _expert_of(case, details, people, actor)
    _fill(logged, case, details)
    _fill_lists(logged, case, details, people)
    session().add(logged)
    note("session.logged", logged, actor, hours=logged.hours, expert=logged.expert_id)
    _keep_files(logged, details, actor)
    if details.next_meeting is not None:
        session().flush()  # the meeting names the session by its id
        meetings.agree_in_session(logged, details.next_meeting, actor=actor)
    return logged


def change_session(logged: CoachingSession, details: SessionDetails, *, actor: Actor) -> None:
    """Change a draft."""
    logged = current(logged)
    check_version(logged, details.version)
    rules.check_editable(logged.state)
    case = logged.engagement
    people = people_of(case, actor=actor)
    if details.expert_id is not None:
        logged.expert_id = _expert_of(case, details, people, actor)
    before = {name: getattr(logged, name) for name in ("step", "starts_at", "hours", "mode")}
    _fill(logged, case, details)
    logged.changed_at = clock.now()  # so that the version grows, whatever part of the record was changed
    _fill_lists(logged, case, details, people)
    changed = {name: [str(old), str(new)] for name, old in before.items() if (new := getattr(logged, name)) != old}
    note("session.changed", logged, actor, changed=changed)
    _keep_files(logged, details, actor)
    meetings.agree_in_session(logged, details.next_meeting, actor=actor)


def remove_file(logged: CoachingSession, file_id: int, *, actor: Actor) -> None:
    """Take a file off a draft."""
    logged = current(logged)
    rules.check_editable(logged.state)
    file = next((one for one in logged.files if one.id == file_id), None)
    if file is None:
        raise Refused(N_("This file is not on the record any more. Reload the page."))
    evidence.remove_evidence(file.evidence, actor=actor)
    session().delete(file)
    logged.changed_at = clock.now()


def current(logged: CoachingSession) -> CoachingSession:
    """Give the record as it stands under the write lock; one that this transaction has written is current."""
    return queries.reload_session(identity_of(logged)) if inspect(logged).expired else logged


def identity_of(row: Base) -> int:
    """Give the id without reading an expired row for it."""
    state: InstanceState[Base] = inspect(row)
    return int(state.identity[0]) if state.identity else row.id


def _check_not_sent(client_key: str, actor: Actor) -> None:
    sent = queries.find_by_key(client_key)
    if sent is None:
        return
    if not can(actor, permissions.EDIT_SESSION, sent):
        raise Refused(N_("This form was already sent by somebody else. Open a new one to log another session."))
    raise AlreadyLogged(sent.id)


def _expert_of(case: Engagement, details: SessionDetails, people: Iterable[Person], actor: Actor) -> int:
    """Give whose session it was: the expert who logs it, or an assigned one for whom the office does."""
    experts = {person.user_id for person in people if person.party.value == "expert"} - {None}
    if actor.user_id is not None and case.id in actor.scope("engagement") and details.expert_id is None:
        return actor.user_id
    chosen = details.expert_id if details.expert_id is not None else queries.lead_expert_id(case.id)
    if chosen is None or chosen not in experts:
        raise Refused(
            N_("Choose an expert who is assigned to this engagement, since the hours count for that person."),
            field="expert",
        )
    return chosen


def _fill(logged: CoachingSession, case: Engagement, details: SessionDetails) -> None:
    rules.check_hours(details.hours, field="hours")
    rules.check_time(details.starts_at, anchor_on=case.anchor_on, now=clock.now())
    logged.step, logged.mode, logged.place = details.step, details.mode, details.place.strip()
    logged.starts_at, logged.hours = details.starts_at, details.hours
    logged.findings = details.findings.strip()
    logged.recommendations = details.recommendations.strip()
    logged.internal_note = details.internal_note.strip()


def _fill_lists(logged: CoachingSession, case: Engagement, details: SessionDetails, people: list[Person]) -> None:
    _match(logged.topics, _known_topics(case, details), lambda row: row.topic, lambda topic: SessionTopic(topic=topic))
    _match(logged.items, _known_items(case, details), lambda row: row.item_id, lambda key: SessionItem(item_id=key))
    _match(
        logged.participants,
        _known_people(details, people),
        lambda row: Person(row.name, row.party, row.user_id).key,
        lambda key: _participant(key, details, people),
    )
    _fill_actions(logged, case, details, people)


def _match(rows: list[R], wanted: Iterable[Any], key_of: Callable[[R], Any], make: Callable[[Any], R]) -> None:
    """Leave the rows that are still wanted, take the others away and add what is new."""
    keys = list(dict.fromkeys(wanted))
    for row in [row for row in rows if key_of(row) not in keys]:
        rows.remove(row)
    present = {key_of(row) for row in rows}
    rows.extend(make(key) for key in keys if key not in present)


def _known_topics(case: Engagement, details: SessionDetails) -> tuple[str, ...]:
    if details.topics:
        rule = rulebook_of(case.programme).find_rule(queries.TOPICS_RULE)
        known = {option.id for option in rule.options} if rule is not None else set()
        if not known.issuperset(details.topics):
            raise Refused(N_("Choose topics from the programme's list."), field="topics")
    return details.topics


def _known_items(case: Engagement, details: SessionDetails) -> tuple[int, ...]:
    if details.item_ids and queries.items_of(case.id, details.item_ids) != frozenset(details.item_ids):
        raise Refused(N_("Choose items from this engagement's own checklists."), field="items")
    return details.item_ids


def _known_people(details: SessionDetails, people: list[Person]) -> list[str]:
    known = {person.user_id for person in people}
    if any(person.user_id is not None and person.user_id not in known for person in details.people):
        raise Refused(
            N_("Choose people of this engagement. Write the names of others into the field below them."), field="people"
        )
    return [person.key for person in details.people]


def _participant(key: str, details: SessionDetails, people: list[Person]) -> Participant:
    person = next(one for one in (*people, *details.people) if one.key == key)
    return Participant(user_id=person.user_id, name=person.name, party=person.party)


def _fill_actions(logged: CoachingSession, case: Engagement, details: SessionDetails, people: list[Person]) -> None:
    stored = {action.id: action for action in logged.actions}
    kept = {details_of.action_id for details_of in details.actions}
    for action_id, action in stored.items():
        if action_id not in kept:
            logged.actions.remove(action)
            session().delete(action)
    for wanted in details.actions:
        check_action(wanted, case, people, logged)
        known = stored.get(wanted.action_id or 0)
        if known is None:
            logged.actions.append(_new_action(wanted, case))
        else:
            known.text, known.assignee_id = wanted.text, wanted.assignee_id
            known.due_on = wanted.due_on or known.due_on


def _new_action(wanted: ActionDetails, case: Engagement) -> ActionItem:
    return ActionItem(engagement_id=case.id, text=wanted.text, assignee_id=wanted.assignee_id, due_on=wanted.due_on)


def check_action(
    wanted: ActionDetails, case: Engagement, people: Iterable[Person], logged: CoachingSession | None = None
) -> None:
    """Refuse an action that nobody of the engagement can do, or that is due too early."""
    day = clock.in_taipei(logged.starts_at).date() if logged is not None else case.anchor_on
    rules.check_action(wanted.text, wanted.due_on, session_day=day)
    if wanted.assignee_id not in {person.user_id for person in people}:
        raise Refused(
            N_("“%(text)s” needs somebody of this engagement who does it."), field="actions", text=wanted.text
        )


def _keep_files(logged: CoachingSession, details: SessionDetails, actor: Actor) -> None:
    for upload in details.uploads:
        kept = evidence.keep_file(
            upload.file,
            upload.name,
            organisation_id=logged.organisation_id,
            engagement_id=logged.engagement.id,  # the record may not be flushed yet, and without it the file would be the whole office's
            internal=True,  # until the record is submitted, like the record itself
            actor=actor,
        )
        logged.files.append(SessionFile(evidence=kept))
