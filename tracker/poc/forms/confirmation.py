"""Forms that customers answer by their link, and those of signed paper."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, TypeVar, cast

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, FileField, HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than WTForms' stubs
from wtforms.validators import InputRequired

from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.poc.operations.confirmations import Said
from tracker.poc.operations.papers import Paper, PhoneCall
from tracker.poc.rules.confirmation import field_of
from tracker.programmes.rulebook import Rule
from tracker.web.fields import CountField, line, paragraphs
from tracker.web.forms import DateField, Form

WRITE_DAY = _l("Write the day.")
FORM_FILES = frozenset({"pdf", "jpg", "jpeg", "png", "webp"})


class AskingForm(Form):
    """A form with the questions of the rulebook."""

    questions: ClassVar[Sequence[Rule]] = ()

    def answers(self) -> dict[str, str]:
        """Give the answers by question."""
        return {rule.id: str(self._fields[field_of(rule.id)].data or "") for rule in self.questions}

    def question_fields(self) -> list[Any]:
        """Give the fields of the questions in their order."""
        return [self._fields[field_of(rule.id)] for rule in self.questions]


F = TypeVar("F", bound=AskingForm)


def with_questions(kind: type[F], questions: Sequence[Rule], language: str) -> type[F]:
    """Give the form with a field for each question, in the reader's language."""
    fields: dict[str, Any] = {"questions": tuple(questions)}
    for rule in questions:
        offered = [SelectChoice(option.id, option.text.of(language)) for option in rule.options]
        needed = [InputRequired(_l("Choose an answer."))]
        fields[field_of(rule.id)] = RadioField(rule.text.of(language), needed, choices=offered)
    return cast("type[F]", type(kind.__name__, (kind,), fields))


class ConfirmForm(AskingForm):
    """What a customer says of a trial."""

    shown = HiddenField()
    customer = line(_l("Customer"), required=_l("Write the customer's name."))
    industry = line(_l("Industry"), required=_l("Write the customer's industry."))
    employees = CountField(_l("Employees"))
    begins_on = DateField(_l("First day"), [InputRequired(WRITE_DAY)])
    ends_on = DateField(_l("Last day"), [InputRequired(WRITE_DAY)])
    accounts = CountField(_l("Accounts"), [InputRequired(_l("Write how many accounts the customer had."))])
    tried = paragraphs(_l("What was tried"), required=_l("Write what the customer tried."))
    comment = paragraphs(_l("Anything else"), rows=3)
    typed_name = line(_l("Your full name"), required=_l("Type your full name to confirm."))
    job_title = line(_l("Your position"))
    agreed = BooleanField(_l("I confirm this"), [InputRequired(_l("Tick the box to confirm, or decline below."))])

    def said(self, language: str) -> Said:
        """Give what was written."""
        return Said(
            customer=self.customer.data or "",
            industry=self.industry.data or "",
            employees=self.employees.data,
            begins_on=self.begins_on.data,
            ends_on=self.ends_on.data,
            accounts=self.accounts.data,
            tried=self.tried.data or "",
            answers=self.answers(),
            comment=self.comment.data or "",
            typed_name=self.typed_name.data or "",
            job_title=self.job_title.data or "",
            shown=str(self.shown.data or "")[:64],
            language=language,
        )


def values_of(draft: Mapping[str, Any]) -> dict[str, Any]:
    """Give the fields' values of a kept draft."""
    values = {name: value for name, value in draft.items() if name not in {"answers", "language"}}
    for name in ("begins_on", "ends_on"):
        if name in values:
            values[name] = date.fromisoformat(values[name])
    return values | {field_of(question): answer for question, answer in draft.get("answers", {}).items()}


class CodeForm(Form):
    """The code that was mailed."""

    code = line(
        _l("Code"),
        required=_l("Type the six digits of the mail."),
        longest=12,
        inputmode="numeric",
        autocomplete="one-time-code",
    )


class DeclineForm(Form):
    """Why a customer does not confirm."""

    typed_name = line(_l("Your full name"), required=_l("Type your full name."))
    reason = paragraphs(_l("What is not right"), required=_l("Write what is not right."))


class PaperForm(AskingForm):
    """A form that was signed on paper."""

    file = FileField(_l("Scan or photo of the signed form"), render_kw={"accept": ".pdf,.jpg,.jpeg,.png,.webp"})
    signer = line(_l("Who signed"), required=_l("Write who signed the form."))
    signer_title = line(_l("Position"))
    signed_on = DateField(_l("Signed on"), [InputRequired(WRITE_DAY)], description=_l("As in 115/11/22 or 2026-11-22."))
    comment = paragraphs(_l("Anything else"), rows=3)

    def upload(self) -> FileStorage:
        """Give the scan that was chosen."""
        found = self.file.data
        if not isinstance(found, FileStorage) or not found.filename:
            raise Refused(N_("Choose the scan or photo of the signed form."), field="file")
        if found.filename.rpartition(".")[2].lower() not in FORM_FILES:
            raise Refused(N_("A signed form is a PDF, JPG, PNG or WEBP. Scan or photograph it again."), field="file")
        return found

    def details(self) -> Paper:
        """Give what was typed."""
        return Paper(
            self.signer.data or "",
            self.signer_title.data or "",
            self.signed_on.data,
            self.answers(),
            self.comment.data or "",
        )


class CallForm(Form):
    """The phone call by which a signed form is verified."""

    phone = line(
        _l("Number called"),
        required=_l("Write the number that you called."),
        longest=40,
        description=_l("Take it from a public source, not from the form."),
    )
    called_on = DateField(_l("Day of the call"), [InputRequired(WRITE_DAY)])
    spoke_with = line(_l("Spoke with"), required=_l("Write whom you spoke with."))
    note = paragraphs(_l("What was said"), required=_l("Write what was said on the phone."))

    def details(self) -> PhoneCall:
        """Give what was typed."""
        return PhoneCall(
            self.phone.data or "",
            self.called_on.data,
            self.spoke_with.data or "",
            self.note.data or "",
            self.read_version(),
        )
