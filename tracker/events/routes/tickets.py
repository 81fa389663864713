"""A registration's own pages, opened by the link in its mail."""

import secrets

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import PUBLIC, Actor, current_actor, requires
from tracker.core import clock
from tracker.core.db import unit_of_work
from tracker.core.errors import NotFound
from tracker.events import invitations, links, operations, qr
from tracker.events.certificate_pdf import make as make_certificate
from tracker.events.forms.registrations import RegistrationForm, SurveyForm, TicketCodeForm
from tracker.events.models import Registration
from tracker.events.queries import attendance as attendances
from tracker.events.queries import events as queries
from tracker.events.queries import registrations as people
from tracker.events.routes.blueprint import bp
from tracker.events.routes.door import sentence, session_now
from tracker.events.rules.registrations import HOLDING, LIVE, RegistrationState
from tracker.evidence.routes import send_evidence
from tracker.notifications import letters
from tracker.web.saving import save


def get_ticket(token: str, *, actor: Actor) -> Registration:  # noqa: ARG001 - the link itself is the right
    """Give the registration of a link."""
    return people.get_by_link(*links.read_token(token))


def _to(registration: Registration) -> ResponseReturnValue:
    return redirect(url_for(".ticket", token=links.ticket_token(registration)))


@bp.route("/tickets/<string:token>")
@requires(PUBLIC, on=get_ticket)
def ticket(found: Registration) -> ResponseReturnValue:
    """Show a registration to its owner: the ticket, and what can be done."""
    return _page(found, TicketCodeForm())


def _page(found: Registration, form: TicketCodeForm) -> ResponseReturnValue:
    event, ends = found.event, found.event.ends_at
    is_over = ends is not None and ends <= clock.now()
    holds = found.state in HOLDING
    return render_template(
        "events/ticket.html",
        registration=found,
        event=event,
        token=links.ticket_token(found),
        picture=qr.as_svg(letters.address(links.door_path(found.door_code))),
        holds=found.state is RegistrationState.CONFIRMED,
        is_live=found.state in LIVE and not is_over,
        is_over=is_over,
        materials=queries.materials_of(event.id) if holds else [],
        noted=attendances.attendance_of(found.id),
        certificate=attendances.find_certificate(found.id),
        answered=people.find_response(found.id) is not None,
        session=session_now(event),
        form=form,
        nonce=secrets.token_urlsafe(16),
    )


@bp.route("/tickets/<string:token>/here", methods=["POST"])
@requires(PUBLIC, on=get_ticket)
def here_by_ticket(found: Registration) -> ResponseReturnValue:
    """Let the owner of a ticket check themselves in by the code on the screen."""
    form, registration_id, key = TicketCodeForm(), found.id, found.link_key
    answers = []
    check = operations.check_in_by_ticket
    if form.submitted() and save(
        form, lambda: answers.append(check(found, form.code.data or "", links.secret(), actor=current_actor()))
    ):
        flash(sentence(answers[0]), answers[0].outcome.tone)
        return _to(found)
    return _page(people.get_by_link(registration_id, key), form)


@bp.route("/tickets/<string:token>/change", methods=["GET", "POST"])
@requires(PUBLIC, on=get_ticket)
def change_ticket(found: Registration) -> ResponseReturnValue:
    """Let the owner change what they wrote."""
    form = RegistrationForm.of(found.event, found)
    change = operations.change_registration
    if form.submitted() and save(form, lambda: change(found, form.details(), actor=current_actor())):
        flash(_("Saved."))
        return _to(found)
    return render_template(
        "events/change_ticket.html", form=form, registration=found, event=found.event, token=links.ticket_token(found)
    )


@bp.route("/tickets/<string:token>/cancel", methods=["POST"])
@requires(PUBLIC, on=get_ticket)
def cancel_ticket(found: Registration) -> ResponseReturnValue:
    """Let the owner give the place back."""
    with unit_of_work():
        operations.cancel_registration(found, actor=current_actor())
    flash(_("Your registration is cancelled. Thank you for giving the place to somebody else."))
    return _to(found)


@bp.route("/tickets/<string:token>/accept", methods=["POST"])
@requires(PUBLIC, on=get_ticket)
def accept_offer(found: Registration) -> ResponseReturnValue:
    """Let the owner take the place that is held for them."""
    with unit_of_work():
        operations.accept_offer(found, actor=current_actor())
    flash(_("The place is yours. The ticket is also in your mail."))
    return _to(found)


@bp.route("/tickets/<string:token>/calendar.ics")
@requires(PUBLIC, on=get_ticket)
def ticket_calendar(found: Registration) -> ResponseReturnValue:
    """Give the calendar file of a registration."""
    headers = {"Content-Disposition": 'attachment; filename="event.ics"'}
    return Response(invitations.own_calendar(found), mimetype="text/calendar", headers=headers)


@bp.route("/tickets/<string:token>/materials/<int:material_id>")
@requires(PUBLIC, on=get_ticket)
def ticket_material(found: Registration, material_id: int) -> ResponseReturnValue:
    """Give a material to whoever has a place."""
    listed = queries.materials_of(found.event_id) if found.state in HOLDING else []
    material = next((one for one in listed if one.id == material_id), None)
    if material is None:
        raise NotFound
    return send_evidence(material.evidence)


@bp.route("/tickets/<string:token>/survey", methods=["GET", "POST"])
@requires(PUBLIC, on=get_ticket)
def survey(found: Registration) -> ResponseReturnValue:
    """Ask a participant how it was."""
    form = SurveyForm.of(found.event)
    answer = operations.answer_survey
    if form.submitted() and save(form, lambda: answer(found, form.answers(), actor=current_actor())):
        flash(_("Thank you. Your answers are shown without your name."))
        return _to(found)
    came = bool(attendances.attended_sessions(found.id))
    return render_template(
        "events/survey.html", form=form, event=found.event, token=links.ticket_token(found), came=came
    )


@bp.route("/tickets/<string:token>/certificate", methods=["POST"])
@requires(PUBLIC, on=get_ticket)
def own_certificate(found: Registration) -> ResponseReturnValue:
    """Issue the certificate that a participant asks for."""
    with unit_of_work():
        operations.issue_certificate(found, actor=current_actor())
    flash(_("The certificate is issued. Anybody can verify it by its code."))
    return _to(found)


@bp.route("/tickets/<string:token>/certificate.pdf")
@requires(PUBLIC, on=get_ticket)
def own_certificate_file(found: Registration) -> ResponseReturnValue:
    """Give a participant their certificate as PDF."""
    return make_certificate(found)
