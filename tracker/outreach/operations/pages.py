"""Public pages: written, agreed to by the vendor as they stand, closed at once; and what visitors did, counted."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from tracker.accounts.access import Actor
from tracker.core import audit, clock, search
from tracker.core.content import names_of
from tracker.core.db import check_version, session
from tracker.core.errors import Refused
from tracker.core.search import DocumentKind
from tracker.core.text import N_
from tracker.notifications.operations import notify
from tracker.notifications.rules import Reason
from tracker.outreach import rules
from tracker.outreach.models import ReachCount, SolutionEdition, SolutionPage
from tracker.outreach.operations.exposures import (
    ExposureDetails,
    LinkDetails,
    add_exposure,
    move_exposure,
    prove_by_link,
)
from tracker.outreach.queries import exposures, pages
from tracker.outreach.rules import CURRENT_CONSENT, Ending, ExposureKind, ExposureState, Industry, ReachKind
from tracker.vendors.models import Product
from tracker.vendors.queries import member_ids
from tracker.vendors.rules import check_email, check_website

LIVE = ("tagline_zh", "tagline_en", "summary_zh", "summary_en", "website", "contact_email", "contact_phone")
"""What an edition takes over word for word."""


@dataclass(frozen=True)
class PageDetails:
    """What shall stand on a solution's page."""

    industry: Industry
    tagline_zh: str
    summary_zh: str
    tagline_en: str = ""
    summary_en: str = ""
    website: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    version: int | None = None


def write_page(product: Product, details: PageDetails, *, actor: Actor) -> SolutionPage:
    """Write the page of a product; what the public reads stays as the vendor agreed to it."""
    rules.check_page(details.tagline_zh, details.summary_zh)
    page = pages.find_page(product.id)
    if page is None:
        page = SolutionPage(organisation_id=product.organisation_id, product_id=product.id, **_facts(details))
        session().add(page)
        session().flush()
        _record("solution_page.added", page, product, actor)
        return page
    check_version(page, details.version)
    changed = audit.changes(page, **_facts(details))
    if changed:
        page.asked_at = None
        session().flush()
        _record("solution_page.changed", page, product, actor, fields=sorted(changed))
    return page


def _facts(details: PageDetails) -> dict[str, Any]:
    return {
        "industry": details.industry,
        "tagline_zh": details.tagline_zh,
        "tagline_en": details.tagline_en,
        "summary_zh": details.summary_zh,
        "summary_en": details.summary_en,
        "website": check_website(details.website, field="website"),
        "contact_email": check_email(details.contact_email, field="contact_email"),
        "contact_phone": details.contact_phone,
    }


def ask_for_agreement(page: SolutionPage, *, actor: Actor) -> None:
    """Ask the vendor's members to read the page and to agree to it."""
    live, members = pages.live_edition(page.id), member_ids(page.organisation_id)
    if live is not None and live.page_version == page.version:
        raise Refused(N_("The vendor agreed to this page as it stands. There is nothing to ask for."))
    if not members:
        raise Refused(N_("Nobody of the vendor has an account yet. Invite a member first."))
    page.asked_at = clock.now()
    session().flush()
    _record("solution_page.asked", page, page.product, actor)
    notify(
        members,
        Reason.DECISION,
        N_("The public page of %(product)s waits for your agreement."),
        {"product": names_of(page.product)},
        path=f"/vendors/products/{page.product_id}/solution-page",
    )


