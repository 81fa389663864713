"""The radar of the areas: pure geometry, drawn by a template as SVG and by Typst in the report."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.assessments.kinds import WHOLE

RINGS = (25, 50, 75, 100)
"""Percent at which a ring is drawn."""


@dataclass(frozen=True)
class Point:
    """A place in the drawing, rounded so that the same scores give the same drawing everywhere."""

    x: float
    y: float

    def __str__(self) -> str:
        return f"{self.x:g},{self.y:g}"


@dataclass(frozen=True)
class Corner:
    """An area at the rim: the end of its axis, and where its name stands."""

    end: Point
    label: Point
    anchor: str
    """`start`, `middle` or `end`, as SVG aligns text."""


@dataclass(frozen=True)
class Radar:
    """The drawing: rings, axes with names, and a shape for each set of scores."""

    width: int
    height: int
    centre: Point
    rings: tuple[tuple[Point, ...], ...]
    corners: tuple[Corner, ...]
    shapes: tuple[tuple[Point, ...], ...]
    dots: tuple[tuple[Point, ...], ...]
    """The corners of each shape that are known; an area without a score stands in the middle and has no dot."""


def draw(sets: Sequence[Sequence[int | None]], *, radius: int = 100, margin: int = 62) -> Radar:
    """Draw one or several sets of percents, each with one value for every area."""
    count = len(sets[0]) if sets else 0
    width, height = 2 * (radius + margin + margin // 2), 2 * (radius + margin // 2)
    middle = (width / 2, height / 2)

    def at(corner: int, percent: float) -> Point:
        angle = 2 * math.pi * corner / count - math.pi / 2
        reach = radius * percent / WHOLE
        return Point(round(middle[0] + reach * math.cos(angle), 1), round(middle[1] + reach * math.sin(angle), 1))

    return Radar(
        width,
        height,
        Point(*middle),
        rings=tuple(tuple(at(corner, ring) for corner in range(count)) for ring in RINGS),
        corners=tuple(Corner(at(corner, WHOLE), at(corner, 112), _anchor(corner, count)) for corner in range(count)),
        shapes=tuple(tuple(at(corner, percent or 0) for corner, percent in enumerate(one)) for one in sets),
        dots=tuple(
            tuple(at(corner, percent) for corner, percent in enumerate(one) if percent is not None) for one in sets
        ),
    )


def _anchor(corner: int, count: int) -> str:
    side = round(math.cos(2 * math.pi * corner / count - math.pi / 2), 6)
    if side == 0:
        return "middle"
    return "start" if side > 0 else "end"
