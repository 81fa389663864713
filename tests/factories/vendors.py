"""Vendors with what belongs to them, invented."""

import itertools
from typing import Any

from tracker.accounts.access import SYSTEM
from tracker.core.ubn import demo_ubns
from tracker.vendors import operations
from tracker.vendors.models import Contact, Customer, Organisation, Product
from tracker.vendors.rules import ChargingModel, VendorKind

UBNS = demo_ubns(1500)
_numbers = itertools.count()


def next_ubn() -> str:
    """Give a UBN that no vendor of this test has."""
    return UBNS[next(_numbers) % len(UBNS)]


def vendor(name: str = "雲端示範股份有限公司", *, kind: VendorKind = VendorKind.SOFTWARE, **facts: Any) -> Organisation:
    """Make a vendor."""
    details = operations.VendorDetails(**{"ubn": next_ubn(), "name_zh": name, "kind": kind, **facts})
    return operations.add_vendor(details, actor=SYSTEM)


def contact(of: Organisation, name: str = "示範聯絡人", **facts: Any) -> Contact:
    """Make a contact of a vendor."""
    return operations.add_contact(of, operations.ContactDetails(name=name, **facts), actor=SYSTEM)


def product(of: Organisation, name: str = "示範訂單系統", **facts: Any) -> Product:
    """Make a product of a vendor."""
    details = operations.ProductDetails(**{"name_zh": name, "charging_model": ChargingModel.PROJECT, **facts})
    return operations.add_product(of, details, actor=SYSTEM)


def customer(of: Organisation, name: str = "示範客戶有限公司", **facts: Any) -> Customer:
    """Make a customer of a vendor."""
    return operations.add_customer(of, operations.CustomerDetails(name=name, **facts), actor=SYSTEM)
