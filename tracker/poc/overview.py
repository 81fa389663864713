"""The list of proofs of concept: its filter, a page of rows with money, trials and what is late, and all of it for a file."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, false, func, select

from tracker.accounts.access import Actor
from tracker.core import clock, keyset, search
from tracker.core.counts import capped_count
from tracker.core.db import session
from tracker.core.keyset import AnySelect, Page, Sort
from tracker.core.search import DocumentKind
from tracker.journey import permissions as journey
from tracker.journey.models import Engagement
from tracker.poc.models import Poc, PocMilestone, Trial
from tracker.poc.queries.funding import sums_of
from tracker.poc.queries.pocs import WITH_CASE
from tracker.poc.rulebook import Terms, terms_of
from tracker.poc.rules.forecast import Forecast, forecast
from tracker.poc.rules.funding import Totals
from tracker.poc.rules.states import PocState
from tracker.poc.rules.trials import TrialCounts, TrialState
from tracker.poc.rules.trials import count as count_trials

NEWEST = Sort((Poc.id,), descending=True)
FILE_PORTION = 200
LONGEST_ID = 9


@dataclass(frozen=True)
class PocFilter:
    """What narrows the list, as its address says."""

    words: str = ""
    state: PocState | None = None
    programme_id: int | None = None
    only_late: bool = False
    """With milestones past their day."""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "PocFilter":
        """Read the filter from an address; what cannot be read narrows nothing."""
        programme = values.get("programme", "")
        return cls(
            words=values.get("q", "").strip()[:100],
            state=PocState.named(values.get("state")),
            programme_id=int(programme)
            if programme.isascii() and programme.isdigit() and len(programme) <= LONGEST_ID
            else None,
            only_late=values.get("late") == "1",
        )

    @property
    def is_active(self) -> bool:
        """Tell whether anything is narrowed."""
        return self != PocFilter()


@dataclass(frozen=True)
class Row:
    """A proof of concept with its figures."""

    poc: Poc
    totals: Totals
    trials: TrialCounts
    least_trials: int
    late: int
    """Milestones past their day."""
    forecast: Forecast


def page(
    wanted: PocFilter, *, after: str | None = None, before: str | None = None, actor: Actor
) -> tuple[Page, list[Row]]:
    """Read a page of the list, the newest first, with its figures."""
    statement = _matching(wanted, actor).options(WITH_CASE)
    found = keyset.read_page(statement, NEWEST, after=after, before=before)
    return found, rows_of([row[0] for row in found.rows])


def count(wanted: PocFilter, *, actor: Actor) -> int:
    """Count the proofs that the filter names, up to one more than the cap."""
    return capped_count(_matching(wanted, actor).with_only_columns(Poc.id))


def whole_list(wanted: PocFilter, *, actor: Actor) -> Iterator[Row]:
    """Read every proof that the filter names for a file, some hundred at a time."""
    after = None
    while True:
        statement = _matching(wanted, actor).options(WITH_CASE)
        found = keyset.read_page(statement, NEWEST, after=after, size=FILE_PORTION)
        yield from rows_of([row[0] for row in found.rows])
        after = found.after
        if after is None:
            return


def rows_of(pocs: Sequence[Poc]) -> list[Row]:
    """Give proofs their figures, in a few queries however many they are."""
    ids = [poc.id for poc in pocs]
    sums, trials, late, today = sums_of(ids), _trials(ids), _late(ids), clock.today()
    years = {poc.engagement.programme_id: poc.engagement.programme for poc in pocs}
    terms = {programme_id: terms_of(programme) for programme_id, programme in years.items()}
    return [
        _row(poc, terms[poc.engagement.programme_id], sums[poc.id], trials[poc.id], late.get(poc.id, 0), today)
        for poc in pocs
    ]


def _row(poc: Poc, terms: Terms, sums: Mapping[str, int], trials: TrialCounts, late: int, today: date) -> Row:
    totals = Totals(terms.required, **sums)
    period = terms.period(poc.starts_on, poc.ends_on)
    return Row(poc, totals, trials, terms.least_trials, late, forecast(totals, period, today))


def _trials(ids: Collection[int]) -> Mapping[int, TrialCounts]:
    """Count the trials of several proofs at once."""
    found: dict[int, list[tuple[TrialState, bool]]] = {poc_id: [] for poc_id in ids}
    statement = select(Trial.poc_id, Trial.state, Trial.active_days).where(Trial.poc_id.in_(ids))
    for poc_id, state, days in session().execute(statement):
        found[poc_id].append((state, days > 0))
    return {poc_id: count_trials(rows) for poc_id, rows in found.items()}


def _is_late() -> ColumnElement[bool]:
    return PocMilestone.removed_at.is_(None) & PocMilestone.done_on.is_(None) & (PocMilestone.due_on < clock.today())


def _late(ids: Collection[int]) -> Mapping[int, int]:
    """Count the milestones past their day of several proofs at once."""
    statement = (
        select(PocMilestone.poc_id, func.count(PocMilestone.id))
        .where(PocMilestone.poc_id.in_(ids), _is_late())
        .group_by(PocMilestone.poc_id)
    )
    return dict(session().execute(statement).all())


def _matching(wanted: PocFilter, actor: Actor) -> AnySelect:
    of_proof = Engagement.id == keyset.of_each_row(
        Poc.engagement_id
    )  # begins with the proofs, of which there are fewer
    statement: AnySelect = select(Poc).join(Engagement, of_proof).where(journey.visible(actor))
    if wanted.words:
        found = search.matching_subjects(DocumentKind.POC, wanted.words)
        statement = statement.where(Poc.id.in_(_ids(found)) if found is not None else false())
    if wanted.state is not None:
        statement = statement.where(Poc.state == wanted.state)
    if wanted.programme_id is not None:
        statement = statement.where(Engagement.programme_id == wanted.programme_id)
    if wanted.only_late:
        late = select(PocMilestone.poc_id).where(_is_late())
        statement = statement.where(Poc.state != PocState.ACCEPTED, Poc.id.in_(late))
    return statement


def _ids(found: Any) -> Any:
    return found.with_only_columns(found.selected_columns.subject_id).order_by(None)
