"""What sorts of questions and decisions a questionnaire holds, and what its numbers are counted in."""

from tracker.core.text import N_, Labelled

BEST = 4
"""The score of an answer that is ready for a cloud service."""
HEAVIEST = 3
"""The most that a question can weigh."""
STRONGEST = 5
"""The most points that an answer can give to an option."""
WHOLE = 100
"""Percent of the whole."""


class QuestionKind(Labelled):
    """How a question is answered."""

    ONE = "one", N_("One answer")
    MANY = "many", N_("Several answers")
    YES_NO = "yes-no", N_("Yes or no")
    NUMBER = "number", N_("Number")


class Scope(Labelled):
    """How often something is asked or decided."""

    ONCE = "once", N_("Once")
    COMPONENT = "component", N_("For each component")


class Who(Labelled):
    """Who answers a question first."""

    VENDOR = "vendor", N_("The vendor answers first")
    EXPERT = "expert", N_("The expert answers first")
    BOTH = "both", N_("Vendor and expert answer together")


class Severity(Labelled):
    """How bad it is when a risk comes true."""

    NONE = "none", N_("No risk"), "neutral"
    LOW = "low", N_("Low"), "neutral"
    MEDIUM = "medium", N_("Medium"), "progress"
    HIGH = "high", N_("High"), "warning"
    CRITICAL = "critical", N_("Critical"), "danger"

    @property
    def rank(self) -> int:
        """Give 0 for no risk up to 4 for the worst."""
        return list(Severity).index(self)


class DecisionKind(Labelled):
    """How answers settle a decision."""

    VOTE = "vote", N_("Most points")
    AT_MOST = "at-most", N_("Strictest limit")
    AT_LEAST = "at-least", N_("Largest demand")


class Unit(Labelled):
    """What a number is counted in."""

    PERCENT = "percent", N_("percent")
    MINUTE = "minute", N_("minutes")
    HOUR = "hour", N_("hours")
    DAY = "day", N_("days")
    MONTH = "month", N_("months")
    YEAR = "year", N_("years")
    TWD = "TWD", N_("NT$")
    GIGABYTE = "gigabyte", N_("gigabytes")
    USER = "user", N_("users")
    PERSON = "person", N_("people")
    COMPANY = "company", N_("companies")
    COMPONENT = "component", N_("components")
    REQUESTS = "request-per-second", N_("requests per second")


MINUTES_IN = {Unit.MINUTE: 1, Unit.HOUR: 60, Unit.DAY: 1440}


def as_unit(value: int, given: Unit, wanted: Unit) -> int | None:
    """Give a number in another unit; nothing where the two cannot be compared. A part of a unit counts as a whole one."""
    if given is wanted:
        return value
    if given in MINUTES_IN and wanted in MINUTES_IN:
        return -(-value * MINUTES_IN[given] // MINUTES_IN[wanted])
    return None


PARAMETERS = (
    "region",
    "size",
    "tenancy_compute",
    "tenancy_database",
    "tenancy_files",
    "tenancy_keys",
    "rto_minutes",
    "rpo_minutes",
    "backup_cloud",
    "backup_days",
)
"""What a reference template asks for; a questionnaire says which decision gives each of them."""
UNIT_OF = {"rto_minutes": Unit.MINUTE, "rpo_minutes": Unit.MINUTE, "backup_days": Unit.DAY}
"""Parameters that are numbers, and what they are counted in; the others are options."""
