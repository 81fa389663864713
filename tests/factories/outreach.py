"""Exposures, leads and public pages, invented."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.factories.vendors import UBNS
from tracker.accounts.access import SYSTEM, Actor
from tracker.core import clock
from tracker.core.db import session
from tracker.outreach import operations
from tracker.outreach.models import Exposure, Lead, SolutionEdition, SolutionPage
from tracker.outreach.queries import find_page
from tracker.outreach.rules import Counterpart, Ending, ExposureKind, ExposureState, Industry, LeadOrigin, LeadState
from tracker.vendors import operations as vendors
from tracker.vendors.models import Organisation, Product
from tracker.vendors.rules import ChargingModel, VendorKind

if TYPE_CHECKING:
    from tests.factories.world import Side, World

DAY = date(2026, 3, 2)


def exposure(of: Organisation, title: str = "示範成果發表", *, actor: Actor = SYSTEM, **facts: Any) -> Exposure:
    """Note an exposure of a vendor."""
    details = operations.ExposureDetails(
        **{"kind": ExposureKind.SHOWCASE, "title": title, "happened_on": DAY, "channel": "示範媒體", **facts}
    )
    return operations.add_exposure(of, details, actor=actor)


def prove(exposure_: Exposure, *, actor: Actor = SYSTEM) -> None:
    """Add a link that proves an exposure."""
    operations.prove_by_link(exposure_, operations.LinkDetails("https://media.example/1", "示範報導"), actor=actor)


def exposure_out(of: Organisation, title: str = "示範成果發表", *, actor: Actor, **facts: Any) -> Exposure:
    """Note an exposure that came out, with its proof."""
    made = exposure(of, title, actor=actor, **facts)
    prove(made, actor=actor)
    operations.move_exposure(made, ExposureState.OUT, actor=actor)
    return made


def step(owner_id: int | None, state: LeadState = LeadState.NEW, **facts: Any) -> operations.StepDetails:
    """Give a next step within a week."""
    due = clock.today() + timedelta(days=5)
    return operations.StepDetails(
        **{"state": state, "next_step": "安排示範說明", "owner_id": owner_id, "due_on": due, **facts}
    )


def lead(of: Organisation, owner_id: int, name: str = "示範食品公司", *, actor: Actor, **facts: Any) -> Lead:
    """Note a match of a vendor."""
    details = operations.LeadDetails(
        **{"counterpart": Counterpart.ENTERPRISE, "name": name, "origin": LeadOrigin.OFFICE, **facts}
    )
    return operations.add_lead(of, details, step(owner_id), actor=actor)


def page(of: Product, *, actor: Actor = SYSTEM, **facts: Any) -> SolutionPage:
    """Write the public page of a product."""
    details = operations.PageDetails(
        **{
            "industry": Industry.RETAIL,
            "tagline_zh": "門市訂單一次看完",
            "tagline_en": "All shop orders in one place",
            "summary_zh": "示範方案把各門市的訂單集中在雲端。",
            "summary_en": "The demo solution gathers the orders of all shops in the cloud.",
            "contact_email": "sales@vendor.example",
            **facts,
        }
    )
    return operations.write_page(of, details, actor=actor)


def public_page(of: Product, *, actor: Actor, **facts: Any) -> SolutionEdition:
    """Write the public page of a product and agree to it for its vendor."""
    page(of, actor=actor, **facts)
    return agree(of, actor=actor)


def agree(of: Product, *, actor: Actor) -> SolutionEdition:
    """Agree to the page of a product as it stands."""
    written = find_page(of.id)
    assert written is not None
    return operations.agree_to_page(
        written, written.version, address=f"http://localhost/yellow-pages/{written.id}", actor=actor
    )


def reach_out(world: "World", side: "Side") -> None:
    """Note an exposure that came out, a match, and a public page that was withdrawn again."""
    vendor = session().get_one(Organisation, side.ids["vendor_id"])
    product = session().get_one(Product, side.ids["product_id"])
    office, member = world.actor("staff"), world.actor(side.member)
    shown = operations.add_exposure(
        vendor,
        operations.ExposureDetails(
            ExposureKind.ARTICLE,
            side.text("報導 "),
            product_id=product.id,
            programme_id=int(world.ids["programme_id"]),
            channel=side.text("媒體 "),
            happened_on=DAY,
            people_reached=1200,
            note=side.text("刊登註記 "),
        ),
        actor=office,
    )
    link = operations.LinkDetails(f"https://{side.marker.lower()}.example/news", side.text("報導頁面 "))
    proof = operations.prove_by_link(shown, link, actor=office)
    operations.move_exposure(shown, ExposureState.OUT, actor=office)
    match = operations.LeadDetails(
        Counterpart.ENTERPRISE,
        side.text("媒合企業"),
        LeadOrigin.EXPOSURE,
        product_id=product.id,
        exposure_id=shown.id,
        contact_name=side.text("窗口"),
        contact_email=f"lead@{side.marker.lower()}.example",
        need=side.text("需求 "),
    )
    due = clock.today() + timedelta(days=9)
    first = operations.StepDetails(LeadState.NEW, side.text("安排說明 "), world.people[side.member], due)
    match_made = operations.add_lead(vendor, match, first, actor=office)
    public_page(product, actor=member, tagline_zh=side.text("標語 "), summary_zh=side.text("介紹 "))
    written = find_page(product.id)
    assert written is not None
    operations.close_page(written, Ending.WITHDRAWN, actor=member)
    side.ids |= {"exposure_id": shown.id, "proof_of_exposure_id": proof.id, "lead_id": match_made.id}


def open_a_page_to_the_public(world: "World") -> None:
    """Let everybody read the page of a vendor that has nothing to do with A and B."""
    office = world.actor("staff")
    details = vendors.VendorDetails(name_zh="公開示範業者", ubn=UBNS[42], kind=VendorKind.HARDWARE)
    vendor = vendors.add_vendor(details, actor=office)
    product = vendors.add_product(
        vendor, vendors.ProductDetails("公開示範產品", ChargingModel.SUBSCRIPTION), actor=office
    )
    world.ids |= {"report": "events", "figure": "came"}
    world.ids["page_id"] = public_page(product, actor=SYSTEM).page_id
