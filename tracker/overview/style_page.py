"""Sample values for the page that shows every macro, for people and for the accessibility test."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.core import clock
from tracker.web.forms import DateField, Form


class SampleForm(Form):
    """One field of each kind."""

    name = StringField(_l("Name"), [DataRequired()])
    day = DateField(_l("Date"), description=_l("As in 115/11/22 or 2026-11-22."))
    kind = SelectField(_l("Kind"), choices=[SelectChoice("a", _l("On site")), SelectChoice("b", _l("Online"))])
    choice = RadioField(_l("Choice"), choices=[SelectChoice("a", _l("Yes")), SelectChoice("b", _l("No"))])
    topics = SelectMultipleField(
        _l("Topics"),
        choices=[SelectChoice("a", _l("Security")), SelectChoice("b", _l("Cost"))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    agreed = BooleanField(_l("Agreed"))
    text = TextAreaField(_l("Findings"))
    file = FileField(_l("File"))


class ReasonForm(Form):
    """A reason."""

    reason = TextAreaField(_l("Reason"), [DataRequired()])


@dataclass(frozen=True)
class Day:
    """A day of the sample calendar."""

    date: date
    outside: bool = False
    today: bool = False
    entries: list[Any] = field(default_factory=list)


def samples() -> dict[str, Any]:
    """Give what the page shows."""
    today = clock.today()
    first = today.replace(day=1)
    begins = first - timedelta(days=(first.weekday() + 1) % 7)
    days = [Day(begins + timedelta(days=n), today=begins + timedelta(days=n) == today) for n in range(35)]
    return {
        "sample_form": SampleForm(),
        "reason_form": ReasonForm(prefix="confirm-"),
        "today": today,
        "now": clock.now(),
        "weeks": [days[n : n + 7] for n in range(0, 35, 7)],
        "days": [day for day in days if day.today],
    }
