"""Forms of programme years, their people and the office's calendar."""

from collections.abc import Sequence

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import DataRequired, InputRequired

from tracker.accounts.models import User
from tracker.programmes.operations import OverrideDetails
from tracker.programmes.shelf import Held
from tracker.web.fields import line
from tracker.web.forms import DateField, Form

ROC_DAY = _l("As in 115/11/22 or 2026-11-22.")


class OpenForm(Form):
    """Which programme year to open."""

    rulebook = SelectField(_l("Rulebook file"), [DataRequired(_l("Choose a rulebook file."))])

    def offer(self, files: Sequence[Held]) -> "OpenForm":
        """Offer the files that can be opened."""
        language = g.get("language", "zh-Hant")
        self.rulebook.choices = [
            (f"{held.roc_year}/{held.code}", f"{held.roc_year} · {held.rulebook.title.of(language)}")
            for held in files
            if held.rulebook is not None
        ]
        return self

    def details(self) -> tuple[str, int]:
        """Give the code and the ROC year."""
        year, _slash, code = (self.rulebook.data or "").partition("/")
        return code, int(year)


class MemberForm(Form):
    """Who of the office works in the programme year from now on."""

    person = SelectField(_l("Person of the office"), [InputRequired(_l("Choose a person."))], coerce=int)

    def offer(self, people: Sequence[User]) -> "MemberForm":
        """Offer the people who do not work in it yet."""
        self.person.choices = [(user.id, f"{user.name} ({user.email})") for user in people]
        return self


class OverrideForm(Form):
    """A day on which the office departs from the official calendar."""

    day = DateField(_l("Day"), [InputRequired(_l("Write the day."))], description=ROC_DAY)
    is_working = RadioField(
        _l("Declared as"),
        [InputRequired(_l("Choose what the day is."))],
        choices=lambda: [("0", _("Day off")), ("1", _("Working day"))],
        default="0",
    )
    reason = line(
        _l("Reason"),
        required=_l("Write the reason, such as the typhoon or the announcement."),
        description=_l("Everybody reads it beside the day."),
    )

    def details(self) -> OverrideDetails:
        """Give what was typed."""
        return OverrideDetails(self.day.data, self.is_working.data == "1", self.reason.data or "")


class ConfirmForm(Form):
    """Nothing but the wish to go on."""
