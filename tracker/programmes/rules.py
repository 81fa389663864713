"""The one engine that answers criteria of a rulebook: eligible, not eligible or unknown, and why. It is pure.

Blank facts are unknown and never make anything eligible. An answer that is given stays: a further fact can decide what was
unknown, it never takes back what was decided.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

from tracker.core.content import Bilingual
from tracker.core.text import N_, Labelled, Message
from tracker.programmes import papers, sentences
from tracker.programmes.criteria import Criterion, Must, Question, Test, When
from tracker.programmes.facts import Absent, Facts, Paper, take
from tracker.programmes.kinds import RuleKind
from tracker.programmes.measures import UNKNOWN, holds, measure
from tracker.programmes.rulebook import Rule, Rulebook


class Answer(Labelled):
    """What is known about a criterion."""

    ELIGIBLE = "eligible", N_("Eligible"), "done"
    NOT_ELIGIBLE = "not-eligible", N_("Not eligible"), "danger"
    UNKNOWN = "unknown", N_("Not known yet"), "warning"


Verdict: TypeAlias = tuple[bool | None, Message]
"""Whether something holds, or nothing where that is not known, and why."""

ANSWERS = {True: Answer.ELIGIBLE, False: Answer.NOT_ELIGIBLE, None: Answer.UNKNOWN}


@dataclass(frozen=True)
class Finding:
    """The answer to one rule or criterion, and why."""

    subject: str
    """The id of the rule or criterion."""
    text: Bilingual
    answer: Answer
    why: Message
    parts: tuple["Finding", ...] = ()
    missing: tuple[str, ...] = ()
    """The facts, and the days left open, that are blank and would help to decide."""


def judge(rulebook: Rulebook, subject: str, facts: Facts, *, on: date) -> Finding:
    """Answer a criterion, or a rule that has a test, on a given day."""
    criterion = rulebook.find_criterion(subject)
    if criterion is not None:
        finding = _judge_together(rulebook, criterion, facts, on)
        return _only_when(rulebook, criterion.when, finding, facts)
    rule = rulebook.rule(subject)
    if rule.test is None:
        raise ValueError(f"{subject} has no test")
    return _only_when(rulebook, rule.test.when, _judge_rule(rulebook, rule, rule.test, facts, on), facts)


def reasons(finding: Finding) -> Iterator[Finding]:
    """List the single rules that brought an answer about: of a refusal those not met, of a doubt those not known."""
    deciding = [part for part in finding.parts if part.answer is finding.answer]
    if not deciding:
        yield finding
    for part in deciding:
        yield from reasons(part)


def questions_of(rulebook: Rulebook, subject: str) -> tuple[Question, ...]:
    """List the facts that a criterion asks for, each once, in the order in which they are asked."""
    names = dict.fromkeys(_facts_of(rulebook, subject))
    return tuple(rulebook.question(name) for name in names)


def _facts_of(rulebook: Rulebook, subject: str) -> Iterator[str]:
    criterion = rulebook.find_criterion(subject)
    stated: Criterion | Test | None = criterion or rulebook.rule(subject).test
    if stated is None:
        return
    if stated.when is not None:
        yield stated.when.fact
    if isinstance(stated, Test):
        yield from (name for name in stated.named if rulebook.find_question(name))
    else:
        for part in stated.parts:
            yield from _facts_of(rulebook, part)


# --- several together -------------------------------------------------------------------------------------------------


def _judge_together(rulebook: Rulebook, criterion: Criterion, facts: Facts, on: date) -> Finding:
    parts = tuple(judge(rulebook, part, facts, on=on) for part in criterion.parts)
    answers = [part.answer for part in parts]
    answer = decide(answers, needs_all=criterion.needs_all)
    number = answers.count(answer)
    why = Message(_SAYINGS[criterion.needs_all, answer], {"number": number, "total": len(parts)})
    missing = tuple(dict.fromkeys(name for part in parts for name in part.missing)) if answer is Answer.UNKNOWN else ()
    return Finding(criterion.id, criterion.text, answer, why, parts, missing)


def decide(answers: Sequence[Answer], *, needs_all: bool) -> Answer:
    """Take answers together: all of them are needed, or any one of them is enough."""
    deciding, otherwise = Answer.NOT_ELIGIBLE, Answer.ELIGIBLE
    if not needs_all:
        deciding, otherwise = otherwise, deciding
    if deciding in answers:
        return deciding
    return Answer.UNKNOWN if Answer.UNKNOWN in answers else otherwise


_SAYINGS = {
    (True, Answer.ELIGIBLE): N_("All %(total)s conditions are met."),
    (True, Answer.NOT_ELIGIBLE): N_("%(number)s of %(total)s conditions are not met."),
    (True, Answer.UNKNOWN): N_("%(number)s of %(total)s conditions are not known yet."),
    (False, Answer.ELIGIBLE): N_("%(number)s of %(total)s ways is open; one is enough."),
    (False, Answer.NOT_ELIGIBLE): N_("None of the %(total)s ways is open; one is needed."),
    (False, Answer.UNKNOWN): N_("%(number)s of %(total)s ways are not known yet; one is enough."),
}


def _only_when(rulebook: Rulebook, when: When | None, finding: Finding, facts: Facts) -> Finding:
    """Let an answer stand only in the case in which it is asked for."""
    if when is None:
        return finding
    question = rulebook.question(when.fact)
    applies = _applies(when, take(facts, question))
    if applies is False:
        why = Message(N_("This does not apply here (%(fact)s)."), {"fact": question.text})
        return Finding(finding.subject, finding.text, Answer.ELIGIBLE, why)
    if applies is None and finding.answer is not Answer.ELIGIBLE:
        why = Message(N_("Whether this applies is not known yet: %(fact)s."), {"fact": question.text})
        missing = tuple(dict.fromkeys((when.fact, *finding.missing)))
        return replace(finding, answer=Answer.UNKNOWN, why=why, parts=(), missing=missing)
    return finding


def _applies(when: When, value: bool | str | frozenset[str] | None) -> bool | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return ("yes" if value else "no") in when.answers
    return bool(when.answers & (value if isinstance(value, frozenset) else {value}))


# --- one rule ---------------------------------------------------------------------------------------------------------


def _judge_rule(rulebook: Rulebook, rule: Rule, test: Test, facts: Facts, on: date) -> Finding:
    asked = [rulebook.question(fact) for fact in test.facts]
    values = [take(facts, question) for question in asked]
    blank = [question for question, value in zip(asked, values, strict=True) if value is None]
    missing = [question.id for question in blank]
    if rule.kind is RuleKind.DOCUMENT:
        closing = _day_named(rulebook, test.closing, facts) if test.closing else _Day("", rule.text, on)
        missing += [closing.id] if closing.day is None else []
        answer, why = _judge_paper(rule, test, asked[0], values[0], closing)
    elif rule.kind is RuleKind.DATE:
        limit = _day_named(rulebook, rule.id, facts)
        missing += [limit.id] if limit.day is None else []
        answer, why = _judge_day(test, asked[0], values[0], limit)
    elif _is_figure(rule):
        answer, why = _judge_figure(rule, test, asked, values)
    elif blank:
        answer, why = None, sentences.not_known(blank)
    elif rule.kind is RuleKind.YES_NO:
        wanted = rule.value is True if test.wanted is None else test.wanted
        answer, why = values[0] is wanted, sentences.yes_or_no(asked[0], values[0], wanted)
    else:
        answer, why = _judge_choice(rulebook, rule, test, asked[0], values[0])
    return Finding(rule.id, rule.text, ANSWERS[answer], why, missing=tuple(missing) if answer is None else ())


@dataclass(frozen=True)
class _Day:
    """A day that something is held against, where it comes from, and what people call it."""

    id: str
    text: Bilingual
    day: date | None


def _day_named(rulebook: Rulebook, name: str, facts: Facts) -> _Day:
    """Find the day of a date rule or of a fact; one that the programme leaves open is given with the facts."""
    question = rulebook.find_question(name)
    if question is not None:
        return _Day(name, question.text, take(facts, question))
    holder = rulebook.holder_of(rulebook.rule(name))
    day = facts.get(holder.id) if holder.is_open else holder.value
    if day is not None and not isinstance(day, date):
        raise TypeError(f"{holder.id} is a date, which {day!r} is not")
    return _Day(holder.id, holder.text, day)


def _judge_paper(rule: Rule, test: Test, question: Question, paper: Paper | Absent | None, closing: _Day) -> Verdict:
    if paper is None:
        return None, sentences.not_known([question])
    if isinstance(paper, Absent):
        return False, Message(N_("%(fact)s: there is none."), {"fact": question.text})
    if closing.day is None:
        return None, sentences.day_not_set(closing.text)
    months = papers.in_months(rule.value, rule.unit)
    return papers.judge_paper(paper, closing.day, question=question, months=months, expires=test.expires)


def _judge_day(test: Test, question: Question, found: date | None, limit: _Day) -> Verdict:
    if found is None:
        return None, sentences.not_known([question])
    if limit.day is None:
        return None, sentences.day_not_set(limit.text)
    answer = found <= limit.day if test.must is Must.BY else found >= limit.day
    return answer, sentences.day(question, found, limit.day, is_last=test.must is Must.BY)


def _is_figure(rule: Rule) -> bool:
    return rule.kind in (RuleKind.AMOUNT, RuleKind.SHARE, RuleKind.COUNT)


def _judge_figure(rule: Rule, test: Test, asked: list[Question], values: list[Any]) -> Verdict:
    if not isinstance(rule.value, int | Decimal) or test.must is None:
        raise ValueError(f"{rule.id} has no figure to compare with")
    limit = Fraction(rule.value)
    reach = measure(test.measure, values)
    if reach == UNKNOWN:
        blank = [question for question, value in zip(asked, values, strict=True) if value is None]
        return None, sentences.not_known(blank or asked)
    name = sentences.name_of_measure(test.measure, asked)
    return holds(reach, test.must, limit), sentences.figure(name, reach, test.must, limit, rule.unit)


def _judge_choice(
    rulebook: Rulebook, rule: Rule, test: Test, question: Question, value: str | frozenset[str]
) -> Verdict:
    """Compare what was chosen with the option that the rule names, or with any or all of those it lists."""
    wanted = {str(rule.value)} if rule.value is not None else {option.id for option in rule.options}
    chosen = value if isinstance(value, frozenset) else frozenset({value})
    answer = wanted <= chosen if test.must is Must.ALL_OF else bool(wanted & chosen)
    offered = rulebook.rule(question.options_of or rule.id).options
    found = [option.text for option in offered if option.id in chosen]
    asked_for = [option.text for option in rule.options if option.id in wanted]
    return answer, sentences.choice(question, found, asked_for, needs_all=test.must is Must.ALL_OF)
