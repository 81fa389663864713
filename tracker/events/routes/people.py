"""Who registered and who came, for the office."""

from collections.abc import Iterator

from flask import Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.core import csv_file
from tracker.core.counts import shown_count
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.events import operations, permissions
from tracker.events.certificate_pdf import make as make_certificate
from tracker.events.forms.registrations import AttendanceForm, DoubleForm, OfficeRegistrationForm, VendorForm
from tracker.events.models import Event, Registration
from tracker.events.queries import attendance as attendances
from tracker.events.queries import events as queries
from tracker.events.queries import registrations as people
from tracker.events.queries.registrations import PeopleFilter
from tracker.events.routes.blueprint import bp, pick
from tracker.events.rules.attendance import AttendanceState
from tracker.events.rules.registrations import RegistrationState, Source
from tracker.web.saving import save


@bp.route("/events/<int:event_id>/registrations")
@requires(permissions.READ_PEOPLE, on=queries.get_event)
def registrations(event: Event) -> ResponseReturnValue:
    """List the people of an event with their registration and attendance."""
    wanted = PeopleFilter.read(request.args)
    page = people.page(event, wanted, after=request.args.get("after"), before=request.args.get("before"))
    total = people.count(event, wanted)
    return render_template(
        "events/registrations.html",
        event=event,
        page=page,
        wanted=wanted,
        total=shown_count(total),
        attendance=attendances.states_of([row.id for row in page.rows]),
        states=RegistrationState,
        may_manage=can(current_actor(), permissions.MANAGE_PEOPLE, event),
    )


@bp.route("/events/<int:event_id>/registrations.csv")
@requires(permissions.READ_PEOPLE, on=queries.get_event)
def registrations_file(event: Event) -> ResponseReturnValue:
    """Give the people of an event as a file for a spreadsheet."""
    sessions = event.live_sessions
    header = [
        _("Full name"),
        _("Company"),
        _("UBN"),
        _("Vendor"),
        _("Job title"),
        _("Mail address"),
        _("Phone"),
        _("State"),
        _("Registered"),
        *(one.title or csv_file.cell(one.starts_at) for one in sessions),
    ]
    rows = _file_rows(event.id, [one.id for one in sessions])
    headers = {"Content-Disposition": f'attachment; filename="event-{event.id}.csv"'}
    return Response(stream_with_context(csv_file.write(header, rows)), mimetype="text/csv", headers=headers)


def _file_rows(event_id: int, session_ids: list[int]) -> Iterator[list[object]]:
    for row in people.whole_list(event_id):
        noted = attendances.states_of([row.id])
        vendor = pick(row.organisation.name_zh, row.organisation.name_en) if row.organisation else ""
        came = [_(noted[row.id, one].label) if (row.id, one) in noted else "" for one in session_ids]
        yield [
            row.name,
            row.company,
            row.ubn,
            vendor,
            row.job_title,
            row.email,
            row.phone,
            _(row.state.label),
            row.created_at,
            *came,
        ]


@bp.route("/events/<int:event_id>/registrations/new", methods=["GET", "POST"])
@requires(permissions.MANAGE_PEOPLE, on=queries.get_event)
def add_registration(event: Event) -> ResponseReturnValue:
    """Register somebody who called or wrote to the office."""
    form, event_id = OfficeRegistrationForm(), event.id
    add = operations.register
    if form.submitted() and save(form, lambda: add(event, form.details(), actor=current_actor(), source=Source.OFFICE)):
        flash(_("Registered. The person is told by mail."))
        return redirect(url_for(".registrations", event_id=event_id))
    return render_template("events/add_registration.html", form=form, event=event)


@bp.route("/event-registrations/<int:registration_id>")
@requires(permissions.READ_PEOPLE, on=people.get_registration)
def registration(found: Registration) -> ResponseReturnValue:
    """Show a registration with its vendor, answers and attendance."""
    return _page(found)


def _page(
    found: Registration, *, vendor: VendorForm | None = None, double: DoubleForm | None = None
) -> ResponseReturnValue:
    return render_template(
        "events/registration.html",
        registration=found,
        event=found.event,
        attendance=attendances.attendance_of(found.id),
        certificate=attendances.find_certificate(found.id),
        vendor_form=vendor or VendorForm(ubn=found.organisation.ubn if found.organisation else ""),
        double_form=double or DoubleForm(),
        may_manage=can(current_actor(), permissions.MANAGE_PEOPLE, found),
    )


def _to(registration_id: int) -> ResponseReturnValue:
    return redirect(url_for(".registration", registration_id=registration_id))


@bp.route("/event-registrations/<int:registration_id>/admit", methods=["POST"])
@requires(permissions.MANAGE_PEOPLE, on=people.get_registration)
def admit(found: Registration) -> ResponseReturnValue:
    """Admit somebody, or put them on the waiting list where every place is taken."""
    registration_id = found.id
    with unit_of_work():
        operations.admit(found, actor=current_actor())
    flash(_("Saved. The person is told by mail."))
    return _to(registration_id)


