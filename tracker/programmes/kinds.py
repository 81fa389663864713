"""What sorts of facts rulebooks state and ask for, and what they are counted in."""

from datetime import date
from decimal import Decimal
from typing import TypeAlias

from tracker.core.text import N_, Labelled

RuleValue: TypeAlias = bool | int | Decimal | date | str | None

STEPS = ("assess", "migrate", "test", "optimise")
PROGRAMMES = ("counselling", "thematic-rd", "points")
EVERYTHING = 100
"""Percent of the whole."""


class RuleKind(Labelled):
    """What sort of fact a rule states."""

    YES_NO = "yes-no", N_("Yes or no")
    AMOUNT = "amount", N_("Amount")
    SHARE = "share", N_("Share")
    COUNT = "count", N_("Number")
    DATE = "date", N_("Date")
    DOCUMENT = "document", N_("Document")
    CHOICE = "choice", N_("Choice")


class Unit(Labelled):
    """What the value of a rule is counted in."""

    TWD = "TWD", N_("NT$")
    USD = "USD", N_("US dollars")
    PERCENT = "percent", N_("percent")
    DAY = "day", N_("calendar days")
    WORKING_DAY = "working-day", N_("working days")
    MONTH = "month", N_("months")
    YEAR = "year", N_("years")
    HOUR = "hour", N_("hours")
    STEP = "step", N_("steps")
    PERSON = "person", N_("people")
    COMPANY = "company", N_("companies")
    SERVICE = "service", N_("services")
    SOLUTION = "solution", N_("solutions")
    ENTRY = "entry", N_("entries")
    POINT = "point", N_("points")


class Origin(Labelled):
    """Where a fact was taken from."""

    SLIDES = "slides", N_("Programme slides")
    OFFICE = "office", N_("Office setting")
    SAMPLE = "sample", N_("Sample, not announced")


UNITS_OF: dict[RuleKind, frozenset[Unit]] = {
    RuleKind.YES_NO: frozenset(),
    RuleKind.AMOUNT: frozenset({Unit.TWD, Unit.POINT}),
    RuleKind.SHARE: frozenset({Unit.PERCENT}),
    RuleKind.COUNT: frozenset(Unit) - {Unit.TWD, Unit.PERCENT},
    RuleKind.DATE: frozenset(),
    RuleKind.DOCUMENT: frozenset({Unit.MONTH, Unit.YEAR}),
    RuleKind.CHOICE: frozenset(),
}
"""What each kind may be counted in; an empty set means that it has no unit."""

KINDS = {kind.value: kind for kind in RuleKind}
UNITS = {unit.value: unit for unit in Unit}
