"""Service level and burn rates, the same for the three clouds."""

from dataclasses import dataclass
from fractions import Fraction

AVAILABILITY = {"sandbox": Fraction(990, 1000), "production": Fraction(999, 1000)}
"""Share of requests that are answered without a fault of ours, over 30 days."""


@dataclass(frozen=True)
class Burn:
    """How fast the month's allowance of failures is spent before somebody is told."""

    name: str
    rate: Fraction
    long_minutes: int
    short_minutes: int


# At 14.4 times, 2 % of a month's allowance is gone in an hour: somebody must get up. At 6 times, 5 % in six hours.
BURNS = (Burn("fast", Fraction(144, 10), 60, 5), Burn("slow", Fraction(6), 360, 30))


def failing_percent(mode: str, burn: Burn) -> float:
    """Give the percentage of failed requests above which the allowance burns at this rate."""
    return float((1 - AVAILABILITY[mode]) * burn.rate * 100)
