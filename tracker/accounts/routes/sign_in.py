"""Sign-in, sign-out, proof of identity and the forgotten password; endpoints carry the names that Flask-Security knows."""

from dataclasses import dataclass

import structlog
from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts import fresh, operations, queries, security, throttle
from tracker.accounts.access import PUBLIC, SIGNED_IN, current_actor, load_actor, requires
from tracker.accounts.forms import ConfirmForm, ForgottenForm, NewPasswordForm, SignInForm
from tracker.accounts.models import User
from tracker.accounts.rules import own_path
from tracker.accounts.sessions import this_session, work_apart
from tracker.core.db import unit_of_work
from tracker.core.errors import CloudStepsError, Refused, TooMany
from tracker.core.text import N_
from tracker.web.edge import YEAR_SECONDS
from tracker.web.forms import Form, translate

bp = Blueprint("security", __name__, template_folder="../templates")
log = structlog.get_logger()
WRONG = N_("E-mail or password is not right. Please try again.")


@bp.route("/sign-in", methods=["GET", "POST"])
@requires(PUBLIC)
def login() -> ResponseReturnValue:
    """Let a person in who knows the password."""
    target = own_path(request.values.get("next")) or url_for("overview.home")
    if current_actor().is_authenticated:
        return redirect(target)
    form = SignInForm(next=own_path(request.args.get("next")))
    if not form.submitted():
        return render_template("accounts/sign_in.html", form=form)
    try:
        proof = prove(form.email.data or "", form.password.data or "")
    except TooMany as error:
        return refuse(form, error, "accounts/sign_in.html")
    if proof is None:
        return render_template("accounts/sign_in.html", form=form, refusal=_(WRONG))
    with work_apart():
        operations.note_sign_in(proof.user, renewed_hash=proof.renewed_hash)
        security.begin_session(proof.user)
    return welcome(proof.user, target)


@dataclass(frozen=True)
class Proof:
    """Who was proved by a password, and its hash when that should be renewed."""

    user: User
    renewed_hash: str | None


def prove(email: str, password: str) -> Proof | None:
    """Find the person whom the name and the password prove; a wrong try counts, in the same time for any name."""
    with work_apart():
        locks = throttle.claim(throttle.try_of(throttle.SIGN_IN, email, request.remote_addr), security.sign_in_limit())
    user = queries.find_by_email(email)
    good, renewed = security.matches(user, password)
    if user is not None and good and user.active:
        return Proof(user, renewed)
    reason = "unknown" if user is None else "password" if not good else "inactive"
    with work_apart():
        operations.note_failure(user, reason=reason, locks=locks)
    log.warning("sign_in_failed", reason=reason, user_id=user.id if user else None, locks=locks)
    return None


def welcome(user: User, target: str) -> Response:
    """Lead on somebody who has come in, in the person's language where none was chosen on this browser."""
    answer = make_response(redirect(target, 303))
    if "lang" not in request.cookies:
        secure = security.settings().behind_tls
        answer.set_cookie("lang", user.language, max_age=YEAR_SECONDS, samesite="Lax", secure=secure)
    return answer


def refuse(form: Form, error: CloudStepsError, template: str) -> ResponseReturnValue:
    """Show the form again with what the throttle says."""
    log.warning("throttled", endpoint=request.endpoint)
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
    return render_template(template, form=form, refusal=translate(error.message)), error.status, headers


@bp.route("/sign-out", methods=["POST"])
@requires(PUBLIC)
def logout() -> ResponseReturnValue:
    """End this session, here and on the server.

    The browser is told to drop cached pages. Its storage stays: it holds drafts that wait for a network, each under the
    key of the person who wrote it; and its cookies of language and colours are nobody's secret.
    """
    opened = this_session()
    if opened.reader is not None:
        actor = current_actor()
        with work_apart():
            operations.sign_out(queries.get_self(actor=actor), opened.row_id, actor=actor)
    opened.clear()
    opened.row_id = None
    flash(_("You have signed out."))
    answer = make_response(redirect(url_for(".login"), 303))
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@bp.route("/sign-in/confirm", methods=["GET", "POST"])
@requires(SIGNED_IN)
def verify() -> ResponseReturnValue:
    """Ask for the password once more before something weighty."""
    target = own_path(request.values.get("next")) or url_for("overview.home")
    form = ConfirmForm(next=own_path(request.args.get("next")))
    if not form.submitted():
        return render_template("accounts/confirm.html", form=form)
    user = queries.get_self(actor=current_actor())
    try:
        good = prove(user.email, form.password.data or "") is not None
    except TooMany as error:
        return refuse(form, error, "accounts/confirm.html")
    if not good:
        sentence = _("The password is not right. Please try again.")
        return render_template("accounts/confirm.html", form=form, refusal=sentence)
    with work_apart():
        operations.confirm_sign_in(user, actor=current_actor())
    fresh.confirm()
    return redirect(target, 303)


@bp.route("/forgotten-password", methods=["GET", "POST"])
@requires(PUBLIC)
def forgot_password() -> ResponseReturnValue:
    """Mail a link by which a person chooses a new password; the answer is the same for every address."""
    form = ForgottenForm()
    if not form.submitted():
        return render_template("accounts/forgotten.html", form=form)
    email = form.email.data or ""
    user = queries.find_by_email(email)
    path = url_for(".reset_password", token=security.reset_token_of(user)) if user is not None and user.active else None
    try:
        with unit_of_work():
            throttle.claim(throttle.try_of(throttle.RESET, email, request.remote_addr), security.link_limit())
            operations.ask_for_reset(user if path else None, path)
    except TooMany as error:
        return refuse(form, error, "accounts/forgotten.html")
    return render_template("accounts/forgotten_sent.html", email=email)


@bp.route("/forgotten-password/<string:token>", methods=["GET", "POST"])
@requires(PUBLIC)
def reset_password(token: str) -> ResponseReturnValue:
    """Let the owner of a mailed link choose a new password."""
    user = security.owner_of(token)
    form = NewPasswordForm()
    if not form.submitted():
        return render_template("accounts/new_password.html", form=form)
    try:
        with unit_of_work():
            user = security.owner_of(token)
            operations.set_password(user, form.password.data or "", security.policy(), actor=load_actor(user.id))
    except Refused as error:
        form.refuse(error)
        return render_template("accounts/new_password.html", form=form)
    this_session().clear()
    flash(_("Your new password holds. Sign in with it."))
    return redirect(url_for(".login"), 303)
