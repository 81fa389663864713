"""Other people's accounts: list, roles, state, sessions, invitations."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from tracker.accounts import operations, permissions, queries, security
from tracker.accounts.access import can, current_actor, requires
from tracker.accounts.forms import ConfirmOnlyForm, InviteForm, RolesForm
from tracker.accounts.fresh import fresh_sign_in
from tracker.accounts.models import Invitation, User, WebSession
from tracker.accounts.queries import PeopleFilter
from tracker.accounts.rules import GRANTABLE, INVITABLE, Role, own_path, roles_by
from tracker.core import keyset
from tracker.core.counts import capped_count, shown_count
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused

bp = Blueprint("people", __name__, template_folder="../templates", url_prefix="/admin")
STATES = {"active": True, "ended": False}
SOME = 5


@bp.route("/people")
@requires(permissions.LIST_PEOPLE)
def index() -> ResponseReturnValue:
    """List the people who have an account."""
    asked = request.args
    role = Role.named(asked.get("role"))
    wanted = PeopleFilter(asked.get("q", "").strip()[:100], role, STATES.get(asked.get("state", "")))
    statement = queries.people(wanted)
    page = keyset.read_page(statement, queries.BY_NAME, after=asked.get("after"), before=asked.get("before"))
    return render_template(
        "accounts/people.html",
        people=[row[0] for row in page.rows],
        page=page,
        total=shown_count(capped_count(statement.with_only_columns(User.id))),
        roles=list(Role),
        filtered=wanted != PeopleFilter(),
        may_invite=can(current_actor(), permissions.INVITE),
        waiting=[] if wanted != PeopleFilter() or asked.get("after") else queries.open_invitations(limit=SOME),
        permissions=permissions,
    )


@bp.route("/people/<int:user_id>")
@requires(permissions.LIST_PEOPLE, on=queries.get_person)
def show(user: User) -> ResponseReturnValue:
    """Show a person's account, its roles and its sessions."""
    rows = queries.sessions_of(user.id) if current_actor().has(Role.ADMINISTRATOR) else None
    return render_template("accounts/person.html", person=user, sessions=rows, permissions=permissions)


@bp.route("/people/<int:user_id>/roles", methods=["GET", "POST"])
@requires(permissions.GRANT_ROLES, on=queries.get_person)
@fresh_sign_in
def roles(user: User) -> ResponseReturnValue:
    """Give and take roles of another person."""
    reach = roles_by(GRANTABLE, current_actor().roles)
    held = frozenset(grant.role for grant in user.grants)
    form = RolesForm(obj=user, reach=reach)
    if not form.submitted():
        return render_template("accounts/roles.html", form=form, person=user, kept=sorted(held - reach))
    try:
        with unit_of_work():
            operations.set_roles(user, form.chosen() | (held - reach), form.read_version(), actor=current_actor())
    except Refused as error:
        form.refuse(error)
        return render_template("accounts/roles.html", form=form, person=user, kept=sorted(held - reach))
    flash(_("Saved."))
    return redirect(url_for(".show", user_id=user.id), 303)


@bp.route("/people/<int:user_id>/deactivate", methods=["GET", "POST"])
@requires(permissions.MANAGE_PERSON, on=queries.get_person)
@fresh_sign_in
def deactivate(user: User) -> ResponseReturnValue:
    """End a person's account."""
    form = ConfirmOnlyForm()
    if not form.submitted():
        return render_template("accounts/deactivate.html", form=form, person=user)
    with unit_of_work():
        operations.deactivate_user(user, actor=current_actor())
    flash(_("%(name)s cannot sign in any more.", name=user.name))
    return redirect(url_for(".show", user_id=user.id), 303)


@bp.route("/people/<int:user_id>/reactivate", methods=["POST"])
@requires(permissions.MANAGE_PERSON, on=queries.get_person)
@fresh_sign_in
def reactivate(user: User) -> ResponseReturnValue:
    """Let a person sign in again."""
    with unit_of_work():
        operations.reactivate_user(user, actor=current_actor())
    flash(_("%(name)s can sign in again.", name=user.name))
    return redirect(url_for(".show", user_id=user.id), 303)


