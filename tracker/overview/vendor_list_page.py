"""The list of vendors with the engagement that each is in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, g, redirect, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from tracker.accounts.access import Actor, current_actor, requires
from tracker.accounts.rules import Role
from tracker.core import csv_file
from tracker.core.counts import shown_count
from tracker.core.db import session
from tracker.journey import permissions as journey_permissions
from tracker.journey.models import Engagement
from tracker.journey.queries.engagements import EngagementRow, read_row
from tracker.journey.queries.engagements import rows as engagement_rows
from tracker.journey.rules import EngagementState
from tracker.programmes.queries import programmes
from tracker.vendors import permissions, vendor_list
from tracker.vendors.models import Organisation
from tracker.vendors.routes import bp
from tracker.vendors.routes.blueprint import page_of
from tracker.vendors.rules import ChargingModel, Gap, VendorKind
from tracker.vendors.vendor_list import FileRow, VendorFilter

__all__ = ["bp"]

FILTERS = ("q", "kind", "charging", "programme", "gap")
CURRENT = (EngagementState.ACTIVE, EngagementState.ON_HOLD)


@dataclass(frozen=True)
class Line:
    """A vendor as the list shows it."""

    vendor: Any
    products: Sequence[vendor_list.ProductRow]
    contact: vendor_list.ContactRow | None
    engagements: Sequence[EngagementRow]


@bp.route("/vendors")
@requires(permissions.LIST_VENDORS)
def index() -> ResponseReturnValue:
    """List vendors; a member of just one vendor is led to it."""
    actor = current_actor()
    if (own := only_vendor(actor)) is not None:
        return redirect(page_of(own))
    wanted = read_filter(request.args, actor)
    sort = read_sort(request.args, wanted)
    page = vendor_list.page(
        wanted, sort, after=request.args.get("after"), before=request.args.get("before"), actor=actor
    )
    total = vendor_list.count(wanted, actor=actor)
    return render_template(
        "overview/vendors.html",
        lines=lines_of(page.rows, actor),
        page=page,
        sort=sort,
        total=shown_count(total),
        filtered=any(request.args.get(name) for name in FILTERS),
        kinds=VendorKind,
        charging_models=ChargingModel,
        gaps=Gap,
        programmes=programme_choices(actor),
    )


@bp.route("/vendors.csv")
@requires(permissions.LIST_VENDORS)
def export() -> ResponseReturnValue:
    """Give the list as a table file, with the filter of the address."""
    actor = current_actor()
    rows = vendor_list.whole_list(read_filter(request.args, actor), actor=actor)
    chunks = csv_file.write(file_header(), map(file_cells(), rows))
    headers = {"Content-Disposition": 'attachment; filename="vendors.csv"'}
    return Response(stream_with_context(chunks), mimetype="text/csv", headers=headers)


def only_vendor(actor: Actor) -> int | None:
    """Give the one vendor that somebody belongs to who sees no others."""
    own = actor.scope("organisation")
    others = actor.is_office or actor.has(Role.AUDITOR, Role.EXPERT)
    return next(iter(own)) if actor.has(Role.VENDOR) and len(own) == 1 and not others else None


def read_filter(values: Mapping[str, str], actor: Actor) -> VendorFilter:
    """Read the filter from an address; what cannot be read narrows nothing."""
    programme = values.get("programme", "")
    return VendorFilter(
        words=values.get("q", "").strip()[:100],
        kind=VendorKind.named(values.get("kind")),
        charging_model=ChargingModel.named(values.get("charging")),
        gap=Gap.named(values.get("gap")),
        further=engaged_in(int(programme), actor) if programme.isascii() and programme.isdigit() else None,
    )


def engaged_in(programme_id: int, actor: Actor) -> ColumnElement[bool]:
    """Give the condition that a vendor has an engagement in the programme year that the actor may see."""
    engaged = select(Engagement.organisation_id).where(
        Engagement.programme_id == min(programme_id, 2**31 - 1), journey_permissions.visible(actor)
    )
    return Organisation.id.in_(engaged)


def read_sort(values: Mapping[str, str], wanted: VendorFilter) -> str:
    """Read the order: by name, and what is searched for newest first, unless the address says otherwise."""
    usual = vendor_list.NEWEST if wanted.words else "name"
    return sort if (sort := values.get("sort", "")) in vendor_list.SORTS else usual


def lines_of(vendors: Sequence[Any], actor: Actor) -> list[Line]:
    """Put products, contact and current engagements beside the vendors of a page."""
    ids = [vendor.id for vendor in vendors]
    if not ids:
        return []
    products, contacts = vendor_list.products_of(ids), vendor_list.main_contacts_of(ids)
    engagements = current_engagements(ids, actor)
    return [
        Line(vendor, products.get(vendor.id, ()), contacts.get(vendor.id), engagements.get(vendor.id, ()))
        for vendor in vendors
    ]


def current_engagements(ids: Sequence[int], actor: Actor) -> dict[int, list[EngagementRow]]:
    """Read the engagements that go on of the vendors of a page."""
    statement = engagement_rows().where(
        Engagement.organisation_id.in_(ids), Engagement.state.in_(CURRENT), journey_permissions.visible(actor)
    )
    found: dict[int, list[EngagementRow]] = {}
    for row in map(read_row, session().execute(statement.order_by(Engagement.id.desc()))):
        found.setdefault(row.organisation_id, []).append(row)
    return found


def programme_choices(actor: Actor) -> list[tuple[int, str]]:
    """Give the programme years to choose from, in the reader's language."""
    english = g.get("language") == "en"
    years = programmes(actor=actor)
    return [(year.id, f"{year.roc_year} {year.name_en if english else year.name_zh}") for year in years]


def file_header() -> list[str]:
    """Name the columns of the file."""
    return [
        _("UBN"),
        _("Chinese name"),
        _("English name"),
        _("Kind"),
        _("Capital"),
        _("Employees"),
        _("Established on"),
        _("Phone"),
        _("Website"),
        _("Postal address"),
        _("Products"),
        _("Charged today as"),
        _("Contact"),
        _("Mail address"),
    ]


def file_cells() -> Any:
    """Give the writer of a row; the words of the reader's language are looked up once."""
    kinds = {kind: _(kind.label) for kind in VendorKind}
    models = {model: _(model.label) for model in ChargingModel}

    def cells(row: FileRow) -> list[object]:
        vendor, contact = row.vendor, row.contact
        return [
            vendor.ubn,
            vendor.name_zh,
            vendor.name_en,
            kinds[vendor.kind],
            vendor.capital,
            vendor.employees,
            vendor.established_on,
            vendor.phone,
            vendor.website,
            vendor.address,
            "、".join(product.name for product in row.products),
            "、".join(dict.fromkeys(models[product.charging_model] for product in row.products)),
            contact.name if contact else "",
            contact.email if contact else "",
        ]

    return cells
