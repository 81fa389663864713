"""Two years of a programme side by side: which rules were added, removed or changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.core.text import N_, Labelled
from tracker.programmes.criteria import Criterion
from tracker.programmes.rulebook import Option, Rule, Rulebook


class Aspect(Labelled):
    """What of a rule differs."""

    KIND = "kind", N_("Kind of rule")
    VALUE = "value", N_("Value")
    TEXT = "text", N_("Wording")
    OPTIONS = "options", N_("Options")
    GATE = "gate", N_("What it holds back")
    TEST = "test", N_("How it is checked")


@dataclass(frozen=True)
class RuleChange:
    """A rule that both years have, and what of it differs."""

    old: Rule
    new: Rule
    aspects: tuple[Aspect, ...]
    added: tuple[Option, ...] = ()
    removed: tuple[Option, ...] = ()
    reworded: tuple[tuple[Option, Option], ...] = ()
    """Options with the same id whose text, detail or weight differs, old and new."""


@dataclass(frozen=True)
class CriterionChange:
    """A criterion that both years have, and what it is made of in each."""

    old: Criterion
    new: Criterion


@dataclass(frozen=True)
class Comparison:
    """What differs between two rulebooks of a programme; the sources, which differ each year, are left out."""

    old: Rulebook
    new: Rulebook
    added: tuple[Rule, ...]
    removed: tuple[Rule, ...]
    changed: tuple[RuleChange, ...]
    same: int
    """How many rules are the same in both."""
    added_criteria: tuple[Criterion, ...]
    removed_criteria: tuple[Criterion, ...]
    changed_criteria: tuple[CriterionChange, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether the two years have the same rules and criteria."""
        rules = self.added or self.removed or self.changed
        return not (rules or self.added_criteria or self.removed_criteria or self.changed_criteria)


def compare_years(old: Rulebook, new: Rulebook) -> Comparison:
    """Compare two years rule by rule; what is the same is matched by its id, wherever it stands in the file."""
    old_rules, new_rules = {rule.id: rule for rule in old.rules}, {rule.id: rule for rule in new.rules}
    old_criteria = {criterion.id: criterion for criterion in old.criteria}
    new_criteria = {criterion.id: criterion for criterion in new.criteria}
    kept = [_compare(rule, new_rules[rule.id]) for rule in old.rules if rule.id in new_rules]
    changed = tuple(change for change in kept if change.aspects)
    return Comparison(
        old=old,
        new=new,
        added=tuple(rule for rule in new.rules if rule.id not in old_rules),
        removed=tuple(rule for rule in old.rules if rule.id not in new_rules),
        changed=changed,
        same=len(kept) - len(changed),
        added_criteria=tuple(criterion for criterion in new.criteria if criterion.id not in old_criteria),
        removed_criteria=tuple(criterion for criterion in old.criteria if criterion.id not in new_criteria),
        changed_criteria=tuple(
            CriterionChange(criterion, new_criteria[criterion.id])
            for criterion in old.criteria
            if criterion.id in new_criteria and criterion != new_criteria[criterion.id]
        ),
    )


def _compare(old: Rule, new: Rule) -> RuleChange:
    compared = {
        Aspect.KIND: old.kind is not new.kind,
        Aspect.VALUE: _value(old) != _value(new),
        Aspect.TEXT: old.text != new.text,
        Aspect.OPTIONS: old.options != new.options,
        Aspect.GATE: (old.gate, old.requires) != (new.gate, new.requires),
        Aspect.TEST: old.test != new.test,
    }
    before, after = {option.id: option for option in old.options}, {option.id: option for option in new.options}
    return RuleChange(
        old=old,
        new=new,
        aspects=tuple(aspect for aspect, differs in compared.items() if differs),
        added=tuple(option for option in new.options if option.id not in before),
        removed=tuple(option for option in old.options if option.id not in after),
        reworded=tuple(
            (option, after[option.id]) for option in old.options if option.id in after and option != after[option.id]
        ),
    )


def _value(rule: Rule) -> Sequence[object]:
    return (rule.value, rule.unit, rule.is_open)
