"""What the operations are given."""

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from tracker.coaching.people import Person
from tracker.coaching.rules import Mode
from tracker.core.errors import AlreadyPosted
from tracker.evidence.storage import Readable
from tracker.journey.rules import Step

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage


class AlreadyLogged(AlreadyPosted):
    """The device has sent this session before; it stands and is not logged again."""

    def __init__(self, session_id: int) -> None:
        """Keep which session the first sending made."""
        super().__init__()
        self.session_id = session_id


@dataclass(frozen=True)
class ActionDetails:
    """What somebody will do until a day."""

    text: str
    assignee_id: int
    due_on: date | None
    action_id: int | None = None


@dataclass(frozen=True)
class Upload:
    """A photo or file as it was sent."""

    name: str
    file: "FileStorage | Readable"


@dataclass(frozen=True)
class MeetingDetails:
    """When and where people will meet next."""

    starts_at: datetime
    mode: Mode = Mode.ON_SITE
    place: str = ""
    version: int | None = None


@dataclass(frozen=True)
class SessionDetails:
    """Everything that a session's form holds."""

    step: Step
    starts_at: datetime
    hours: Decimal
    mode: Mode = Mode.ON_SITE
    place: str = ""
    people: tuple[Person, ...] = ()
    topics: tuple[str, ...] = ()
    findings: str = ""
    recommendations: str = ""
    internal_note: str = ""
    item_ids: tuple[int, ...] = ()
    actions: tuple[ActionDetails, ...] = ()
    uploads: tuple[Upload, ...] = ()
    next_meeting: MeetingDetails | None = None
    expert_id: int | None = None
    """Whose session it was, when the office logs it; else whoever logs it."""
    client_key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    version: int | None = None


@dataclass(frozen=True)
class QuotaDetails:
    """An expert's hours of a programme year, and why they differ from the rulebook."""

    hours: Decimal
    reason: str
    version: int | None = None
