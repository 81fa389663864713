"""The public form of a registration, and what the office writes about registrations and attendance."""

import re
import secrets
from datetime import datetime
from typing import Any, cast

from flask import g
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than WTForms' stubs
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from tracker.core import clock
from tracker.core.errors import CloudStepsError
from tracker.core.ubn import check_ubn
from tracker.events.models import Attendance, Event, EventSession, Question, Registration
from tracker.events.operations import AttendanceDetails, DoorDetails, PersonDetails, WalkIn
from tracker.events.rules.attendance import AttendanceState, Way
from tracker.events.rules.surveys import HIGHEST, LONGEST_ANSWER, Purpose, QuestionKind
from tracker.vendors.rules import check_email
from tracker.web.fields import ClockField, clean, line
from tracker.web.forms import Form, choices, translate

ID = re.compile(r"[0-9]{1,9}")
NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
YES_NO = {"yes": _l("Yes"), "no": _l("No")}


def question_field(question: Question) -> Field:
    """Give the field of a question."""
    english = g.get("language") == "en" and question.text_en
    label = question.text_en if english else question.text_zh
    needed = [InputRequired(_l("Please answer this question."))] if question.required else [Optional()]
    if question.kind is QuestionKind.TEXT:
        return TextAreaField(label, [*needed, Length(max=LONGEST_ANSWER)], filters=[clean], render_kw={"rows": 3})
    options = [SelectChoice(option, option) for option in question.options]
    if question.kind is QuestionKind.YES_NO:
        options = [SelectChoice(value, str(said)) for value, said in YES_NO.items()]
    elif question.kind is QuestionKind.RATING:
        options = [SelectChoice(str(number), str(number)) for number in range(1, HIGHEST + 1)]
    return RadioField(label, needed, choices=options, validate_choice=question.required)


def answers_of(form: Form, questions: list[Question]) -> dict[int, str]:
    """Give what was answered, by question."""
    return {one.id: str(form[f"question_{one.id}"].data or "") for one in questions}


class PersonForm(Form):
    """Who registers, and for which company."""

    name = line(_l("Your name"), required=_l("Write your name."), longest=100, autocomplete="name")
    email = line(
        _l("Mail address"),
        required=_l("Write your mail address; the ticket is sent there."),
        longest=200,
        autocomplete="email",
    )
    phone = line(_l("Phone"), longest=40, autocomplete="tel")
    company = line(_l("Company"), required=_l("Write your company."), autocomplete="organization")
    ubn = line(
        _l("UBN"),
        longest=20,
        description=_l("The eight digits, if you know them; your attendance is then kept on your company's record."),
    )
    job_title = line(_l("Job title"), longest=100)

    def validate_email(self, field: StringField) -> None:
        """Refuse what is no mail address."""
        _said(check_email, field)

    def validate_ubn(self, field: StringField) -> None:
        """Refuse what is no UBN."""
        if field.data:
            _said(check_ubn, field)


def _said(check: Any, field: StringField) -> None:
    try:
        field.data = check(field.data or "")
    except CloudStepsError as error:
        raise ValidationError(translate(error.message)) from error


class RegistrationForm(PersonForm):
    """The public form; with the event's own questions and its consent text."""

    consent = BooleanField(
        _l("I have read this and agree"),
        [DataRequired(_l("Without your consent we may not keep your data, and nobody can be registered."))],
    )
    consent_id = HiddenField()
    questions: list[Question]

    @classmethod
    def of(cls, event: Event, registration: Registration | None = None, **values: Any) -> "RegistrationForm":
        """Give the form with the questions of an event, filled from a registration."""
        questions = event.questions_for(Purpose.REGISTRATION)
        fields: dict[str, Any] = {f"question_{one.id}": question_field(one) for one in questions}
        if event.consent is None or registration is not None:
            fields |= {"consent": None, "consent_id": None}
        if registration is not None:
            fields["email"] = None
            values |= {f"question_{key}": answer for key, answer in registration.answers.items()}
        made = cast(RegistrationForm, type(cls.__name__, (cls,), fields)(registration, **values))
        made.questions = questions
        return made

    @property
    def question_fields(self) -> list[Field]:
        """Give the fields of the event's own questions."""
        return [self[f"question_{one.id}"] for one in self.questions]

    def details(self) -> PersonDetails:
        """Give what was filled in."""
        consent = self._text("consent_id")
        return PersonDetails(
            name=self.name.data or "",
            email=self._text("email"),
            phone=self.phone.data or "",
            company=self.company.data or "",
            ubn=self.ubn.data or None,
            job_title=self.job_title.data or "",
            language=str(g.get("language", "zh-Hant")),
            answers=answers_of(self, self.questions),
            consent_id=int(consent) if ID.fullmatch(consent) else None,
            version=self.read_version(),
        )

    def _text(self, name: str) -> str:
        """Give the text of a field that this form may lack."""
        return str(self[name].data or "") if name in self else ""


