"""Scores and confidence: blanks never count, what does not apply leaves every sum, a better answer never lowers a score."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.sheets import BOOK, answers_to, key_list, result, sheet, sheets
from tracker.assessments.rules.answers import Given, Key, Standing, check_given, dependants, score_of
from tracker.assessments.rules.scores import Score, overall, rounded, score_area
from tracker.core.errors import Refused

SUBSCRIPTION = {("business.charging", 0): Given(("subscription",), proofs=1)}


def test_a_score_is_what_was_reached_of_what_was_possible() -> None:
    answers = {
        ("business.charging", 0): Given(("maintenance",)),
        ("business.clouds", 0): Given(("azure", "aws")),
        ("business.outage", 0): Given(number=8, proofs=1),
    }

    score = score_area(sheet(answers), "business")

    assert score.reached == 2 * 2 + Fraction(7, 2) + 3
    assert score.possible == (2 + 1 + 1) * 4
    assert score.percent == 66  # 10.5 of 16 is 65.625
    assert score.confidence == 80  # 2×60 (no document) + 1×100 (none wanted) + 1×100 (measured), of 400


def test_a_blank_leaves_the_score_and_lowers_confidence() -> None:
    score = score_area(sheet(dict(SUBSCRIPTION)), "business")

    assert (score.percent, score.confidence, score.blank) == (100, 50, 2)


def test_nothing_answered_is_no_score_at_all() -> None:
    score = score_area(sheet({}), "business")

    assert (score.percent, score.confidence, score.answered) == (None, 0, 0)


def test_what_does_not_apply_leaves_both_sums() -> None:
    waived = SUBSCRIPTION | {
        ("business.clouds", 0): Given(not_applicable="不用雲"),
        ("business.outage", 0): Given(not_applicable="無"),
    }

    score = score_area(sheet(waived), "business")

    assert (score.percent, score.confidence, score.not_applicable, score.blank) == (100, 100, 2, 0)


def test_a_suggestion_counts_as_blank() -> None:
    suggested = {("business.charging", 0): Given(("subscription",), proofs=1, suggested=True)}

    score = score_area(sheet(suggested), "business")

    assert (score.percent, score.confidence, score.suggested, score.blank) == (None, 0, 1, 3)


def test_a_question_is_asked_only_while_its_condition_holds() -> None:
    shared = {("tenancy.shared-database", 0): Given(("yes",))}
    apart = {("tenancy.shared-database", 0): Given(("no",)), ("tenancy.row-key", 0): Given(("no",))}

    assert sheet({}).standing(("tenancy.row-key", 0)) is Standing.NOT_ASKED
    assert sheet(shared).standing(("tenancy.row-key", 0)) is Standing.BLANK
    assert sheet(apart).standing(("tenancy.row-key", 0)) is Standing.NOT_ASKED
    assert result(apart).risks == ()


def test_a_question_under_an_answer_that_no_longer_counts_is_not_asked() -> None:
    chain = {
        ("tenancy.shared-database", 0): Given(("no",)),
        ("tenancy.row-key", 0): Given(("yes",)),
        ("tenancy.policy", 0): Given(("no",)),
    }

    assert sheet(chain).standing(("tenancy.policy", 0)) is Standing.NOT_ASKED
    assert dependants(BOOK, "tenancy.shared-database") == {"tenancy.row-key", "tenancy.policy"}


def test_a_component_question_looks_at_its_own_component() -> None:
    answers = {
        ("data.local-disk", 1): Given(("yes",)),
        ("data.local-disk", 2): Given(("no",)),
        ("business.outage", 0): Given(number=5),
    }

    assert sheet(answers).standing(("data.disk-size", 1)) is Standing.BLANK
    assert sheet(answers).standing(("data.disk-size", 2)) is Standing.NOT_ASKED


def test_areas_count_by_their_weight() -> None:
    low, high = Score(Fraction(1), 4, Fraction(50), 100), Score(Fraction(4), 4, Fraction(100), 100)

    assert overall([(2, low), (1, high)]).percent == 50
    assert overall([(2, low), (1, high), (5, Score())]).confidence == 67
    assert overall([]).percent is None


@pytest.mark.parametrize(("value", "whole"), [(Fraction(1, 2), 1), (Fraction(49, 100), 0), (Fraction(5, 2), 3), (Fraction(0), 0)])  # fmt: skip
def test_halves_are_rounded_up(value: Fraction, whole: int) -> None:
    assert rounded(value) == whole


@given(sheets(), st.data())
def test_a_better_answer_never_lowers_a_score(answers: dict[Key, Given], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from([key for key in key_list() if BOOK.by_id[key[0]].is_scored]))
    question = BOOK.by_id[key[0]]
    before = {**answers, key: data.draw(answers_to(question))}
    better = {**answers, key: data.draw(answers_to(question))}
    old, new = sheet(before), sheet(better)
    assume(score_of(question, better[key]) >= score_of(question, before[key]))
    assume(
        all(
            (old.standing(each) is Standing.NOT_ASKED) == (new.standing(each) is Standing.NOT_ASKED)
            for each in key_list()
        )
    )

    for area in BOOK.areas:
        assert (score_area(new, area.id).percent or 0) >= (score_area(old, area.id).percent or 0)


@given(sheets(), st.data())
def test_evidence_never_changes_a_score_and_never_lowers_confidence(
    answers: dict[Key, Given], data: st.DataObject
) -> None:
    assume(answers)
    key = data.draw(st.sampled_from(sorted(answers)))
    was = answers[key]
    proven = {**answers, key: Given(was.options, was.number, was.not_applicable, was.proofs + 1, was.suggested)}

    for area in BOOK.areas:
        before, after = score_area(sheet(answers), area.id), score_area(sheet(proven), area.id)
        assert before.percent == after.percent
        assert (before.confidence or 0) <= (after.confidence or 0)


@given(sheets())
def test_percents_lie_between_nothing_and_everything(answers: dict[Key, Given]) -> None:
    found = result(answers)

    for area in found.areas:
        assert area.score.percent is None or 0 <= area.score.percent <= 100
        assert area.score.confidence is None or 0 <= area.score.confidence <= 100
        assert area.score.asked == area.score.answered + area.score.not_applicable + area.score.blank
    assert all(found.overall.percent is None or 0 <= found.overall.percent <= 100 for _area in found.areas)


@given(sheets())
def test_taking_blanks_away_changes_nothing(answers: dict[Key, Given]) -> None:
    with_blanks = {key: answers.get(key, Given()) for key in key_list()}

    assert result(with_blanks).areas == result(answers).areas
    assert result(with_blanks).outcomes == result(answers).outcomes


@pytest.mark.parametrize(
    ("question", "given_answer", "words"),
    [
        ("business.charging", Given(), "Choose one"),
        ("business.charging", Given(("unknown",)), "Choose one"),
        ("business.charging", Given(("maintenance", "subscription")), "only one"),
        ("business.clouds", Given(("none", "aws")), "together"),
        ("business.charging", Given(number=3), "Choose one"),
        ("business.outage", Given(), "whole number"),
        ("business.outage", Given(("never",)), "whole number"),
        ("business.outage", Given(number=73), "at most 72"),
        ("business.outage", Given(number=-1), "at least 0"),
    ],
)
def test_what_is_no_answer_is_refused(question: str, given_answer: Given, words: str) -> None:
    with pytest.raises(Refused, match=words):
        check_given(BOOK.by_id[question], given_answer)


def test_what_is_an_answer_is_taken() -> None:
    check_given(BOOK.by_id["business.clouds"], Given(("aws", "azure")))
    check_given(BOOK.by_id["business.outage"], Given(number=72))
    check_given(BOOK.by_id["business.outage"], Given(not_applicable="沒有系統"))
