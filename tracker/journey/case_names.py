"""The names of an engagement in rows that lists read: whose it is, and of which product."""

from tracker.core.content import Bilingual, names


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
