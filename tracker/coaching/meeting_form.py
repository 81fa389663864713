"""The form of a planned meeting."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired

from tracker.coaching.models import Meeting
from tracker.coaching.operations import MeetingDetails
from tracker.coaching.rules import Mode
from tracker.core import clock
from tracker.web.fields import ClockField, line
from tracker.web.forms import DateField, Form, choices


class MeetingForm(Form):
    """When and where people will meet."""

    next_day = DateField(_l("Day"), [InputRequired(_l("Write the day of the meeting, such as 115/12/31."))])
    next_time = ClockField(_l("Begins at"), [InputRequired(_l("Write when the meeting begins, such as 14:30."))])
    mode = RadioField(_l("How you meet"))
    place = line(_l("Address or meeting link"))

    def __init__(self, obj: Meeting | None = None, **values: Any) -> None:
        """Fill the form from a meeting."""
        begins = clock.in_taipei(obj.starts_at) if obj is not None else None
        known = {"next_day": begins.date(), "next_time": begins.time()} if begins is not None else {}
        super().__init__(obj, **{"mode": Mode.ON_SITE.value, **known, **values})
        self.mode.choices = choices(Mode)

    def details(self) -> MeetingDetails:
        """Give what was filled in."""
        begins = datetime.combine(self.next_day.data, self.next_time.data, clock.TAIPEI)
        return MeetingDetails(begins, Mode(self.mode.data), self.place.data or "", self.read_version())
