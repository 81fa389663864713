"""What accounts mail, and the door to the outbox, which lies in a higher feature and is connected by `app.py`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tracker.core.text import Message


@dataclass(frozen=True)
class AccountMail:
    """A mail about an account: sentences as msgids, said in the recipient's language, and one link."""

    recipient: str
    language: str
    subject: Message
    lines: Sequence[Message]
    action: tuple[Message, str] | None = None
    closing: Sequence[Message] = ()
    user_id: int | None = None


_outbox: list[Callable[[AccountMail], object]] = []


def connect_outbox(queue: Callable[[AccountMail], object]) -> None:
    """Say who writes mails into the outbox, in the caller's transaction."""
    _outbox[:] = [queue]


def post(mail: AccountMail) -> None:
    """Hand the mail to the outbox."""
    if not _outbox:
        raise RuntimeError("No outbox is connected: app.py calls connect_outbox.")
    _outbox[0](mail)
