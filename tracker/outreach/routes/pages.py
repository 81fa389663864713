"""Public pages as those who write them see them: the list, one with its editions, agreement and closing."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.core import clock
from tracker.core.counts import shown_count
from tracker.core.db import unit_of_work
from tracker.core.errors import NotFound
from tracker.outreach import operations, permissions, queries
from tracker.outreach.forms import AgreeForm, PageForm
from tracker.outreach.models import SolutionPage
from tracker.outreach.queries import pages as reads
from tracker.outreach.queries.pages import PageFilter
from tracker.outreach.routes.blueprint import bp, public_address
from tracker.outreach.rules import CONSENTS, CURRENT_CONSENT, Ending, PageState, page_state
from tracker.vendors.models import Product
from tracker.web.saving import save


@bp.route("/outreach/pages")
@requires(permissions.LIST_OUTREACH)
def pages() -> ResponseReturnValue:
    """List the public pages that the reader may see, with what visitors did."""
    actor, wanted = current_actor(), PageFilter.read(request.args)
    found = reads.page(wanted, after=request.args.get("after"), before=request.args.get("before"), actor=actor)
    return render_template(
        "outreach/pages.html",
        page=found,
        wanted=wanted,
        total=shown_count(reads.count(wanted, actor=actor)),
        states={state.value: state for state in PageState},
        reach=reads.reach_of([row.id for row in found.rows]),
    )


def state_of(page: SolutionPage | None) -> PageState:
    """Tell how a product's page stands."""
    if page is None:
        return PageState.DRAFT
    live = next((edition for edition in page.editions if edition.live_page_id is not None), None)
    return page_state(
        version=page.version,
        asked=page.asked_at is not None,
        live_version=live.page_version if live is not None else None,
        had_editions=bool(page.editions),
    )


@bp.route("/vendors/products/<int:product_id>/solution-page")
@requires(permissions.VIEW_PAGE, on=queries.get_product)
def solution_page(product: Product) -> ResponseReturnValue:
    """Show what stands on a product's public page, who agreed to what, and how often it was read."""
    page, actor = queries.find_page(product.id), current_actor()
    reach = reads.reach_of([page.id]).get(page.id, {}) if page is not None else {}
    days = reads.readings_by_day(page.id, clock.today()) if page is not None and page.editions else []
    return render_template(
        "outreach/page.html",
        product=product,
        page=page,
        state=state_of(page),
        states=PageState,
        reach=reach,
        days=days,
        consents=CONSENTS,
        current_consent=CONSENTS[CURRENT_CONSENT],
        agree_form=AgreeForm(obj=page) if page is not None and can(actor, permissions.AGREE, product) else None,
    )


@bp.route("/vendors/products/<int:product_id>/solution-page/edit", methods=["GET", "POST"])
@requires(permissions.EDIT_PAGE, on=queries.get_product)
def edit_page(product: Product) -> ResponseReturnValue:
    """Write a product's public page; the public goes on reading what the vendor agreed to."""
    page, actor = queries.find_page(product.id), current_actor()
    form = PageForm(obj=page) if page is not None else PageForm(website=product.organisation.website)
    if form.submitted() and save(form, lambda: operations.write_page(product, form.details(), actor=actor)):
        flash(_("Saved. The public reads it once the vendor agrees."))
        return redirect(url_for(".solution_page", product_id=product.id))
    return render_template("outreach/edit_page.html", form=form, product=product)


def get_page_of(product: Product) -> SolutionPage:
    """Give the page of a product that has one."""
    page = queries.find_page(product.id)
    if page is None:
        raise NotFound
    return page


@bp.route("/vendors/products/<int:product_id>/solution-page/ask", methods=["POST"])
@requires(permissions.ASK_FOR_AGREEMENT, on=queries.get_product)
def ask_for_agreement(product: Product) -> ResponseReturnValue:
    """Ask the vendor's members to agree to the page."""
    page, product_id = get_page_of(product), product.id
    with unit_of_work():
        operations.ask_for_agreement(page, actor=current_actor())
    flash(_("The vendor's members have been asked."))
    return redirect(url_for(".solution_page", product_id=product_id))


@bp.route("/vendors/products/<int:product_id>/solution-page/agree", methods=["POST"])
@requires(permissions.AGREE, on=queries.get_product)
def agree_to_page(product: Product) -> ResponseReturnValue:
    """Agree, for the vendor, to the page as it was shown."""
    page, product_id = get_page_of(product), product.id
    form, address = AgreeForm(obj=page), public_address(url_for(".solution", page_id=page.id))
    with unit_of_work():
        operations.agree_to_page(page, form.read_version(), address=address, actor=current_actor())
    flash(_("The page is public now. You can withdraw this at any time."))
    return redirect(url_for(".solution_page", product_id=product_id))


@bp.route("/vendors/products/<int:product_id>/solution-page/close", methods=["POST"])
@requires(permissions.WITHDRAW, on=queries.get_product)
def close_page(product: Product) -> ResponseReturnValue:
    """Close a public page at once."""
    page, product_id, actor = get_page_of(product), product.id, current_actor()
    ending = Ending.WITHDRAWN if permissions.of_vendor(actor, product) else Ending.TAKEN_OFF
    with unit_of_work():
        operations.close_page(page, ending, actor=actor)
    flash(_("The page is closed. Nobody reads it any more."))
    return redirect(url_for(".solution_page", product_id=product_id))
