"""The tables of events."""

from tracker.events.models.attendance import Attendance, AttendanceChange, Certificate, DoorMessage
from tracker.events.models.events import Consent, Event, EventSession, Material, Question, Speaker
from tracker.events.models.registrations import Attendee, AttendeeMail, Registration, SurveyResponse

__all__ = [
    "Attendance",
    "AttendanceChange",
    "Attendee",
    "AttendeeMail",
    "Certificate",
    "Consent",
    "DoorMessage",
    "Event",
    "EventSession",
    "Material",
    "Question",
    "Registration",
    "Speaker",
    "SurveyResponse",
]
