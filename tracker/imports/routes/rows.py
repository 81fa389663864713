"""The rows of an import, and the review of doubtful ones."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from tracker.accounts.access import current_actor, requires
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.imports import checking, operations, permissions, queries
from tracker.imports.forms import DecisionForm
from tracker.imports.kinds import get_kind
from tracker.imports.models import Batch, ImportRow
from tracker.imports.readings import Reading
from tracker.imports.routes.blueprint import bp
from tracker.imports.rules import REVIEWABLE, Outcome
from tracker.web.places import page_of


@bp.route("/imports/<int:batch_id>/rows")
@requires(permissions.IMPORT, on=queries.get_batch)
def rows(batch: Batch) -> ResponseReturnValue:
    """List the rows of an import in the order of the file, with how each ends and why."""
    kind, chosen = get_kind(batch.kind), request.args.get("outcome", "")
    outcome = Outcome(chosen) if chosen in set(Outcome) else None
    page = queries.row_page(batch, outcome, after=request.args.get("after"), before=request.args.get("before"))
    counts = queries.counts_of(batch)
    total = Reading.from_plain(batch.reading).rows if outcome is None else counts[outcome]
    found = [row[0] for row in page.rows]
    shown = [column for column in kind.columns if column.key in batch.columns][:4]
    views = [
        {
            "label": _(one.label) if one else _("All"),
            "url": url_for(".rows", batch_id=batch.id, outcome=one.value if one else None),
            "current": one is outcome,
            "count": counts[one] if one else None,
        }
        for one in (None, *Outcome)
    ]
    return render_template(
        "imports/rows.html",
        batch=batch,
        page=page,
        found=found,
        shown=shown,
        views=views,
        total=f"{total:,}",
        value_at=checking.value_at,
        pages={row.id: page_of(kind.table, row.subject_id) for row in found if row.subject_id},
        reviewable=batch.state in REVIEWABLE,
        waiting=Outcome.WAITING,
    )


@bp.route("/imports/rows/<int:row_id>", methods=["GET", "POST"])
@requires(permissions.IMPORT, on=queries.get_row)
def row(row: ImportRow) -> ResponseReturnValue:
    """Show a row with everything that is known of it, and decide what it means."""
    batch, kind = row.batch, get_kind(row.batch.kind)
    form = DecisionForm(checking.offers_of(row), queries.count_waiting_alike(row), may_be_new=row.may_be_new)
    if form.submitted():
        try:
            with unit_of_work():
                decided = operations.decide_row(row, form.decision(), for_alike=form.for_alike, actor=current_actor())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            flash(ngettext("%(num)s row was decided.", "%(num)s rows were decided.", decided))
            following = queries.next_waiting(batch)
            if following is None:
                return redirect(url_for(".show", batch_id=batch.id), 303)
            return redirect(url_for(".row", row_id=following), 303)
    reading = Reading.from_plain(batch.reading)
    labels = {place: key for key, place in batch.columns.items()}
    names = {column.key: column.label for column in kind.columns}
    return render_template(
        "imports/row.html",
        batch=batch,
        row=row,
        form=form,
        reading=reading,
        meanings={place: names[key] for place, key in labels.items() if key in names},
        page=page_of(kind.table, row.subject_id) if row.subject_id else None,
        may_decide=batch.state in REVIEWABLE
        and row.applied_at is None
        and row.outcome is not None
        and bool(row.offers),
    )
