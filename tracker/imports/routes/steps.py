"""The steps of an import: how it is read, its columns, imported, undone, discarded."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor, requires
from tracker.core.errors import NotFound
from tracker.imports import operations, permissions, queries
from tracker.imports.forms import ApplyForm, ConfirmForm, ReadingForm, columns_form
from tracker.imports.kinds import get_kind
from tracker.imports.models import Batch
from tracker.imports.readings import Reading
from tracker.imports.routes.blueprint import bp
from tracker.imports.rules import MOVES, BatchState, Encoding, Outcome
from tracker.web.forms import Form
from tracker.web.saving import save

SHOWN_ROWS = 5


def _to(batch_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show", batch_id=batch_id), 303)


def _check_possible(batch: Batch, then: BatchState, form: Form) -> None:
    """Hide the page of a step that does not follow, unless a refusal has just said so."""
    if then not in MOVES[batch.state] and not form.failures and not form.errors:
        raise NotFound


@bp.route("/imports/<int:batch_id>/reading", methods=["GET", "POST"])
@requires(permissions.IMPORT, on=queries.get_batch)
def reading(batch: Batch) -> ResponseReturnValue:
    """Correct how a file is read: encoding, sheet, table, header."""
    found = Reading.from_plain(batch.reading)
    form = ReadingForm(batch)
    if form.submitted() and save(form, lambda: operations.read_again(batch, form.details(), actor=current_actor())):
        flash(_("The file is read again."))
        return _to(batch.id)
    _check_possible(batch, BatchState.READING, form)
    readable = [Encoding(one) for one in found.readable_as]
    return render_template("imports/reading.html", form=form, batch=batch, reading=found, readable=readable)


@bp.route("/imports/<int:batch_id>/columns", methods=["GET", "POST"])
@requires(permissions.IMPORT, on=queries.get_batch)
def columns(batch: Batch) -> ResponseReturnValue:
    """Say which column of the file means what, and have a dry run made."""
    kind, found = get_kind(batch.kind), Reading.from_plain(batch.reading)
    form = columns_form(kind, found, batch)

    def choose() -> None:
        operations.choose_columns(batch, form.chosen(), version=form.read_version(), actor=current_actor())

    if form.submitted() and save(form, choose):
        flash(_("The dry run has begun. Nothing is imported yet."))
        return _to(batch.id)
    _check_possible(batch, BatchState.CHECKING, form)
    rows = queries.first_rows(batch, SHOWN_ROWS)
    return render_template("imports/columns.html", form=form, batch=batch, kind=kind, reading=found, rows=rows)


@bp.route("/imports/<int:batch_id>/apply", methods=["GET", "POST"])
@requires(permissions.IMPORT, on=queries.get_batch)
def apply(batch: Batch) -> ResponseReturnValue:
    """Import the rows that are sound, or all of them or none."""
    counts = queries.count_open(batch)
    is_whole = not counts[Outcome.WAITING] + counts[Outcome.REFUSED]
    form = ApplyForm(batch, is_whole=is_whole)

    def begin() -> None:
        operations.apply_import(batch, form.wanted(), version=form.read_version(), actor=current_actor())

    return _confirmed(batch, BatchState.APPLYING, form, begin, "imports/apply.html", _("The import has begun."))


@bp.route("/imports/<int:batch_id>/undo", methods=["GET", "POST"])
@requires(permissions.IMPORT, on=queries.get_batch)
def undo(batch: Batch) -> ResponseReturnValue:
    """Take back what was imported."""
    form = ConfirmForm(obj=batch)

    def begin() -> None:
        operations.undo_import(batch, version=form.read_version(), actor=current_actor())

    return _confirmed(batch, BatchState.UNDOING, form, begin, "imports/undo.html", _("The import is being undone."))


@bp.route("/imports/<int:batch_id>/discard", methods=["GET", "POST"])
@requires(permissions.IMPORT, on=queries.get_batch)
def discard(batch: Batch) -> ResponseReturnValue:
    """Give up an import of which nothing was imported."""
    form = ConfirmForm(obj=batch)

    def give_up() -> None:
        operations.discard_import(batch, version=form.read_version(), actor=current_actor())

    return _confirmed(batch, BatchState.DISCARDED, form, give_up, "imports/discard.html", _("Discarded."))


def _confirmed(
    batch: Batch, then: BatchState, form: Form, change: Callable[[], None], template: str, said: str
) -> ResponseReturnValue:
    """Ask before a weighty step, take it, and go back to the import."""
    if form.submitted() and save(form, change):
        flash(said)
        return _to(batch.id)
    _check_possible(batch, then, form)
    return render_template(template, form=form, batch=batch, counts=queries.count_open(batch), outcomes=Outcome)
