"""After an event: what people said, and certificates that anybody can verify."""

from flask import render_template
from flask.typing import ResponseReturnValue

from tracker.accounts.access import PUBLIC, requires
from tracker.events import permissions
from tracker.events.models import Certificate, Event
from tracker.events.queries import attendance as attendances
from tracker.events.queries import events as queries
from tracker.events.queries import registrations as people
from tracker.events.routes.blueprint import bp
from tracker.events.rules.surveys import Purpose, result_of


@bp.route("/events/<int:event_id>/survey")
@requires(permissions.READ_PEOPLE, on=queries.get_event)
def survey_results(event: Event) -> ResponseReturnValue:
    """Show what participants answered, without names."""
    responses = people.responses_of(event.id)
    asked = [one for one in event.questions if one.purpose is Purpose.SURVEY]
    results = [
        (one, result_of(one.asked, [row.answers[str(one.id)] for row in responses if str(one.id) in row.answers]))
        for one in asked
    ]
    came = len(attendances.registrations_that_came(event.id))
    return render_template(
        "events/survey_results.html", event=event, results=results, answered=len(responses), came=came
    )


@bp.route("/certificates/<string:code>")
@requires(PUBLIC, on=attendances.get_certificate)
def verify_certificate(found: Certificate) -> ResponseReturnValue:
    """Say to anybody who holds a certificate whether it is genuine and still stands."""
    return render_template(
        "events/certificate.html", certificate=found, registration=found.registration, event=found.registration.event
    )
