"""What a report is made of: columns with their meaning, lines of figures that open what they were counted from, and a plot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tracker.core.text import N_
from tracker.reports.queries.wanted import Wanted
from tracker.reports.rules import Measure, Rate

Value = int | Decimal | None


@dataclass(frozen=True)
class Column:
    """A column of figures."""

    key: str
    label: str
    meaning: str
    is_percent: bool = False


@dataclass(frozen=True)
class Cell:
    """A figure, and the page that shows what it was counted from; without a value there is nothing to say yet."""

    value: Value
    url: str


@dataclass(frozen=True)
class Line:
    """What figures are about, with them."""

    name: str
    url: str | None
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Plot:
    """Bars of a report: label, figure, page."""

    caption: str
    bars: Sequence[tuple[str, Value, str]]


@dataclass(frozen=True)
class Table:
    """A report as it is shown and written into a file."""

    columns: Sequence[Column]
    lines: Sequence[Line]
    total: Line
    plot: Plot
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True)
class Span:
    """Which part of a report is read: a page of it, or all of it for a file."""

    after: str | None = None
    before: str | None = None
    whole: bool = False


@dataclass(frozen=True)
class Kind:
    """A report. A feature that has figures of its own adds one more to the table of kinds, with a reader like the others."""

    key: str
    title: str
    lead: str
    about: str
    """What a line is about, over the first column."""
    read: Callable[[Wanted, Span], Table] = field(repr=False)


def of_measure(measure: Measure) -> Column:
    """Give the column of a figure of events."""
    return Column(measure.key, measure.label, measure.meaning)


def of_rate(rate: Rate) -> Column:
    """Give the column of a share."""
    return Column(rate.key, rate.label, rate.meaning, is_percent=True)


HOURS = Column("hours", N_("Hours"), N_("Hours at sessions, added up over everybody who came."))
EXPOSURES = Column("exposures", N_("Exposures"), N_("Exposures that the office has confirmed, each with its proof."))
PEOPLE_REACHED = Column(
    "people-reached", N_("People reached"), N_("Added up over the confirmed exposures, as media and hosts report it.")
)
READINGS = Column(
    "readings",
    N_("Readings of public pages"),
    N_("By people who have not signed in, within the days of the programme year."),
)
MATCHES = Column("matches", N_("Matches"), N_("Enterprises and associations that were noted for a vendor's solution."))
TAKEN_UP = Column("taken-up", N_("Matches taken up"), N_("Matches that were closed with an agreement."))
