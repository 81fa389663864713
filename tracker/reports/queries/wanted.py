"""What a report is about, as its address says, narrowed to the programme years that the reader reports on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from tracker.accounts.access import Actor
from tracker.core.db import session
from tracker.events.rules.events import EventKind
from tracker.programmes.models import Programme
from tracker.programmes.queries import find_rulebook
from tracker.reports import permissions
from tracker.reports.rules import WINDOW_RULE

ALL = "all"
LONGEST_NUMBER = 9
SECONDS_OF_DAY = 86_400


@dataclass(frozen=True)
class Wanted:
    """Which programme years, and which part of them."""

    years: Sequence[Programme]
    """Every year that the reader reports on, the newest first."""
    programme: Programme | None = None
    """The one that is asked for; none means all of them."""
    event_id: int | None = None
    vendor_id: int | None = None
    kind: EventKind | None = None

    @property
    def programme_ids(self) -> list[int]:
        """Give the programme years that are counted."""
        return [year.id for year in self.years] if self.programme is None else [self.programme.id]

    @property
    def chosen(self) -> str:
        """Give the value of the filter."""
        return ALL if self.programme is None else str(self.programme.id)

    def windows(self) -> dict[int, int]:
        """Give, for each programme year whose rulebook names it, how many seconds after an event an action counts."""
        found: dict[int, int] = {}
        for year in self.years:
            days = days_of(year)
            if days is not None:
                found[year.id] = days * SECONDS_OF_DAY
        return found


def days_of(year: Programme) -> int | None:
    """Give the days within which an action counts, where the rulebook of the year names them."""
    held = find_rulebook(year)
    rule = held.rulebook.find_rule(WINDOW_RULE) if held is not None and held.rulebook is not None else None
    return rule.value if rule is not None and isinstance(rule.value, int) else None


def read_wanted(values: Mapping[str, str], *, actor: Actor) -> Wanted:
    """Read what a report is about; without a choice it is the newest programme year."""
    years = (
        session()
        .scalars(select(Programme).where(permissions.reported(actor)).order_by(Programme.roc_year.desc(), Programme.id))
        .all()
    )
    asked = values.get("programme", "")
    chosen = next((year for year in years if str(year.id) == asked), years[0] if years else None)
    return Wanted(
        years=years,
        programme=None if asked == ALL else chosen,
        event_id=_number(values.get("event")),
        vendor_id=_number(values.get("vendor")),
        kind=EventKind.named(values.get("kind")),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None
