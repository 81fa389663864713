"""The chart of a trial's usage: pure geometry, drawn by a template as SVG beside its table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH, HEIGHT = 720, 180
LEFT, BOTTOM, TOP = 36, 24, 10
LINES = 4
"""Lines of the scale at the most."""
WIDEST = 28


@dataclass(frozen=True)
class Column:
    """A day with usage."""

    day: date
    users: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """Columns over the whole period, with a scale from zero."""

    columns: tuple[Column, ...]
    scale: tuple[tuple[int, float], ...]
    """Numbers of users and their heights."""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - BOTTOM


def draw(days: Sequence[tuple[date, int, int]], begins_on: date, ends_on: date) -> Chart:
    """Draw the users of each day of a period; days without usage stay empty."""
    count = (ends_on - begins_on).days + 1
    step = (WIDTH - LEFT) / count
    top = _round_up(max((users for _day, users, _events in days), default=0))
    base = HEIGHT - BOTTOM
    reach = base - TOP
    width = round(min(step * 0.8, WIDEST), 2)
    columns = []
    for day, users, _events in days:
        middle = LEFT + step * ((day - begins_on) // timedelta(days=1) + 0.5)
        tall = reach * users / top
        columns.append(Column(day, users, round(middle - width / 2, 2), round(base - tall, 2), width, round(tall, 2)))
    part = max(1, top // LINES)
    scale = tuple((value, round(base - reach * value / top, 2)) for value in range(0, top + 1, part))
    return Chart(tuple(columns), scale)


def _round_up(highest: int) -> int:
    """Give the top of the scale: the highest figure, or a little more, that divides into whole parts."""
    return max(highest, 1) if highest <= LINES else -(-highest // LINES) * LINES
