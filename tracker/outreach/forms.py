"""Forms of exposures, leads and public pages."""

from collections.abc import Iterable
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, SelectField
from wtforms.validators import DataRequired

from tracker.accounts.access import current_actor
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.outreach import resources
from tracker.outreach.operations import (
    ExposureDetails,
    LeadDetails,
    LinkDetails,
    PageDetails,
    StepDetails,
    UploadDetails,
)
from tracker.outreach.queries import leads as lead_queries
from tracker.outreach.rules import (
    LEAD_MOVES,
    Counterpart,
    ExposureKind,
    Industry,
    LeadOrigin,
    LeadState,
    ReachKind,
)
from tracker.programmes.queries import programmes
from tracker.vendors.queries import products_of
from tracker.web.fields import CountField, line, paragraphs
from tracker.web.filters import show_name
from tracker.web.forms import DateField, Form, choices

ROC_DAY = _l("As in 115/11/22 or 2026-11-22.")
LONGEST_URL = 500
PHONE = 64


def read_id(value: Any) -> int | None:
    """Read the id of a choice that may be left empty."""
    return int(value) if value else None


def read_industry(value: Any) -> Industry | None:
    """Read an industry that may be left empty."""
    return Industry(value) if value else None


class FormOfVendor(Form):
    """A form on something of a vendor, which offers the vendor's products and the programme years."""

    product_id = SelectField(_l("Product"), coerce=read_id)
    programme_id = SelectField(_l("Programme year"), coerce=read_id)

    def __init__(self, obj: Any = None, prefix: str = "", *, vendor_id: int | None = None, **values: Any) -> None:
        """Fill the form; what it offers is that of the record's vendor, or of the one that is named."""
        super().__init__(obj, prefix, **values)
        self.years = list(programmes(actor=current_actor()))
        self.offer(vendor_id or obj.organisation_id)

    def offer(self, vendor_id: int) -> None:
        """Fill in the choices."""
        none = ("", _("None"))
        products = products_of(vendor_id)
        self.product_id.choices = [none, *((product.id, show_name(product)) for product in products)]
        self.programme_id.choices = [none, *((year.id, f"{year.roc_year} {show_name(year)}") for year in self.years)]


class ExposureForm(FormOfVendor):
    """A time when a solution is shown."""

    kind = SelectField(
        _l("Kind"), [DataRequired(_l("Choose what kind of exposure it is."))], choices=lambda: choices(ExposureKind)
    )
    title = line(_l("Title"), required=_l("Write what it is called, such as the title of the article."))
    channel = line(_l("Medium, host or alliance"))
    resource = SelectField(
        _l("Marketing resource"), description=_l("Through which resource of the programme it came, if through one.")
    )
    happened_on = DateField(_l("Day it came out"), description=ROC_DAY)
    people_reached = CountField(_l("People reached"), description=_l("As the medium or host reports it."))
    note = paragraphs(_l("Note"))

    def offer(self, vendor_id: int) -> None:
        """Offer the marketing resources of the programme years besides; one that is no longer listed stays."""
        super().offer(vendor_id)
        offered = resources.choices_of(self.years, str(g.get("language", "zh-Hant")))
        kept = self.resource.object_data or ""
        if kept and kept not in dict(offered):
            offered.append((kept, kept))
        self.resource.choices = [("", _("None")), *offered]

    def details(self) -> ExposureDetails:
        """Give what was typed."""
        return ExposureDetails(
            kind=ExposureKind(self.kind.data),
            title=self.title.data or "",
            product_id=self.product_id.data,
            programme_id=self.programme_id.data,
            channel=self.channel.data or "",
            resource=self.resource.data or "",
            happened_on=self.happened_on.data,
            people_reached=self.people_reached.data,
            note=self.note.data or "",
            version=self.read_version(),
        )


class ProofForm(Form):
    """A file or a link that proves an exposure."""

    file = FileField(_l("File"), description=_l("PDF, image, document or table."))
    url = line(_l("or the address of a page"), longest=LONGEST_URL, placeholder="https://")
    title = line(_l("Title of the page"))

    def upload(self) -> UploadDetails | None:
        """Give the file, if one was chosen."""
        name = str(getattr(self.file.data, "filename", "") or "")
        return UploadDetails(name, self.file.data.stream) if name else None

    def link(self) -> LinkDetails:
        """Give the address; without one and without a file there is nothing to keep."""
        if not self.url.data:
            raise Refused(N_("Choose a file or write an address first."), field="file")
        return LinkDetails(self.url.data, self.title.data or "")


def owner_choices(vendor_id: int) -> list[tuple[Any, str]]:
    """Offer who can do a next step."""
    return [("", _("Choose a person")), *lead_queries.owners_for(vendor_id)]


