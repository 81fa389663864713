"""Criteria in rulebook files: the facts they ask for, how these are compared, and what is wrong with them."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from tracker.core.content import TomlTable
from tracker.core.text import N_
from tracker.programmes.criteria import COMPARISONS, Criterion, Measure, Must, Question, Test, When
from tracker.programmes.kinds import KINDS, UNITS, UNITS_OF, RuleKind

if TYPE_CHECKING:
    from tracker.programmes.rulebook import Rule, Rulebook

_ID = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)*")
_YES_NO = frozenset({"yes", "no"})


def read_id(entry: TomlTable) -> str:
    """Read the id of anything in a rulebook."""
    value = entry.text("id")
    if value.strip() and not _ID.fullmatch(value):
        entry.fault("id", N_("“%(id)s” is no id: use small letters, digits and hyphens."), id=value)
    return value


def read_question(entry: TomlTable, fact: str) -> Question:
    """Read a fact that criteria ask for."""
    kind = KINDS.get(entry.one_of("kind", KINDS), RuleKind.YES_NO)
    units = [unit.value for unit in UNITS_OF[kind]] if kind is not RuleKind.DOCUMENT else []
    question = Question(
        id=fact,
        kind=kind,
        text=entry.bilingual("text"),
        unit=UNITS.get(entry.one_of("unit", units)) if units else None,
        options_of=entry.text("options-of") if kind is RuleKind.CHOICE else None,
        several=kind is RuleKind.CHOICE and entry.flag("several", default=False),
        signed=kind is RuleKind.AMOUNT and entry.flag("signed", default=False),
    )
    entry.finish()
    return question


def read_test(entry: TomlTable, kind: RuleKind) -> Test:
    """Read how the value of a rule is compared with facts."""
    facts = entry.texts("facts") if "facts" in entry.data else (entry.text("fact"),)
    measure = entry.one_of("measure", list(Measure)) if "measure" in entry.data else Measure.VALUE
    test = Test(
        facts=facts,
        must=_read_must(entry, kind),
        wanted=_read_answer(entry) if kind is RuleKind.YES_NO else None,
        measure=Measure(measure) if measure in list(Measure) else Measure.VALUE,
        closing=entry.optional_text("closing") if kind is RuleKind.DOCUMENT else None,
        expires=kind is RuleKind.DOCUMENT and entry.flag("expires", default=False),
        when=_read_when(entry),
    )
    entry.finish()
    return test


def _read_must(entry: TomlTable, kind: RuleKind) -> Must | None:
    allowed = COMPARISONS[kind]
    if not allowed:
        return None
    if kind is RuleKind.CHOICE and "must" not in entry.data:
        return Must.ONE_OF
    word = entry.one_of("must", list(allowed))
    return Must(word) if word in allowed else None


def _read_answer(entry: TomlTable) -> bool | None:
    return entry.one_of("answer", _YES_NO) == "yes" if "answer" in entry.data else None


def _read_when(entry: TomlTable) -> When | None:
    table = entry.optional_table("when")
    if table is None:
        return None
    when = When(table.text("fact"), frozenset(table.texts("is")))
    if not when.answers:
        table.fault("is", N_('Say in which cases this is asked, as in is = ["yes"].'))
    table.finish()
    return when


def read_criterion(entry: TomlTable, criterion_id: str) -> Criterion:
    """Read a criterion that takes several rules or criteria together."""
    needs_all = "all" in entry.data
    parts = entry.texts("all" if needs_all else "any")
    if not parts:
        entry.fault("all", N_("A criterion names under “all” or “any” what it is made of."))
    criterion = Criterion(criterion_id, entry.bilingual("text"), parts, needs_all, _read_when(entry))
    entry.finish()
    return criterion


# --- what only shows when everything was read --------------------------------------------------------------------------


def check_criteria(table: TomlTable, rulebook: "Rulebook") -> None:
    """Note every criterion that names what is not there, or compares what cannot be compared."""
    questions = _unlike(table.tables("fact"), [question.id for question in rulebook.questions])
    asked = {question.id: question for question in rulebook.questions}
    for entry, question in zip(table.tables("fact"), rulebook.questions, strict=True):
        _check_question(entry, question, rulebook)
    for entry, rule in zip(table.tables("rule"), rulebook.rules, strict=True):
        if rule.same_as is not None:
            _check_same(entry, rule, rulebook)
        if rule.test is not None:
            _check_test(entry.table("test"), rule, rule.test, rulebook, asked)
    _check_parts(table, rulebook, asked)
    used = set(_facts_used(rulebook))
    for fact, entry in questions.items():
        if fact not in used:
            entry.fault("id", N_("No criterion asks for the fact “%(id)s”."), id=fact)


def _unlike(entries: list[TomlTable], ids: list[str]) -> dict[str, TomlTable]:
    """Give the entries by id, and note an id that is used twice."""
    found: dict[str, TomlTable] = {}
    for entry, entry_id in zip(entries, ids, strict=True):
        if entry_id in found:
            line = found[entry_id].line("id")
            entry.fault("id", N_("“%(id)s” is already used on line %(line)s."), id=entry_id, line=line)
        found.setdefault(entry_id, entry)
    return found


def _facts_used(rulebook: "Rulebook") -> Iterator[str]:
    for rule in rulebook.rules:
        if rule.test is not None:
            yield from rule.test.named
            if rule.test.when is not None:
                yield rule.test.when.fact
    for criterion in rulebook.criteria:
        if criterion.when is not None:
            yield criterion.when.fact


def _check_question(entry: TomlTable, question: Question, rulebook: "Rulebook") -> None:
    if question.options_of is None:
        return
    rule = rulebook.find_rule(question.options_of)
    if rule is None or rule.kind is not RuleKind.CHOICE:
        entry.fault("options-of", N_("“%(id)s” is no rule with options."), id=question.options_of)


def _check_same(entry: TomlTable, rule: "Rule", rulebook: "Rulebook") -> None:
    holder = rulebook.find_rule(rule.same_as or "")
    if holder is not None and ((holder.kind, holder.unit) != (rule.kind, rule.unit) or holder.same_as is not None):
        entry.fault(
            "same-as",
            N_("“%(id)s” is of another kind or unit, or takes its own value from elsewhere."),
            id=rule.same_as,
        )


def _check_test(
    entry: TomlTable, rule: "Rule", test: Test, rulebook: "Rulebook", asked: Mapping[str, Question]
) -> None:
    facts = [asked[fact] for fact in test.facts if fact in asked]
    if len(facts) < len(test.facts):
        unknown = ", ".join(fact for fact in test.facts if fact not in asked)
        entry.fault("fact", N_("No [[fact]] is named “%(id)s”."), id=unknown)
    elif not _suits(rule, test, facts, rulebook):
        entry.fault(
            "fact",
            N_("The facts named here cannot be compared with a rule of the kind “%(kind)s” in this way."),
            kind=rule.kind.value,
        )
    _check_when(entry, test.when, rulebook, asked)
    if test.closing is not None:
        closing = rulebook.find_rule(test.closing) or asked.get(test.closing)
        if closing is None or closing.kind is not RuleKind.DATE:
            entry.fault("closing", N_("“%(id)s” is no rule and no fact with a date."), id=test.closing)
    elif rule.kind is RuleKind.DOCUMENT and rule.value is not None:
        entry.fault("closing", N_('A document with an age says which day it is counted from: closing = "…".'))


def _suits(rule: "Rule", test: Test, facts: list[Question], rulebook: "Rulebook") -> bool:
    """Tell whether a measure can be taken of these facts and compared with the rule."""
    kinds = {fact.kind for fact in facts}
    units = {fact.unit for fact in facts}
    match test.measure:
        case Measure.VALUE if rule.kind is RuleKind.CHOICE:
            return len(facts) == 1 and kinds == {RuleKind.CHOICE} and _covers(facts[0], rule, rulebook)
        case Measure.VALUE:
            return len(facts) == 1 and kinds == {rule.kind} and (units == {rule.unit} or rule.kind is RuleKind.DOCUMENT)
        case Measure.LOWER:
            return len(facts) > 1 and kinds == {rule.kind} == {RuleKind.AMOUNT} and units == {rule.unit}
        case Measure.SHARE:
            whole_and_part = 2
            return (
                len(facts) == whole_and_part
                and rule.kind is RuleKind.SHARE
                and kinds == {RuleKind.AMOUNT}
                and len(units) == 1
            )
        case Measure.NUMBER:
            return rule.kind is RuleKind.COUNT and len(facts) == 1 and facts[0].several


def _covers(fact: Question, rule: "Rule", rulebook: "Rulebook") -> bool:
    """Tell whether every option of the rule is among those that the fact can take."""
    source = rulebook.find_rule(fact.options_of or "")
    return source is not None and {option.id for option in rule.options} <= {option.id for option in source.options}


def _check_when(entry: TomlTable, when: When | None, rulebook: "Rulebook", asked: Mapping[str, Question]) -> None:
    if when is None:
        return
    inner = entry.table("when")
    question = asked.get(when.fact)
    if question is None:
        inner.fault("fact", N_("No [[fact]] is named “%(id)s”."), id=when.fact)
        return
    source = rulebook.find_rule(question.options_of or "")
    answers = frozenset(option.id for option in source.options) if source is not None else _YES_NO
    if question.kind not in (RuleKind.CHOICE, RuleKind.YES_NO) or not when.answers <= answers:
        inner.fault("is", N_("These are no answers to “%(id)s”."), id=when.fact)


def _check_parts(table: TomlTable, rulebook: "Rulebook", asked: Mapping[str, Question]) -> None:
    entries = table.tables("criterion")
    known = _unlike(entries, [criterion.id for criterion in rulebook.criteria])
    tested = {rule.id for rule in rulebook.rules if rule.test is not None}
    earlier: set[str] = set()
    for entry, criterion in zip(entries, rulebook.criteria, strict=True):
        if rulebook.find_rule(criterion.id) is not None:
            entry.fault("id", N_("“%(id)s” is the id of a rule already."), id=criterion.id)
        if criterion.id and criterion.section not in {section.id for section in rulebook.sections}:
            entry.fault("id", N_("“%(id)s” begins with no section of this rulebook."), id=criterion.id)
        for part in criterion.parts:
            if part in known and part not in earlier:
                entry.fault("id", N_("“%(id)s” must stand before the criterion that names it."), id=part)
            elif part not in known and part not in tested:
                entry.fault("id", N_("“%(id)s” is no criterion and no rule with a test."), id=part)
        _check_when(entry, criterion.when, rulebook, asked)
        earlier.add(criterion.id)
