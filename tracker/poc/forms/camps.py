"""Forms of co-creation camps."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import InputRequired

from tracker.poc.forms.pocs import NEED_DAY, ROC_DAY
from tracker.poc.operations.camps import CampDetails, GroupDetails, StageDetails
from tracker.web.fields import CountField, line, paragraphs
from tracker.web.forms import DateField, Form

Pairs = Iterable[tuple[int, str]]


class CampForm(Form):
    """A camp."""

    programme = SelectField(_l("Programme year"), [InputRequired(_l("Choose the programme year."))], coerce=int)
    name = line(_l("Name of the camp"), required=_l("Write what the camp is called."), longest=100)
    place = line(_l("Place"))
    starts_on = DateField(_l("First day"), [InputRequired(NEED_DAY)], description=ROC_DAY)
    demo_day_on = DateField(_l("Demo day"), [InputRequired(NEED_DAY)], description=ROC_DAY)

    def offer(self, years: Pairs) -> "CampForm":
        """Fill the list of programme years."""
        self.programme.choices = list(years)
        return self

    def without_year(self) -> "CampForm":
        """Leave out the programme year, which a camp keeps."""
        del self.programme
        return self

    def details(self) -> CampDetails:
        """Give what was typed."""
        return CampDetails(
            name=self.name.data or "",
            place=self.place.data or "",
            starts_on=self.starts_on.data,
            demo_day_on=self.demo_day_on.data,
            version=self.read_version(),
        )


class GroupForm(Form):
    """A group of a camp."""

    name = line(_l("Name of the group"), required=_l("Write what the group is called."), longest=100)
    enterprise = line(_l("Enterprise"), required=_l("Write for which enterprise the group works."))
    enterprise_ubn = line(_l("UBN of the enterprise"), longest=40, inputmode="numeric")
    enterprise_contact = line(_l("Contact of the enterprise"))
    mentor_id = SelectField(_l("Mentor"), coerce=int, default=0)
    brief = paragraphs(_l("Brief"), description=_l("What the enterprise asks for."), rows=4)
    demo_order = CountField(_l("Turn on the demo day"), description=_l("1 for the first group."))
    result = paragraphs(_l("Result of the demo day"), rows=4)

    def offer(self, mentors: Pairs, nobody: str) -> "GroupForm":
        """Fill the list of mentors."""
        self.mentor_id.choices = [(0, nobody), *mentors]
        return self

    def details(self) -> GroupDetails:
        """Give what was typed."""
        return GroupDetails(
            name=self.name.data or "",
            enterprise=self.enterprise.data or "",
            enterprise_ubn=self.enterprise_ubn.data or "",
            enterprise_contact=self.enterprise_contact.data or "",
            mentor_id=self.mentor_id.data or None,
            brief=self.brief.data or "",
            demo_order=self.demo_order.data,
            result=self.result.data or "",
            version=self.read_version(),
        )


class JoinForm(Form):
    """A vendor that joins a group."""

    poc = SelectField(_l("Proof of concept"), [InputRequired(_l("Choose the proof of concept."))], coerce=int)
    role = line(_l("Role in the group"), required=_l("Write what the vendor does in the group."), longest=100)

    def offer(self, pocs: Pairs) -> "JoinForm":
        """Fill the list of proofs."""
        self.poc.choices = list(pocs)
        return self


class StageForm(Form):
    """Something that a group reaches by a day."""

    name = line(_l("Milestone"), required=_l("Write what is to be reached."), longest=100)
    due_on = DateField(_l("Due day"), [InputRequired(NEED_DAY)], description=ROC_DAY)
    done_on = DateField(_l("Reached on"), description=_l("Empty as long as it is not reached."))

    def details(self) -> StageDetails:
        """Give what was typed."""
        return StageDetails(self.name.data or "", self.due_on.data, self.done_on.data, self.read_version())
