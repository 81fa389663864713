"""Reads of engagements: one, and lists of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, bindparam, false, select
from sqlalchemy.orm import joinedload

from tracker.accounts.access import Actor, for_actors
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core import clock, keyset, search
from tracker.core.counts import capped
from tracker.core.db import read, session
from tracker.core.errors import NotFound
from tracker.core.keyset import AnySelect, Column, Page, Sort, of_each_row
from tracker.core.search import DocumentKind
from tracker.core.text import N_, Labelled
from tracker.journey import permissions
from tracker.journey.case_names import OF_CASE
from tracker.journey.models import Assignment, Engagement, StepProgress
from tracker.journey.rules import AssignmentPart, EngagementState, Step, StepState, step_states
from tracker.programmes import queries as programmes
from tracker.programmes.models import Programme
from tracker.vendors import permissions as vendor_permissions
from tracker.vendors.models import Organisation, Product


class View(Labelled):
    """Ready-made views of the list."""

    ACTIVE = "active", N_("Active engagements")
    MINE = "mine", N_("My engagements")
    OVERDUE = "overdue", N_("Overdue")
    GATES = "gates", N_("Gates to decide")
    ALL = "all", N_("All engagements")


PORTION = 500
USUAL_DAYS = "journey.usual-days.{step}"
"""The rule of a programme that tells how many working days a step usually takes."""
NEWEST = "-id"
_KEYS: dict[str, tuple[Column, ...]] = {
    "changed": (Engagement.changed_at, Engagement.id),
    "due": (Engagement.due_on, Engagement.id),
    "since": (Engagement.step_since, Engagement.id),
    "id": (Engagement.id,),
}
SORTS = {f"{sign}{name}": Sort(columns, descending=bool(sign)) for name, columns in _KEYS.items() for sign in ("", "-")}


@dataclass(frozen=True)
class Filters:
    """What a list of engagements is narrowed and ordered by."""

    view: View = View.ALL
    q: str = ""
    programme_id: int | None = None
    state: EngagementState | None = None
    step: Step | None = None
    expert_id: int | None = None
    sort: str = "-changed"


class GlyphStep(NamedTuple):
    """A step as the stair shows it."""

    label: str
    state: StepState
    done: int
    total: int
    current: bool
    days: int | None = None
    due: date | None = None
    url: str | None = None
    overridden: bool = False


class EngagementRow(NamedTuple):
    """An engagement as a list shows it."""

    id: int
    state: EngagementState
    step: Step
    step_state: StepState
    step_since: date
    due_on: date
    items_done: int
    items_total: int
    overrides: int
    changed_at: datetime
    organisation_id: int
    organisation_zh: str
    organisation_en: str
    product_zh: str
    product_en: str
    programme_zh: str
    programme_en: str
    roc_year: int
    lead: str | None

    @property
    def stair(self) -> list[GlyphStep]:
        """Give the four steps as the glyph shows them; only the current one has figures."""
        return stair(self.step, self.step_state, self.items_done, self.items_total, self.state)

    @property
    def is_overdue(self) -> bool:
        """Tell whether the step's due day has passed while work goes on."""
        return self.state is EngagementState.ACTIVE and self.due_on < clock.today()

    def vendor(self, language: str) -> str:
        """Give the vendor's name as the reader writes it."""
        return self.organisation_en if language == "en" and self.organisation_en else self.organisation_zh

    def product(self, language: str) -> str:
        """Give the product's name as the reader writes it."""
        return self.product_en if language == "en" and self.product_en else self.product_zh

    def programme(self, language: str) -> str:
        """Give the programme year as the reader writes it."""
        return f"{self.roc_year} {self.programme_en if language == 'en' else self.programme_zh}"


def stair(step: Step, state: StepState, done: int, total: int, engagement: EngagementState) -> list[GlyphStep]:
    """Give four steps for the glyph."""
    finished = engagement is EngagementState.FINISHED
    states = step_states(step, state, finished=finished)
    return [
        GlyphStep(one.label, its, done if here else 0, total if here else 0, here)
        for one, its in zip(Step, states, strict=True)
        for here in (one is step and not finished,)
    ]


@for_actors
def _one(actor: Actor) -> Select[Engagement]:
    found = select(Engagement).where(Engagement.id == bindparam("engagement_id"), permissions.visible(actor))
    return found.options(*OF_CASE)


def get_engagement(engagement_id: int, *, actor: Actor) -> Engagement:
    """Give an engagement that the actor may see, with its vendor, product and programme year."""
    values = {"engagement_id": engagement_id, **actor.parameters}
    engagement = session().scalars(_one(actor), values).one_or_none()
    if engagement is None:
        raise NotFound
    return engagement


def has_journey(programme: Programme) -> bool:
    """Tell whether a programme year's rules know the four steps."""
    held = programmes.find_rulebook(programme)
    rule_id = USUAL_DAYS.format(step=Step.ASSESS.value)
    return held is not None and held.rulebook is not None and held.rulebook.find_rule(rule_id) is not None