@bp.route("/people/<int:user_id>/reset-mail", methods=["POST"])
@requires(permissions.MANAGE_PERSON, on=queries.get_person)
def send_reset_mail(user: User) -> ResponseReturnValue:
    """Mail a person the link to choose a new password; nobody sets it for them."""
    path = url_for("security.reset_password", token=security.reset_token_of(user)) if user.active else None
    with unit_of_work():
        operations.ask_for_reset(user, path, actor=current_actor())
    flash(_("A link to choose a new password is on its way to %(email)s.", email=user.email))
    return redirect(url_for(".show", user_id=user.id), 303)


@bp.route("/sessions/<int:session_id>/end", methods=["POST"])
@requires(permissions.END_SESSIONS, on=queries.get_session_owner)
def end_session(row: WebSession) -> ResponseReturnValue:
    """End a session of another person."""
    with unit_of_work():
        operations.end_session(row, actor=current_actor())
    flash(_("The session has ended."))
    return redirect(url_for(".show", user_id=row.user_id), 303)


@bp.route("/people/<int:user_id>/end-sessions", methods=["POST"])
@requires(permissions.END_SESSIONS, on=queries.get_person)
def end_sessions(user: User) -> ResponseReturnValue:
    """End every session of another person."""
    with unit_of_work():
        operations.end_sessions(user, actor=current_actor())
    flash(_("Every session of %(name)s has ended.", name=user.name))
    return redirect(url_for(".show", user_id=user.id), 303)


@bp.route("/invitations")
@requires(permissions.LIST_PEOPLE)
def invitations() -> ResponseReturnValue:
    """List the invitations, newest first."""
    statement = queries.invitations()
    page = keyset.read_page(
        statement, queries.NEWEST_INVITATIONS, after=request.args.get("after"), before=request.args.get("before")
    )
    rows = [(invitation, inviter, queries.state_of(invitation)) for invitation, inviter, *_keys in page.rows]
    return render_template(
        "accounts/invitations.html",
        rows=rows,
        page=page,
        total=shown_count(capped_count(select(Invitation.id))),
        may_invite=can(current_actor(), permissions.INVITE),
        permissions=permissions,
    )


@bp.route("/invitations/new", methods=["GET", "POST"])
@requires(permissions.INVITE)
def invite() -> ResponseReturnValue:
    """Invite somebody by mail; `?organisation=` or `?programme=` says what else they get."""
    actor = current_actor()
    scope = {
        name: value for name in ("organisation", "programme") if (value := request.args.get(name, type=int)) is not None
    }
    promised = [operations.scope_name(name, key, actor).of(g.get("language", "zh-Hant")) for name, key in scope.items()]
    reach = {Role.VENDOR} if "organisation" in scope else roles_by(INVITABLE, actor.roles) - {Role.VENDOR}
    form = InviteForm(reach)
    if not form.submitted():
        return render_template("accounts/invite.html", form=form, promised=promised)
    try:
        with unit_of_work():
            operations.invite(form.details(scope), actor=actor)
    except Refused as error:
        form.refuse(error)
        return render_template("accounts/invite.html", form=form, promised=promised)
    flash(_("The invitation is on its way to %(email)s.", email=form.email.data))
    return redirect(url_for(".invitations"), 303)


@bp.route("/invitations/<int:invitation_id>/resend", methods=["POST"])
@requires(permissions.INVITE, on=queries.get_invitation)
def resend(invitation: Invitation) -> ResponseReturnValue:
    """Mail an invitation again."""
    with unit_of_work():
        operations.resend_invitation(invitation, actor=current_actor())
    flash(_("The invitation is on its way to %(email)s.", email=invitation.email))
    return redirect(_back(), 303)


@bp.route("/invitations/<int:invitation_id>/revoke", methods=["POST"])
@requires(permissions.INVITE, on=queries.get_invitation)
def revoke(invitation: Invitation) -> ResponseReturnValue:
    """Withdraw an invitation."""
    with unit_of_work():
        operations.revoke_invitation(invitation, actor=current_actor())
    flash(_("The invitation to %(email)s has been withdrawn.", email=invitation.email))
    return redirect(_back(), 303)


def _back() -> str:
    """Give the page of ours that the button stood on."""
    return own_path(request.form.get("back")) or url_for(".invitations")
