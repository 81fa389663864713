"""Forms of assessments."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than WTForms' stubs
from wtforms.validators import InputRequired
from wtforms.widgets import TextInput

from tracker.assessments.models import QuestionnaireVersion
from tracker.assessments.operations import AnswerDetails, ChoiceDetails, ComponentDetails
from tracker.assessments.questionnaire import Decision
from tracker.assessments.rules.decisions import Value
from tracker.assessments.shelf import questionnaire_of
from tracker.core.errors import Refused
from tracker.core.halfwidth import squeeze
from tracker.core.text import N_
from tracker.web.fields import line, paragraphs
from tracker.web.forms import Form, ReadField

LONGEST = 12
"""Digits of the largest number that can be typed."""


class NumberField(ReadField):
    """A whole number, with or without separators, in full-width digits too."""

    widget = TextInput()

    def read(self, text: str) -> int:
        """Read the number."""
        digits = squeeze(text).replace(",", "")
        if not (digits.isascii() and digits.isdigit()) or len(digits) > LONGEST:
            raise Refused(N_("Write a whole number."))
        return int(digits)

    def show(self, value: int | str) -> str:
        """Write the number with separators."""
        return f"{int(value):,}"


class AnswerForm(Form):
    """An answer to one question."""

    options = SelectMultipleField(_l("Answer"), validate_choice=False)
    number = NumberField(_l("Answer"))
    note = paragraphs(_l("Note"))

    def details(self) -> AnswerDetails:
        """Give what was answered."""
        options = tuple(dict.fromkeys(self.options.data or ()))
        return AnswerDetails(options, self.number.data, self.note.data or "", self.read_version())


class WhyForm(Form):
    """Why a question does not apply."""

    why = paragraphs(_l("Why it does not apply"), required=_l("Write the reason; it is kept with the assessment."))


class BeginForm(Form):
    """With which questionnaire an assessment begins."""

    questionnaire = SelectField(_l("Questionnaire"), coerce=int)
    takes_over = BooleanField(_l("Take over the answers of the assessment before, each to be confirmed"))

    def __init__(self, versions: list[QuestionnaireVersion], language: str, **values: Any) -> None:
        """Offer the published questionnaires."""
        super().__init__(**values)
        self.questionnaire.choices = [(one.id, questionnaire_of(one).title.of(language)) for one in versions]


class ComponentForm(Form):
    """A part of the product."""

    name = line(
        _l("Component"),
        required=_l("Write what the component is called."),
        longest=100,
        description=_l("A part that runs, is moved and fails by itself: a web server, a database, a report program."),
    )
    note = line(_l("What it does"), longest=200)

    def details(self) -> ComponentDetails:
        """Give what was typed."""
        return ComponentDetails(self.name.data or "", self.note.data or "", self.read_version())


class OptionForm(Form):
    """A decision among options, as the expert wants it."""

    value = SelectField(_l("Decision"), choices=[])
    reason = paragraphs(_l("Reason"), required=_l("Write the reason; it is kept with the assessment."))

    def details(self) -> ChoiceDetails:
        """Give what was chosen."""
        return ChoiceDetails(str(self.value.data), self.reason.data or "", self.read_version())


class LimitForm(Form):
    """A number that the expert sets."""

    value = NumberField(_l("Decision"), [InputRequired(_l("Write a whole number."))])
    reason = paragraphs(_l("Reason"), required=_l("Write the reason; it is kept with the assessment."))

    def details(self) -> ChoiceDetails:
        """Give what was typed."""
        return ChoiceDetails(str(self.value.data), self.reason.data or "", self.read_version())


def decision_form(decision: Decision, stored: object, current: Value | None, language: str) -> OptionForm | LimitForm:
    """Give the form by which a decision is changed, with what holds now."""
    kind: type[OptionForm | LimitForm] = LimitForm
    if decision.is_vote:
        offered = [SelectChoice(option.id, option.text.of(language)) for option in decision.options]
        kind = type("DecisionForm", (OptionForm,), {"value": SelectField(_l("Decision"), choices=offered)})
    return kind(obj=stored) if stored is not None else kind(value=current)


class CloseForm(Form):
    """Closing an assessment."""
