"""The reports that there are, in one table; each reads its figures and says where each of them opens."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _

from tracker.core.text import N_
from tracker.events.rules.events import EventKind
from tracker.reports import rules, tables
from tracker.reports.queries import events, outreach
from tracker.reports.queries.wanted import Wanted
from tracker.reports.rules import NO_SHOW, TO_ACTION, TO_ATTENDANCE, share
from tracker.reports.tables import Cell, Column, Kind, Line, Plot, Span, Table, of_measure, of_rate
from tracker.web.filters import show_date

RATES = {rate.key: rate for rate in (NO_SHOW, TO_ATTENDANCE, TO_ACTION)}
OF_EVENTS = (
    of_measure(rules.REGISTERED),
    of_measure(rules.EXPECTED),
    of_measure(rules.CAME),
    of_measure(rules.MISSED),
    of_rate(NO_SHOW),
    tables.HOURS,
    of_measure(rules.VENDORS_CAME),
    of_measure(rules.VENDORS_ACTED),
)
OF_OUTREACH = (tables.EXPOSURES, tables.PEOPLE_REACHED, tables.READINGS, tables.MATCHES, tables.TAKEN_UP)
OF_VENDORS = (of_measure(rules.REGISTERED), of_measure(rules.CAME), tables.HOURS, *OF_OUTREACH)
OF_PROGRAMMES = (
    of_measure(rules.REGISTERED),
    of_measure(rules.CAME),
    of_rate(NO_SHOW),
    of_measure(rules.VENDORS_CAME),
    *OF_OUTREACH,
)
OF_CONVERSION = (
    of_measure(rules.VENDORS_REGISTERED),
    of_measure(rules.VENDORS_CAME),
    of_rate(TO_ATTENDANCE),
    of_measure(rules.VENDORS_ACTED),
    of_rate(TO_ACTION),
    of_measure(rules.DUE),
    of_measure(rules.MISSED),
    of_rate(NO_SHOW),
)
Address = Callable[[str], str]
Figures = Mapping[str, Any]


def pick(zh: str, en: str | None) -> str:
    """Give a name in the reader's language; where there is no English one, the Chinese."""
    return en if g.get("language") == "en" and en else zh


def counted(wanted: Wanted, **about: Any) -> Address:
    """Give where figures of events open: the registrations or vendors that they were counted from."""

    def address(key: str) -> str:
        figure = RATES[key].part if key in RATES else "came" if key == tables.HOURS.key else key
        return url_for("reports.counted", figure=figure, **{"programme": wanted.chosen, **about})

    return address


def of_outreach(wanted: Wanted, **about: Any) -> Address:
    """Give where figures of outreach open: its own lists, and the readings of public pages."""
    programme = {"programme": wanted.programme.id} if wanted.programme is not None else {}

    def address(key: str) -> str:
        if key == tables.READINGS.key:
            return url_for("reports.readings", **{"programme": wanted.chosen, **about})
        values: dict[str, Any] = {**programme, **about}
        if key in {tables.MATCHES.key, tables.TAKEN_UP.key}:
            state = {"state": "won"} if key == tables.TAKEN_UP.key else {}
            return url_for("outreach.leads", **{**values, **state})
        return url_for("outreach.index", **{**values, "state": "confirmed"})

    return address


def cells(columns: Sequence[Column], figures: Figures, opens: Mapping[str, Address]) -> list[Cell]:
    """Give the figures of a line, each with where it opens; a rate is made of what was counted."""
    found = []
    for column in columns:
        rate = RATES.get(column.key)
        value = share(figures.get(rate.part, 0), figures.get(rate.whole, 0)) if rate else figures.get(column.key, 0)
        is_outreach = column in OF_OUTREACH
        shown = value if rate is None or value is not None else None
        found.append(Cell(_plain(shown), opens["outreach" if is_outreach else "events"](column.key)))
    return found


def _plain(value: Any) -> int | Decimal | None:
    return Decimal(str(value)).normalize() if isinstance(value, float) else value


def plot_of(caption: str, columns: Sequence[Column], lines: Sequence[Line], key: str) -> Plot:
    """Draw one column of a report."""
    at = next(number for number, column in enumerate(columns) if column.key == key)
    return Plot(caption, [(line.name, line.cells[at].value, line.cells[at].url) for line in lines])


def figures_of(row: Any) -> Figures:
    """Give the figures of a row by their keys; nothing where there is no row."""
    return {} if row is None else dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row by keys


