"""What vendors and their products are, and how what is typed of them must look."""

import re
from urllib.parse import urlsplit

from tracker.core.errors import Refused
from tracker.core.text import N_, Labelled

_BARE_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:[0-9]+)?([/?#]\S*)?")
_EMAIL = re.compile(r"[^@\s<>\"',;:]+@[^@\s<>\"',;:.]+(\.[^@\s<>\"',;:.]+)+")


class VendorKind(Labelled):
    """The base from which a vendor moves to cloud services (counselling programme: whom it is for)."""

    SOFTWARE = "software", N_("Software or product base")
    CUSTOMER = "customer", N_("Customer or data base")
    HARDWARE = "hardware", N_("Hardware base")


class ChargingModel(Labelled):
    """How a product is paid for today."""

    PROJECT = "project", N_("One-off project")
    LICENCE = "licence", N_("Licence")
    SUBSCRIPTION = "subscription", N_("Subscription")


class Gap(Labelled):
    """Something that the office still needs to know of a vendor."""

    CONTACT = "contact", N_("No contact")
    PRODUCT = "product", N_("No product")
    CUSTOMER = "customer", N_("No customer")
    NAME_EN = "name_en", N_("No English name")
    CAPITAL = "capital", N_("No capital")
    EMPLOYEES = "employees", N_("No number of employees")
    WEBSITE = "website", N_("No website")


def check_website(text: str, *, field: str | None = None) -> str:
    """Give an address of the web as it is stored, or refuse; a bare host is taken as https."""
    typed = text.strip()
    if not typed:
        return ""
    address = f"https://{typed}" if _BARE_HOST.fullmatch(typed) else typed
    try:
        parts = urlsplit(address)
        _port = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme.lower() not in {"http", "https"} or "." not in (parts.hostname or "") or re.search(r"\s", address):
        raise Refused(
            N_("“%(typed)s” is not the address of a website. Write it as in https://www.example.com."),
            field=field,
            typed=typed,
        )
    return address


def check_email(text: str, *, field: str | None = None) -> str:
    """Give a mail address as it is stored, or refuse; nothing stays nothing."""
    typed = text.strip()
    if typed and not _EMAIL.fullmatch(typed):
        raise Refused(
            N_("“%(typed)s” is not a mail address. Write it as in name@example.com."), field=field, typed=typed
        )
    return typed
