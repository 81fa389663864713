"""Two years are compared rule by rule, and nothing that differs is missed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.content import Bilingual
from tracker.programmes.comparison import Aspect, compare_years
from tracker.programmes.criteria import Must
from tracker.programmes.rulebook import Rule, Rulebook
from tracker.programmes.rulebook_file import load_rulebooks

ROOT = Path(__file__).parents[3] / "playbooks"
BOOKS = {(book.programme, book.roc_year): book for book in load_rulebooks(ROOT)}
POINTS = BOOKS["points", 111]


def with_rule(book: Rulebook, rule_id: str, **changes: object) -> Rulebook:
    """Give the rulebook with one of its rules changed."""
    rules = [replace(rule, **changes) if rule.id == rule_id else rule for rule in book.rules]  # type: ignore[arg-type]  # fields by name
    return replace(book, rules=tuple(rules))


def without(book: Rulebook, *rule_ids: str) -> Rulebook:
    return replace(book, rules=tuple(rule for rule in book.rules if rule.id not in rule_ids))


@pytest.mark.parametrize("book", BOOKS.values(), ids=lambda book: f"{book.programme}-{book.roc_year}")
def test_a_year_does_not_differ_from_itself(book: Rulebook) -> None:
    comparison = compare_years(book, book)

    assert comparison.is_empty
    assert comparison.same == len(book.rules)


@pytest.mark.parametrize(
    ("rule_id", "changes", "aspect"),
    [
        ("demand.most-points", {"value": 300_000}, Aspect.VALUE),
        ("demand.most-share", {"value": Decimal("50.01")}, Aspect.VALUE),
        ("window.closes", {"value": date(2022, 8, 21)}, Aspect.VALUE),
        ("window.opens", {"is_open": False}, Aspect.VALUE),
        ("window.closes", {"text": Bilingual("另一句話", "Other words")}, Aspect.TEXT),
        ("classes.all", {"options": POINTS.options("classes.all")[1:]}, Aspect.OPTIONS),
        ("window.rolling", {"gate": "assess"}, Aspect.GATE),
        ("demand.most-points", {"test": None}, Aspect.TEST),
    ],
)
def test_a_changed_rule_is_told_with_both_values(rule_id: str, changes: dict[str, object], aspect: Aspect) -> None:
    new = with_rule(POINTS, rule_id, **changes)
    comparison = compare_years(POINTS, new)

    [change] = comparison.changed
    assert change.aspects == (aspect,)
    assert (change.old, change.new) == (POINTS.rule(rule_id), new.rule(rule_id))
    assert comparison.same == len(POINTS.rules) - 1


def test_options_are_told_one_by_one() -> None:
    first, second, *others = POINTS.options("classes.all")
    reworded = replace(second, text=Bilingual("新", "New"))
    added = replace(first, id="logistics")
    new = with_rule(POINTS, "classes.all", options=(reworded, *others, added))

    [change] = compare_years(POINTS, new).changed
    assert (change.removed, change.added, change.reworded) == ((first,), (added,), ((second, reworded),))


def test_a_criterion_that_asks_for_more_is_told() -> None:
    stricter = replace(POINTS.criteria[0], parts=(*POINTS.criteria[0].parts, "demand.goods"))
    new = replace(POINTS, criteria=(stricter, *POINTS.criteria[1:]))

    [change] = compare_years(POINTS, new).changed_criteria
    assert (change.old, change.new) == (POINTS.criteria[0], stricter)


def test_another_comparison_of_the_same_value_is_told() -> None:
    test = POINTS.rule("demand.most-points").test
    assert test is not None

    [change] = compare_years(
        POINTS, with_rule(POINTS, "demand.most-points", test=replace(test, must=Must.LESS_THAN))
    ).changed
    assert change.aspects == (Aspect.TEST,)


@given(
    st.sets(st.sampled_from([rule.id for rule in POINTS.rules])),
    st.sets(st.sampled_from([rule.id for rule in POINTS.rules])),
)
def test_added_and_removed_mirror_each_other(left: set[str], right: set[str]) -> None:
    old, new = without(POINTS, *left), without(POINTS, *right)
    there, back = compare_years(old, new), compare_years(new, old)

    def ids(rules: tuple[Rule, ...]) -> set[str]:
        return {rule.id for rule in rules}

    assert ids(there.added) == ids(back.removed) == left - right
    assert ids(there.removed) == ids(back.added) == right - left
    assert there.same == back.same == len(POINTS.rules) - len(left | right)


def test_the_sample_year_differs_in_days_and_in_no_other_figure() -> None:
    comparison = compare_years(POINTS, BOOKS["points", 115])

    assert (comparison.added, comparison.removed) == ((), ())
    assert {change.old.kind.value for change in comparison.changed if Aspect.VALUE in change.aspects} == {"date"}