def read_events(wanted: Wanted, span: Span) -> Table:
    """Read what each event reached."""
    page = events.by_event(wanted, after=span.after, before=span.before, whole=span.whole)
    lines = [
        Line(
            f"{pick(row.name_zh, row.name_en)} {show_date(row.begins_at)}",
            url_for("events.show", event_id=row.id),
            cells(OF_EVENTS, figures_of(row), {"events": counted(wanted, event=row.id)}),
        )
        for row in page.rows
    ]
    plot = plot_of(_("Who came, by event"), OF_EVENTS, lines, rules.CAME.key)
    return Table(OF_EVENTS, lines, total_of_events(wanted, OF_EVENTS), plot, page.before, page.after)


def total_of_events(wanted: Wanted, columns: Sequence[Column]) -> Line:
    """Give the line of everything together."""
    opens = {"events": counted(wanted)}
    return Line(_("Altogether"), None, cells(columns, figures_of(events.altogether(wanted)), opens))


def total_of_both(wanted: Wanted, columns: Sequence[Column]) -> Line:
    """Give the line of everything together, with outreach."""
    figures = {**figures_of(events.altogether(wanted)), **outreach.altogether(wanted)}
    opens = {"events": counted(wanted), "outreach": of_outreach(wanted)}
    return Line(_("Altogether"), None, cells(columns, figures, opens))


def read_vendors(wanted: Wanted, span: Span) -> Table:
    """Read what each vendor took part in, and how it became known."""
    page = outreach.vendors(wanted, after=span.after, before=span.before, whole=span.whole)
    ids = [row.id for row in page.rows]
    came, known = events.by_vendor(wanted, ids), outreach.by_vendor(wanted, ids)
    lines = []
    for row in page.rows:
        opens = {"events": counted(wanted, vendor=row.id), "outreach": of_outreach(wanted, vendor=row.id)}
        figures = {**figures_of(came.get(row.id)), **known.get(row.id, {})}
        url = url_for("vendors.show", vendor_id=row.id)
        lines.append(Line(pick(row.name_zh, row.name_en), url, cells(OF_VENDORS, figures, opens)))
    plot = plot_of(_("Who came, by vendor"), OF_VENDORS, lines, rules.CAME.key)
    return Table(OF_VENDORS, lines, total_of_both(wanted, OF_VENDORS), plot, page.before, page.after)


def read_programmes(wanted: Wanted, _span: Span) -> Table:
    """Read what each programme year reached."""
    every = Wanted(wanted.years)
    came, known = events.by_programme(every), outreach.by_programme(every)
    lines = []
    for year in wanted.years:
        one = Wanted(wanted.years, year)
        figures = {**figures_of(came.get(year.id)), **known.get(year.id, {})}
        opens = {"events": counted(one), "outreach": of_outreach(one)}
        name = f"{year.roc_year} {pick(year.name_zh, year.name_en)}"
        url = url_for("programmes.show", programme_id=year.id)
        lines.append(Line(name, url, cells(OF_PROGRAMMES, figures, opens)))
    plot = plot_of(_("Vendors that came, by programme year"), OF_PROGRAMMES, lines, rules.VENDORS_CAME.key)
    return Table(OF_PROGRAMMES, lines, total_of_both(every, OF_PROGRAMMES), plot)


def read_conversion(wanted: Wanted, _span: Span) -> Table:
    """Read how many vendors went from registration to attendance to action, by kind of event."""
    found = events.by_kind(wanted)
    lines = [
        Line(
            _(kind.label),
            url_for("events.index", kind=kind.value),
            cells(OF_CONVERSION, figures_of(found[kind]), {"events": counted(wanted, kind=kind.value)}),
        )
        for kind in EventKind
        if kind in found
    ]
    total = total_of_events(wanted, OF_CONVERSION)
    stages = {rules.VENDORS_REGISTERED.key, rules.VENDORS_CAME.key, rules.VENDORS_ACTED.key}
    bars = [
        (_(column.label), cell.value, cell.url)
        for column, cell in zip(OF_CONVERSION, total.cells, strict=True)
        if column.key in stages
    ]
    return Table(OF_CONVERSION, lines, total, Plot(_("Vendors from registration to action"), bars))


KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "events",
            N_("Reach by event"),
            N_("Who registered, who came and who did not, and which vendors were among them."),
            N_("Event"),
            read_events,
        ),
        Kind(
            "conversion",
            N_("From registration to action"),
            N_("How many vendors registered, came, and did something with it; and how many people stayed away."),
            N_("Kind of event"),
            read_conversion,
        ),
        Kind(
            "vendors",
            N_("Reach by vendor"),
            N_("What each vendor took part in, and how its solution became known."),
            N_("Vendor"),
            read_vendors,
        ),
        Kind(
            "programmes",
            N_("Reach by programme year"),
            N_("Events and outreach of each programme year beside the others."),
            N_("Programme year"),
            read_programmes,
        ),
    )
}
"""Every report: its page, its file, its place in the list and its tests come from its line here."""
