"""What reports count, in sentences, and how rates are made of it."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from tracker.core.text import N_

WINDOW_RULE = "reports.action-window"
"""How long after an event what a vendor does is taken for its action; the rulebook of the programme year says it."""
TENTH = Decimal("0.1")


class Unit(StrEnum):
    """What a figure counts."""

    REGISTRATIONS = "registrations"
    VENDORS = "vendors"


@dataclass(frozen=True)
class Measure:
    """A figure of events with what it means, so that two people count the same."""

    key: str
    label: str
    meaning: str
    unit: Unit


@dataclass(frozen=True)
class Rate:
    """A share of one figure in another."""

    key: str
    label: str
    meaning: str
    part: str
    whole: str


REGISTERED = Measure(
    "registered",
    N_("Registrations in all"),
    N_(
        "Everybody who registered or came without, also those who cancelled later. Who comes to two events counts twice."
    ),
    Unit.REGISTRATIONS,
)
EXPECTED = Measure(
    "expected",
    N_("With a place"),
    N_("Registrations that hold a place, without walk-ins."),
    Unit.REGISTRATIONS,
)
CAME = Measure(
    "came", N_("Came"), N_("Registrations with attendance of at least one session, walk-ins too."), Unit.REGISTRATIONS
)
MISSED = Measure(
    "missed",
    N_("Did not come"),
    N_("With a place, not excused, and at no session of an event that is over."),
    Unit.REGISTRATIONS,
)
DUE = Measure(
    "due",
    N_("With a place, event over"),
    N_("With a place at an event that is over: of these somebody can have stayed away."),
    Unit.REGISTRATIONS,
)
VENDORS_REGISTERED = Measure(
    "vendors-registered", N_("Vendors registered"), N_("Vendors of which somebody registered."), Unit.VENDORS
)
VENDORS_CAME = Measure("vendors-came", N_("Vendors that came"), N_("Vendors of which somebody came."), Unit.VENDORS)
VENDORS_ACTED = Measure(
    "vendors-acted",
    N_("Vendors that acted"),
    N_(
        "Vendors that came and, within the days that the rulebook names, handed in a checklist item, noted a match or an"
        " exposure, or opened a public page."
    ),
    Unit.VENDORS,
)
MEASURES = (REGISTERED, EXPECTED, CAME, DUE, MISSED, VENDORS_REGISTERED, VENDORS_CAME, VENDORS_ACTED)

NO_SHOW = Rate(
    "no-show", N_("No-show rate"), N_("Did not come, of those with a place at an event that is over."), "missed", "due"
)
TO_ATTENDANCE = Rate(
    "to-attendance",
    N_("From registration to attendance"),
    N_("Vendors that came, of the vendors registered."),
    "vendors-came",
    "vendors-registered",
)
TO_ACTION = Rate(
    "to-action",
    N_("From attendance to action"),
    N_("Vendors that acted, of the vendors that came."),
    "vendors-acted",
    "vendors-came",
)


def share(part: int, whole: int) -> Decimal | None:
    """Give a part in percent, to a tenth; of nothing there is no share."""
    if whole <= 0:
        return None
    return (Decimal(100 * part) / whole).quantize(TENTH, rounding=ROUND_HALF_UP)
