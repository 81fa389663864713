"""Whose an engagement is, of which product and year: in rows that lists read, and beside an engagement that is loaded."""

from sqlalchemy.orm import joinedload

from tracker.core.content import Bilingual, names
from tracker.journey.models import Engagement
from tracker.programmes.models import Programme
from tracker.vendors.models import Organisation, Product

OF_CASE = (
    joinedload(Engagement.organisation).load_only(
        Organisation.ubn, Organisation.name_zh, Organisation.name_en, Organisation.kind, Organisation.version
    ),
    joinedload(Engagement.product).load_only(
        Product.organisation_id, Product.name_zh, Product.name_en, Product.charging_model, Product.version
    ),
    joinedload(Engagement.programme).load_only(
        Programme.code,
        Programme.roc_year,
        Programme.name_zh,
        Programme.name_en,
        Programme.rulebook_hash,
        Programme.version,
    ),
)
"""Loads an engagement with what pages say of its vendor, product and programme year; the rest is read where it is asked for."""


class CaseNames:
    """A row that holds the names of a vendor and its product in both languages."""

    organisation_zh: str
    organisation_en: str
    product_zh: str
    product_en: str

    @property
    def organisation(self) -> Bilingual:
        """Give the vendor's name."""
        return names(self.organisation_zh, self.organisation_en)

    @property
    def product(self) -> Bilingual:
        """Give the product's name."""
        return names(self.product_zh, self.product_en)