def agree_to_page(page: SolutionPage, version: int | None, *, address: str, actor: Actor) -> SolutionEdition:
    """Agree, for the vendor, to the page as it was shown; from now on the public reads it.

    `address` is where; it is noted as an entry in the yellow pages, for the office to confirm.
    """
    check_version(page, version)
    product = page.product
    if product.removed_at is not None:
        raise Refused(N_("This product is no longer on the vendor's record. Put it back first."))
    _end(page, Ending.REPLACED, actor)
    edition = SolutionEdition(
        page=page,
        live_page_id=page.id,
        number=pages.newest_number(page.id) + 1,
        page_version=page.version,
        organisation_id=page.organisation_id,
        vendor_zh=page.organisation.name_zh,
        vendor_en=page.organisation.name_en,
        vendor_kind=page.organisation.kind,
        product_zh=product.name_zh,
        product_en=product.name_en,
        charging_model=product.charging_model,
        industry=page.industry,
        consent=CURRENT_CONSENT,
        agreed_at=clock.now(),
        agreed_by_id=actor.user_id,
        **{name: getattr(page, name) for name in LIVE},
    )
    session().add(edition)
    _no_longer_asked(page, edition)
    _record("solution_page.agreed", page, product, actor, edition=edition.number, consent=edition.consent)
    _index(edition)
    _note_entry(page, address, actor)
    return edition


def _no_longer_asked(page: SolutionPage, edition: SolutionEdition) -> None:
    """Take the request off; where that is a change of the page's row, the edition stands for the version it makes."""
    if page.asked_at is not None:
        page.asked_at = None
        session().flush()
        edition.page_version = page.version
    session().flush()


def _note_entry(page: SolutionPage, address: str, actor: Actor) -> None:
    if exposures.has_kind(page.product_id, ExposureKind.YELLOW_PAGE):
        return
    product = page.product
    details = ExposureDetails(
        kind=ExposureKind.YELLOW_PAGE,
        title=product.name_zh,
        product_id=product.id,
        channel="CloudSteps",
        happened_on=clock.today(),
    )
    exposure = add_exposure(page.organisation, details, actor=actor)
    prove_by_link(exposure, LinkDetails(address, product.name_zh), actor=actor)
    move_exposure(exposure, ExposureState.OUT, actor=actor)


def close_page(page: SolutionPage, ending: Ending, *, actor: Actor) -> None:
    """Close a page to the public at once; what was agreed to stays on record."""
    edition = _end(page, ending, actor)
    if edition is None:
        raise Refused(N_("This page is not public. There is nothing to close."))
    page.asked_at = None
    search.remove(DocumentKind.SOLUTION, page.id)
    _record("solution_page.closed", page, page.product, actor, edition=edition.number, ending=ending.value)


def _end(page: SolutionPage, ending: Ending, actor: Actor) -> SolutionEdition | None:
    edition = pages.live_edition(page.id)
    if edition is not None:
        edition.live_page_id, edition.ending = None, ending
        edition.ended_at, edition.ended_by_id = clock.now(), actor.user_id
        session().flush()
    return edition


def _index(edition: SolutionEdition) -> None:
    words = (
        edition.product_en,
        edition.vendor_zh,
        edition.vendor_en,
        edition.tagline_zh,
        edition.tagline_en,
        edition.summary_zh,
        edition.summary_en,
    )
    search.put(
        search.Entry(
            kind=DocumentKind.SOLUTION,
            subject_id=edition.page_id,
            title=edition.product_zh,
            body="\n".join(word for word in words if word),
            organisation_id=edition.organisation_id,
        )
    )


def count_reach(page_id: int, kind: ReachKind) -> None:
    """Count that somebody read a public page or went on from it; who it was is not known here."""
    work = session()
    insert = postgresql.insert if work.get_bind().dialect.name == "postgresql" else sqlite.insert
    counted = insert(ReachCount).values(page_id=page_id, day=clock.today(), kind=kind, count=1)
    work.execute(
        counted.on_conflict_do_update(index_elements=["page_id", "day", "kind"], set_={"count": ReachCount.count + 1})
    )


def _record(action: str, page: SolutionPage, product: Product, actor: Actor, **facts: Any) -> None:
    audit.record(
        action, page, actor=actor, organisation_id=page.organisation_id, **({"title": product.name_zh} | facts)
    )
