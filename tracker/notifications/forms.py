"""Forms of notifications."""

from flask_babel import gettext
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.notifications.rules import ALWAYS_MAILED, Reason
from tracker.web.forms import Form


def _choices() -> list[tuple[str, str]]:
    return [(reason.value, gettext(reason.label)) for reason in Reason if reason not in ALWAYS_MAILED]


class MailChoiceForm(Form):
    """For which reasons a person wants mail."""

    reasons = SelectMultipleField(
        choices=_choices, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )

    def wanted(self) -> list[Reason]:
        """Give the reasons that were chosen."""
        return [Reason(value) for value in self.reasons.data or []]


class PlainForm(Form):
    """A form of one button."""
