"""What vendors and their products are."""

from tracker.core.text import Labelled, N_


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
