"""Writes of accounts."""

from tracker.accounts.operations.account import Account, change_account, end_session, end_sessions
from tracker.accounts.operations.sign_in import (
    ask_for_reset,
    confirm_sign_in,
    note_failure,
    note_sign_in,
    set_password,
    sign_out,
)

__all__ = [
    "Account",
    "ask_for_reset",
    "change_account",
    "confirm_sign_in",
    "end_session",
    "end_sessions",
    "note_failure",
    "note_sign_in",
    "set_password",
    "sign_out",
]
