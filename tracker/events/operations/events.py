"""Events: made, changed, copied, opened, closed, held, called off; their materials and questions."""

from collections.abc import Iterable
from datetime import timedelta

from tracker.accounts.access import Actor
from tracker.core import audit, clock
from tracker.core.db import check_version, session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.events import mails
from tracker.events.models import Consent, Event, EventSession, Material, Question, Speaker
from tracker.events.operations.details import (
    EventDetails,
    MaterialDetails,
    QuestionDetails,
    SessionDetails,
    SpeakerDetails,
)
from tracker.events.operations.places import fill_places, lock_event
from tracker.events.operations.trail import note_event
from tracker.events.queries.registrations import has_attendance, registrations_to_tell
from tracker.events.rules import events as rules
from tracker.events.rules.events import EventState, Span
from tracker.events.rules.surveys import Purpose, QuestionKind, check_question
from tracker.evidence.operations import keep_file, keep_link, remove_evidence

PLAIN = (
    "kind",
    "name_zh",
    "name_en",
    "series",
    "summary_zh",
    "summary_en",
    "mode",
    "place",
    "online_url",
    "audience",
    "capacity",
    "needs_approval",
    "offer_hours",
    "closes_at",
)
TOLD = frozenset({"place", "online_url", "mode", "name_zh", "sessions"})
"""What registered people are told of when it changes."""
SURVEY = (
    (QuestionKind.RATING, N_("How satisfied are you with the event as a whole?"), "您對本次活動整體的滿意程度？", True),
    (
        QuestionKind.RATING,
        N_("How useful is it for your move to the cloud?"),
        "本次活動對貴公司雲端轉型的幫助程度？",
        True,
    ),
    (QuestionKind.YES_NO, N_("Would you like an expert to contact you?"), "是否希望領域專家與您聯繫？", False),
    (QuestionKind.TEXT, N_("What should we do better?"), "有哪些地方需要改進？", False),
)
"""What every event asks afterwards, until the office changes it."""
YEAR = timedelta(weeks=52)
"""So that last year's Thursday is a Thursday again."""


def add_event(details: EventDetails, *, actor: Actor) -> Event:
    """Add an event as a draft, with the usual questions of the survey."""
    rules.check_sessions([one.span for one in details.sessions])
    event = Event(programme_id=details.programme_id, **_plain(details), taken=0, calendar_sequence=0)
    event.vendor_kinds, event.item_keys = _lists(details)
    session().add(event)
    _write_sessions(event, details.sessions)
    event.speakers = _speakers(details.speakers)
    session().flush()
    _write_consent(event, details)
    for kind, english, chinese, required in SURVEY:
        asked = QuestionDetails(Purpose.SURVEY, kind, chinese, english, required=required)
        session().add(_question(event, asked))
    session().flush()
    session().refresh(event)
    note_event("event.added", event, actor)
    return event


def change_event(event: Event, details: EventDetails, *, actor: Actor) -> None:
    """Change an event; whoever is registered is told of a new time or place, and gets an updated invitation."""
    event = lock_event(event.id)
    check_version(event, details.version)
    rules.check_sessions([one.span for one in details.sessions])
    rules.check_capacity(details.capacity, event.taken)
    changed = audit.changes(event, **_plain(details))
    kinds, keys = _lists(details)
    changed |= audit.changes(event, vendor_kinds=kinds, item_keys=keys)
    if _write_sessions(event, details.sessions):
        changed["sessions"] = []
    if _write_speakers(event, details.speakers):
        changed["speakers"] = []
    if _write_consent(event, details):
        changed["consent"] = []
    if not changed:
        return
    is_news = bool(TOLD & changed.keys()) and event.state in {EventState.OPEN, EventState.CLOSED}
    event.calendar_sequence += 1
    event.changed_at = clock.now()
    session().flush()
    note_event("event.changed", event, actor, fields=sorted(changed))
    if is_news:
        for registration in registrations_to_tell(event):
            mails.tell(registration, mails.CHANGED)
    fill_places(event, actor=actor)


def duplicate_event(event: Event, programme_id: int, *, actor: Actor) -> Event:
    """Make a draft of last year's event a year later on the same weekday, with its questions and its consent text."""
    copied = EventDetails(
        programme_id=programme_id,
        **{name: getattr(event, name) for name in PLAIN if name != "closes_at"},
        sessions=tuple(
            SessionDetails(Span(one.starts_at + YEAR, one.ends_at + YEAR), one.title) for one in event.live_sessions
        ),
        closes_at=event.closes_at + YEAR if event.closes_at else None,
        speakers=tuple(SpeakerDetails(one.name, one.title, one.user_id) for one in event.speakers),
        vendor_kinds=tuple(event.vendor_kinds),
        item_keys=tuple(event.item_keys),
        consent_zh=event.consent.text_zh if event.consent else "",
        consent_en=event.consent.text_en if event.consent else "",
    )
    made = add_event(copied, actor=actor)
    made.copied_from_id = event.id
    for question in made.questions:
        session().delete(question)
    for asked in (one for one in event.questions if one.retired_at is None):
        details = QuestionDetails(
            asked.purpose, asked.kind, asked.text_zh, asked.text_en, tuple(asked.options), asked.required
        )
        session().add(_question(made, details))
    session().flush()
    session().refresh(made)
    return made


