"""Weighty acts ask for the password again when the sign-in lies some minutes back."""

import functools
import time
from typing import cast
from urllib.parse import urlsplit

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.access import View, current_actor
from tracker.accounts.rules import own_path
from tracker.accounts.sessions import this_session

ASKED_AFTER_SECONDS = 10 * 60
TAKEN_FOR_SECONDS = 30 * 60
"""A form that was opened in time may be sent a little later, so that nothing typed is lost."""
CONFIRMED_AT = "fs_paa"
"""Flask-Security's name for the moment of the last proof of identity."""


def is_fresh(seconds: int = ASKED_AFTER_SECONDS) -> bool:
    """Tell whether the person has proved who they are within the last seconds."""
    return 0 <= time.time() - float(this_session().get(CONFIRMED_AT, 0)) <= seconds


def confirm() -> None:
    """Note that the person has just proved who they are."""
    this_session()[CONFIRMED_AT] = time.time()


def fresh_sign_in(view: View) -> View:
    """Guard a view by a recent proof of identity; stands under `requires`."""

    @functools.wraps(view)
    def guarded(*subjects: object, **values: object) -> ResponseReturnValue:
        seconds = TAKEN_FOR_SECONDS if request.method == "POST" else ASKED_AFTER_SECONDS
        if not current_actor().is_authenticated or is_fresh(seconds):
            return view(*subjects, **values)
        return redirect(url_for("security.verify", next=_page_of_this_request()), 303)

    return cast(View, guarded)


def _page_of_this_request() -> str | None:
    """Give the page to come back to: this one, or the one with the button that was pressed."""
    if request.method != "POST":
        return request.full_path.rstrip("?")
    return own_path(urlsplit(request.referrer or "").path)
