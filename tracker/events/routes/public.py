"""The public page of an event, on which anybody registers without an account."""

from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts import throttle
from tracker.accounts.access import PUBLIC, current_actor, requires
from tracker.accounts.models import User
from tracker.accounts.sessions import work_apart
from tracker.accounts.throttle import Limit
from tracker.core import clock
from tracker.core.db import session
from tracker.core.errors import Refused, TooMany
from tracker.core.text import N_
from tracker.events import operations
from tracker.events.forms.registrations import RegistrationForm
from tracker.events.models import Event
from tracker.events.queries import events as queries
from tracker.events.routes.blueprint import bp
from tracker.events.rules.registrations import check_registrable
from tracker.web.saving import save

REGISTER = "event_register"
LIMIT = Limit(
    60,
    timedelta(minutes=10),
    N_(
        "Very many registrations come from here. Please wait %(minutes)s minutes and try again; nothing that you typed is lost."
    ),
)


@bp.route("/events/<int:event_id>/register", methods=["GET", "POST"])
@requires(PUBLIC, on=queries.get_announced)
def register(event: Event) -> ResponseReturnValue:
    """Show an event to anybody, and register people."""
    form, event_id = RegistrationForm.of(event, None, **_known(event)), event.id
    if (
        form.submitted()
        and _may_try(form)
        and save(form, lambda: operations.register(event, form.details(), actor=current_actor()))
    ):
        return redirect(url_for(".registered", event_id=event_id))
    if request.method == "POST":  # the unit of work that was refused has let go of what it had read
        event = queries.get_announced(event_id, actor=current_actor())
    return render_template("events/register.html", event=event, form=form, closed=_closed(event))


def _known(event: Event) -> dict[str, Any]:
    """Give what is known of a reader who has an account."""
    values: dict[str, Any] = {"consent_id": event.consent.id if event.consent else ""}
    user = session().get(User, current_actor().user_id) if current_actor().user_id is not None else None
    return {**values, "name": user.name, "email": user.email} if user is not None else values


def _may_try(form: RegistrationForm) -> bool:
    try:
        with work_apart():
            throttle.claim(throttle.try_of(REGISTER, form.email.data or "", request.remote_addr), LIMIT)
    except TooMany as error:
        form.refuse(error)
        return False
    return True


def _closed(event: Event) -> Refused | None:
    try:
        check_registrable(event.state, closes_at=event.closes_at, ends_at=event.ends_at, now=clock.now())
    except Refused as refusal:
        return refusal
    return None


@bp.route("/events/<int:event_id>/registered")
@requires(PUBLIC, on=queries.get_announced)
def registered(event: Event) -> ResponseReturnValue:
    """Say that a mail is on its way, whatever stands in it."""
    return render_template("events/registered.html", event=event)
