"""Forms of trials, their usage and the asking of their customers."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import FileField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than WTForms' stubs
from wtforms.validators import DataRequired, InputRequired

from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.poc.operations.links import Recipient
from tracker.poc.operations.trials import TrialDetails
from tracker.poc.operations.usage import Mapping
from tracker.web.fields import CountField, line, paragraphs
from tracker.web.forms import DateField, Form

NONE = -1
"""The choice of no column."""
LANGUAGES = [SelectChoice("zh-Hant", "中文"), SelectChoice("en", "English")]
WRITE_DAY = _l("Write the day.")


class TrialForm(Form):
    """A trial by an enterprise customer."""

    customer = line(_l("Customer"), required=_l("Write the customer's name."))
    ubn = line(_l("UBN"), required=_l("Write the customer's UBN."), longest=40, inputmode="numeric")
    industry = line(_l("Industry"), required=_l("Write the customer's industry."))
    employees = CountField(_l("Employees"))
    contact_name = line(_l("Contact"), required=_l("Write who at the customer knows of the trial."))
    contact_email = line(
        _l("E-mail of the contact"),
        required=_l("Write the contact's e-mail address; the customer is asked there to confirm."),
        longest=254,
    )
    contact_phone = line(_l("Phone of the contact"), longest=40)
    begins_on = DateField(_l("First day"), [InputRequired(WRITE_DAY)], description=_l("As in 115/11/22 or 2026-11-22."))
    ends_on = DateField(_l("Last day"), [InputRequired(WRITE_DAY)])
    accounts = CountField(_l("Accounts"), [InputRequired(_l("Write how many accounts the customer had."))])
    tried = paragraphs(_l("What was tried"), required=_l("Write what the customer tried."))

    def details(self) -> TrialDetails:
        """Give what was typed."""
        return TrialDetails(
            ubn=self.ubn.data or "",
            customer=self.customer.data or "",
            industry=self.industry.data or "",
            employees=self.employees.data,
            contact_name=self.contact_name.data or "",
            contact_email=self.contact_email.data or "",
            contact_phone=self.contact_phone.data or "",
            begins_on=self.begins_on.data,
            ends_on=self.ends_on.data,
            accounts=self.accounts.data,
            tried=self.tried.data or "",
            version=self.read_version(),
        )


class ReasonForm(Form):
    """Why something is withdrawn or returned."""

    reason = paragraphs(_l("Reason"), required=_l("Write the reason; it is kept."))


class LogForm(Form):
    """A usage log."""

    file = FileField(
        _l("Usage log"),
        description=_l("CSV, XLSX or JSON; one row for each use, or one for each day with its number of users."),
        render_kw={"accept": ".csv,.txt,.xlsx,.json"},
    )

    def upload(self) -> FileStorage:
        """Give the file that was chosen."""
        found = self.file.data
        if not isinstance(found, FileStorage) or not found.filename:
            raise Refused(N_("Choose the file of the usage log."), field="file")
        return found


class MappingForm(Form):
    """Which column of a log holds what."""

    day = SelectField(_l("Day or time"), coerce=int, description=_l("Times with a zone are counted in Taipei."))
    user = SelectField(_l("Who used it"), coerce=int, description=_l("Each user counts once a day."))
    users = SelectField(
        _l("How many used it"), coerce=int, description=_l("Where the log holds days, not single users.")
    )
    events = SelectField(_l("How often"), coerce=int, description=_l("Without it, each row is one use."))

    def offer(self, columns: Sequence[str], none: str, number: str) -> "MappingForm":
        """Offer the columns of the log; one without a name is called by its number."""
        named = [SelectChoice(place, name or number % (place + 1)) for place, name in enumerate(columns)]
        self.day.choices = list(named)
        for field in (self.user, self.users, self.events):
            field.choices = [SelectChoice(NONE, none), *named]
        return self

    def details(self) -> Mapping:
        """Give the chosen columns."""
        chosen = {name: self._column(getattr(self, name)) for name in ("user", "users", "events")}
        return Mapping(day=int(self.day.data), version=self.read_version(), **chosen)

    @staticmethod
    def _column(field: Any) -> int | None:
        return None if field.data is None or field.data == NONE else int(field.data)


class RecipientForm(Form):
    """Whom at the customer the link goes to."""

    name = line(_l("Full name"), required=_l("Write the person's name."))
    email = line(_l("E-mail"), required=_l("Write the person's e-mail address."), longest=254)
    language = SelectField(_l("Language"), [DataRequired()], choices=LANGUAGES)

    def details(self) -> Recipient:
        """Give what was typed."""
        return Recipient(self.name.data or "", self.email.data or "", str(self.language.data))
