"""The engine at its edges: eligible, not eligible or unknown, and what was decided stays decided."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.vendor_facts import BREAKS, MEETS, TODAY
from tracker.programmes.criteria import Must
from tracker.programmes.facts import ABSENT, FactValue, Paper
from tracker.programmes.measures import Reach, holds
from tracker.programmes.papers import months_before
from tracker.programmes.rulebook_file import load_rulebooks
from tracker.programmes.rules import Answer, Finding, decide, judge, questions_of, reasons

ROOT = Path(__file__).parents[3] / "playbooks"
BOOKS = {book.programme: book for book in load_rulebooks(ROOT) if book.roc_year == 111}
LIMIT = 2_000_000_000
CLOSING = date(2022, 8, 20)
YES, NO, UNKNOWN = Answer.ELIGIBLE, Answer.NOT_ELIGIBLE, Answer.UNKNOWN


def rd(subject: str, /, **facts: FactValue | None) -> Finding:
    """Judge a rule of the R&D subsidy by facts whose names are written with two underscores for the point."""
    named = {name.replace("__", ".").replace("_", "-"): value for name, value in facts.items()}
    return judge(BOOKS["thematic-rd"], subject, named, on=TODAY)


def revenue(last: FactValue | None, before: FactValue | None = None, two_before: FactValue | None = None) -> Answer:
    return rd(
        "applicants.revenue-limit",
        applicant__revenue_last_year=last,
        applicant__revenue_year_before=before,
        applicant__revenue_two_years_before=two_before,
    ).answer


def statement(issued: date | None, valid_until: date | None = None, closing: date | None = CLOSING) -> Finding:
    paper = Paper(issued, valid_until)
    return rd("applicants.credit-statement", applicant__credit_statement=paper, window__closes=closing)


# --- amounts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "before", "two_before", "answer"),
    [
        (LIMIT, LIMIT, LIMIT, YES),
        (LIMIT, 9 * LIMIT, 9 * LIMIT, YES),
        (LIMIT + 1, LIMIT + 1, LIMIT + 1, NO),
        (LIMIT + 1, LIMIT, LIMIT - 1, YES),
        (LIMIT + 1, LIMIT, LIMIT, NO),
        (LIMIT + 2, LIMIT - 1, LIMIT, NO),
        (9 * LIMIT, 0, 0, NO),
        (3 * LIMIT, 0, 0, YES),
        (3 * LIMIT + 1, 0, 0, NO),
        (LIMIT, None, None, YES),
        (LIMIT + 1, None, None, UNKNOWN),
        (LIMIT + 1, LIMIT, None, UNKNOWN),
        (None, 0, 0, UNKNOWN),
        (None, None, None, UNKNOWN),
        (LIMIT + 1, ABSENT, ABSENT, NO),
        (LIMIT, LIMIT, ABSENT, YES),
        (ABSENT, ABSENT, ABSENT, UNKNOWN),
    ],
)
def test_revenue_is_the_lower_of_last_year_and_the_average_of_three(
    last: FactValue | None, before: FactValue | None, two_before: FactValue | None, answer: Answer
) -> None:
    assert revenue(last, before, two_before) is answer


@given(*[st.integers(0, 4 * LIMIT)] * 3)
def test_revenue_agrees_with_exact_arithmetic(last: int, before: int, two_before: int) -> None:
    expected = min(Fraction(last), Fraction(last + before + two_before, 3)) <= LIMIT

    assert revenue(last, before, two_before) is (YES if expected else NO)


@pytest.mark.parametrize(("worth", "answer"), [(1, YES), (0, NO), (-1, NO), (None, UNKNOWN)])
def test_a_net_worth_must_be_more_than_nothing(worth: int | None, answer: Answer) -> None:
    assert rd("applicants.net-worth", applicant__net_worth=worth).answer is answer


def test_a_negative_net_worth_is_forgiven_once_capital_was_raised() -> None:
    facts = {"applicant__net_worth": -5, "applicant__has_raised_capital": True}

    assert rd("applicants.positive-net-worth", **facts).answer is UNKNOWN
    assert rd("applicants.positive-net-worth", **facts, applicant__interim_net_worth=1).answer is YES
    assert rd("applicants.positive-net-worth", **facts, applicant__interim_net_worth=0).answer is NO


# --- shares -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subsidy", "total", "answer"),
    [(5000, 10000, YES), (5001, 10000, NO), (50_000_000, 100_000_000, YES), (50_000_001, 100_000_000, NO),
     (0, 1, YES), (None, 10000, UNKNOWN), (5000, None, UNKNOWN), (5000, 0, UNKNOWN)],
)  # fmt: skip
def test_the_subsidy_is_at_most_half_of_the_budget_to_the_dollar(
    subsidy: int | None, total: int | None, answer: Answer
) -> None:
    assert rd("budget.subsidy-share", budget__subsidy=subsidy, budget__total=total).answer is answer


@pytest.mark.parametrize(("share", "answer"), [("35", YES), ("34.99", NO), ("35.01", YES), (None, UNKNOWN)])
def test_a_share_given_in_percent_is_compared_exactly(share: str | None, answer: Answer) -> None:
    found = rd("security.domestic-share", security__domestic_share=Decimal(share) if share else None)

    assert found.answer is answer


@pytest.mark.parametrize(("lead", "joint", "answer"), [
    (4999, True, NO), (5000, True, YES), (4999, False, YES), (None, False, YES), (5000, None, YES), (4999, None, UNKNOWN),
    (None, None, UNKNOWN)])  # fmt: skip
def test_the_lead_takes_half_of_the_subsidy_in_joint_proposals_only(
    lead: int | None, joint: bool | None, answer: Answer
) -> None:
    found = rd("budget.lead-share", budget__lead_subsidy=lead, budget__subsidy=10000, proposal__is_joint=joint)

    assert found.answer is answer


@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_a_share_agrees_with_exact_arithmetic(part: int, whole: int) -> None:
    found = rd("budget.subsidy-share", budget__subsidy=part, budget__total=whole)

    assert found.answer is (YES if 2 * part <= whole else NO)


# --- documents and days -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("issued", "answer"),
    [(date(2022, 2, 20), YES), (date(2022, 2, 19), NO), (CLOSING, YES), (date(2022, 8, 21), NO), (None, UNKNOWN)],
)
def test_a_statement_is_of_half_a_year_before_the_closing_day_to_the_day(issued: date | None, answer: Answer) -> None:
    assert statement(issued).answer is answer


@pytest.mark.parametrize(("until", "answer"), [(CLOSING, YES), (CLOSING - timedelta(1), NO), (None, YES)])
def test_a_document_that_expires_before_the_closing_day_does_not_count(until: date | None, answer: Answer) -> None:
    assert statement(date(2022, 8, 1), until).answer is answer


@pytest.mark.parametrize(("until", "answer"), [(CLOSING, YES), (CLOSING - timedelta(1), NO), (None, UNKNOWN)])
def test_a_certificate_says_until_when_it_is_good(until: date | None, answer: Answer) -> None:
    paper = Paper(date(2020, 1, 1), until)
    found = rd("applicants.capability-certificate", applicant__capability_certificate=paper, window__closes=CLOSING)

    assert found.answer is answer


def test_a_document_is_unknown_while_the_closing_day_is_not_set_and_refused_when_there_is_none() -> None:
    found = statement(date(2022, 8, 1), closing=None)
    assert (found.answer, found.missing) == (UNKNOWN, ("window.closes",))

    absent = rd("applicants.credit-statement", applicant__credit_statement=ABSENT)
    assert absent.answer is NO


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [(date(2022, 8, 31), 6, date(2022, 2, 28)), (date(2024, 8, 31), 6, date(2024, 2, 29)), (date(2022, 3, 15), 6, date(2021, 9, 15)),
     (date(2022, 1, 31), 1, date(2021, 12, 31)), (date(2024, 2, 29), 12, date(2023, 2, 28))],
)  # fmt: skip
def test_months_are_counted_back_to_the_same_day_or_the_last_of_the_month(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before


@given(st.dates(date(1920, 1, 1), date(2099, 1, 1)), st.integers(0, 36))
def test_counting_months_back_never_goes_forward_and_keeps_order(day: date, months: int) -> None:
    assert months_before(day, months) <= day
    assert months_before(day, months) <= months_before(day + timedelta(1), months)


@pytest.mark.parametrize(("day", "answer"), [(CLOSING, YES), (CLOSING + timedelta(1), NO), (None, UNKNOWN)])
def test_the_last_day_of_a_window_belongs_to_it(day: date | None, answer: Answer) -> None:
    assert judge(BOOKS["points"], "window.closes", {"application.submitted-on": day}, on=TODAY).answer is answer


# --- choices and numbers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("items", "answer"), [({"i301010"}, YES), (set(), NO), ({"i301010", "i301030"}, YES), (None, UNKNOWN)])  # fmt: skip
def test_options_are_counted(items: set[str] | None, answer: Answer) -> None:
    facts = {"vendor.business-items": frozenset(items) if items is not None else None}

    assert judge(BOOKS["points"], "vendors.least-business-items", facts, on=TODAY).answer is answer


def test_every_test_must_be_passed_and_any_proof_is_enough() -> None:
    tests = frozenset({"code", "web", "host", "app", "penetration"})
    facts: dict[str, FactValue | None] = {"solution.security-tests-passed": tests, "solution.record-papers": frozenset({"contract"})}  # fmt: skip

    assert judge(BOOKS["points"], "technical.security-tests", facts, on=TODAY).answer is NO
    assert judge(BOOKS["points"], "promotion.record-papers", facts, on=TODAY).answer is YES


def test_one_way_that_is_open_is_enough_whatever_is_unknown_of_the_others() -> None:
    points = BOOKS["points"]

    assert judge(points, "demand.small-or-medium", {"customer.employees": 200}, on=TODAY).answer is YES
    assert judge(points, "demand.small-or-medium", {"customer.employees": 201}, on=TODAY).answer is UNKNOWN
    big = {"customer.employees": 201, "customer.capital": 100_000_001}
    assert judge(points, "demand.small-or-medium", big, on=TODAY).answer is NO


def test_what_is_asked_of_others_does_not_hold_back_an_applicant() -> None:
    vendor = {"applicant__kind": "information-service"}

    assert rd("applicants.small-or-medium", **vendor).answer is YES
    assert rd("applicants.capability", **vendor).answer is UNKNOWN
    assert rd("applicants.small-or-medium").answer is UNKNOWN


@pytest.mark.parametrize(("owes", "answer"), [(False, YES), (True, NO), (None, UNKNOWN)])
def test_a_rule_can_ask_for_a_no(owes: bool | None, answer: Answer) -> None:
    found = judge(BOOKS["points"], "vendors.owes-tax", {"vendor.owes-tax": owes}, on=TODAY)

    assert found.answer is answer
    if owes:
        assert str(found.why) == "Owes tax: Yes. Asked for: No."


# --- whatever the criterion -------------------------------------------------------------------------------------------

SUBJECTS = [(name, criterion.id) for name, book in BOOKS.items() for criterion in book.criteria]


@st.composite
def partly_known(draw: st.DrawFn) -> tuple[str, str, dict[str, FactValue | None], dict[str, FactValue | None]]:
    """Draw a criterion, facts that meet or break it, and fewer of the same facts."""
    name, subject = draw(st.sampled_from(SUBJECTS))
    facts = dict(MEETS[name])
    for broken in draw(st.lists(st.sampled_from(sorted(BREAKS[name])), max_size=4)):
        facts |= BREAKS[name][broken]
    wanted = {question.id for question in questions_of(BOOKS[name], subject)} | {"window.closes", "window.opens"}
    relevant = {fact: value for fact, value in facts.items() if fact in wanted}
    left = draw(st.sets(st.sampled_from(sorted(relevant))))
    return name, subject, relevant, {fact: value for fact, value in relevant.items() if fact in left}


@given(partly_known())
def test_a_further_fact_decides_a_doubt_and_never_takes_back_a_decision(drawn: Any) -> None:
    name, subject, more, fewer = drawn
    before = judge(BOOKS[name], subject, fewer, on=TODAY).answer
    after = judge(BOOKS[name], subject, more, on=TODAY).answer

    assert before is after or before is UNKNOWN


@given(partly_known())
def test_a_blank_fact_is_the_same_as_one_left_out(drawn: Any) -> None:
    name, subject, more, fewer = drawn
    blank = {fact: fewer.get(fact) for fact in more}

    assert judge(BOOKS[name], subject, blank, on=TODAY) == judge(BOOKS[name], subject, fewer, on=TODAY)


@given(partly_known())
def test_an_answer_always_says_why_and_a_doubt_what_is_missing(drawn: Any) -> None:
    name, subject, _more, fewer = drawn
    finding = judge(BOOKS[name], subject, fewer, on=TODAY)

    for reason in reasons(finding):
        assert str(reason.why).strip()
        assert reason.answer is finding.answer
    assert (finding.answer is UNKNOWN) == bool(finding.missing)


@given(partly_known())
def test_the_facts_that_are_said_to_be_missing_are_blank(drawn: Any) -> None:
    name, subject, _more, fewer = drawn

    assert not set(judge(BOOKS[name], subject, fewer, on=TODAY).missing) & set(fewer)


@given(st.lists(st.sampled_from(Answer), min_size=1), st.booleans())
def test_answers_together_are_those_of_three_valued_logic(answers: list[Answer], needs_all: bool) -> None:
    worth = {NO: 0, UNKNOWN: 1, YES: 2}
    pick = min if needs_all else max

    assert decide(answers, needs_all=needs_all) is pick(answers, key=worth.__getitem__)


@given(st.fractions(), st.fractions(), st.fractions(min_value=0), st.fractions(min_value=0))
def test_a_bound_decides_only_what_every_figure_within_it_would(
    limit: Fraction, figure: Fraction, below: Fraction, above: Fraction
) -> None:
    for must in (Must.AT_LEAST, Must.AT_MOST, Must.MORE_THAN, Must.LESS_THAN):
        rough = holds(Reach(figure - below, figure + above), must, limit)
        assert rough is None or rough is holds(Reach(figure, figure), must, limit)


# --- what it says -----------------------------------------------------------------------------------------------------


def test_a_figure_just_over_the_limit_is_not_written_like_the_limit() -> None:
    found = rd("budget.subsidy-share", budget__subsidy=50_000_001, budget__total=100_000_000)

    assert str(found.why) == (
        "Subsidy asked for as a share of Whole budget: 50.000001 percent. It must be at most 50 percent."
    )


def test_a_refusal_names_amount_and_limit() -> None:
    found = rd("budget.subsidy-cap", budget__subsidy=30_000_001)

    assert str(found.why) == "Subsidy asked for: NT$30,000,001. It must be at most NT$30,000,000."


def test_an_average_between_dollars_is_written_with_its_fraction() -> None:
    found = rd(
        "applicants.revenue-limit",
        applicant__revenue_last_year=LIMIT + 1,
        applicant__revenue_year_before=LIMIT,
        applicant__revenue_two_years_before=LIMIT,
    )

    assert "NT$2,000,000,000.33" in str(found.why)


def test_a_bound_that_is_enough_is_told_as_a_bound() -> None:
    found = rd("applicants.revenue-limit", applicant__revenue_last_year=5)

    assert (found.answer, "NT$5 or less" in str(found.why)) == (YES, True)


# --- mistakes of the caller -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [{"budget.subsidy": "30000000"}, {"budget.subsidy": True}, {"budget.subsidy": 1.5}])
def test_a_fact_of_the_wrong_type_is_an_error_and_no_answer(wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        judge(BOOKS["thematic-rd"], "budget.subsidy-cap", wrong, on=TODAY)


def test_a_day_left_open_takes_a_date_only() -> None:
    with pytest.raises(TypeError):
        judge(
            BOOKS["thematic-rd"], "window.closes", {"proposal.submitted-on": TODAY, "window.closes": "soon"}, on=TODAY
        )


def test_a_rule_that_asks_nothing_cannot_be_judged() -> None:
    with pytest.raises(ValueError, match="has no test"):
        judge(BOOKS["thematic-rd"], "background.policy", {}, on=TODAY)
    with pytest.raises(KeyError):
        judge(BOOKS["thematic-rd"], "background.nothing", {}, on=TODAY)
