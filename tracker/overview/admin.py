"""Pages for whoever runs the product: work that was set aside, and the outbox."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from tracker.accounts.access import ADMINISTER, Actor, can, current_actor, requires
from tracker.core import audit, queue
from tracker.core.counts import capped_count, shown_count
from tracker.core.db import session, unit_of_work
from tracker.core.errors import NotFound, Refused
from tracker.core.queue import Work, WorkState
from tracker.core.text import N_
from tracker.notifications import operations as notification_operations
from tracker.notifications import queries as notification_queries
from tracker.notifications.models import OutboxMail
from tracker.notifications.rules import MailState
from tracker.overview import admin_queries as queries
from tracker.overview import work_words
from tracker.web.fields import line
from tracker.web.forms import Form, translate

bp = Blueprint("admin", __name__, template_folder="templates")

NOTHING_RUNS = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


def find_mail(mail_id: int, *, actor: Actor) -> OutboxMail:
    """Give a mail of the outbox to whoever runs the product."""
    if not can(actor, ADMINISTER):
        raise NotFound
    return notification_queries.get_mail(mail_id)


@bp.route("/admin/work")
@requires(ADMINISTER)
def work() -> ResponseReturnValue:
    """Show the work of the workers: what waits, runs, or was set aside."""
    state = WorkState.named(request.args.get("state")) or WorkState.DEAD
    rows = queries.work_page(state, request.args.get("after", type=int))
    shown = rows[: queries.PAGE]
    counts = queue.counts(session())
    views = [
        {
            "label": _(one.label),
            "url": url_for(".work", state=one.value),
            "current": one is state,
            "count": counts.get(one),
        }
        for one in (WorkState.DEAD, WorkState.QUEUED, WorkState.RUNNING, WorkState.DONE, WorkState.DROPPED)
    ]
    return render_template(
        "overview/admin_work.html",
        rows=shown,
        words=work_words,
        translate=translate,
        state=state,
        views=views,
        after=shown[-1].id if len(rows) > queries.PAGE else None,
        total=shown_count(capped_count(queries.works(state))),
        beats=queries.signs_of_life(),
    )


@bp.route("/admin/work/<int:work_id>/retry", methods=["POST"])
@requires(ADMINISTER, on=queries.get_work)
def retry(row: Work) -> ResponseReturnValue:
    """Put work that was set aside back into the queue."""
    with unit_of_work() as current:
        check_set_aside(row, current)
        queue.retry_dead(row)
        audit.record("work.retried", row, actor=current_actor(), kind=row.kind)
    flash(_("The work is back in the queue."))
    return redirect(url_for(".work"))


@bp.route("/admin/work/<int:work_id>/drop", methods=["GET", "POST"])
@requires(ADMINISTER, on=queries.get_work)
def drop(row: Work) -> ResponseReturnValue:
    """Give up work that was set aside, with the reason."""
    form = DropForm()
    if not form.submitted():
        return render_template("overview/drop_work.html", form=form, row=row, words=work_words)
    with unit_of_work() as current:
        check_set_aside(row, current)
        queue.drop_dead(row)
        audit.record("work.dropped", row, actor=current_actor(), work_kind=row.kind, reason=form.reason.data)
    flash(_("The work was dropped. It is not tried again."))
    return redirect(url_for(".work"))


def check_set_aside(row: Work, current: Session) -> None:
    """Read the work under its lock, and refuse when somebody has decided on it already."""
    current.refresh(row, with_for_update=True)
    if row.state is not WorkState.DEAD:
        raise Refused(N_("This work is not set aside any more. Reload the page to see how it stands."))


class DropForm(Form):
    """Why work is given up."""

    reason = line(_l("Reason"), required=_l("Write why this is not tried again."))


@bp.route("/admin/outbox")
@requires(ADMINISTER)
def outbox() -> ResponseReturnValue:
    """Show the mails that were written, and how they fared."""
    state = MailState.named(request.args.get("state"))
    rows = notification_queries.outbox_page(state, request.args.get("after", type=int))
    shown = rows[: notification_queries.PAGE]
    chosen: list[tuple[str, MailState | None]] = [(_("All"), None), *((_(one.label), one) for one in MailState)]
    views = [
        {"label": label, "url": url_for(".outbox", state=one.value if one else None), "current": one is state}
        for label, one in chosen
    ]
    return render_template(
        "overview/admin_outbox.html",
        rows=shown,
        views=views,
        after=shown[-1].id if len(rows) > notification_queries.PAGE else None,
        total=shown_count(capped_count(notification_queries.outbox(state))),
    )


@bp.route("/admin/outbox/<int:mail_id>")
@requires(ADMINISTER, on=find_mail)
def mail(mail: OutboxMail) -> ResponseReturnValue:
    """Show a mail; its text only where it was kept, since links in it let their owner in."""
    return render_template("overview/admin_mail.html", mail=mail, is_shown=mail.state is MailState.KEPT)


@bp.route("/admin/outbox/<int:mail_id>.html")
@requires(ADMINISTER, on=find_mail)
def mail_html(mail: OutboxMail) -> ResponseReturnValue:
    """Give a kept mail's HTML as a file in which nothing runs."""
    if mail.state is not MailState.KEPT:
        raise Refused(N_("The text of a mail is shown only where it was kept and not sent."))
    headers = {
        "Content-Disposition": f'attachment; filename="mail-{mail.id}.html"',
        "Content-Security-Policy": NOTHING_RUNS,
    }
    return Response(mail.html, mimetype="text/html", headers=headers)


@bp.route("/admin/outbox/<int:mail_id>/send-again", methods=["POST"])
@requires(ADMINISTER, on=find_mail)
def send_again(mail: OutboxMail) -> ResponseReturnValue:
    """Let the worker try a mail again that could not be sent."""
    with unit_of_work() as current:
        current.refresh(mail, with_for_update=True)
        notification_operations.send_again(mail, actor=current_actor())
    flash(_("The mail is back in the queue."))
    return redirect(url_for(".mail", mail_id=mail.id))
