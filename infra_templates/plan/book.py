"""The price book: rates with unit, currency, date and source, kept by staff in `prices/*.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from infra_templates.sentences import Sentence
from infra_templates.settings import Cloud, Mode

FOLDER = Path(__file__).resolve().parents[1] / "prices"
FRESH = timedelta(days=180)
"""How long a rate counts as looked up lately."""


@dataclass(frozen=True)
class Source:
    """Where a rate was read, and when."""

    title: str
    url: str
    date: date


@dataclass(frozen=True)
class Rate:
    """What one unit costs, from the cheapest to the dearest region that is offered."""

    meter: str
    unit: str
    low: Decimal
    high: Decimal
    currency: str
    source: Source

    def is_outdated(self, today: date) -> bool:
        """Whether somebody should look it up again."""
        return today - self.source.date > FRESH


@dataclass(frozen=True)
class Book:
    """The rates of one cloud."""

    cloud: Cloud
    currency: str
    rates: Mapping[str, Rate]
    free: Mapping[str, Source]
    """Types that cost nothing by themselves, and where that is written."""


@dataclass(frozen=True)
class Use:
    """How much is used in a month, from little to much."""

    low: Decimal
    high: Decimal
    words: Sentence


@dataclass(frozen=True)
class Assumptions:
    """What a price range stands on."""

    hours: Decimal
    uses: Mapping[str, Use]

    def __getitem__(self, name: str) -> Use:
        """Give one of them by name."""
        return self.uses[name]


@cache
def read_book(cloud: Cloud, folder: Path = FOLDER) -> Book:
    """Read the price book of a cloud; a rate without a known source is refused."""
    found = _read(folder / f"{cloud}.toml")
    sources = {name: Source(**row) for name, row in found["sources"].items()}
    rates = {meter: _rate(meter, row, found["currency"], sources) for meter, row in found["rates"].items()}
    free = dict.fromkeys(found["free"]["types"], sources[found["free"]["source"]])
    return Book(Cloud(found["cloud"]), found["currency"], rates, free)


@cache
def read_assumptions(mode: Mode, folder: Path = FOLDER) -> Assumptions:
    """Read how much a stack of a mode is used."""
    found = _read(folder / "use.toml")
    uses = {
        name: Use(row["low"], row["high"], Sentence(row["zh"], row["en"])) for name, row in found[mode.value].items()
    }
    return Assumptions(Decimal(found["hours"]), uses)


def _rate(meter: str, row: Mapping[str, Any], currency: str, sources: Mapping[str, Source]) -> Rate:
    low, high = Decimal(row["low"]), Decimal(row["high"])
    if not 0 <= low <= high:
        raise ValueError(f"{meter}: low is {low} and high is {high}. Low must not be above high.")
    if row["source"] not in sources:
        raise ValueError(f"{meter}: there is no source “{row['source']}”. Name it under [sources] with title and date.")
    return Rate(meter, row["unit"], low, high, row.get("currency", currency), sources[row["source"]])


def _read(path: Path) -> dict[str, Any]:
    found = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    if "sandbox" in found:
        return {
            key: {name: {**row, "low": Decimal(row["low"]), "high": Decimal(row["high"])} for name, row in part.items()}
            if isinstance(part, dict)
            else part
            for key, part in found.items()
        }
    return found
