"""The list of sessions: its filter, a page of plain rows, and all of it for a file."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, false, select

from tracker.accounts.access import Actor
from tracker.accounts.models import User
from tracker.coaching import permissions
from tracker.coaching.models import CoachingSession, SessionTopic
from tracker.coaching.rules import SessionState
from tracker.core import clock, keyset, search
from tracker.core.counts import capped_count
from tracker.core.db import session
from tracker.core.halfwidth import squeeze
from tracker.core.keyset import AnySelect, Page, Sort
from tracker.core.roc_date import gregorian_year
from tracker.core.search import DocumentKind
from tracker.journey.models import Engagement
from tracker.journey.rules import Step
from tracker.vendors.models import Organisation, Product

NEWEST, OLDEST = "-day", "day"
SORTS = {
    NEWEST: Sort((CoachingSession.starts_at, CoachingSession.id), descending=True),
    OLDEST: Sort((CoachingSession.starts_at, CoachingSession.id)),
}
BY_FOUND = Sort((CoachingSession.id,), descending=True)
"""Matches of a search come as the index gives them, logged last first, so that no page sorts all of them."""
FILE_PORTION = 500
"""How many rows of a file are held at a time."""
_MONTH = re.compile(r"(?P<year>\d{2,4})[-/年](?P<month>\d{1,2})月?")
_ROC_DIGITS = 3
_FIRST_YEAR, _LAST_YEAR = 1912, 2999


COLUMNS = (
    CoachingSession.id,
    CoachingSession.engagement_id,
    CoachingSession.state,
    CoachingSession.step,
    CoachingSession.starts_at,
    CoachingSession.hours,
    CoachingSession.mode,
    Organisation.name_zh.label("organisation_zh"),
    Organisation.name_en.label("organisation_en"),
    Product.name_zh.label("product_zh"),
    Product.name_en.label("product_en"),
    User.name.label("expert"),
)
FILE_COLUMNS = (
    *COLUMNS,
    Organisation.ubn,
    CoachingSession.findings,
    CoachingSession.recommendations,
    CoachingSession.acknowledged_at,
)


@dataclass(frozen=True)
class SessionFilter:
    """What narrows the list, as its address says."""

    words: str = ""
    engagement_id: int | None = None
    expert_id: int | None = None
    step: Step | None = None
    topic: str = ""
    state: SessionState | None = None
    month: date | None = None
    """The first day of the month."""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "SessionFilter":
        """Read the filter from an address; what cannot be read narrows nothing."""
        return cls(
            words=values.get("q", "").strip()[:100],
            engagement_id=_number(values.get("engagement")),
            expert_id=_number(values.get("expert")),
            step=Step.named(values.get("step")),
            topic=values.get("topic", "")[:64],
            state=SessionState.named(values.get("state")),
            month=read_month(values.get("month", "")),
        )

    @property
    def is_active(self) -> bool:
        """Tell whether anything is narrowed."""
        return self != SessionFilter()


def read_month(text: str) -> date | None:
    """Read a month, 2026-11 or 115/11; None where it is none."""
    found = _MONTH.fullmatch(squeeze(text).removeprefix("民國"))
    if found is None:
        return None
    year = int(found["year"])
    if len(found["year"]) <= _ROC_DIGITS:
        year = gregorian_year(year)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, int(found["month"]), 1)
    except ValueError:
        return None


def month_after(first: date) -> date:
    """Give the first day of the next month."""
    return (first + timedelta(days=32)).replace(day=1)


def month_before(first: date) -> date:
    """Give the first day of the month before."""
    return (first - timedelta(days=1)).replace(day=1)


def matching(wanted: SessionFilter, *, actor: Actor) -> Select[int]:
    """Select the ids of the sessions that the filter names and the actor may see."""
    return _begin(wanted.words).order_by(None).where(*_conditions(wanted, actor))


def page(
    wanted: SessionFilter, sort: str = NEWEST, *, after: str | None = None, before: str | None = None, actor: Actor
) -> Page:
    """Read a page of the list, newest first unless it is asked for the other way round."""
    if wanted.words and not before:
        return _found_page(wanted, after, actor)
    statement: AnySelect = _with_names(matching(wanted, actor=actor), COLUMNS)
    order = BY_FOUND if wanted.words else SORTS.get(sort, SORTS[NEWEST])
    return keyset.read_page(statement, order, after=after, before=before)


def _found_page(wanted: SessionFilter, after: str | None, actor: Actor) -> Page:
    """Walk the search index from its end, so that a page reads no more matches than it shows."""
    start = keyset.decode(after, BY_FOUND)
    begun = _begin(wanted.words, before=start[0] if start else None).where(*_conditions(wanted, actor))
    statement = _with_names(begun, (*COLUMNS, *keyset.key_columns(BY_FOUND)))
    found = session().execute(statement.limit(keyset.PAGE_SIZE + 1)).all()
    has_after = len(found) > keyset.PAGE_SIZE
    return keyset.make_page(found[: keyset.PAGE_SIZE], BY_FOUND, has_before=start is not None, has_after=has_after)


def count(wanted: SessionFilter, *, actor: Actor) -> int:
    """Count the sessions that the filter names, up to one more than the cap."""
    return capped_count(matching(wanted, actor=actor))


def whole_list(wanted: SessionFilter, *, actor: Actor) -> Iterator[Any]:
    """Read every session that the filter names for a file, newest first, some hundred at a time."""
    statement = _with_names(matching(wanted, actor=actor), FILE_COLUMNS).order_by(None)
    ordered = statement.order_by(CoachingSession.starts_at.desc(), CoachingSession.id.desc())
    yield from session().execute(ordered.execution_options(yield_per=FILE_PORTION))


def between(first: date, last: date, *, actor: Actor, wanted: SessionFilter, limit: int) -> list[Any]:
    """List the sessions of some days, in the order of time, up to one more than the limit."""
    statement = _with_names(matching(wanted, actor=actor), COLUMNS).where(
        CoachingSession.starts_at >= clock.start_of(first),
        CoachingSession.starts_at < clock.start_of(last + timedelta(days=1)),
    )
    ordered = statement.order_by(None).order_by(CoachingSession.starts_at, CoachingSession.id)
    return list(session().execute(ordered.limit(limit + 1)))


def _begin(words: str, *, before: int | None = None) -> Select[int]:
    """Begin with what the search index finds, newest first, where words are looked for."""
    if not words:
        return select(CoachingSession.id)
    found = search.matching_subjects(DocumentKind.SESSION, words, before=before)
    if found is None:
        return select(CoachingSession.id).where(false())
    subject = found.selected_columns.subject_id
    return found.join(CoachingSession, CoachingSession.id == subject).with_only_columns(CoachingSession.id)


def _with_names(statement: Select[int], columns: tuple[Any, ...]) -> AnySelect:
    return (
        statement.join(Engagement, Engagement.id == CoachingSession.engagement_id)
        .join(Organisation, Organisation.id == CoachingSession.organisation_id)
        .join(Product, Product.id == Engagement.product_id)
        .join(User, User.id == CoachingSession.expert_id)
        .with_only_columns(*columns)
    )


def _conditions(wanted: SessionFilter, actor: Actor) -> list[ColumnElement[bool]]:
    conditions = [permissions.visible(actor)]
    for column, value in (
        (CoachingSession.engagement_id, wanted.engagement_id),
        (CoachingSession.expert_id, wanted.expert_id),
        (CoachingSession.step, wanted.step),
        (CoachingSession.state, wanted.state),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.topic:
        spoken = select(SessionTopic.id).where(
            SessionTopic.session_id == CoachingSession.id, SessionTopic.topic == wanted.topic
        )
        conditions.append(spoken.exists())
    if wanted.month is not None:
        conditions.append(CoachingSession.starts_at >= clock.start_of(wanted.month))
        conditions.append(CoachingSession.starts_at < clock.start_of(month_after(wanted.month)))
    return conditions


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 - ids fit
