"""The list of imports, a new one, and the page of one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.core import clock
from tracker.core.counts import shown_count
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.imports import operations, permissions, queries
from tracker.imports.forms import UploadForm
from tracker.imports.kinds import Kind, get_kind, kinds_for
from tracker.imports.models import Batch
from tracker.imports.readings import Reading
from tracker.imports.routes.blueprint import bp
from tracker.imports.rules import SHOWN_AS_LATE, WORKING, BatchState, Encoding, Outcome


def find_kind(kind: str) -> Kind:
    """Give a kind by its key in the address."""
    return get_kind(kind)


@bp.route("/imports")
@requires(permissions.LIST_IMPORTS)
def index() -> ResponseReturnValue:
    """List the imports that the reader may see, the newest first."""
    actor = current_actor()
    page = queries.batch_page(actor, after=request.args.get("after"), before=request.args.get("before"))
    return render_template(
        "imports/index.html",
        page=page,
        batches=[row[0] for row in page.rows],
        total=shown_count(queries.count_batches(actor)),
        kinds=kinds_for(actor),
    )


@bp.route("/imports/new/<string:kind>", methods=["GET", "POST"])
@requires(permissions.IMPORT, on=lambda kind, actor: find_kind(kind))  # noqa: ARG005 - a kind is no secret
def begin(kind: Kind) -> ResponseReturnValue:
    """Hand in a file."""
    actor = current_actor()
    form = UploadForm(kind, kind.targets(actor), target=request.args.get("target"))
    if form.submitted():
        try:
            details = form.details()
            with unit_of_work():
                batch = operations.begin_import(kind, details, actor=actor)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            flash(_("The file is here and is being read."))
            return redirect(url_for(".show", batch_id=batch.id), 303)
    return render_template("imports/new.html", form=form, kind=kind)


@bp.route("/imports/<int:batch_id>")
@requires(permissions.IMPORT, on=queries.get_batch)
def show(batch: Batch) -> ResponseReturnValue:
    """Show how far an import has come, and what can be done next."""
    kind, reading = get_kind(batch.kind), Reading.from_plain(batch.reading)
    counts = queries.counts_of(batch)
    return render_template(
        "imports/show.html",
        batch=batch,
        kind=kind,
        reading=reading,
        encoding=Encoding(reading.encoding) if reading.encoding else None,
        counts=counts,
        total=reading.rows,
        open_counts=queries.count_open(batch) if batch.state is BatchState.APPLIED else counts,
        waiting_row=queries.next_waiting(batch) if counts[Outcome.WAITING] else None,
        kept=queries.count_kept(batch) if batch.state is BatchState.UNDONE else 0,
        earlier=queries.same_file(batch) if batch.state in {BatchState.READ, BatchState.CHECKED} else None,
        working=batch.state in WORKING,
        late=batch.state in WORKING and clock.now() - batch.changed_at > SHOWN_AS_LATE,
        states=BatchState,
        outcomes=Outcome,
        may=can(current_actor(), permissions.IMPORT, batch),
    )