class LeadForm(FormOfVendor):
    """Who could use a solution, and for what."""

    counterpart = SelectField(
        _l("With whom"), [DataRequired(_l("Choose with whom."))], choices=lambda: choices(Counterpart)
    )
    name = line(_l("Name of the enterprise or association"), required=_l("Write the name."))
    ubn = line(_l("UBN"), longest=40, description=_l("8 digits; may be left empty."), inputmode="numeric")
    industry = SelectField(_l("Industry"), coerce=read_industry)
    contact_name = line(_l("Contact person"))
    contact_email = line(_l("Mail address"), inputmode="email")
    contact_phone = line(_l("Phone"), longest=PHONE)
    need = paragraphs(_l("What they need"))
    origin = SelectField(
        _l("Where it comes from"),
        [DataRequired(_l("Choose where it comes from."))],
        choices=lambda: choices(LeadOrigin),
    )
    exposure_id = SelectField(_l("After which exposure"), coerce=read_id)

    def offer(self, vendor_id: int) -> None:
        """Offer industries and the vendor's exposures besides."""
        super().offer(vendor_id)
        none = ("", _("None"))
        self.industry.choices = [none, *((one.value, _(one.label)) for one in Industry)]
        self.exposure_id.choices = [none, *((one.id, one.title) for one in lead_queries.exposures_of(vendor_id))]

    def details(self) -> LeadDetails:
        """Give what was typed."""
        return LeadDetails(
            counterpart=Counterpart(self.counterpart.data),
            name=self.name.data or "",
            origin=LeadOrigin(self.origin.data),
            product_id=self.product_id.data,
            programme_id=self.programme_id.data,
            exposure_id=self.exposure_id.data,
            ubn=self.ubn.data or "",
            industry=self.industry.data,
            contact_name=self.contact_name.data or "",
            contact_email=self.contact_email.data or "",
            contact_phone=self.contact_phone.data or "",
            need=self.need.data or "",
            version=self.read_version(),
        )


class NewLeadForm(LeadForm):
    """A lead with its first step."""

    next_step = line(_l("What will be done next"))
    owner_id = SelectField(_l("By whom"), coerce=read_id)
    due_on = DateField(_l("Due day"), description=ROC_DAY)

    def offer(self, vendor_id: int) -> None:
        """Offer who can do it besides."""
        super().offer(vendor_id)
        self.owner_id.choices = owner_choices(vendor_id)

    def first_step(self) -> StepDetails:
        """Give the first step."""
        return StepDetails(LeadState.NEW, self.next_step.data or "", self.owner_id.data, self.due_on.data)


class StepForm(Form):
    """What was done about a lead, how far it has come, and what is next."""

    done = paragraphs(_l("What was done"), rows=2)
    state = SelectField(_l("State from now on"), coerce=LeadState)
    next_step = line(_l("What will be done next"))
    owner_id = SelectField(_l("By whom"), coerce=read_id)
    due_on = DateField(_l("Due day"), description=ROC_DAY)
    outcome = paragraphs(_l("What came of it"), rows=2, description=_l("Needed when the match is closed."))

    def __init__(self, obj: Any = None, prefix: str = "", **values: Any) -> None:
        """Offer the states that follow on the lead's own, and who can do the next step."""
        super().__init__(obj, prefix, **values)
        states = (obj.state, *(state for state in LeadState if state in LEAD_MOVES[obj.state]))
        self.state.choices = [(state.value, _(state.label)) for state in states]
        self.owner_id.choices = owner_choices(obj.organisation_id)

    def details(self) -> StepDetails:
        """Give what was typed."""
        return StepDetails(
            state=LeadState(self.state.data),
            next_step=self.next_step.data or "",
            owner_id=self.owner_id.data,
            due_on=self.due_on.data,
            outcome=self.outcome.data or "",
            done=self.done.data or "",
            version=self.read_version(),
        )


class PageForm(Form):
    """What shall stand on a solution's public page."""

    industry = SelectField(
        _l("Industry"), [DataRequired(_l("Choose the industry."))], choices=lambda: choices(Industry)
    )
    tagline_zh = line(_l("Headline in Chinese"), required=_l("Write in one line what the solution does for whom."))
    summary_zh = paragraphs(
        _l("Text in Chinese"),
        required=_l("Write what the solution does, for whom, and what it needs."),
        description=_l("Light Markdown. What it does, for whom, how it is charged, what a customer needs to begin."),
        rows=8,
    )
    tagline_en = line(_l("Headline in English"))
    summary_en = paragraphs(_l("Text in English"), rows=8)
    website = line(_l("Website"), description=_l("As in https://www.example.com."), inputmode="url")
    contact_email = line(
        _l("Mail address for enquiries"),
        description=_l("Public. Give an address of the company, not of a person."),
        inputmode="email",
    )
    contact_phone = line(_l("Phone for enquiries"), longest=PHONE)

    def details(self) -> PageDetails:
        """Give what was typed."""
        return PageDetails(
            industry=Industry(self.industry.data),
            tagline_zh=self.tagline_zh.data or "",
            summary_zh=self.summary_zh.data or "",
            tagline_en=self.tagline_en.data or "",
            summary_en=self.summary_en.data or "",
            website=self.website.data or "",
            contact_email=self.contact_email.data or "",
            contact_phone=self.contact_phone.data or "",
            version=self.read_version(),
        )


class AgreeForm(Form):
    """Nothing but the vendor's agreement to the page as it was shown."""


class ReachForm(Form):
    """What a visitor did."""

    kind = SelectField(coerce=ReachKind, choices=lambda: choices(ReachKind))


def year_choices(years: Iterable[Any]) -> list[tuple[int, str]]:
    """Offer programme years in a filter."""
    return [(year.id, f"{year.roc_year} {show_name(year)}") for year in years]
