"""What a resource is charged by, and how much of it a month takes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from infra_templates.plan.book import Assumptions
from infra_templates.planned import Planned

Number = Decimal | int


@dataclass(frozen=True)
class Charge:
    """An amount of one meter, from little to much."""

    meter: str
    low: Number
    high: Number


@dataclass(frozen=True)
class Month:
    """The plan as meters look at it: all resources, and what is assumed of their use."""

    resources: Sequence[Planned]
    uses: Assumptions

    @property
    def hours(self) -> Decimal:
        """Give the hours of a month."""
        return self.uses.hours

    def by_hour(self, meter: str, times: Number = 1) -> Charge:
        """Charge all the hours of a month."""
        return Charge(meter, self.hours * times, self.hours * times)

    def used(self, meter: str, use: str, times: Number = 1) -> Charge:
        """Charge what is assumed to be used."""
        told = self.uses[use]
        return Charge(meter, told.low * times, told.high * times)

    def needed_by(self, resource: Planned, type_: str) -> list[Planned]:
        """Give the resources of a type that this one needs."""
        urns = {urn for needed in resource.needs.values() for urn in needed}
        return [one for one in self.resources if one.type == type_ and one.urn in urns]

    def needing(self, resource: Planned, type_: str) -> list[Planned]:
        """Give the resources of a type that need this one."""
        return [
            one
            for one in self.resources
            if one.type == type_ and any(resource.urn in urns for urns in one.needs.values())
        ]


Meter = Callable[[Planned, Month], Iterable[Charge]]
Meters = Mapping[str, Meter]


def number(value: Any, default: Number = 0) -> Decimal:
    """Read an amount of a resource; what isn't known yet is the default."""
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return Decimal(default)


def each(meter: str, low: Number = 1, high: Number | None = None) -> Meter:
    """Charge a thing once a month, or from one amount to another."""
    return lambda resource, month: [Charge(meter, low, low if high is None else high)]


def hourly(meter: str) -> Meter:
    """Charge a thing for every hour that it is there."""
    return lambda resource, month: [month.by_hour(meter)]


def used(meter: str, use: str, times: Number = 1) -> Meter:
    """Charge a thing by what is assumed to be used of it."""
    return lambda resource, month: [month.used(meter, use, times)]


def gibibytes(text: Any) -> Decimal:
    """Read a memory size such as 1Gi, 512Mi or 1024Mi."""
    value = str(text)
    if value.endswith("Mi"):
        return number(value[:-2]) / 1024
    return number(value.removesuffix("Gi"))


def cores(text: Any) -> Decimal:
    """Read a share of processors such as 0.5, 1 or 500m."""
    value = str(text)
    return number(value[:-1]) / 1000 if value.endswith("m") else number(value)