def enrollable_programmes(*, actor: Actor) -> list[Programme]:
    """List the programme years of the actor in which products are counselled, the newest first."""
    mine = actor.scope("programme")
    return [found for found in programmes.programmes(actor=actor) if found.id in mine and has_journey(found)]


def find_product(product_id: int | None, *, actor: Actor) -> Product | None:
    """Find a product that is still on its vendor's list."""
    statement = (
        select(Product)
        .join(Product.organisation)
        .options(joinedload(Product.organisation))
        .where(Product.id == product_id, Product.removed_at.is_(None), vendor_permissions.visible(actor))
    )
    return session().scalars(statement).one_or_none() if product_id is not None else None


def find_products(words: str, *, actor: Actor, limit: int = 30) -> Sequence[Product]:
    """List the products of the vendors that some words find, the newest vendor first."""
    found = search.matching_subjects(DocumentKind.VENDOR, words)
    if found is None:
        return ()
    statement = (
        select(Product)
        .join(Product.organisation)
        .options(joinedload(Product.organisation))
        .where(
            Product.organisation_id.in_(found.order_by(None)),
            Product.removed_at.is_(None),
            vendor_permissions.visible(actor),
        )
        .order_by(Product.organisation_id.desc(), Product.id)
        .limit(limit)
    )
    return session().scalars(statement).all()


def find_engagement_of(product_id: int, programme_id: int) -> Engagement | None:
    """Find the engagement of a product in a programme year, whatever its state."""
    statement = select(Engagement).where(Engagement.product_id == product_id, Engagement.programme_id == programme_id)
    return session().scalars(statement).one_or_none()


_LEAD = (
    select(User.name)
    .join(Assignment, Assignment.user_id == User.id)
    .where(
        Assignment.engagement_id == Engagement.id,
        Assignment.part == AssignmentPart.LEAD,
        Assignment.ended_at.is_(None),
    )
    .limit(1)
    .correlate(Engagement)
    .scalar_subquery()
)
_COLUMNS = (
    Engagement.id,
    Engagement.state,
    Engagement.step,
    StepProgress.state.label("step_state"),
    Engagement.step_since,
    Engagement.due_on,
    Engagement.items_done,
    Engagement.items_total,
    Engagement.overrides,
    Engagement.changed_at,
    Engagement.organisation_id,
    Organisation.name_zh.label("organisation_zh"),
    Organisation.name_en.label("organisation_en"),
    Product.name_zh.label("product_zh"),
    Product.name_en.label("product_en"),
    Programme.name_zh.label("programme_zh"),
    Programme.name_en.label("programme_en"),
    Programme.roc_year,
    _LEAD.label("lead"),
)


def rows() -> AnySelect:
    """Select engagements with what lists show of them."""
    return _rows(select(Engagement.id))


def _rows(begun: Any) -> AnySelect:
    """Give a selection of engagements the columns that lists show."""
    statement: AnySelect = (
        begun.join(StepProgress, (StepProgress.engagement_id == Engagement.id) & (StepProgress.step == Engagement.step))
        .join(Organisation, Organisation.id == Engagement.organisation_id)
        .join(Product, Product.id == Engagement.product_id)
        .join(Programme, Programme.id == Engagement.programme_id)
        .with_only_columns(*_COLUMNS)
    )
    return statement


def read_row(row: Any) -> EngagementRow:
    """Make a list row of what `rows()` selected; further columns are left out."""
    return EngagementRow._make(row[: len(_COLUMNS)])


def list_engagements(
    filters: Filters,
    *,
    actor: Actor,
    after: str | None = None,
    before: str | None = None,
    size: int = keyset.PAGE_SIZE,
) -> tuple[list[EngagementRow], str | None, str | None]:
    """Give a page of engagements and the keys of the pages before and after it."""
    order, values = SORTS[filters.sort], _values(filters, actor)
    if filters.q and filters.sort == NEWEST and not before:
        page = _newest_found(filters, after, actor)
    elif after or before:
        statement = _narrowed(actor, _shape(filters))
        page = keyset.read_page(statement, order, after=after, before=before, size=size, values=values)
    else:
        page = keyset.page_of(read(_first_page(actor, _shape(filters), size), values).all(), order, size)
    return [read_row(row) for row in page.rows], page.before, page.after


def _newest_found(filters: Filters, after: str | None, actor: Actor) -> Page:
    """Walk the search index from its end, so that a page reads no more matches than it shows."""
    order = SORTS[NEWEST]
    start = keyset.decode(after, order)
    statement = _walk(actor, _shape(filters), from_edge=start is not None)
    found = read(statement, {**_values(filters, actor), "search_before": start[0] if start else None}).all()
    has_after = len(found) > keyset.PAGE_SIZE
    return keyset.make_page(found[: keyset.PAGE_SIZE], order, has_before=start is not None, has_after=has_after)


