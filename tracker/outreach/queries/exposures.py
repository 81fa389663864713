"""Reads of exposures: one with its proofs, the list, and all of it for a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from tracker.accounts.access import Actor
from tracker.core import keyset
from tracker.core.counts import capped_count
from tracker.core.db import session
from tracker.core.errors import NotFound
from tracker.core.keyset import AnySelect, Page, Sort
from tracker.evidence.models import Evidence
from tracker.outreach import permissions
from tracker.outreach.models import Exposure, ExposureProof
from tracker.outreach.queries import filters
from tracker.outreach.rules import ExposureKind, ExposureState
from tracker.vendors.models import Organisation, Product

FILE_PORTION = 500
NEWEST = Sort((Exposure.id,), descending=True)


@dataclass(frozen=True)
class ExposureFilter:
    """What narrows the list, as its address says."""

    words: str = ""
    vendor_id: int | None = None
    kind: ExposureKind | None = None
    state: ExposureState | None = None
    resource: str = ""
    programme_id: int | None = None

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "ExposureFilter":
        """Read the filter from an address; what cannot be read narrows nothing."""
        return cls(
            words=filters.words(values),
            vendor_id=filters.number(values.get("vendor")),
            kind=ExposureKind.named(values.get("kind")),
            state=ExposureState.named(values.get("state")),
            resource=values.get("resource", "")[:64],
            programme_id=filters.number(values.get("programme")),
        )

    @property
    def is_active(self) -> bool:
        """Tell whether anything is narrowed."""
        return self != ExposureFilter()


def get_exposure(exposure_id: int, *, actor: Actor) -> Exposure:
    """Give an exposure that the actor may see, with its vendor, product and proofs."""
    wanted = (
        select(Exposure)
        .join(Exposure.organisation)
        .where(Exposure.id == exposure_id, permissions.visible(actor, Exposure.organisation_id))
        .options(
            contains_eager(Exposure.organisation),
            joinedload(Exposure.product),
            joinedload(Exposure.programme),
            joinedload(Exposure.confirmed_by),
            selectinload(Exposure.proofs).joinedload(ExposureProof.evidence).joinedload(Evidence.stored_file),
        )
    )
    found = session().scalars(wanted.execution_options(populate_existing=True)).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def get_proof(exposure: Exposure, proof_id: int) -> ExposureProof:
    """Give a proof of an exposure that was not removed."""
    for proof in standing_proofs(exposure):
        if proof.id == proof_id:
            return proof
    raise NotFound


def standing_proofs(exposure: Exposure) -> list[ExposureProof]:
    """List the proofs of an exposure that were not removed."""
    return [proof for proof in exposure.proofs if proof.evidence.removed_at is None]


def proofs_left(exposure_id: int) -> int:
    """Count the proofs of an exposure as they stand under the write lock."""
    counted = (
        select(func.count())
        .select_from(ExposureProof)
        .join(ExposureProof.evidence)
        .where(ExposureProof.exposure_id == exposure_id, Evidence.removed_at.is_(None))
    )
    return session().scalar(counted) or 0


def has_kind(product_id: int, kind: ExposureKind) -> bool:
    """Tell whether an exposure of this kind stands for a product."""
    wanted = select(Exposure.id).where(
        Exposure.product_id == product_id, Exposure.kind == kind, Exposure.state != ExposureState.DROPPED
    )
    return session().scalar(wanted.limit(1)) is not None


COLUMNS = (
    Exposure.id,
    Exposure.organisation_id,
    Exposure.kind,
    Exposure.title,
    Exposure.channel,
    Exposure.resource,
    Exposure.happened_on,
    Exposure.people_reached,
    Exposure.state,
    Organisation.ubn,
    Organisation.name_zh.label("organisation_zh"),
    Organisation.name_en.label("organisation_en"),
    Product.name_zh.label("product_zh"),
    Product.name_en.label("product_en"),
)


def matching(wanted: ExposureFilter, *, actor: Actor) -> Select[int]:
    """Select the ids of the exposures that the filter names and the actor may see."""
    conditions: list[ColumnElement[bool]] = [permissions.visible(actor, Exposure.organisation_id)]
    for column, value in (
        (Exposure.organisation_id, wanted.vendor_id),
        (Exposure.kind, wanted.kind),
        (Exposure.state, wanted.state),
        (Exposure.resource, wanted.resource or None),
        (Exposure.programme_id, wanted.programme_id),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.words:
        conditions.append(filters.of_vendors_named(Exposure.organisation_id, wanted.words))
    return select(Exposure.id).where(*conditions)


def page(wanted: ExposureFilter, *, after: str | None = None, before: str | None = None, actor: Actor) -> Page:
    """Read a page of the list, newest first."""
    return keyset.read_page(_named(matching(wanted, actor=actor)), NEWEST, after=after, before=before)


def count(wanted: ExposureFilter, *, actor: Actor) -> int:
    """Count the exposures that the filter names, up to one more than the cap."""
    return capped_count(matching(wanted, actor=actor))


def whole_list(wanted: ExposureFilter, *, actor: Actor) -> Iterator[Any]:
    """Read every exposure that the filter names for a file, some hundred at a time."""
    statement = _named(matching(wanted, actor=actor)).order_by(Exposure.id.desc())
    yield from session().execute(statement.execution_options(yield_per=FILE_PORTION))


def _named(statement: Select[int]) -> AnySelect:
    return (
        statement.join(Organisation, Organisation.id == Exposure.organisation_id)
        .outerjoin(Product, Product.id == Exposure.product_id)
        .with_only_columns(*COLUMNS)
    )
