"""Opening evidence."""

from urllib.parse import quote

from flask import Blueprint, redirect, send_file
from flask.typing import ResponseReturnValue

from tracker.accounts.access import requires
from tracker.core.errors import NotFound
from tracker.evidence import queries, storage
from tracker.evidence.models import Evidence
from tracker.evidence.permissions import OPEN_EVIDENCE
from tracker.evidence.rules import check_opening

bp = Blueprint("evidence", __name__, template_folder="templates")

NOTHING_RUNS = "default-src 'none'; sandbox; frame-ancestors 'none'"


@bp.route("/evidence/<int:evidence_id>")
@requires(OPEN_EVIDENCE, on=queries.get_evidence)
def download(evidence: Evidence) -> ResponseReturnValue:
    """Give a file as a download, never as a page; a link is followed."""
    return send_evidence(evidence)


def send_evidence(evidence: Evidence) -> ResponseReturnValue:
    """Answer with a file or a link that the reader may open, by whatever right."""
    if evidence.stored_file is None:
        return redirect(evidence.url or "/")
    check_opening(evidence.stored_file.scan, evidence.file_name)
    path = storage.path_of(evidence.stored_file.sha256)
    if not path.exists():
        raise NotFound
    response = send_file(
        path,
        mimetype=evidence.stored_file.media_type,
        as_attachment=True,
        download_name="file",
        etag=False,
        conditional=False,
    )
    response.headers["Content-Disposition"] = disposition(evidence.file_name)
    response.headers["Content-Security-Policy"] = NOTHING_RUNS
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def disposition(name: str) -> str:
    """Give the header that names a download, in letters of ASCII for old browsers and in full for all others."""
    stem, dot, extension = name.rpartition(".")
    plain = "".join(c for c in stem if c.isascii() and (c.isalnum() or c in "._- ")).strip(" .") or "evidence"
    fallback = f"{plain}.{extension}" if dot and extension.isascii() and extension.isalnum() else plain
    return f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe='')}"
