"""Links of registrations: the ticket's page for its owner, and the address in the QR code for the door."""

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from tracker.core.errors import Gone
from tracker.core.text import N_
from tracker.events.models import Registration

SALT = "event ticket"


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=SALT)


def ticket_token(registration: Registration) -> str:
    """Give the token by which its owner changes or cancels a registration."""
    return str(_serializer().dumps([registration.id, registration.link_key]))


def ticket_path(registration: Registration, page: str = "") -> str:
    """Give the path of a ticket's page."""
    return f"/tickets/{ticket_token(registration)}{page}"


def read_token(token: str) -> tuple[int, str]:
    """Give the registration and the key that a link was made for."""
    try:
        registration_id, key = _serializer().loads(token)
        return int(registration_id), str(key)
    except (BadSignature, ValueError, TypeError) as error:
        raise Gone(
            N_("This link is not complete. Open it again from the mail, or register on the event's page.")
        ) from error


def door_path(code: str) -> str:
    """Give the path that the QR code of a ticket holds."""
    return f"/door/{code}"


def secret() -> str:
    """Give the secret that the codes on the screen are made of."""
    return str(current_app.config["SECRET_KEY"])
