"""What the directory says of itself to machines, in the words of schema.org."""

from collections.abc import Sequence
from typing import Any

from tracker.outreach.models import SolutionEdition

CONTEXT = "https://schema.org"


def solution_of(edition: SolutionEdition, language: str, described: str, url: str) -> dict[str, Any]:
    """Describe a solution and its vendor; what was not given is left out."""
    english = language == "en"
    vendor = {
        "@type": "Organization",
        "name": edition.vendor_en if english and edition.vendor_en else edition.vendor_zh,
        "url": edition.website,
        "email": edition.contact_email,
        "telephone": edition.contact_phone,
    }
    return {
        "@context": CONTEXT,
        "@type": "SoftwareApplication",
        "name": edition.product_en if english and edition.product_en else edition.product_zh,
        "description": described,
        "applicationCategory": "BusinessApplication",
        "operatingSystem": "Web",
        "inLanguage": language,
        "url": url,
        "datePublished": edition.agreed_at.date().isoformat(),
        "provider": {name: value for name, value in vendor.items() if value},
    }


def list_of(title: str, solutions: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Describe a page of the directory."""
    return {
        "@context": CONTEXT,
        "@type": "ItemList",
        "name": title,
        "numberOfItems": len(solutions),
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "url": url}
            for number, (name, url) in enumerate(solutions, start=1)
        ],
    }
