"""How accounts begin: by an invitation, and the first one by the set-up code."""

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts import operations, queries, security, throttle
from tracker.accounts.access import PUBLIC, requires
from tracker.accounts.forms import AcceptForm, SetUpForm
from tracker.accounts.routes.sign_in import refuse, welcome
from tracker.accounts.sessions import work_apart
from tracker.core.db import unit_of_work
from tracker.core.errors import Gone, Refused, TooMany
from tracker.core.text import N_

bp = Blueprint("entry", __name__, template_folder="../templates")


@bp.route("/invitations/<string:token>", methods=["GET", "POST"])
@requires(PUBLIC)
def accept(token: str) -> ResponseReturnValue:
    """Let an invited person make an account."""
    invitation = operations.get_invitation_by_token(token)
    form = AcceptForm(name=invitation.name)
    shown = {"email": invitation.email, "role": invitation.role}
    if not form.submitted():
        return render_template("accounts/accept.html", form=form, **shown)
    try:
        with unit_of_work():
            user = operations.accept_invitation(token, form.details(), policy=security.policy())
            security.begin_session(user)
    except Refused as error:
        form.refuse(error)
        return render_template("accounts/accept.html", form=form, **shown)
    flash(_("Welcome to CloudSteps."))
    return welcome(user, url_for("overview.home"))


@bp.route("/set-up", methods=["GET", "POST"])
@requires(PUBLIC)
def set_up() -> ResponseReturnValue:
    """Let the first administrator in by the one-time code; gone as soon as anybody has an account."""
    if queries.has_accounts():
        raise Gone(N_("CloudSteps has an administrator already. Sign in, or ask to be invited."))
    form = SetUpForm()
    if not form.submitted():
        return render_template("accounts/set_up.html", form=form)
    try:
        with work_apart():
            throttle.claim(
                throttle.try_of(throttle.SET_UP, request.remote_addr or "", request.remote_addr), security.link_limit()
            )
        with unit_of_work():
            user = operations.use_setup_code(form.code.data or "", form.new_administrator(), policy=security.policy())
            security.begin_session(user)
    except TooMany as error:
        return refuse(form, error, "accounts/set_up.html")
    except Refused as error:
        form.refuse(error)
        return render_template("accounts/set_up.html", form=form)
    flash(_("CloudSteps is yours to set up. Invite the programme office first."))
    return welcome(user, url_for("overview.home"))
