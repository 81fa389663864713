"""The blueprint of vendors, to which `overview` adds the pages that compose higher features."""

from flask import Blueprint, url_for

bp = Blueprint("vendors", __name__, template_folder="../templates")


def page_of(vendor_id: int, section: str | None = None) -> str:
    """Give the address of a vendor's page, or of a section of it."""
    return url_for("vendors.show", vendor_id=vendor_id, _anchor=section)
