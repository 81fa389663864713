"""The door: checking people in on several phones at once, and the screen by which they do it themselves."""

import secrets
from dataclasses import asdict
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import PUBLIC, current_actor, requires
from tracker.core import clock
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.events import links, operations, permissions, qr
from tracker.events.forms.registrations import DoorForm, SelfCheckInForm
from tracker.events.models import Event, EventSession, Registration
from tracker.events.operations import DoorAnswer
from tracker.events.queries import attendance as attendances
from tracker.events.queries import events as queries
from tracker.events.queries import registrations as people
from tracker.events.routes.blueprint import bp
from tracker.events.rules import attendance as rules
from tracker.notifications import letters
from tracker.web.filters import show_time


def session_now(event: Event) -> EventSession | None:
    """Give the session that people are checked in to now."""
    sessions = event.live_sessions
    number = rules.session_at([one.span for one in sessions], clock.now())
    return sessions[number] if number is not None else None


def sentence(answer: DoorAnswer) -> str:
    """Say what came of a check-in."""
    said = _(answer.outcome.label)
    if answer.since is not None:
        said = _(
            "%(outcome)s, first at %(time)s. Is this another person? Then register a walk-in.",
            outcome=said,
            time=show_time(answer.since),
        )
    who = " · ".join(filter(None, (answer.name, answer.company)))
    return str(_("%(who)s: %(said)s", who=who, said=said) if who else said)


@bp.route("/events/<int:event_id>/check-in")
@requires(permissions.CHECK_IN, on=queries.get_event)
def check_in(event: Event) -> ResponseReturnValue:
    """Show the door: scan, look up, walk-in, counts."""
    return _door(event, DoorForm())


def _door(event: Event, form: DoorForm) -> ResponseReturnValue:
    one, words = session_now(event), request.args.get("q", "")[:100]
    found = people.search_at_door(event, words)
    spans = [session.span for session in event.live_sessions]
    return render_template(
        "events/check_in.html",
        event=event,
        session=one,
        closed=rules.judge_door(event.state, spans, clock.now()),
        form=form,
        words=words,
        found=found,
        noted=attendances.states_of([row.id for row in found]),
        counts=attendances.door_counts(event, one),
        guests=[asdict(guest) for guest in people.guests_of(event.id)],
        outcomes={outcome.value: str(_(outcome.label)) for outcome in rules.Outcome},
        nonce=secrets.token_urlsafe(16),
    )


@bp.route("/events/<int:event_id>/check-in", methods=["POST"])
@requires(permissions.CHECK_IN, on=queries.get_event)
def check_in_once(event: Event) -> ResponseReturnValue:
    """Check somebody in by a form of the page."""
    form, event_id = DoorForm(), event.id
    with unit_of_work():
        answer = operations.check_in(event, form.details(), actor=current_actor())
    flash(sentence(answer), answer.outcome.tone)
    return redirect(url_for(".check_in", event_id=event_id))


@bp.route("/events/<int:event_id>/check-in/send", methods=["POST"])
@requires(permissions.CHECK_IN, on=queries.get_event)
def send_check_in(event: Event) -> ResponseReturnValue:
    """Take a check-in from a device's queue; the same nonce is given the same answer."""
    form = DoorForm()
    with unit_of_work():
        answer = operations.check_in(event, form.details(), actor=current_actor())
    told: dict[str, Any] = {
        "outcome": answer.outcome.value,
        "tone": answer.outcome.tone,
        "counts": answer.outcome.counts,
        "sentence": sentence(answer),
        "registration": answer.registration_id,
    }
    return jsonify(told)


@bp.route("/events/<int:event_id>/check-in/counts")
@requires(permissions.CHECK_IN, on=queries.get_event)
def door_counts(event: Event) -> ResponseReturnValue:
    """Give the live counts of the door."""
    return render_template("events/_counts.html", counts=attendances.door_counts(event, session_now(event)))


@bp.route("/door/<string:code>")
@requires(permissions.CHECK_IN, on=people.get_by_code)
def ticket_at_door(found: Registration) -> ResponseReturnValue:
    """Show whose ticket a camera has read, with one button to check them in."""
    one = session_now(found.event)
    noted = attendances.attendance_of(found.id).get(one.id) if one is not None else None
    return render_template(
        "events/ticket_at_door.html",
        registration=found,
        event=found.event,
        session=one,
        noted=noted,
        nonce=secrets.token_urlsafe(16),
    )


@bp.route("/events/<int:event_id>/screen")
@requires(permissions.CHECK_IN, on=queries.get_event)
def screen(event: Event) -> ResponseReturnValue:
    """Show the code by which people check themselves in, for a screen in the room."""
    return render_template("events/screen.html", event=event, **_code_now(event))


@bp.route("/events/<int:event_id>/screen/code")
@requires(permissions.CHECK_IN, on=queries.get_event)
def screen_code(event: Event) -> ResponseReturnValue:
    """Give the code of this half minute."""
    return render_template("events/_screen_code.html", event=event, **_code_now(event))


def _code_now(event: Event) -> dict[str, Any]:
    one = session_now(event)
    if one is None:
        return {"session": None, "code": "", "picture": "", "counts": attendances.door_counts(event, None)}
    code = rules.self_code(links.secret(), one.id, clock.now())
    address = letters.address(url_for(".here", event_id=event.id, code=code))
    return {"session": one, "code": code, "picture": qr.as_svg(address), "counts": attendances.door_counts(event, one)}


@bp.route("/events/<int:event_id>/here", methods=["GET", "POST"])
@requires(PUBLIC, on=queries.get_announced)
def here(event: Event) -> ResponseReturnValue:
    """Let somebody in the room check themselves in."""
    form = SelfCheckInForm(code=request.args.get("code", "")[:20])
    answer = None
    if form.submitted():
        try:
            with unit_of_work():
                answer = operations.check_in_by_mail(
                    event, form.code.data or "", form.email.data or "", links.secret(), actor=current_actor()
                )
        except Refused as error:
            form.refuse(error)
    return render_template("events/here.html", event=event, form=form, answer=answer)
