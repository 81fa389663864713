"""After an event: certificates, the survey, and what the schedule does around it."""

from datetime import date

from tracker.accounts.access import Actor
from tracker.core import clock
from tracker.core.db import session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.events import mails
from tracker.events.models import Certificate, Event, Registration, SurveyResponse
from tracker.events.operations.places import lock_event
from tracker.events.operations.registrations import new_code
from tracker.events.operations.trail import note_registration
from tracker.events.queries.attendance import find_certificate, hours_of, registrations_that_came
from tracker.events.queries.registrations import find_response, registrations_to_tell
from tracker.events.rules.events import EventState
from tracker.events.rules.surveys import Purpose, check_answers


def issue_certificate(registration: Registration, *, actor: Actor) -> Certificate:
    """Give a participant the certificate of the hours that they were there; the one that stands is given again."""
    event = lock_event(registration.event_id)
    standing = find_certificate(registration.id)
    if standing is not None:
        return standing
    hours = hours_of(registration.id)
    ends = event.ends_at
    if event.state is EventState.CANCELLED or ends is None or ends > clock.now():
        raise Refused(N_("Certificates are issued once the event is over."))
    if not hours:
        raise Refused(
            N_("No attendance is noted for this registration. Enter it first; then the certificate can be issued.")
        )
    certificate = Certificate(registration_id=registration.id, code=new_code(), hours=hours, issued_by_id=actor.user_id)
    session().add(certificate)
    session().flush()
    note_registration("certificate.issued", registration, actor, certificate=certificate.id)
    return certificate


def answer_survey(registration: Registration, answers: dict[int, str], *, actor: Actor) -> None:
    """Keep what a participant answered, once."""
    event = lock_event(registration.event_id)
    if find_response(registration.id) is not None:
        raise Refused(N_("You have answered already. Thank you; an answer is given once."))
    kept = check_answers([one.asked for one in event.questions_for(Purpose.SURVEY)], answers)
    response = SurveyResponse(event_id=event.id, registration_id=registration.id, answers=kept)
    session().add(response)
    session().flush()
    note_registration("survey.answered", registration, actor)


def send_survey(event_id: int) -> int:
    """Ask everybody who came, once, and mark the event as held."""
    event = lock_event(event_id)
    if event.survey_sent_at is not None or event.state in {EventState.DRAFT, EventState.CANCELLED}:
        return 0
    event.survey_sent_at = clock.now()
    event.state = EventState.HELD
    session().flush()
    asked = registrations_that_came(event.id) if event.questions_for(Purpose.SURVEY) else []
    for registration in asked:
        mails.tell(registration, mails.SURVEY, once_key=f"event-survey:{registration.id}")
    return len(asked)


def remind(event: Event, day: date) -> None:
    """Write to everybody with a place the day before a session, once for each day."""
    for registration in registrations_to_tell(event):
        mails.tell(registration, mails.TOMORROW, once_key=f"event-tomorrow:{registration.id}:{day}")
