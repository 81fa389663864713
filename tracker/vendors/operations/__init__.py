"""Changes of vendors, by noun; callers need only this name."""

from tracker.vendors.operations.members import add_member, end_membership
from tracker.vendors.operations.organisations import KnownVendor, VendorDetails, add_vendor, change_vendor
from tracker.vendors.operations.parts import (
    ContactDetails,
    CustomerDetails,
    ProductDetails,
    add_contact,
    add_customer,
    add_product,
    change_contact,
    change_customer,
    change_product,
    index_vendor,
    keep_products,
    remove_contact,
    remove_customer,
    remove_product,
    restore_contact,
    restore_customer,
    restore_product,
)

__all__ = [
    "ContactDetails",
    "CustomerDetails",
    "KnownVendor",
    "ProductDetails",
    "VendorDetails",
    "add_contact",
    "add_customer",
    "add_member",
    "add_product",
    "add_vendor",
    "change_contact",
    "change_customer",
    "change_product",
    "change_vendor",
    "end_membership",
    "index_vendor",
    "keep_products",
    "remove_contact",
    "remove_customer",
    "remove_product",
    "restore_contact",
    "restore_customer",
    "restore_product",
]
