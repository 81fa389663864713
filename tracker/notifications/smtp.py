"""Sending a mail by SMTP, over a connection whose certificate is checked."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import cast
from urllib.parse import unquote, urlsplit

from tracker.core import clock
from tracker.core.tasks import Hopeless
from tracker.notifications.models import MailAttachment, OutboxMail

TIMEOUT_SECONDS = 30
PERMANENT = 500


@dataclass(frozen=True)
class Server:
    """A mail server as the setting names it."""

    host: str
    port: int
    tls: bool
    starttls: bool
    user: str = ""
    password: str = ""


def read_url(url: str) -> Server:
    """Read `smtps://user:password@host:465` or `smtp://…:587`; smtp upgrades to TLS wherever the server offers it.

    With a password in it, an smtp connection that cannot be upgraded is refused.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError(
            "CLOUDSTEPS_SMTP_URL must look like smtp://user:password@host:587 or smtps://user:password@host:465."
        )
    tls = parts.scheme == "smtps"
    port = parts.port or (465 if tls else 587)
    return Server(parts.hostname, port, tls, not tls, unquote(parts.username or ""), unquote(parts.password or ""))


@contextmanager
def connection(server: Server) -> Iterator[smtplib.SMTP]:
    """Connect, encrypt and sign in."""
    context = ssl.create_default_context()
    if server.tls:
        opened: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        opened = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
    with opened:
        opened.ehlo()
        if server.starttls and opened.has_extn("starttls"):
            opened.starttls(context=context)
            opened.ehlo()
        elif server.user and not server.tls:
            raise Hopeless("The mail server offers no encryption, and the password is not sent in the clear.")
        if server.user:
            opened.login(server.user, server.password)
        yield opened


def compose(mail: OutboxMail, sender: str, unsubscribe: str | None) -> EmailMessage:
    """Give the mail as a message: text and HTML, and headers that no text can break out of."""
    message = EmailMessage(policy=SMTP)
    name, address = parseaddr(sender)
    message["From"] = Address(display_name=name, addr_spec=address)
    message["To"] = _recipient(mail.recipient)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(clock.in_taipei(mail.created_at))
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    if unsubscribe is not None:
        message["List-Unsubscribe"] = f"<{unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text, cte="base64")
    message.add_alternative(mail.html, subtype="html", cte="base64")
    for part in mail.attachments:
        _attach(message, part)
    return message


def _attach(message: EmailMessage, part: MailAttachment) -> None:
    """Put a file into the mail: a picture of the text beside its HTML, everything else after both."""
    kind, _, parameters = part.media_type.partition(";")
    maintype, _, subtype = kind.strip().partition("/")
    values = dict(one.strip().split("=", 1) for one in parameters.split(";") if "=" in one)
    if part.content_id is not None:
        html = cast(EmailMessage, message.get_body(("html",)))
        html.add_related(
            part.content, maintype, subtype, cid=f"<{part.content_id}>", filename=part.name, disposition="inline"
        )
    else:
        message.add_attachment(part.content, maintype, subtype, filename=part.name, params=values)


def _recipient(address: str) -> Address:
    try:
        return Address(addr_spec=address)
    except (ValueError, IndexError, HeaderParseError) as error:
        raise Hopeless("This is no mail address.") from error


def send(message: EmailMessage, server: Server) -> None:
    """Hand the message to the server; what it refuses for good is not tried again."""
    try:
        with connection(server) as opened:
            opened.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, _said = next(iter(error.recipients.values()))
        _raise(code, error)
    except smtplib.SMTPResponseException as error:
        _raise(error.smtp_code, error)


def _raise(code: int, error: smtplib.SMTPException) -> None:
    if code >= PERMANENT:
        raise Hopeless(f"The mail server refused the mail for good (code {code}).") from error
    raise error
