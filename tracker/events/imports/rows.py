"""A row of a file about a person at an event, read and judged by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tracker.core.clock import in_taipei
from tracker.core.errors import CloudStepsError, Refused
from tracker.core.text import N_, Message
from tracker.core.ubn import check_ubn
from tracker.events.operations.details import PersonDetails
from tracker.events.rules.attendance import CAME, LATE_AFTER, OPENS_BEFORE, AttendanceState
from tracker.events.rules.events import Span
from tracker.events.rules.registrations import mail_key, name_key, phone_key
from tracker.imports.kinds import Column, Given
from tracker.imports.values import read_length, read_moment, read_word
from tracker.vendors.rules import check_email

PERSON = (
    Column(
        "name",
        N_("Full name"),
        (
            "姓名",
            "Name",
            "Full Name",
            "Display Name",
            "Attendee Name",
            "名稱",
            "參與者",
            "顯示名稱",
            "您的姓名",
            "First name",
            "名字",
        ),
        required=True,
        example="王小明",
    ),
    Column("last_name", N_("Last name, where it has a column of its own"), ("Last name", "姓氏")),
    Column(
        "email",
        N_("Mail address"),
        (
            "電子郵件",
            "Email",
            "Attendee Email",
            "Email Address",
            "電子郵件地址",
            "電子信箱",
            "信箱",
            "E-mail",
            "使用者名稱",
            "Username",
            "Participant ID (UPN)",
            "參與者識別碼 (UPN)",
        ),
        example="ming@example.com",
    ),
    Column(
        "company",
        N_("Company"),
        ("公司", "公司名稱", "單位", "服務單位", "任職公司", "單位名稱", "Company", "Organization", "組織"),
        example="示範雲端股份有限公司",
    ),
    Column("ubn", N_("UBN"), ("統一編號", "統編", "公司統編", "UBN", "Tax ID"), example="00000018"),
    Column("phone", N_("Phone"), ("電話", "手機", "聯絡電話", "行動電話", "Phone", "Mobile"), example="0900-000-000"),
    Column("job_title", N_("Job title"), ("職稱", "Job title", "Title"), example="經理"),
)
CAME_TO = (
    Column(
        "arrived",
        N_("Came at"),
        (
            "First Join",
            "Join Time",
            "Time joined",
            "第一次加入",
            "首次加入",
            "加入時間",
            "簽到時間",
            "報到時間",
            "到達時間",
        ),
        example="2026-11-22 14:00",
    ),
    Column(
        "left",
        N_("Left at"),
        ("Last Leave", "Leave Time", "Time exited", "最後離開", "離開時間", "退出時間", "簽退時間"),
        example="2026-11-22 16:00",
    ),
    Column(
        "duration",
        N_("Length of stay"),
        (
            "In-Meeting Duration",
            "Attendance Duration",
            "Duration",
            "會議內持續時間",
            "會議持續時間",
            "持續時間",
            "參與時間",
            "停留時間",
        ),
        example="1:55:00",
    ),
    Column("state", N_("Attendance"), ("出席狀態", "出席", "出席情形", "Attendance", "簽到"), example="出席"),
    Column("role", N_("Role in the meeting"), ("Role", "角色")),
)
_STATES: Mapping[AttendanceState, tuple[str, ...]] = {
    AttendanceState.PRESENT: (
        "present",
        "attended",
        "出席",
        "到",
        "有",
        "是",
        "v",
        "✓",
        "✔",
        "o",
        "○",
        "yes",
        "1",
        "true",
        "已簽到",
        "簽到",
    ),
    AttendanceState.LATE: ("late", "came late", "遲到"),
    AttendanceState.LEFT_EARLY: ("left early", "left_early", "早退"),
    AttendanceState.EXCUSED: ("excused", "leave", "請假", "公假"),
    AttendanceState.ABSENT: ("absent", "no", "缺席", "未到", "無", "否", "x", "0", "false", "未出席"),
}
_RUNNING_IT = frozenset({"organizer", "organiser", "co-organizer", "召集人", "共同召集人", "host", "主持人", "cohost"})
LONGEST = 200


@dataclass
class PersonRow:
    """A row with its values read, and what was wrong with them."""

    given: Given
    details: PersonDetails
    arrived: datetime | None = None
    left: datetime | None = None
    length: timedelta | None = None
    state: AttendanceState | None = None
    faults: list[Message] = field(default_factory=list)

    @property
    def mail(self) -> str:
        """Give the mail address as it is compared."""
        return mail_key(self.details.email)

    @property
    def known_as(self) -> str:
        """Give the name as it is compared."""
        return name_key(self.details.name)

    @property
    def phone(self) -> tuple[str, str] | None:
        """Give name and phone as they are compared together."""
        key = phone_key(self.details.phone)
        return (self.known_as, key) if key else None


def read_row(given: Given) -> PersonRow:
    """Read every value of a row, and gather all that is wrong with it."""
    faults: list[Message] = []

    def value(key: str, reader: Callable[[str], Any]) -> Any:
        typed = given.get(key)
        if not typed.strip():
            return None
        try:
            return reader(typed)
        except CloudStepsError as refusal:
            faults.append(refusal.message)
            return None

    details = PersonDetails(
        name=_full_name(given),
        email=value("email", check_email) or "",
        phone=(value("phone", _line) or "")[:64],
        job_title=value("job_title", _line) or "",
        company=value("company", _line) or "",
        ubn=value("ubn", check_ubn),
    )
    row = PersonRow(given, details, faults=faults)
    row.arrived, row.left = value("arrived", read_moment), value("left", read_moment)
    row.length = value("duration", read_length)
    row.state = value("state", lambda typed: read_word(typed, _STATES))
    if row.arrived and row.left and row.left < row.arrived:
        faults.append(Message(N_("The row says that the person left before coming.")))
    if given.get("role").strip().casefold() in _RUNNING_IT:
        faults.append(Message(N_("Whoever runs the meeting is not counted among those who came.")))
    return row


def _line(typed: str) -> str:
    text = " ".join(typed.split())
    if len(text) > LONGEST:
        raise Refused(N_("“%(typed)s…” is longer than %(most)s characters."), typed=text[:20], most=LONGEST)
    return text


def _full_name(given: Given) -> str:
    first, last = " ".join(given.get("name").split()), " ".join(given.get("last_name").split())
    if not last:
        return first[:LONGEST]
    is_western = f"{first}{last}".isascii()
    return (f"{first} {last}" if is_western else f"{last}{first}")[:LONGEST]


def attendance_of(row: PersonRow, span: Span) -> tuple[AttendanceState, datetime | None, datetime | None]:
    """Tell how a person was at a session: as the row says, else from when they came, left and how long they stayed."""
    arrived, left = row.arrived, row.left
    if left is None and row.length is not None:
        left = (arrived or span.starts_at) + row.length
    if row.state is not None:
        return (
            row.state,
            arrived if row.state in CAME else None,
            left if row.state is AttendanceState.LEFT_EARLY else None,
        )
    if arrived is not None and arrived > span.starts_at + LATE_AFTER:
        return AttendanceState.LATE, arrived, left
    if left is not None and left < span.ends_at - LATE_AFTER:
        return AttendanceState.LEFT_EARLY, arrived, left
    return AttendanceState.PRESENT, arrived, left


def outside(row: PersonRow, span: Span) -> Message | None:
    """Say why a row is not about this session: its times lie on another day."""
    for moment in (row.arrived, row.left):
        if moment is not None and not span.starts_at - OPENS_BEFORE <= moment <= span.ends_at + OPENS_BEFORE:
            return Message(
                N_(
                    "The row speaks of %(moment)s, but the session is at %(session)s. Is this the list of another event?"
                ),
                {"moment": _shown(moment), "session": _shown(span.starts_at)},
            )
    return None


def _shown(moment: datetime) -> str:
    return in_taipei(moment).strftime("%Y-%m-%d %H:%M")
