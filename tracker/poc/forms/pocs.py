"""Forms of what a proof of concept is about."""

from decimal import Decimal, InvalidOperation

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired
from wtforms.widgets import TextInput

from tracker.core.errors import Refused
from tracker.core.halfwidth import squeeze
from tracker.core.text import N_
from tracker.journey.rules import Party
from tracker.poc.operations.plan import MeasureDetails, MilestoneDetails
from tracker.poc.operations.pocs import PocDetails, RelatedDetails
from tracker.web.fields import line, paragraphs
from tracker.web.forms import DateField, Form, ReadField, choices

LARGEST = Decimal("999999999.9999")
SMALLEST = Decimal("0.0001")
ROC_DAY = _l("As in 115/11/22 or 2026-11-22.")
NEED_DAY = _l("Write the day.")


class FigureField(ReadField):
    """A measured figure, with up to four decimals."""

    widget = TextInput()

    def read(self, text: str) -> Decimal:
        """Read the figure, with separators and in full-width digits too."""
        plain = squeeze(text).replace(",", "")
        try:
            value = Decimal(plain)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or abs(value) > LARGEST or value != value.quantize(SMALLEST):
            raise Refused(
                N_(
                    "“%(typed)s” is not a figure that can be kept. Write digits with at most four decimals, as in 12.5."
                ),
                typed=text.strip()[:40],
            )
        return value

    def show(self, value: Decimal) -> str:
        """Write the figure with separators and without idle zeros."""
        return f"{value.normalize():,f}"


class PocForm(Form):
    """What a proof of concept is about."""

    problem = paragraphs(_l("Problem"), required=_l("Write which problem of the customers it solves."), rows=3)
    target_customers = paragraphs(
        _l("Target customers"), required=_l("Write which enterprises it is made for."), rows=2
    )
    value_proposition = paragraphs(
        _l("Value proposition"), description=_l("What the customer gains, and why from you."), rows=3
    )
    solution = paragraphs(_l("Solution"), description=_l("What enterprise customers can try."), rows=3)
    address = line(
        _l("Address of the solution"),
        longest=500,
        description=_l("Where it can be tried, from https:// on. Asked for before acceptance."),
        inputmode="url",
    )
    starts_on = DateField(_l("First day"), [InputRequired(NEED_DAY)], description=ROC_DAY)
    ends_on = DateField(_l("Last day"), [InputRequired(NEED_DAY)], description=ROC_DAY)

    def details(self) -> PocDetails:
        """Give what was typed."""
        return PocDetails(
            problem=self.problem.data or "",
            target_customers=self.target_customers.data or "",
            value_proposition=self.value_proposition.data or "",
            solution=self.solution.data or "",
            address=self.address.data or "",
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            version=self.read_version(),
        )


class ArchitectureForm(Form):
    """The architecture that the expert recommends."""

    architecture = paragraphs(
        _l("Recommended architecture"), required=_l("Write which architecture you recommend, and why."), rows=6
    )
    takes_basis = BooleanField(_l("Take over template and parameters of the newest closed assessment"))

    def offer(self, *, has_basis: bool) -> "ArchitectureForm":
        """Leave out the assessment where there is none."""
        if not has_basis:
            del self.takes_basis
        return self

    @property
    def wants_basis(self) -> bool:
        """Tell whether the recommendation rests on the assessment."""
        return "takes_basis" in self and bool(self.takes_basis.data)


class MeasureForm(Form):
    """What is measured before and after, in which unit and how."""

    name = line(_l("Measure"), required=_l("Write what is measured."), longest=100)
    unit = line(_l("Unit"), required=_l("Write the unit, as in seconds or percent."), longest=40)
    method = paragraphs(
        _l("How it is measured"), required=_l("Write how it is measured, so that others get the same figure."), rows=2
    )
    baseline = FigureField(_l("Baseline"))
    baseline_on = DateField(_l("Measured on"), description=ROC_DAY)
    target = FigureField(_l("Target"))
    result = FigureField(_l("Result"))
    result_on = DateField(_l("Result measured on"), description=ROC_DAY)

    def details(self) -> MeasureDetails:
        """Give what was typed."""
        return MeasureDetails(
            name=self.name.data or "",
            unit=self.unit.data or "",
            method=self.method.data or "",
            baseline=self.baseline.data,
            baseline_on=self.baseline_on.data,
            target=self.target.data,
            result=self.result.data,
            result_on=self.result_on.data,
            version=self.read_version(),
        )


class MilestoneForm(Form):
    """Something to be reached by a day."""

    name = line(_l("Milestone"), required=_l("Write what is to be reached."), longest=100)
    owed_by = SelectField(_l("Owed by"), [InputRequired()], choices=lambda: choices(Party))
    due_on = DateField(_l("Due day"), [InputRequired(NEED_DAY)], description=ROC_DAY)
    done_on = DateField(_l("Reached on"), description=_l("Empty as long as it is not reached."))
    note = paragraphs(_l("Note"), rows=2)

    def details(self) -> MilestoneDetails:
        """Give what was typed."""
        return MilestoneDetails(
            name=self.name.data or "",
            owed_by=Party(self.owed_by.data),
            due_on=self.due_on.data,
            done_on=self.done_on.data,
            note=self.note.data or "",
            version=self.read_version(),
        )


class RemoveForm(Form):
    """Nothing but the wish to take something away."""


class RelatedForm(Form):
    """A related party."""

    ubn = line(_l("UBN"), required=_l("Write the UBN of 8 digits."), longest=40, inputmode="numeric")
    name = line(_l("Name"), required=_l("Write the name of the party."))
    relation = line(
        _l("How it is related"),
        required=_l("Write how it is related, as in: the same owner."),
        description=_l("As in: parent company, the same owner, a relative of the owner."),
    )

    def details(self) -> RelatedDetails:
        """Give what was typed."""
        return RelatedDetails(self.ubn.data or "", self.name.data or "", self.relation.data or "")


class WhyForm(Form):
    """A decision that needs its reason."""

    words = paragraphs(_l("Reason"), required=_l("Write the reason; it is kept with this decision."))

    @property
    def text(self) -> str:
        """Give the reason."""
        return self.words.data or ""


class NoteForm(Form):
    """A decision that may carry a note."""

    words = paragraphs(_l("Note"))

    @property
    def text(self) -> str:
        """Give the note."""
        return self.words.data or ""
