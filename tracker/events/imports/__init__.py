"""Attendance and registrations from people's files: reports of meetings, answers of forms, lists made by hand."""

from tracker.events.imports.kinds import ATTENDANCE, REGISTRATIONS

__all__ = ["ATTENDANCE", "REGISTRATIONS"]
