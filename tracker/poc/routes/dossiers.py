"""Dossiers of a proof of concept: asked for, watched, taken away."""

from flask import flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.core.errors import NotAllowed, NotFound
from tracker.core.text import N_
from tracker.evidence import storage
from tracker.evidence.models import Evidence
from tracker.poc import permissions, queries
from tracker.poc.forms.dossiers import DossierForm
from tracker.poc.models import Dossier, Poc
from tracker.poc.operations import dossiers as operations
from tracker.poc.queries import dossiers as dossier_queries
from tracker.poc.routes.blueprint import bp, language
from tracker.poc.rules.dossiers import DossierState, Redaction
from tracker.web.saving import save


@bp.route("/pocs/<int:poc_id>/dossiers")
@requires(permissions.VIEW_POC, on=queries.get_poc)
def dossiers(poc: Poc) -> ResponseReturnValue:
    """List the dossiers of a proof of concept, with how far those are that are being made."""
    rows = dossier_queries.dossiers_of(poc)
    return render_template(
        "poc/dossiers.html",
        poc=poc,
        rows=rows,
        is_making=any(row.state is DossierState.WAITING for row in rows),
        may_make=can(current_actor(), permissions.MAKE_DOSSIER, poc),
        may_read_full=can(current_actor(), permissions.READ_FULL_DOSSIER, poc),
    )


@bp.route("/pocs/<int:poc_id>/dossiers/new", methods=["GET", "POST"])
@requires(permissions.MAKE_DOSSIER, on=queries.get_poc)
def make_dossier(poc: Poc) -> ResponseReturnValue:
    """Have a dossier made."""
    form = DossierForm(level=Redaction.MASKED.value)
    form.offer(full=can(current_actor(), permissions.MAKE_FULL_DOSSIER, poc))
    if form.submitted() and save(
        form, lambda: operations.ask_for_dossier(poc, form.chosen(), language(), actor=current_actor())
    ):
        flash(_("The dossier is being made. This page shows when it is there."))
        return redirect(url_for(".dossiers", poc_id=poc.id))
    return render_template("poc/dossier_new.html", form=form, poc=poc)


@bp.route("/dossiers/<int:dossier_id>/archive")
@requires(permissions.VIEW_POC, on=dossier_queries.get_dossier)
def dossier_archive(dossier: Dossier) -> ResponseReturnValue:
    """Give the archive of a dossier."""
    return _give(dossier, dossier.archive, "application/zip")


@bp.route("/dossiers/<int:dossier_id>/document")
@requires(permissions.VIEW_POC, on=dossier_queries.get_dossier)
def dossier_document(dossier: Dossier) -> ResponseReturnValue:
    """Give the document of a dossier."""
    return _give(dossier, dossier.document, "application/pdf")


def _give(dossier: Dossier, evidence: Evidence | None, media_type: str) -> ResponseReturnValue:
    if dossier.level is Redaction.FULL and not can(current_actor(), permissions.READ_FULL_DOSSIER, dossier):
        raise NotAllowed(N_("This dossier shows every name. Have one made in which names are masked."))
    if evidence is None or evidence.stored_file is None:
        raise NotFound
    path = storage.path_of(evidence.stored_file.sha256)
    if not path.exists():
        raise NotFound
    return send_file(path, media_type, as_attachment=True, download_name=evidence.file_name, etag=False)