def move_event(event: Event, new: EventState, *, actor: Actor) -> None:
    """Open, close or call off an event, or mark it as held."""
    event = lock_event(event.id)
    rules.check_move(event.state, new, first=event.begins_at, now=clock.now())
    old, event.state = event.state, new
    told = registrations_to_tell(event) if new is EventState.CANCELLED else []
    event.calendar_sequence += 1
    session().flush()
    note_event(f"event.{_VERBS[new]}", event, actor, state=[old, new])
    for registration in told:
        mails.tell(registration, mails.CALLED_OFF)
    fill_places(event, actor=actor)


_VERBS = {
    EventState.OPEN: "opened",
    EventState.CLOSED: "closed",
    EventState.HELD: "held",
    EventState.CANCELLED: "called_off",
}


def add_question(event: Event, details: QuestionDetails, *, actor: Actor) -> Question:
    """Ask a further question."""
    check_question(details.kind, details.options)
    question = _question(event, details)
    session().add(question)
    session().flush()
    note_event("event.question_added", event, actor, question=question.id)
    return question


def retire_question(question: Question, *, actor: Actor) -> None:
    """Ask a question no more; answers that were given stay."""
    if question.retired_at is None:
        question.retired_at = clock.now()
        note_event("event.question_retired", question.event, actor, question=question.id)


def add_material(event: Event, details: MaterialDetails, *, actor: Actor) -> Material:
    """Give participants a file or the address of a page."""
    if details.file is not None:
        kept = keep_file(details.file, details.file_name, organisation_id=None, engagement_id=None, actor=actor)
    elif details.url:
        kept = keep_link(details.url, details.title, organisation_id=None, engagement_id=None, actor=actor)
    else:
        raise Refused(N_("Choose a file, or write the address of a page."), field="url")
    material = Material(event_id=event.id, title=details.title, evidence=kept)
    session().add(material)
    session().flush()
    note_event("event.material_added", event, actor, material=material.id)
    return material


def remove_material(material: Material, *, actor: Actor) -> None:
    """Take a material away from participants."""
    if material.removed_at is None:
        material.removed_at = clock.now()
        remove_evidence(material.evidence, actor=actor)
        note_event("event.material_removed", material.event, actor, material=material.id)


def _plain(details: EventDetails) -> dict[str, object]:
    return {name: getattr(details, name) for name in PLAIN}


def _lists(details: EventDetails) -> tuple[list[str], list[str]]:
    return [str(kind) for kind in details.vendor_kinds], list(details.item_keys)


def _question(event: Event, details: QuestionDetails) -> Question:
    return Question(
        event_id=event.id,
        purpose=details.purpose,
        kind=details.kind,
        text_zh=details.text_zh,
        text_en=details.text_en,
        options=list(details.options),
        required=details.required,
    )


def _speakers(wanted: Iterable[SpeakerDetails]) -> list[Speaker]:
    return [Speaker(name=one.name, title=one.title, user_id=one.user_id) for one in wanted]


def _write_speakers(event: Event, wanted: tuple[SpeakerDetails, ...]) -> bool:
    known = [SpeakerDetails(one.name, one.title, one.user_id) for one in event.speakers]
    if known == list(wanted):
        return False
    event.speakers = _speakers(wanted)
    return True


def _write_sessions(event: Event, wanted: tuple[SessionDetails, ...]) -> bool:
    """Write the sessions; one that is dropped stays as cancelled, so that calendars hear of it. Tell whether any changed."""
    known = {one.id: one for one in event.sessions}
    changed = False
    for details in wanted:
        one = known.pop(details.session_id, None) if details.session_id is not None else None
        if one is None:
            event.sessions.append(EventSession(title=details.title, **vars(details.span)))
            changed = True
        else:
            values = {"title": details.title, "cancelled_at": None, **vars(details.span)}
            changed = bool(audit.changes(one, **values)) or changed
    for dropped in known.values():
        if dropped.cancelled_at is None:
            if has_attendance(dropped.id):
                raise Refused(
                    N_("Somebody was checked in to a session that is to go. Keep that session."), field="sessions"
                )
            dropped.cancelled_at = clock.now()
            changed = True
    begins = min((one.span.starts_at for one in wanted), default=None)
    if event.begins_at != begins:
        event.begins_at = begins
    return changed


def _write_consent(event: Event, details: EventDetails) -> bool:
    """Keep a new version of the consent text where it differs from the one in force."""
    text = details.consent_zh.strip()
    english = details.consent_en.strip() or text
    current = event.consent
    if not text or (current is not None and (current.text_zh, current.text_en) == (text, english)):
        return False
    number = current.number + 1 if current is not None else 1
    event.consents.append(Consent(event_id=event.id, number=number, text_zh=text, text_en=english))
    return True
