"""Files to take away: the template of a kind, and the rows that were not imported."""

from flask import Response, g, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import requires
from tracker.core import csv_file
from tracker.imports import permissions, queries
from tracker.imports.kinds import Kind
from tracker.imports.models import Batch
from tracker.imports.readings import Reading
from tracker.imports.routes.batches import find_kind
from tracker.imports.routes.blueprint import bp, sentences
from tracker.imports.template_file import write_template

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.route("/imports/templates/<string:kind>.xlsx")
@requires(permissions.IMPORT, on=lambda kind, actor: find_kind(kind))  # noqa: ARG005 - a kind is no secret
def template(kind: Kind) -> ResponseReturnValue:
    """Give an empty workbook with the columns of a kind, and a sheet that explains them."""
    headings = [_("Column"), _("Needed"), _("Example")]
    rows = [(_(column.label), _("Yes") if column.required else "", column.example) for column in kind.columns]
    content = write_template(rows, headings, (_("Table"), _("Explanation")))
    headers = {"Content-Disposition": f'attachment; filename="{kind.key}-{g.get("language", "zh-Hant")}.xlsx"'}
    return Response(content, mimetype=XLSX, headers=headers)


@bp.route("/imports/<int:batch_id>/rejected.csv")
@requires(permissions.IMPORT, on=queries.get_batch)
def rejected(batch: Batch) -> ResponseReturnValue:
    """Give the rows that were not imported back, each with its reason, to be corrected and handed in again."""
    header = Reading.from_plain(batch.reading).header
    batch_id, width = batch.id, len(header)
    lines = (
        [*row.cells, *[""] * (width - len(row.cells)), row.line, _(row.outcome.label), " ".join(sentences(row.reasons))]
        for row in queries.rejected_rows(batch_id)
    )
    body = csv_file.write([*header, _("Row in the file"), _("Result"), _("Reason")], lines)
    headers = {"Content-Disposition": f'attachment; filename="import-{batch_id}-rejected.csv"'}
    return Response(stream_with_context(body), mimetype="text/csv", headers=headers)
