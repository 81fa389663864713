"""The signed links by which a person switches off mails of one reason without signing in."""

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from tracker.core.errors import Gone
from tracker.core.text import N_
from tracker.notifications.rules import Reason

SALT = "cloudsteps.mail-choice"


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=SALT)


def unsubscribe_path(user_id: int, reason: Reason | None) -> str:
    """Give the path of the page that switches mails off: of one reason, or of all that can be."""
    token = _serializer().dumps([user_id, reason.value if reason else ""])
    return current_app.url_map.bind("").build("notifications.unsubscribe", {"token": token})


def read_token(token: str) -> tuple[int, Reason | None]:
    """Give the person and the reason that a link was made for."""
    try:
        user_id, reason = _serializer().loads(token)
        return int(user_id), Reason(reason) if reason else None
    except (BadSignature, ValueError, TypeError) as error:
        raise Gone(
            N_(
                "This link is not complete. Open it again from the mail, or sign in and choose in your inbox which mails you get."
            )
        ) from error
