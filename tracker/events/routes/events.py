"""The page of an event, and what the office does with it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.core.db import unit_of_work
from tracker.events import operations, permissions
from tracker.events.forms.events import DuplicateForm, EventForm, MaterialForm, QuestionForm
from tracker.events.models import Event, Material, Question
from tracker.events.queries import attendance as attendances
from tracker.events.queries import events as queries
from tracker.events.queries import registrations as people
from tracker.events.routes.blueprint import bp
from tracker.events.rules.events import EventState
from tracker.events.rules.surveys import Purpose
from tracker.evidence.routes import send_evidence
from tracker.journey.queries import expert_choices
from tracker.programmes.models import Programme
from tracker.programmes.queries import programmes
from tracker.web.saving import save

MOVES = {"open": EventState.OPEN, "close": EventState.CLOSED, "hold": EventState.HELD}


def _own_programmes() -> list[Programme]:
    actor = current_actor()
    return [one for one in programmes(actor=actor) if one.id in actor.scope("programme")]


@bp.route("/events/<int:event_id>")
@requires(permissions.VIEW_EVENT, on=queries.get_event)
def show(event: Event) -> ResponseReturnValue:
    """Show an event; to the office with its people and what is left to do."""
    actor = current_actor()
    reads_people = can(actor, permissions.READ_PEOPLE, event)
    return render_template(
        "events/show.html",
        event=event,
        materials=queries.materials_of(event.id),
        counts=people.counts_of(event.id) if reads_people else {},
        came=attendances.came_counts(event.id) if reads_people else {},
        purposes=Purpose,
        may_manage=can(actor, permissions.MANAGE_EVENT, event),
        reads_people=reads_people,
    )


@bp.route("/events/new", methods=["GET", "POST"])
@requires(permissions.ADD_EVENT)
def new() -> ResponseReturnValue:
    """Add an event as a draft."""
    years = _own_programmes()
    form = EventForm(programmes=years, experts=expert_choices())
    made: list[Event] = []
    if form.submitted() and save(
        form, lambda: made.append(operations.add_event(form.details(), actor=current_actor()))
    ):
        flash(_("Added as a draft. Open it for registration once everything is right."))
        return redirect(url_for(".show", event_id=made[0].id))
    return render_template("events/edit.html", form=form, event=None, has_year=bool(years))


@bp.route("/events/<int:event_id>/edit", methods=["GET", "POST"])
@requires(permissions.MANAGE_EVENT, on=queries.get_event)
def edit(event: Event) -> ResponseReturnValue:
    """Change an event."""
    form, event_id = EventForm(event, programmes=[event.programme], experts=expert_choices()), event.id
    change = operations.change_event
    if form.submitted() and save(form, lambda: change(event, form.details(), actor=current_actor())):
        flash(_("Saved."))
        return redirect(url_for(".show", event_id=event_id))
    return render_template("events/edit.html", form=form, event=event, has_year=True)


@bp.route("/events/<int:event_id>/duplicate", methods=["GET", "POST"])
@requires(permissions.MANAGE_EVENT, on=queries.get_event)
def duplicate(event: Event) -> ResponseReturnValue:
    """Make a draft from an event, a year later."""
    form = DuplicateForm(programmes=_own_programmes())
    made: list[Event] = []
    copy = operations.duplicate_event
    if form.submitted() and save(form, lambda: made.append(copy(event, form.programme_id.data, actor=current_actor()))):
        flash(_("Copied as a draft, a year later on the same weekday. Check the times."))
        return redirect(url_for(".edit", event_id=made[0].id))
    return render_template("events/duplicate.html", form=form, event=event)


@bp.route("/events/<int:event_id>/<any(open,close,hold):verb>", methods=["POST"])
@requires(permissions.MANAGE_EVENT, on=queries.get_event)
def move(event: Event, verb: str) -> ResponseReturnValue:
    """Open an event for registration, close it, or mark it as held."""
    event_id = event.id
    with unit_of_work():
        operations.move_event(event, MOVES[verb], actor=current_actor())
    flash(_("Saved."))
    return redirect(url_for(".show", event_id=event_id))


@bp.route("/events/<int:event_id>/call-off", methods=["POST"])
@requires(permissions.MANAGE_EVENT, on=queries.get_event)
def call_off(event: Event) -> ResponseReturnValue:
    """Call an event off; everybody with a place is told."""
    event_id = event.id
    with unit_of_work():
        operations.move_event(event, EventState.CANCELLED, actor=current_actor())
    flash(_("Called off. Everybody who had a place is told by mail."))
    return redirect(url_for(".show", event_id=event_id))


@bp.route("/events/<int:event_id>/questions/new", methods=["GET", "POST"])
@requires(permissions.MANAGE_EVENT, on=queries.get_event)
def add_question(event: Event) -> ResponseReturnValue:
    """Ask a further question at registration or afterwards."""
    form, event_id = QuestionForm(), event.id
    add = operations.add_question
    if form.submitted() and save(form, lambda: add(event, form.details(), actor=current_actor())):
        flash(_("Saved."))
        return redirect(url_for(".show", event_id=event_id))
    return render_template("events/question.html", form=form, event=event)


@bp.route("/event-questions/<int:question_id>/retire", methods=["POST"])
@requires(permissions.MANAGE_EVENT, on=queries.get_question)
def retire_question(question: Question) -> ResponseReturnValue:
    """Ask a question no more."""
    event_id = question.event_id
    with unit_of_work():
        operations.retire_question(question, actor=current_actor())
    flash(_("The question is not asked any more. Answers that were given stay."))
    return redirect(url_for(".show", event_id=event_id))


@bp.route("/events/<int:event_id>/materials/new", methods=["GET", "POST"])
@requires(permissions.MANAGE_EVENT, on=queries.get_event)
def add_material(event: Event) -> ResponseReturnValue:
    """Give participants a file or an address."""
    form, event_id = MaterialForm(), event.id
    add = operations.add_material
    if form.submitted() and save(form, lambda: add(event, form.details(), actor=current_actor())):
        flash(_("Saved."))
        return redirect(url_for(".show", event_id=event_id))
    return render_template("events/material.html", form=form, event=event)


@bp.route("/event-materials/<int:material_id>")
@requires(permissions.VIEW_EVENT, on=queries.get_material)
def material(found: Material) -> ResponseReturnValue:
    """Give a material to whoever may see its event."""
    return send_evidence(found.evidence)


@bp.route("/event-materials/<int:material_id>/remove", methods=["POST"])
@requires(permissions.MANAGE_EVENT, on=queries.get_material)
def remove_material(found: Material) -> ResponseReturnValue:
    """Take a material away."""
    event_id = found.event_id
    with unit_of_work():
        operations.remove_material(found, actor=current_actor())
    flash(_("Removed."))
    return redirect(url_for(".show", event_id=event_id))
