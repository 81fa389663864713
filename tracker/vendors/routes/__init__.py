"""Pages of vendors. The list and the vendor's own page compose higher features and stand in `overview`."""

from tracker.vendors.routes import members, organisations, parts
from tracker.vendors.routes.blueprint import bp

__all__ = ["bp", "members", "organisations", "parts"]
