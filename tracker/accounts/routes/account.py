"""One's own account: name, language, password, sessions."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts import operations, queries, security, throttle
from tracker.accounts.access import SIGNED_IN, current_actor, requires
from tracker.accounts.forms import AccountForm, ChangePasswordForm
from tracker.accounts.models import User, WebSession
from tracker.accounts.sessions import this_session, work_apart
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused, TooMany
from tracker.core.text import N_
from tracker.web.edge import YEAR_SECONDS

bp = Blueprint("accounts", __name__, template_folder="../templates")


@bp.route("/account", methods=["GET", "POST"])
@requires(SIGNED_IN, on=queries.get_self)
def show(user: User) -> ResponseReturnValue:
    """Show one's own account and change its name, language and shortcuts."""
    form = AccountForm(obj=user)
    if not form.submitted():
        return render_template("accounts/account.html", form=form, user=user)
    with unit_of_work():
        operations.change_account(user, form.details(), actor=current_actor())
    flash(_("Saved."))
    answer = make_response(redirect(url_for(".show"), 303))
    answer.set_cookie(
        "lang", user.language, max_age=YEAR_SECONDS, samesite="Lax", secure=security.settings().behind_tls
    )
    return answer


@bp.route("/account/password", methods=["GET", "POST"])
@requires(SIGNED_IN, on=queries.get_self)
def change_password(user: User) -> ResponseReturnValue:
    """Choose another password; every other session of the person ends."""
    form = ChangePasswordForm()
    if not form.submitted():
        return render_template("accounts/change_password.html", form=form)
    try:
        _prove_present(user, form.present.data or "")
        with unit_of_work():
            operations.set_password(
                user,
                form.password.data or "",
                security.policy(),
                actor=current_actor(),
                keep_session=this_session().row_id,
            )
            security.begin_session(user)
    except (Refused, TooMany) as error:
        form.refuse(error)
        headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
        return (
            render_template("accounts/change_password.html", form=form),
            200 if isinstance(error, Refused) else error.status,
            headers,
        )
    flash(_("Your new password holds. Every other session of yours has ended."))
    return redirect(url_for(".show"), 303)


def _prove_present(user: User, typed: str) -> None:
    """Refuse a wrong present password; wrong tries count as failed sign-ins."""
    with work_apart():
        locks = throttle.claim(
            throttle.try_of(throttle.SIGN_IN, user.email, request.remote_addr), security.sign_in_limit()
        )
    good, _renewed = security.matches(user, typed)
    if not good:
        with work_apart():
            operations.note_failure(user, reason="password", locks=locks)
        raise Refused(N_("The present password is not right."), field="present")


@bp.route("/account/sessions")
@requires(SIGNED_IN)
def sessions() -> ResponseReturnValue:
    """Show where one is signed in."""
    rows = queries.sessions_of(current_actor().user_id or 0)
    return render_template("accounts/sessions.html", rows=rows, this_id=this_session().row_id)


@bp.route("/account/sessions/<int:session_id>/end", methods=["POST"])
@requires(SIGNED_IN, on=queries.get_own_session)
def end_session(row: WebSession) -> ResponseReturnValue:
    """End one of one's own sessions."""
    with unit_of_work():
        operations.end_session(row, actor=current_actor())
    flash(_("The session has ended."))
    return redirect(url_for(".sessions"), 303)


@bp.route("/account/sessions/end-others", methods=["POST"])
@requires(SIGNED_IN, on=queries.get_self)
def end_other_sessions(user: User) -> ResponseReturnValue:
    """End every session of one's own but this one."""
    with unit_of_work():
        operations.end_sessions(user, actor=current_actor(), but=this_session().row_id)
    flash(_("Every other session has ended."))
    return redirect(url_for(".sessions"), 303)
