"""The inbox, and the choice of mails."""

from enum import Enum
from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import PUBLIC, SIGNED_IN, SYSTEM, current_actor, requires
from tracker.core.counts import capped_count
from tracker.core.db import session, unit_of_work
from tracker.notifications import letters, links, operations, queries
from tracker.notifications.forms import MailChoiceForm, PlainForm
from tracker.notifications.models import Notice
from tracker.notifications.permissions import READ_NOTICE
from tracker.notifications.rules import ALWAYS_MAILED, Reason

bp = Blueprint("notifications", __name__, template_folder="templates")
E = TypeVar("E", bound=Enum)


def asked(name: str, kind: type[E]) -> E | None:
    """Give a filter of the address, if it is one there is."""
    try:
        return kind(request.args.get(name, ""))
    except ValueError:
        return None


@bp.route("/inbox")
@requires(SIGNED_IN)
def inbox() -> ResponseReturnValue:
    """Show the reader's notices, newest first."""
    actor = current_actor()
    reason, unread = asked("reason", Reason), request.args.get("unread") == "1"
    rows = queries.inbox_page(actor, reason=reason, unread=unread, before=request.args.get("after", type=int))
    shown = rows[: queries.PAGE]
    notices = [{"notice": notice, "text": letters.say(queries.sentence(notice))} for notice in shown]
    return render_template(
        "notifications/inbox.html",
        notices=notices,
        reasons=list(Reason),
        reason=reason,
        unread=unread,
        views=_views(reason, unread=unread),
        total=capped_count(queries.inbox(actor, reason=reason, unread=unread)),
        after=shown[-1].id if len(rows) > queries.PAGE else None,
        newest=shown[0].id if shown else None,
        has_unread=any(notice.read_at is None for notice in shown),
    )


def _views(reason: Reason | None, *, unread: bool) -> list[dict[str, object]]:
    kept: dict[str, Any] = {"reason": reason.value} if reason else {}
    return [
        {"label": _("All"), "url": url_for(".inbox", **kept), "current": not unread, "count": None},
        {"label": _("Unread"), "url": url_for(".inbox", unread=1, **kept), "current": unread, "count": None},
    ]


@bp.route("/inbox/<int:notice_id>/open", methods=["POST"])
@requires(READ_NOTICE, on=queries.get_notice)
def open_notice(notice: Notice) -> ResponseReturnValue:
    """Take a notice as read and go to what it speaks of."""
    with unit_of_work():
        operations.mark_read(notice, actor=current_actor())
    return redirect(local_path(notice.path))


def local_path(path: str) -> str:
    """Give a path of this site, whatever was kept."""
    return "/" + path.lstrip("/\\")


@bp.route("/inbox/mark-read", methods=["POST"])
@requires(SIGNED_IN)
def mark_all_read() -> ResponseReturnValue:
    """Take everything as read that the page showed or lies below."""
    reason, newest = asked("reason", Reason), request.form.get("newest", type=int)
    with unit_of_work():
        operations.mark_all_read(reason, newest or 0, actor=current_actor())
    flash(_("Everything up to here is read."))
    return redirect(url_for(".inbox", reason=reason.value if reason else None))


@bp.route("/inbox/mails", methods=["GET", "POST"])
@requires(SIGNED_IN)
def mails() -> ResponseReturnValue:
    """Choose for which reasons the message of the day is mailed."""
    actor = current_actor()
    user_id = actor.user_id or 0
    wanted = [reason.value for reason in Reason if reason not in queries.switched_off(user_id) | ALWAYS_MAILED]
    form = MailChoiceForm(reasons=wanted)
    form.reasons.label.text = _("Mail me about")
    if not form.submitted():
        return render_template("notifications/mails.html", form=form)
    with unit_of_work():
        operations.choose_mails(user_id, form.wanted(), actor=actor)
    flash(_("Saved."))
    return redirect(url_for(".inbox"))


@bp.route("/inbox/unsubscribe/<string:token>", methods=["GET", "POST"])
@requires(PUBLIC)
def unsubscribe(token: str) -> ResponseReturnValue:
    """Switch mails off from a link in a mail; mail programs send it by themselves, without a page."""
    user_id, reason = links.read_token(token)
    if request.method == "GET":
        return render_template("notifications/unsubscribe.html", form=PlainForm(), reason=reason)
    with unit_of_work():
        operations.switch_off(user_id, reason, actor=SYSTEM)
    session().rollback()
    return render_template("notifications/unsubscribed.html", reason=reason)


@bp.record_once
def _let_mail_programs_in(state: BlueprintSetupState) -> None:
    """Let a mail program's one-click request pass without a page's token: the signed link itself is the proof."""
    state.app.extensions["csrf"].exempt(state.app.view_functions["notifications.unsubscribe"])
