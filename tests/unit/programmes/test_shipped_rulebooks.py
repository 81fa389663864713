"""What the shipped rulebooks promise to the code that reads them, and that the sample year binds nobody."""

import re
from pathlib import Path

import pytest

from tracker.programmes.criteria import Question
from tracker.programmes.kinds import PROGRAMMES, STEPS, Origin
from tracker.programmes.rulebook import Rulebook
from tracker.programmes.rulebook_file import check_rulebooks, load_rulebooks

ROOT = Path(__file__).parents[3] / "playbooks"
BOOKS = {(book.programme, book.roc_year): book for book in load_rulebooks(ROOT)}
YEAR_111 = BOOKS["counselling", 111]

every_rulebook = pytest.mark.parametrize("book", BOOKS.values(), ids=lambda book: f"{book.programme}-{book.roc_year}")


def test_no_rulebook_has_a_fault() -> None:
    assert [str(fault) for fault in check_rulebooks(ROOT)] == []


def test_the_programme_has_three_kinds_of_vendor_each_with_a_description() -> None:
    kinds = YEAR_111.options("vendors.kind")

    assert [kind.id for kind in kinds] == ["software", "customer", "hardware"]
    assert all(kind.detail for kind in kinds)


def test_no_rule_claims_the_slides_beyond_what_they_say() -> None:
    said = {rule.id for rule in YEAR_111.rules if rule.source.origin is Origin.SLIDES}

    assert not {rule_id for rule_id in said if rule_id.startswith(("journey.", "coaching.", "period."))}
    assert YEAR_111.rule("poc.least-trial-customers").source.origin is Origin.OFFICE
    assert YEAR_111.rule("camp.required").source.origin is Origin.OFFICE


@pytest.mark.parametrize("year", [111, 115])
def test_the_journey_finds_its_settings(year: int) -> None:
    book = BOOKS["counselling", year]

    assert [option.id for option in book.options("process.steps")] == list(STEPS)
    for step in STEPS:
        assert book.count(f"journey.usual-days.{step}") > 0
    assert {rule.requires for rule in book.gate_rules("optimise")} == {"poc.self-funding", "poc.accepted"}
    assert {rule.requires for rule in book.gate_rules("test")} == {"poc.trial-evidence"}
    assert {rule.requires for rule in book.gate_rules("assess")} == {"poc.expert-proposes"}
    assert book.count("coaching.hours-per-expert") > 0
    assert len(book.options("coaching.topics")) >= 10
    assert book.day("period.begins").year == book.day("period.ends").year == book.roc_year + 1911


@every_rulebook
def test_texts_are_in_their_language(book: Rulebook) -> None:
    pairs = [
        book.title,
        book.summary,
        *(section.title for section in book.sections),
        *(rule.text for rule in book.rules),
    ]
    pairs += [option.text for rule in book.rules for option in rule.options]
    for pair in pairs:
        assert re.search(r"[\u4e00-\u9fff]", pair.zh_hant) or pair.zh_hant == pair.en
        assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", pair.en)


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_the_sample_year_says_in_both_languages_that_it_is_one(programme: str) -> None:
    sample = BOOKS[programme, 115]

    assert sample.sample
    assert "示範" in sample.title.zh_hant
    assert "sample" in sample.title.en
    assert Origin.SLIDES not in {rule.source.origin for rule in sample.rules}
    assert not BOOKS[programme, 111].sample


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_a_new_year_has_the_rules_of_the_year_before_by_the_same_ids(programme: str) -> None:
    old, new = BOOKS[programme, 111], BOOKS[programme, 115]

    assert {rule.id for rule in old.rules} == {rule.id for rule in new.rules}
    assert {criterion.id for criterion in old.criteria} == {criterion.id for criterion in new.criteria}
    assert {question.id for question in old.questions} == {question.id for question in new.questions}


@pytest.mark.parametrize("year", [111, 115])
def test_a_fact_that_two_programmes_ask_for_is_the_same_fact(year: int) -> None:
    asked: dict[str, Question] = {}
    for programme in PROGRAMMES:
        for question in BOOKS[programme, year].questions:
            known = asked.setdefault(question.id, question)
            assert (known.kind, known.unit, known.several) == (question.kind, question.unit, question.several)


@every_rulebook
def test_a_year_begins_before_it_ends(book: Rulebook) -> None:
    assert book.day("period.begins") < book.day("period.ends")
