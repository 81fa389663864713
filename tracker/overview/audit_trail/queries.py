"""Reads of the audit trail.

A page costs the same however long the trail is: each action, person or vendor that is asked for is walked along an index of its
own, newest first, and the keys found are merged; only then the page's records are read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, union_all

from tracker.accounts.access import Actor
from tracker.accounts.models import User
from tracker.core import clock, counts, keyset, search
from tracker.core.audit import AuditCheck, AuditRecord
from tracker.core.db import session
from tracker.core.keyset import AnySelect, Page, Sort
from tracker.core.search import DocumentKind
from tracker.journey.models import Engagement
from tracker.overview.audit_trail import permissions
from tracker.overview.audit_trail.rules import Family, actions_of
from tracker.vendors.models import Organisation, Product

NEWEST = Sort((AuditRecord.at, AuditRecord.id), descending=True)
MOST_NAMES = 20
"""How many people or vendors that fit the words are looked for."""
FILE_PAGE = 1000


@dataclass(frozen=True)
class TrailFilter:
    """What narrows the trail, as its address says."""

    person: str = ""
    person_id: int | None = None
    family: Family | None = None
    vendor: str = ""
    subject: tuple[str, int] | None = None
    """Table and id of the one thing whose records are wanted."""
    first: date | None = None
    last: date | None = None

    @property
    def is_active(self) -> bool:
        """Tell whether anything is narrowed."""
        return self != TrailFilter()


def page(
    wanted: TrailFilter,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = keyset.PAGE_SIZE,
    actor: Actor,
) -> Page:
    """Read a page of records, newest first."""
    walks = _walks(wanted, actor)
    if not walks:
        return Page(())
    keys = keyset.read_merged_page(walks, NEWEST, after=after, before=before, size=size)
    return Page(_records([key[-1] for key in keys.rows]), keys.before, keys.after)


def whole_trail(wanted: TrailFilter, *, actor: Actor) -> Iterator[Sequence[Any]]:
    """Read everything that the filter names, page by page, for a file; memory stays flat."""
    after: str | None = None
    while True:
        found = page(wanted, after=after, size=FILE_PAGE, actor=actor)
        yield found.rows
        if (after := found.after) is None:
            return


def count(wanted: TrailFilter, *, actor: Actor) -> int:
    """Count the records that the filter names, up to one more than the cap."""
    walks = _walks(wanted, actor)
    if not walks:
        return 0
    parts = [select(walk.with_only_columns(AuditRecord.id).limit(counts.CAP + 1).subquery()) for walk in walks]
    return counts.capped_count(select(union_all(*parts).subquery()))


def people_named(words: str) -> list[int]:
    """Find who is meant by a name or a mail address."""
    statement = select(User.id)
    for word in words.casefold().split():
        named = func.lower(User.name).contains(word, autoescape=True)
        statement = statement.where(named | User.email.contains(word, autoescape=True))
    return list(session().scalars(statement.order_by(User.id).limit(MOST_NAMES)))


def vendors_named(words: str) -> list[int]:
    """Find which vendors are meant by a name or a UBN."""
    found = search.matching_subjects(DocumentKind.VENDOR, words)
    return list(session().scalars(found.limit(MOST_NAMES))) if found is not None else []


def last_check() -> AuditCheck | None:
    """Find the newest verification of the chain."""
    return session().scalars(select(AuditCheck).order_by(AuditCheck.id.desc()).limit(1)).one_or_none()


def last_finished() -> tuple[AuditCheck, int | None] | None:
    """Find the newest verification that came to its end, and the record that says so."""
    noted = (AuditRecord.subject_type == AuditCheck.__tablename__) & (AuditRecord.subject_id == AuditCheck.id)
    statement = (
        select(AuditCheck, AuditRecord.id)
        .outerjoin(AuditRecord, noted & (AuditRecord.action == "audit.verified"))
        .where(AuditCheck.faults.is_not(None))
        .order_by(AuditCheck.id.desc())
    )
    row = session().execute(statement.limit(1)).one_or_none()
    return (row[0], row[1]) if row else None


def names_of(user_ids: Sequence[int]) -> Mapping[int, str]:
    """Read the names of people that records speak of."""
    if not user_ids:
        return {}
    return dict(session().execute(select(User.id, User.name).where(User.id.in_(user_ids))).all())


def _walks(wanted: TrailFilter, actor: Actor) -> list[AnySelect]:
    """Give the statements whose rows together are what the filter names; they share none."""
    base, each = _base(wanted, actor), keyset.of_each_row
    people = people_named(wanted.person) if wanted.person else None
    if wanted.person_id is not None:
        people = [wanted.person_id]
    vendors = vendors_named(wanted.vendor) if wanted.vendor else None
    actions = _actions(wanted, actor)
    axes = [(AuditRecord.organisation_id, vendors), (AuditRecord.actor_id, people), (AuditRecord.action, actions)]
    given = [(column, values) for column, values in axes if values is not None]
    if not given:
        return [base]
    if wanted.subject is None:
        first, values = given.pop(0)
        walks = [base.where(first == value) for value in values]
    else:
        walks = [base]
    return [walk.where(*(each(column).in_(values) for column, values in given)) for walk in walks]


def _actions(wanted: TrailFilter, actor: Actor) -> Sequence[str] | None:
    """Give the actions that the reader is shown; nothing where that is all of them."""
    seen = permissions.visible_families(actor)
    if wanted.family is not None:
        return actions_of(seen & {wanted.family})
    return None if seen == frozenset(Family) else actions_of(seen)


def _base(wanted: TrailFilter, actor: Actor) -> AnySelect:
    conditions: list[ColumnElement[bool]] = [permissions.visible(actor)]
    if wanted.subject is not None:
        conditions += [AuditRecord.subject_type == wanted.subject[0], AuditRecord.subject_id == wanted.subject[1]]
    if wanted.first is not None:
        conditions.append(AuditRecord.at >= clock.start_of(wanted.first))
    if wanted.last is not None:
        conditions.append(AuditRecord.at < clock.start_of(wanted.last + timedelta(days=1)))
    return select(AuditRecord.id).outerjoin(Engagement, Engagement.id == AuditRecord.engagement_id).where(*conditions)


def _records(ids: Sequence[int]) -> list[Any]:
    """Read records with the names of who and whose, in the order of the ids."""
    if not ids:
        return []
    statement = (
        select(
            AuditRecord.id,
            AuditRecord.at,
            AuditRecord.actor_id,
            AuditRecord.action,
            AuditRecord.subject_type,
            AuditRecord.subject_id,
            AuditRecord.engagement_id,
            AuditRecord.organisation_id,
            AuditRecord.details,
            AuditRecord.request_id,
            AuditRecord.hash,
            User.name,
            Organisation.name_zh.label("organisation_zh"),
            Organisation.name_en.label("organisation_en"),
            Organisation.ubn,
            Product.name_zh.label("product_zh"),
            Product.name_en.label("product_en"),
        )
        .outerjoin(User, User.id == AuditRecord.actor_id)
        .outerjoin(Organisation, Organisation.id == AuditRecord.organisation_id)
        .outerjoin(Engagement, Engagement.id == AuditRecord.engagement_id)
        .outerjoin(Product, Product.id == Engagement.product_id)
    )
    found = {row.id: row for row in session().execute(statement.where(AuditRecord.id.in_(ids)))}
    return [found[one] for one in ids]
