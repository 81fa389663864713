"""What is computed from facts: a figure, or as much of it as is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tracker.programmes.criteria import Measure, Must
from tracker.programmes.facts import ABSENT, Absent
from tracker.programmes.kinds import EVERYTHING

Number = int | Decimal


@dataclass(frozen=True)
class Reach:
    """A figure lies between these two, both included; nothing means that no bound is known."""

    low: Fraction | None = None
    high: Fraction | None = None

    @property
    def figure(self) -> Fraction | None:
        """Give the figure where it is known exactly."""
        return self.low if self.low == self.high else None


UNKNOWN = Reach()


def exactly(value: Number | Absent | None) -> Reach:
    """Give a figure that is known, and no bound for one that is not."""
    return UNKNOWN if value is None or value is ABSENT else Reach(Fraction(value), Fraction(value))


def lower(one: Reach, other: Reach) -> Reach:
    """Give the lower of two figures: one known bound from above is enough to bound it."""
    highs = [reach.high for reach in (one, other) if reach.high is not None]
    low = None if one.low is None or other.low is None else min(one.low, other.low)
    return Reach(low, min(highs, default=None))


def average(values: Sequence[Number | Absent | None]) -> Reach:
    """Give the average of figures that are all known."""
    known = [exactly(value).figure for value in values]
    figures = [figure for figure in known if figure is not None]
    if len(figures) < len(values):
        return UNKNOWN
    mean = sum(figures, Fraction()) / len(figures)
    return Reach(mean, mean)


def lower_of_last_and_average(values: Sequence[Number | Absent | None]) -> Reach:
    """Give the lower of the last year and the average; a year that never was leaves no average to be lower."""
    if ABSENT in values[1:]:
        return exactly(values[0])
    return lower(exactly(values[0]), average(values))


def part_of_whole(part: Number | Absent | None, whole: Number | Absent | None) -> Reach:
    """Give a part in percent of the whole; of nothing there is no part."""
    known_part, known_whole = exactly(part).figure, exactly(whole).figure
    if known_part is None or not known_whole:
        return UNKNOWN
    share = known_part * EVERYTHING / known_whole
    return Reach(share, share)


def measure(kind: Measure, values: Sequence[Any]) -> Reach:
    """Compute what is to be compared from the facts that it is computed from."""
    if kind is Measure.NUMBER:
        return exactly(None if values[0] is None else len(values[0]))
    if kind is Measure.LOWER:
        return lower_of_last_and_average(values)
    if kind is Measure.SHARE:
        return part_of_whole(*values)
    return exactly(values[0])


def holds(reach: Reach, must: Must, limit: Fraction) -> bool | None:
    """Tell whether a figure stands to the limit as it must, and nothing where that is not known yet."""
    match must:
        case Must.AT_MOST:
            return _at_most(reach, limit)
        case Must.AT_LEAST:
            return _at_least(reach, limit)
        case Must.MORE_THAN:
            return _opposite(_at_most(reach, limit))
        case Must.LESS_THAN:
            return _opposite(_at_least(reach, limit))
        case _:
            raise ValueError(must)


def _at_most(reach: Reach, limit: Fraction) -> bool | None:
    if reach.high is not None and reach.high <= limit:
        return True
    return False if reach.low is not None and reach.low > limit else None


def _at_least(reach: Reach, limit: Fraction) -> bool | None:
    if reach.low is not None and reach.low >= limit:
        return True
    return False if reach.high is not None and reach.high < limit else None


def _opposite(answer: bool | None) -> bool | None:
    return None if answer is None else not answer
