"""What a plan costs in a month: a range from the price book, and by name whatever has no rate."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from infra_templates.plan.book import Book, Rate, Use, read_assumptions, read_book
from infra_templates.plan.meters import aws, azure, gcp
from infra_templates.plan.meters.charge import Meters, Month
from infra_templates.planned import Planned
from infra_templates.settings import Cloud, Mode

_CLOUDS = {"aws": Cloud.AWS, "azure-native": Cloud.AZURE, "gcp": Cloud.GCP}
_METERS: Mapping[Cloud, Meters] = {Cloud.AWS: aws.METERS, Cloud.AZURE: azure.METERS, Cloud.GCP: gcp.METERS}
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Line:
    """One meter of one resource."""

    urn: str
    name: str
    type: str
    rate: Rate
    quantity_low: Decimal
    quantity_high: Decimal

    @property
    def low(self) -> Decimal:
        """Give the least that it costs in a month."""
        return self.quantity_low * self.rate.low

    @property
    def high(self) -> Decimal:
        """Give the most that it costs in a month."""
        return self.quantity_high * self.rate.high

    def row(self) -> dict[str, Any]:
        """Write it as plain values."""
        return {
            "urn": self.urn,
            "name": self.name,
            "type": self.type,
            "meter": self.rate.meter,
            "unit": self.rate.unit,
            "quantity": [_text(self.quantity_low), _text(self.quantity_high)],
            "rate": [str(self.rate.low), str(self.rate.high)],
            "amount": [_text(self.low), _text(self.high)],
            "currency": self.rate.currency,
            "source": self.rate.source.title,
            "url": self.rate.source.url,
            "date": self.rate.source.date.isoformat(),
        }


@dataclass(frozen=True)
class Unpriced:
    """A resource whose cost nobody knows: it is not counted, and never as zero."""

    urn: str
    name: str
    type: str
    meter: str
    """The meters without a rate; empty where the type itself isn't in the book."""


@dataclass(frozen=True)
class Price:
    """The range for a month and all that it stands on."""

    low: Decimal
    high: Decimal
    currency: str
    lines: Sequence[Line]
    unpriced: Sequence[Unpriced]
    free: int
    """How many resources cost nothing by themselves, as the book says."""
    assumptions: Sequence[Use]
    outdated: Sequence[str]
    """Sources that somebody should look up again."""

    def row(self) -> dict[str, Any]:
        """Write it as plain values."""
        return {
            "low": str(self.low),
            "high": str(self.high),
            "currency": self.currency,
            "lines": [line.row() for line in self.lines],
            "unpriced": [vars(one) for one in self.unpriced],
            "free": self.free,
            "assumptions": [
                {"low": str(use.low), "high": str(use.high), "words": use.words._asdict()} for use in self.assumptions
            ],
            "outdated": list(self.outdated),
        }


def price_of(resources: Sequence[Planned], mode: Mode, *, today: date) -> Price:
    """Price a plan; books of several clouds have to be in one currency."""
    uses = read_assumptions(mode)
    month = Month(resources, uses)
    lines: list[Line] = []
    unpriced: list[Unpriced] = []
    free = 0
    for resource in resources:
        if not resource.custom:
            continue
        book = _book_of(resource)
        if book is not None and resource.type in book.free:
            free += 1
            continue
        found, lacking = _lines(resource, month, book)
        # A resource of which one part has no rate is unpriced as a whole: half a price would look like one.
        lines += [] if lacking else found
        unpriced += lacking
    return Price(
        _cents(sum((line.low for line in lines), Decimal())),
        _cents(sum((line.high for line in lines), Decimal())),
        _currency({line.rate.currency for line in lines}),
        lines,
        unpriced,
        free,
        list(uses.uses.values()),
        sorted({line.rate.source.title for line in lines if line.rate.is_outdated(today)}),
    )


def _book_of(resource: Planned) -> Book | None:
    cloud = _CLOUDS.get(resource.package)
    return read_book(cloud) if cloud else None


def _lines(resource: Planned, month: Month, book: Book | None) -> tuple[list[Line], list[Unpriced]]:
    meter = _METERS[book.cloud].get(resource.type) if book else None
    if meter is None or book is None:
        return [], [Unpriced(resource.urn, resource.name, resource.type, "")]
    charges = list(meter(resource, month))
    if not charges:
        return [], [Unpriced(resource.urn, resource.name, resource.type, "")]
    lacking = [one.meter for one in charges if one.meter not in book.rates]
    lines = [
        Line(resource.urn, resource.name, resource.type, book.rates[one.meter], Decimal(one.low), Decimal(one.high))
        for one in charges
        if one.meter in book.rates
    ]
    return lines, [Unpriced(resource.urn, resource.name, resource.type, ", ".join(lacking))] if lacking else []


def _currency(found: set[str]) -> str:
    if len(found) > 1:
        raise ValueError(f"The price book mixes {', '.join(sorted(found))}. Keep one currency.")
    return next(iter(found), "USD")


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT)


def _text(amount: Decimal) -> str:
    return f"{amount.quantize(Decimal('0.0001')).normalize():f}"


def grouped(lines: Sequence[Line]) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Give the amounts by type, the dearest first."""
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for line in lines:
        low, high = sums.get(line.type, (Decimal(), Decimal()))
        sums[line.type] = (low + line.low, high + line.high)
    for type_, (low, high) in sorted(sums.items(), key=lambda one: -one[1][1]):
        yield type_, _cents(low), _cents(high)