@bp.route("/event-registrations/<int:registration_id>/decline", methods=["POST"])
@requires(permissions.MANAGE_PEOPLE, on=people.get_registration)
def decline(found: Registration) -> ResponseReturnValue:
    """Decline a registration that waits for the office."""
    registration_id = found.id
    with unit_of_work():
        operations.decline(found, actor=current_actor())
    flash(_("Saved. The person is told by mail."))
    return _to(registration_id)


@bp.route("/event-registrations/<int:registration_id>/cancel", methods=["POST"])
@requires(permissions.MANAGE_PEOPLE, on=people.get_registration)
def cancel_registration(found: Registration) -> ResponseReturnValue:
    """Cancel somebody's registration for them."""
    registration_id = found.id
    with unit_of_work():
        operations.cancel_registration(found, actor=current_actor())
    flash(_("Cancelled. The place goes to whoever waits longest."))
    return _to(registration_id)


@bp.route("/event-registrations/<int:registration_id>/vendor", methods=["POST"])
@requires(permissions.MANAGE_PEOPLE, on=people.get_registration)
def choose_vendor(found: Registration) -> ResponseReturnValue:
    """Say which vendor a person comes from."""
    form, registration_id = VendorForm(), found.id
    if form.submitted() and save(form, lambda: _choose(found, form.ubn.data or "")):
        flash(_("Saved."))
        return _to(registration_id)
    return _page(people.get_registration(registration_id, actor=current_actor()), vendor=form)


def _choose(found: Registration, ubn: str) -> None:
    vendor_id = people.find_vendor_by_ubn(ubn) if ubn else None
    if ubn and vendor_id is None:
        raise Refused(N_("No vendor has this UBN. Add the vendor first, or correct the number."), field="ubn")
    operations.choose_vendor(found, vendor_id, actor=current_actor())
    operations.settle([found])


@bp.route("/event-registrations/<int:registration_id>/double", methods=["POST"])
@requires(permissions.MANAGE_PEOPLE, on=people.get_registration)
def merge(found: Registration) -> ResponseReturnValue:
    """Say that another registration of the event is the same person under another mail."""
    form, registration_id = DoubleForm(), found.id
    if form.submitted() and save(form, lambda: _merge(found, form.code.data or "")):
        flash(_("Saved. Both are one person now; the other registration was cancelled."))
        return _to(registration_id)
    return _page(people.get_registration(registration_id, actor=current_actor()), double=form)


def _merge(found: Registration, code: str) -> None:
    other = people.find_by_code_in(found.event, code)
    if other is None:
        raise Refused(N_("No registration of this event has this code."), field="code")
    operations.merge_people(found, other, actor=current_actor())


@bp.route("/event-registrations/<int:registration_id>/sessions/<int:session_id>", methods=["GET", "POST"])
@requires(permissions.MANAGE_PEOPLE, on=people.get_registration)
def attendance(found: Registration, session_id: int) -> ResponseReturnValue:
    """Enter or correct somebody's attendance at a session."""
    one, registration_id = queries.get_session(found.event, session_id), found.id
    noted = attendances.attendance_of(found.id).get(session_id)
    form = AttendanceForm(one, noted)
    correct = operations.correct_attendance
    if form.submitted() and save(form, lambda: correct(found, one, form.details(), actor=current_actor())):
        flash(_("Saved. Who changed it and why stays on record."))
        return _to(registration_id)
    return render_template(
        "events/attendance.html",
        form=form,
        registration=people.get_registration(registration_id, actor=current_actor()),
        session=one,
        noted=noted,
    )


@bp.route("/events/<int:event_id>/sessions/<int:session_id>/mark-absent", methods=["POST"])
@requires(permissions.MANAGE_PEOPLE, on=queries.get_event)
def mark_absent(event: Event, session_id: int) -> ResponseReturnValue:
    """Note everybody as absent of whom nothing is noted."""
    event_id, one = event.id, queries.get_session(event, session_id)
    with unit_of_work():
        marked = operations.mark_absent(event, one, actor=current_actor())
    flash(_("%(count)s people were marked as %(state)s.", count=marked, state=_(AttendanceState.ABSENT.label)))
    return redirect(url_for(".registrations", event_id=event_id))


@bp.route("/event-registrations/<int:registration_id>/certificate", methods=["POST"])
@requires(permissions.MANAGE_PEOPLE, on=people.get_registration)
def issue_certificate(found: Registration) -> ResponseReturnValue:
    """Issue the certificate of a participant."""
    registration_id = found.id
    with unit_of_work():
        operations.issue_certificate(found, actor=current_actor())
    flash(_("The certificate is issued. Anybody can verify it by its code."))
    return _to(registration_id)


@bp.route("/event-registrations/<int:registration_id>/certificate.pdf")
@requires(permissions.READ_PEOPLE, on=people.get_registration)
def certificate_file(found: Registration) -> ResponseReturnValue:
    """Give the certificate of a participant as PDF."""
    return make_certificate(found)