class OfficeRegistrationForm(PersonForm):
    """A registration that the office writes for somebody."""

    def details(self) -> PersonDetails:
        """Give what was filled in."""
        return PersonDetails(
            name=self.name.data or "",
            email=self.email.data or "",
            phone=self.phone.data or "",
            company=self.company.data or "",
            ubn=self.ubn.data or None,
            job_title=self.job_title.data or "",
            language=str(g.get("language", "zh-Hant")),
        )


class SurveyForm(Form):
    """The survey after an event."""

    questions: list[Question]

    @classmethod
    def of(cls, event: Event) -> "SurveyForm":
        """Give the form with the survey's questions."""
        questions = event.questions_for(Purpose.SURVEY)
        fields = {f"question_{one.id}": question_field(one) for one in questions}
        made = cast(SurveyForm, type(cls.__name__, (cls,), fields)())
        made.questions = questions
        return made

    def answers(self) -> dict[int, str]:
        """Give what was answered."""
        return answers_of(self, self.questions)


class SelfCheckInForm(Form):
    """The code on the screen, and who one is."""

    code = line(
        _l("Code on the screen"),
        required=_l("Type the code that the screen shows now."),
        longest=20,
        autocomplete="off",
        autocapitalize="characters",
    )
    email = line(
        _l("Mail address that you registered with"),
        required=_l("Write the mail address that you registered with."),
        autocomplete="email",
    )


class TicketCodeForm(Form):
    """The code on the screen, typed on one's own ticket."""

    code = line(
        _l("Code on the screen"),
        required=_l("Type the code that the screen shows now."),
        longest=20,
        autocomplete="off",
        autocapitalize="characters",
    )


class DoorForm(Form):
    """A check-in as the door sends it."""

    nonce = HiddenField()
    way = HiddenField()
    registration_id = HiddenField()
    age = HiddenField()
    code = line(_l("Code of the ticket"), longest=200, autocomplete="off", autocapitalize="characters")
    name = line(_l("Full name"), longest=100)
    company = line(_l("Company"))
    contact = line(_l("Mail or phone"), longest=200)

    def details(self) -> DoorDetails:
        """Give the check-in; what no device of ours would send is left out."""
        way = Way.named(self.way.data) or Way.CODE
        stored = self.registration_id.data or ""
        nonce = self.nonce.data or ""
        walk_in = WalkIn(self.name.data or "", self.company.data or "", self.contact.data or "")
        return DoorDetails(
            way,
            code=self.code.data or "",
            registration_id=int(stored) if ID.fullmatch(stored) else None,
            walk_in=walk_in if way is Way.WALK_IN else None,
            age_seconds=_seconds(self.age.data),
            nonce=nonce if NONCE.fullmatch(nonce) else secrets.token_urlsafe(16),
        )


def _seconds(text: str | None) -> float:
    found = re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text or "")
    return float(found[0]) if found else 0.0


class AttendanceForm(Form):
    """A person's attendance at a session, entered or corrected."""

    state = SelectField(_l("Attendance"))
    arrived = ClockField(_l("Came at"))
    left = ClockField(_l("Left at"))
    reason = line(_l("Why it is entered or changed"))

    def __init__(self, one: EventSession | None = None, obj: Attendance | None = None) -> None:
        """Fill the form from what is noted."""
        known: dict[str, Any] = {}
        if obj is not None:
            known = {
                "arrived": clock.in_taipei(obj.arrived_at).time() if obj.arrived_at else None,
                "left": clock.in_taipei(obj.left_at).time() if obj.left_at else None,
            }
        super().__init__(obj, **known)
        self.day = clock.in_taipei(one.starts_at).date() if one is not None else clock.today()
        self.state.choices = choices(AttendanceState)

    def details(self) -> AttendanceDetails:
        """Give what was filled in."""
        return AttendanceDetails(
            AttendanceState(self.state.data),
            self.reason.data or "",
            self._moment(self.arrived.data),
            self._moment(self.left.data),
            self.read_version(),
        )

    def _moment(self, time: Any) -> datetime | None:
        return datetime.combine(self.day, time, clock.TAIPEI) if time is not None else None


class VendorForm(Form):
    """Which vendor a person comes from."""

    ubn = line(
        _l("UBN of the vendor"), longest=20, description=_l("Leave empty where the company is no vendor of ours.")
    )

    def validate_ubn(self, field: StringField) -> None:
        """Refuse what is no UBN."""
        if field.data:
            _said(check_ubn, field)


class DoubleForm(Form):
    """Which other registration is the same person's."""

    code = line(
        _l("Ticket code of the other registration"),
        required=_l("Write the code that stands on the other registration."),
        longest=20,
    )
