"""Forms of vendors and of what belongs to them."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.validators import DataRequired

from tracker.accounts.access import Actor, can
from tracker.accounts.operations.invitations import Invite
from tracker.accounts.rules import Role
from tracker.vendors import permissions
from tracker.vendors.operations import ContactDetails, CustomerDetails, ProductDetails, VendorDetails
from tracker.vendors.rules import ChargingModel, VendorKind
from tracker.web.fields import CountField, line, paragraphs
from tracker.web.forms import DateField, Form, MoneyField, choices

ROC_DAY = _l("As in 115/11/22 or 2026-11-22.")
PHONE = 64


class VendorForm(Form):
    """What is known of a vendor."""

    name_zh = line(_l("Chinese name"), required=_l("Write the registered Chinese name."))
    ubn = line(
        _l("UBN"),
        required=_l("Write the UBN of 8 digits."),
        longest=40,
        description=_l("8 digits."),
        inputmode="numeric",
    )
    name_en = line(_l("English name"))
    kind = SelectField(_l("Kind"), [DataRequired(_l("Choose the kind."))], choices=lambda: choices(VendorKind))
    capital = MoneyField(_l("Capital"), description=_l("Paid-in capital in whole NT$."))
    employees = CountField(_l("Employees"))
    established_on = DateField(_l("Established on"), description=ROC_DAY)
    phone = line(_l("Phone"), longest=PHONE)
    website = line(_l("Website"), description=_l("As in https://www.example.com."), inputmode="url")
    address = line(_l("Postal address"))
    profile = paragraphs(_l("Profile"), description=_l("What the vendor does, for experts and the office."))
    internal_note = paragraphs(_l("Office note"), description=_l("Only the programme office and auditors read this."))

    def keep_for(self, actor: Actor, *, adding: bool = False) -> "VendorForm":
        """Leave out the fields that the actor may not write."""
        if not can(actor, permissions.WRITE_INTERNAL):
            del self.internal_note
        if not adding and not can(actor, permissions.EDIT_UBN):
            del self.ubn
        return self

    def details(self) -> VendorDetails:
        """Give what was typed."""
        return VendorDetails(
            name_zh=self.name_zh.data or "",
            kind=VendorKind(self.kind.data),
            ubn=self.ubn.data if "ubn" in self else None,
            name_en=self.name_en.data or "",
            capital=self.capital.data,
            employees=self.employees.data,
            established_on=self.established_on.data,
            address=self.address.data or "",
            website=self.website.data or "",
            phone=self.phone.data or "",
            profile=self.profile.data or "",
            internal_note=(self.internal_note.data or "") if "internal_note" in self else None,
            version=self.read_version(),
        )


class ContactForm(Form):
    """A person to speak to."""

    name = line(_l("Full name"), required=_l("Write the name of the contact."))
    job_title = line(_l("Job title"))
    email = line(_l("Mail address"), inputmode="email")
    phone = line(_l("Phone"), longest=PHONE)
    is_main = BooleanField(_l("Main contact"))

    def details(self) -> ContactDetails:
        """Give what was typed."""
        return ContactDetails(
            name=self.name.data or "",
            job_title=self.job_title.data or "",
            email=self.email.data or "",
            phone=self.phone.data or "",
            is_main=bool(self.is_main.data),
            version=self.read_version(),
        )


class ProductForm(Form):
    """A product or service."""

    name_zh = line(_l("Chinese name"), required=_l("Write the name of the product."))
    name_en = line(_l("English name"))
    charging_model = SelectField(
        _l("Charged today as"), [DataRequired(_l("Choose how it is charged."))], choices=lambda: choices(ChargingModel)
    )
    target_industry = line(_l("Target industry"))
    description = paragraphs(_l("Description"))

    def details(self) -> ProductDetails:
        """Give what was typed."""
        return ProductDetails(
            name_zh=self.name_zh.data or "",
            charging_model=ChargingModel(self.charging_model.data),
            name_en=self.name_en.data or "",
            target_industry=self.target_industry.data or "",
            description=self.description.data or "",
            version=self.read_version(),
        )


class CustomerForm(Form):
    """An enterprise customer."""

    name = line(_l("Name"), required=_l("Write the name of the customer."))
    ubn = line(_l("UBN"), longest=40, description=_l("8 digits; may be left empty."), inputmode="numeric")
    industry = line(_l("Industry"))
    employees = CountField(_l("Employees"))
    note = paragraphs(_l("Note"))

    def details(self) -> CustomerDetails:
        """Give what was typed."""
        return CustomerDetails(
            name=self.name.data or "",
            ubn=self.ubn.data or "",
            industry=self.industry.data or "",
            employees=self.employees.data,
            note=self.note.data or "",
            version=self.read_version(),
        )


class InviteForm(Form):
    """Whom to invite as a member."""

    name = line(_l("Full name"), required=_l("Write the person's name."))
    email = line(_l("Mail address"), required=_l("Write the person's mail address."), inputmode="email")

    def details(self, organisation_id: int) -> Invite:
        """Give what was typed, for this vendor."""
        scope = {"organisation": organisation_id}
        return Invite(self.email.data or "", self.name.data or "", Role.VENDOR, scope)


class EndForm(Form):
    """Nothing but the wish to end or remove something."""
