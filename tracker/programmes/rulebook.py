"""Rulebooks: the facts of one programme in one ROC year, and the criteria built on them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tracker.core.content import Bilingual
from tracker.programmes.criteria import Criterion, Question, Test
from tracker.programmes.kinds import Origin, RuleKind, RuleValue, Unit


@dataclass(frozen=True)
class Source:
    """The place a rule can be checked against."""

    id: str
    origin: Origin
    programme: Bilingual
    section: Bilingual


@dataclass(frozen=True)
class Section:
    """A chapter of a rulebook, as its page shows it."""

    id: str
    title: Bilingual


@dataclass(frozen=True)
class Option:
    """One of the answers or entries that a choice lists."""

    id: str
    text: Bilingual
    detail: Bilingual | None = None
    weight: Decimal | None = None
    """What a reviewer's mark on this point counts for, in percent; none where the programme gives none."""


@dataclass(frozen=True)
class Rule:
    """One fact of a programme."""

    id: str
    kind: RuleKind
    text: Bilingual
    source: Source
    value: RuleValue = None
    unit: Unit | None = None
    options: tuple[Option, ...] = ()
    gate: str | None = None
    """The step whose gate this rule holds back until it is met."""
    requires: str | None = None
    """The rule whose fact a gate checks."""
    is_open: bool = False
    """Whether the programme leaves the day open, so that the office names it for each call."""
    same_as: str | None = None
    """The rule whose value this one takes."""
    test: Test | None = None
    """How facts about a vendor are held against it."""

    @property
    def section(self) -> str:
        """Name the section, which is the first part of the id."""
        return self.id.partition(".")[0]

    def option(self, option_id: str) -> Option:
        """Give one option of a choice."""
        return next(option for option in self.options if option.id == option_id)


@dataclass(frozen=True)
class Rulebook:
    """All facts of one programme in one ROC year."""

    programme: str
    roc_year: int
    version: int
    title: Bilingual
    summary: Bilingual
    sample: bool
    """Whether the file only shows how a year is written, and binds nobody."""
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    rules: tuple[Rule, ...]
    questions: tuple[Question, ...] = ()
    criteria: tuple[Criterion, ...] = ()

    def rule(self, rule_id: str) -> Rule:
        """Give a rule by id; a KeyError tells that the programme has no such rule."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def find_rule(self, rule_id: str) -> Rule | None:
        """Give a rule by id, or nothing."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def holder_of(self, rule: Rule) -> Rule:
        """Give the rule that a rule takes its value from, which is mostly itself."""
        return self.rule(rule.same_as) if rule.same_as else rule

    def question(self, fact: str) -> Question:
        """Give what is asked under the name of a fact."""
        return next(question for question in self.questions if question.id == fact)

    def find_question(self, fact: str) -> Question | None:
        """Give what is asked under the name of a fact, or nothing."""
        return next((question for question in self.questions if question.id == fact), None)

    def find_criterion(self, criterion_id: str) -> Criterion | None:
        """Give a criterion by id, or nothing."""
        return next((criterion for criterion in self.criteria if criterion.id == criterion_id), None)

    def rules_of(self, section: str) -> tuple[Rule, ...]:
        """List the rules of a section in the order of the file."""
        return tuple(rule for rule in self.rules if rule.section == section)

    def gate_rules(self, step: str) -> tuple[Rule, ...]:
        """List the rules that hold back the gate of a step."""
        return tuple(rule for rule in self.rules if rule.gate == step)

    def amount(self, rule_id: str) -> int:
        """Give an amount in whole NT$."""
        return self._number(rule_id, RuleKind.AMOUNT)

    def count(self, rule_id: str) -> int:
        """Give a number."""
        return self._number(rule_id, RuleKind.COUNT)

    def share(self, rule_id: str) -> Decimal:
        """Give a share in percent."""
        value = self._value(rule_id, RuleKind.SHARE)
        return Decimal(value) if isinstance(value, int | Decimal) else Decimal(0)

    def holds(self, rule_id: str) -> bool:
        """Tell whether a yes-or-no rule says yes."""
        return self._value(rule_id, RuleKind.YES_NO) is True

    def day(self, rule_id: str) -> date:
        """Give a date."""
        value = self._value(rule_id, RuleKind.DATE)
        if not isinstance(value, date):
            raise TypeError(rule_id)
        return value

    def options(self, rule_id: str) -> tuple[Option, ...]:
        """List the options of a choice."""
        self._value(rule_id, RuleKind.CHOICE)
        return self.rule(rule_id).options

    def _number(self, rule_id: str, kind: RuleKind) -> int:
        value = self._value(rule_id, kind)
        return value if isinstance(value, int) else 0

    def _value(self, rule_id: str, kind: RuleKind) -> RuleValue:
        rule = self.rule(rule_id)
        if rule.kind is not kind:
            raise TypeError(f"{rule_id} is a {rule.kind}, not a {kind}")
        return rule.value
