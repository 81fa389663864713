"""Checks that what a form names belongs to the vendor it is written for."""

from tracker.core.db import session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.programmes.models import Programme
from tracker.vendors import queries as vendors


def check_product(vendor_id: int, product_id: int | None) -> None:
    """Refuse a product that is not on the vendor's record."""
    if product_id is not None and product_id not in {product.id for product in vendors.products_of(vendor_id)}:
        raise Refused(N_("This product is not on the vendor's record. Choose another one."), field="product_id")


def check_programme(programme_id: int | None) -> None:
    """Refuse a programme year that was never opened."""
    if programme_id is not None and session().get(Programme, programme_id) is None:
        raise Refused(N_("This programme year does not exist. Choose another one."), field="programme_id")
