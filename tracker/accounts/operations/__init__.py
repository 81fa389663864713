"""Writes of accounts."""

from tracker.accounts.operations.account import Account, change_account, end_session, end_sessions
from tracker.accounts.operations.invitations import (
    Acceptance,
    Invite,
    accept_invitation,
    get_invitation_by_token,
    invite,
    register_scope_grant,
    resend_invitation,
    revoke_invitation,
    scope_name,
)
from tracker.accounts.operations.people import (
    NewUser,
    add_user,
    deactivate_user,
    end_idle,
    grant_role,
    keep_rights,
    reactivate_user,
    revoke_role,
    set_roles,
    warn_idle,
)
from tracker.accounts.operations.set_up import make_setup_code, use_setup_code
from tracker.accounts.operations.sign_in import (
    ask_for_reset,
    confirm_sign_in,
    note_failure,
    note_sign_in,
    set_password,
    sign_out,
)

__all__ = [
    "Acceptance",
    "Account",
    "Invite",
    "NewUser",
    "accept_invitation",
    "add_user",
    "ask_for_reset",
    "change_account",
    "confirm_sign_in",
    "deactivate_user",
    "end_idle",
    "end_session",
    "end_sessions",
    "get_invitation_by_token",
    "grant_role",
    "invite",
    "keep_rights",
    "make_setup_code",
    "note_failure",
    "note_sign_in",
    "reactivate_user",
    "register_scope_grant",
    "resend_invitation",
    "revoke_invitation",
    "revoke_role",
    "scope_name",
    "set_password",
    "set_roles",
    "sign_out",
    "use_setup_code",
    "warn_idle",
]
