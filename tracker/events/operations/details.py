"""What the operations are given, and what they answer."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tracker.events.models import Registration
from tracker.events.rules.attendance import AttendanceState, Outcome, Way
from tracker.events.rules.events import Audience, EventKind, Mode, Span
from tracker.events.rules.surveys import Purpose, QuestionKind
from tracker.evidence.storage import Readable
from tracker.vendors.rules import VendorKind

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage


@dataclass(frozen=True)
class SessionDetails:
    """A session of an event; with an id, one that stands already."""

    span: Span
    title: str = ""
    session_id: int | None = None


@dataclass(frozen=True)
class SpeakerDetails:
    """Who speaks."""

    name: str
    title: str = ""
    user_id: int | None = None


@dataclass(frozen=True)
class EventDetails:
    """Everything that an event's form holds."""

    programme_id: int
    kind: EventKind
    name_zh: str
    sessions: tuple[SessionDetails, ...]
    name_en: str = ""
    series: str = ""
    summary_zh: str = ""
    summary_en: str = ""
    mode: Mode = Mode.ON_SITE
    place: str = ""
    online_url: str = ""
    audience: Audience = Audience.PUBLIC
    vendor_kinds: tuple[VendorKind, ...] = ()
    capacity: int | None = None
    needs_approval: bool = False
    offer_hours: int = 24
    closes_at: datetime | None = None
    speakers: tuple[SpeakerDetails, ...] = ()
    item_keys: tuple[str, ...] = ()
    consent_zh: str = ""
    consent_en: str = ""
    version: int | None = None


@dataclass(frozen=True)
class QuestionDetails:
    """A question that is to be asked."""

    purpose: Purpose
    kind: QuestionKind
    text_zh: str
    text_en: str = ""
    options: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class MaterialDetails:
    """A file or the address of a page for participants."""

    title: str
    file: "FileStorage | Readable | None" = None
    file_name: str = ""
    url: str = ""


@dataclass(frozen=True)
class PersonDetails:
    """Who registers, and for which company."""

    name: str
    email: str = ""
    phone: str = ""
    job_title: str = ""
    company: str = ""
    ubn: str | None = None
    language: str = "zh-Hant"
    answers: Mapping[int, str] = field(default_factory=dict)
    consent_id: int | None = None
    """The version of the consent text that was shown and agreed to."""
    version: int | None = None


@dataclass(frozen=True)
class Registered:
    """What came of a registration."""

    registration: Registration
    is_new: bool
    """False where the person was registered already; they were sent their link again."""


@dataclass(frozen=True)
class WalkIn:
    """Somebody without a registration, in three fields."""

    name: str
    company: str
    contact: str
    """Mail or phone."""


@dataclass(frozen=True)
class DoorDetails:
    """A check-in as a device sends it, at once or once it has a network again."""

    way: Way
    code: str = ""
    registration_id: int | None = None
    walk_in: WalkIn | None = None
    age_seconds: float = 0
    """How long it waited on the device."""
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))


@dataclass(frozen=True)
class DoorAnswer:
    """What the door is told; the same again for the same nonce."""

    outcome: Outcome
    name: str = ""
    company: str = ""
    session_title: str = ""
    since: datetime | None = None
    """When the person was checked in first."""
    registration_id: int | None = None

    def plain(self) -> dict[str, Any]:
        """Give it as it is kept."""
        since = self.since.isoformat() if self.since else None
        return {"name": self.name, "company": self.company, "session": self.session_title, "since": since}


@dataclass(frozen=True)
class AttendanceDetails:
    """How somebody's attendance is entered or corrected."""

    state: AttendanceState
    reason: str
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    version: int | None = None
