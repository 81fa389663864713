"""Every rule with a test, and every criterion, of the three rulebooks is met, broken and left blank once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.vendor_facts import BREAKS, EVERY_ANSWER_FITS, MANUFACTURER, MEETS, TODAY
from tracker.programmes.facts import FactValue
from tracker.programmes.rulebook import Rulebook
from tracker.programmes.rulebook_file import load_rulebooks
from tracker.programmes.rules import Answer, judge, questions_of, reasons

ROOT = Path(__file__).parents[3] / "playbooks"
BOOKS = {book.programme: book for book in load_rulebooks(ROOT) if book.roc_year == 111}
RULES = [(name, rule.id) for name, book in BOOKS.items() for rule in book.rules if rule.test is not None]
CRITERIA = [(name, criterion.id) for name, book in BOOKS.items() for criterion in book.criteria]
OF_PARTNERS = {"applicants.small-or-medium", "applicants.factory"}

every_rule = pytest.mark.parametrize(("name", "rule_id"), RULES)
every_criterion = pytest.mark.parametrize(("name", "criterion_id"), CRITERIA)


def leaves(book: Rulebook, subject: str) -> Iterator[str]:
    criterion = book.find_criterion(subject)
    for part in criterion.parts if criterion else ():
        yield from leaves(book, part)
    if criterion is None:
        yield subject


def facts_of(name: str, subject: str) -> dict[str, FactValue | None]:
    return {**MEETS[name], **(MANUFACTURER if subject in OF_PARTNERS else {})}


def answer(name: str, subject: str, facts: dict[str, FactValue | None]) -> Answer:
    return judge(BOOKS[name], subject, facts, on=TODAY).answer


@every_rule
def test_a_rule_is_met_broken_and_blank(name: str, rule_id: str) -> None:
    good = dict(MEETS[name])
    test = BOOKS[name].rule(rule_id).test
    assert test is not None

    assert answer(name, rule_id, good) is Answer.ELIGIBLE
    assert answer(name, rule_id, {}) is Answer.UNKNOWN
    if rule_id not in EVERY_ANSWER_FITS:
        assert answer(name, rule_id, {**good, **BREAKS[name][rule_id]}) is Answer.NOT_ELIGIBLE


@every_criterion
def test_a_criterion_is_met_broken_and_blank(name: str, criterion_id: str) -> None:
    book, good = BOOKS[name], facts_of(name, criterion_id)
    broken = dict(good)
    for leaf in leaves(book, criterion_id):
        broken |= BREAKS[name].get(leaf, {})

    assert answer(name, criterion_id, good) is Answer.ELIGIBLE
    assert answer(name, criterion_id, {}) is Answer.UNKNOWN
    assert answer(name, criterion_id, {**broken, **(MANUFACTURER if criterion_id in OF_PARTNERS else {})}) is (
        Answer.NOT_ELIGIBLE
    )


@every_criterion
def test_a_refusal_names_the_rules_that_were_broken(name: str, criterion_id: str) -> None:
    book, good = BOOKS[name], facts_of(name, criterion_id)
    for leaf in leaves(book, criterion_id):
        finding = judge(book, criterion_id, {**good, **BREAKS[name].get(leaf, {})}, on=TODAY)
        if finding.answer is Answer.NOT_ELIGIBLE:
            assert leaf in {reason.subject for reason in reasons(finding)}
            assert all("%(" not in str(reason.why) for reason in reasons(finding))


@every_criterion
def test_a_doubt_names_what_is_missing(name: str, criterion_id: str) -> None:
    book = BOOKS[name]
    finding = judge(book, criterion_id, {}, on=TODAY)
    open_days = {rule.id for rule in book.rules if rule.is_open}

    assert finding.missing
    assert set(finding.missing) - open_days <= {question.id for question in questions_of(book, criterion_id)}


def test_each_broken_fact_belongs_to_a_rule() -> None:
    for name, broken in BREAKS.items():
        tested = {rule_id for book, rule_id in RULES if book == name}
        assert set(broken) | (EVERY_ANSWER_FITS & tested) == tested
