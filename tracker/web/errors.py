"""Every error as a page that says what was wrong and what to do, with a reference number."""

from http import HTTPStatus

import structlog
from flask import Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from tracker.core import submissions
from tracker.core.db import session
from tracker.core.errors import AlreadyPosted, CloudStepsError, NotAllowed, StaleRecord, TooMany
from tracker.core.text import N_
from tracker.web import edge, places
from tracker.web.forms import Form, translate

log = structlog.get_logger()

SENTENCES = {
    400: N_("The request could not be read. Go back, reload the page and try again."),
    403: N_("Your role does not include this page. Ask the programme office if you think it should."),
    404: N_("This page does not exist, or you have no access to it."),
    405: N_("This address does not take that kind of request. Go back and use the page's own buttons."),
    410: N_("This link was used already, has expired or was withdrawn. Ask for a new one."),
    413: N_("The file is too large. Choose a smaller one; what you typed is still in the form when you go back."),
    429: N_("Too many attempts. Wait a little, then try again."),
    500: N_(
        "Something went wrong on our side. Nothing was saved; try again, and tell the office the reference number if it happens again."
    ),
    503: N_("The service cannot save or read just now. Nothing was lost; try again in a minute."),
}


def set_up(app: Flask) -> None:
    """Map every error to its page."""
    app.register_error_handler(CloudStepsError, show_refusal)
    app.register_error_handler(StaleRecord, show_stale)
    app.register_error_handler(AlreadyPosted, show_first_answer)
    app.register_error_handler(CSRFError, show_csrf)
    app.register_error_handler(HTTPException, show_http)
    app.register_error_handler(StaleDataError, show_raced)
    app.register_error_handler(DataError, show_unreadable)
    app.register_error_handler(OverflowError, show_unreadable)
    app.register_error_handler(IntegrityError, show_raced)
    app.register_error_handler(OperationalError, show_unavailable)
    app.register_error_handler(PoolTimeout, show_unavailable)
    app.register_error_handler(OSError, show_unavailable)
    app.register_error_handler(Exception, show_unexpected)


def page(status: int, sentence: str, headers: dict[str, str] | None = None) -> ResponseReturnValue:
    """Show the error page of a status; `sentence` is in the reader's language."""
    body = render_template(f"errors/{status}.html", sentence=sentence, reference=g.get("request_id", ""), status=status)
    return body, status, headers or {}


def show_refusal(error: CloudStepsError) -> ResponseReturnValue:
    """Show a refusal that no form caught."""
    if isinstance(error, NotAllowed):
        log.warning("refused", permission=str(error.message.params.get("right", "")), endpoint=request.endpoint)
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
    return page(error.status, translate(error.message), headers)


def show_stale(error: StaleRecord) -> ResponseReturnValue:
    """Show what the reader typed beside what is stored now."""
    form = g.get("form")
    rows = []
    if isinstance(form, Form):
        stored = type(form).from_record(error.record)
        for field in form.shown_fields():
            mine, theirs = form.shown_value(field.name), stored.shown_value(field.name)
            rows.append({"field": field, "mine": mine, "theirs": theirs, "differs": mine != theirs})
    body = render_template(
        "errors/409.html",
        sentence=translate(error.message),
        rows=rows,
        form=form,
        record=error.record,
        reference=g.request_id,
        status=409,
    )
    return body, 409


def show_first_answer(_error: AlreadyPosted) -> ResponseReturnValue:
    """Lead a repeated form to what its first sending made."""
    key = edge.form_key()
    subject = submissions.find_subject(key) if key else None
    flash(_("This was already saved."))
    return redirect((places.page_of(*subject) if subject else None) or url_for("overview.home"), 303)


def show_csrf(_error: CSRFError) -> ResponseReturnValue:
    """Say that the form's security token is no longer good."""
    return page(
        400,
        _(
            "This form was open for too long, or your sign-in has ended. Reload the page and send it again; copy your text first."
        ),
    )


def show_http(error: HTTPException) -> ResponseReturnValue:
    """Show one of HTTP's own errors."""
    if error.response is not None and error.code is None:
        return error.get_response()
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status == HTTPStatus.UNAUTHORIZED:
        if request.method == "GET":
            return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
        return redirect(url_for("security.login"))
    if status < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    known = status if status in SENTENCES else (400 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500)
    return page(
        known,
        _(SENTENCES[known]),
        {"Allow": ", ".join(error.valid_methods or [])} if hasattr(error, "valid_methods") else None,
    )


def show_raced(error: Exception) -> ResponseReturnValue:
    """Say that two people changed the same thing in the same moment."""
    log.warning("raced", error=type(error).__name__)
    body = render_template(
        "errors/409.html",
        sentence=_(
            "Someone else changed the same thing in the same moment. Nothing of yours was saved: reload and try again."
        ),
        rows=[],
        form=None,
        record=None,
        reference=g.get("request_id", ""),
        status=409,
    )
    return body, 409


def show_unreadable(error: Exception) -> ResponseReturnValue:
    """Say that a number or a sign in the request is none that could ever be kept."""
    log.warning("unreadable", error=type(error).__name__)
    session().rollback()  # PostgreSQL answers nothing more in a transaction that has failed, and the page has its reader
    return page(400, _(SENTENCES[400]))


def show_unavailable(error: Exception) -> ResponseReturnValue:
    """Say that the database or the disk does not answer."""
    log.error("unavailable", error=type(error).__name__, exc_info=error)
    return page(503, _(SENTENCES[503]), {"Retry-After": "10"})


def show_unexpected(error: Exception) -> ResponseReturnValue:
    """Say that something broke, without saying what."""
    log.error("unexpected", error=type(error).__name__, exc_info=error)
    try:
        return page(500, _(SENTENCES[500]))
    except Exception as second:  # the last resort, when the page of errors itself is broken
        log.error("unshown", error=type(second).__name__, exc_info=second)
        text = f"{_(SENTENCES[500])}\n{g.get('request_id', '')}\n"
        return text, 500, {"Content-Type": "text/plain; charset=utf-8"}
