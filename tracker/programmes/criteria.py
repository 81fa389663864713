"""Criteria: what a rulebook asks for, which facts it asks about, and how it compares them."""

from dataclasses import dataclass
from enum import StrEnum

from tracker.core.content import Bilingual
from tracker.programmes.kinds import RuleKind, Unit


class Must(StrEnum):
    """How a fact stands to the value of a rule."""

    AT_LEAST = "at-least"
    AT_MOST = "at-most"
    MORE_THAN = "more-than"
    LESS_THAN = "less-than"
    BY = "on-or-before"
    FROM = "on-or-after"
    ONE_OF = "one-of"
    ALL_OF = "all-of"


class Measure(StrEnum):
    """What is computed from the facts before it is compared."""

    VALUE = "value"
    LOWER = "lower-of-last-and-average"
    """The lower of the first fact and the average of all of them: last year, and the average of three years."""
    SHARE = "part-of-whole"
    """The first fact as percent of the second."""
    NUMBER = "number-chosen"
    """How many options the fact names."""


COMPARISONS: dict[RuleKind, frozenset[Must]] = {
    RuleKind.YES_NO: frozenset(),
    RuleKind.AMOUNT: frozenset({Must.AT_LEAST, Must.AT_MOST, Must.MORE_THAN, Must.LESS_THAN}),
    RuleKind.SHARE: frozenset({Must.AT_LEAST, Must.AT_MOST, Must.MORE_THAN, Must.LESS_THAN}),
    RuleKind.COUNT: frozenset({Must.AT_LEAST, Must.AT_MOST, Must.MORE_THAN, Must.LESS_THAN}),
    RuleKind.DATE: frozenset({Must.BY, Must.FROM}),
    RuleKind.DOCUMENT: frozenset(),
    RuleKind.CHOICE: frozenset({Must.ONE_OF, Must.ALL_OF}),
}
"""How a rule of each kind can be compared; where nothing stands, there is one way only."""


@dataclass(frozen=True)
class Question:
    """A fact that criteria ask for; whoever fills it in is shown the text."""

    id: str
    kind: RuleKind
    text: Bilingual
    unit: Unit | None = None
    options_of: str | None = None
    """The rule whose options can be chosen."""
    several: bool = False
    """Whether more than one option can be chosen."""
    signed: bool = False
    """Whether an amount may be below zero."""


@dataclass(frozen=True)
class When:
    """The case in which something is asked at all: a fact that has one of these answers."""

    fact: str
    answers: frozenset[str]
    """Ids of options, or yes and no."""


@dataclass(frozen=True)
class Test:
    """How the value of a rule is compared with facts."""

    facts: tuple[str, ...]
    must: Must | None = None
    wanted: bool | None = None
    """The answer that a yes-or-no fact must have, where it is not the value of the rule."""
    measure: Measure = Measure.VALUE
    closing: str | None = None
    """The date rule, or the fact, that names the day on which a document must count."""
    expires: bool = False
    """Whether the document is only good until a day that is written on it."""
    when: When | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """List what the test is computed from: facts, and the day that a document is held against."""
        return self.facts if self.closing is None else (*self.facts, self.closing)


@dataclass(frozen=True)
class Criterion:
    """Several rules or criteria taken together."""

    id: str
    text: Bilingual
    parts: tuple[str, ...]
    needs_all: bool
    when: When | None = None

    @property
    def section(self) -> str:
        """Name the section, which is the first part of the id."""
        return self.id.partition(".")[0]