def count_engagements(filters: Filters, *, actor: Actor) -> int:
    """Count the engagements of a list, up to one more than the cap."""
    return int(read(_counted(actor, _shape(filters)), _values(filters, actor)).scalar() or 0)


def export_rows(filters: Filters, *, actor: Actor) -> Iterator[EngagementRow]:
    """Give every engagement of a list, read in portions."""
    order = SORTS[filters.sort]
    columns = [column.desc() if order.descending else column.asc() for column in order.columns]
    statement = _narrowed(actor, _shape(filters)).order_by(*columns)
    values = _values(filters, actor)
    for row in session().execute(statement.execution_options(yield_per=PORTION), values):
        yield read_row(row)


@dataclass(frozen=True)
class _Shape:
    """What decides how the statement of a list is written, without the values that are looked for."""

    view: View
    sort: str
    words: int | None
    """How many long words are searched for; none where nothing is."""
    finds_nothing: bool
    given: frozenset[str]
    """Which of the other filters are set."""


def _shape(filters: Filters) -> _Shape:
    words = search.words_in(filters.q) if filters.q else None
    given = {name for name in ("programme_id", "state", "step", "expert_id") if getattr(filters, name) is not None}
    return _Shape(filters.view, filters.sort, words, bool(filters.q) and words is None, frozenset(given))


def _values(filters: Filters, actor: Actor) -> dict[str, Any]:
    """Give the values of the statement of a list."""
    looked_for = search.values_of(filters.q, DocumentKind.ENGAGEMENT) if filters.q else {}
    named = {name: getattr(filters, name) for name in ("programme_id", "state", "step", "expert_id")}
    return {**actor.parameters, **looked_for, **named, "today": clock.today()}


@for_actors
def _narrowed(actor: Actor, shape: _Shape) -> AnySelect:
    return _rows(_begin(shape).order_by(None)).where(permissions.visible(actor), *_conditions(shape, actor))


@for_actors
def _first_page(actor: Actor, shape: _Shape, size: int) -> AnySelect:
    return keyset.first_page(_narrowed(actor, shape), SORTS[shape.sort], size)


@for_actors
def _walk(actor: Actor, shape: _Shape, *, from_edge: bool) -> AnySelect:
    found = _rows(_begin(shape, from_edge=from_edge)).where(permissions.visible(actor), *_conditions(shape, actor))
    return found.add_columns(*keyset.key_columns(SORTS[NEWEST])).limit(keyset.PAGE_SIZE + 1)


@for_actors
def _counted(actor: Actor, shape: _Shape) -> AnySelect:
    found = _begin(shape).order_by(None).where(permissions.visible(actor), *_conditions(shape, actor))
    return capped(found)


def _begin(shape: _Shape, *, from_edge: bool = False) -> Any:
    """Begin with what the search index finds, the newest first, so that few matches cost little."""
    if shape.finds_nothing:
        return select(Engagement.id).where(false())
    if shape.words is None:
        return select(Engagement.id)
    found = search.subjects(DocumentKind.ENGAGEMENT, shape.words, from_edge=from_edge)
    subject = found.selected_columns.subject_id
    return found.join(Engagement, Engagement.id == subject).with_only_columns(Engagement.id)


def _conditions(shape: _Shape, actor: Actor) -> Iterator[ColumnElement[bool]]:
    yield from _view_conditions(shape.view, actor)
    if "programme_id" in shape.given:
        yield of_each_row(Engagement.programme_id) == bindparam("programme_id", type_=Integer)
    if "state" in shape.given:
        yield Engagement.state == bindparam("state")
    if "step" in shape.given:
        yield Engagement.step == bindparam("step")
    if "expert_id" in shape.given:
        yield Engagement.id.in_(permissions.engagements_of(bindparam("expert_id", type_=Integer)))


def _view_conditions(view: View, actor: Actor) -> Iterator[ColumnElement[bool]]:
    if view in {View.ACTIVE, View.OVERDUE, View.GATES}:
        yield Engagement.state == EngagementState.ACTIVE
    if view is View.OVERDUE:
        yield Engagement.due_on < bindparam("today")
    if view is View.GATES:
        proposed = select(StepProgress.engagement_id).where(StepProgress.state == StepState.PROPOSED)
        yield Engagement.id.in_(proposed)
    if view is View.MINE:
        yield _mine(actor)


def _mine(actor: Actor) -> ColumnElement[bool]:
    """Give what is the actor's own: assigned to an expert, of a vendor's member; the office's is what it may see."""
    if actor.user_id is not None and actor.has(Role.EXPERT):
        return Engagement.id.in_(actor.scope("engagement"))
    return permissions.visible(actor)


def default_view(actor: Actor) -> View:
    """Give the view with which a person's list opens."""
    if actor.is_office:
        return View.ACTIVE
    return View.MINE if actor.has(Role.EXPERT) else View.ALL
