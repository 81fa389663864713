"""Every fact of the counselling slides of ROC 111 is data, and the sample year binds nobody."""

import re
from pathlib import Path

import pytest

from tracker.programmes.kinds import STEPS, Origin, RuleKind
from tracker.programmes.rulebook import Rulebook
from tracker.programmes.rulebook_file import check_rulebooks, load_rulebooks

ROOT = Path(__file__).parents[3] / "playbooks"
BOOKS = {(book.programme, book.roc_year): book for book in load_rulebooks(ROOT)}
YEAR_111 = BOOKS["counselling", 111]

every_rulebook = pytest.mark.parametrize("book", BOOKS.values(), ids=lambda book: f"{book.programme}-{book.roc_year}")


def test_no_rulebook_has_a_fault() -> None:
    assert [str(fault) for fault in check_rulebooks(ROOT)] == []


@pytest.mark.parametrize(
    ("slide", "rule_id", "kind"),
    [
        ("壹、輔導對象", "vendors.zero-to-one", RuleKind.YES_NO),
        ("壹、輔導對象", "vendors.change-of-model", RuleKind.YES_NO),
        ("壹、輔導對象", "vendors.counselled-by", RuleKind.CHOICE),
        ("壹、輔導對象", "vendors.kind", RuleKind.CHOICE),
        ("貳、輔導資源", "resources.technical", RuleKind.CHOICE),
        ("貳、輔導資源", "marketing.activities", RuleKind.CHOICE),
        ("貳、輔導資源", "marketing.links", RuleKind.CHOICE),
        ("雲服務輔導流程", "process.steps", RuleKind.CHOICE),
        ("雲服務輔導流程", "process.example-cloud", RuleKind.CHOICE),
        ("POC", "poc.expert-proposes", RuleKind.YES_NO),
        ("POC", "poc.office-links", RuleKind.YES_NO),
        ("POC", "poc.trialable-solution", RuleKind.YES_NO),
        ("POC", "poc.trial-evidence", RuleKind.DOCUMENT),
        ("參與經費", "poc.self-funding", RuleKind.AMOUNT),
        ("STEPS", "camp.steps", RuleKind.YES_NO),
    ],
)
def test_each_statement_of_the_slides_is_a_rule_with_its_section(slide: str, rule_id: str, kind: RuleKind) -> None:
    rule = YEAR_111.rule(rule_id)

    assert rule.kind is kind
    assert rule.source.origin is Origin.SLIDES
    assert slide in rule.source.section.zh_hant


def test_the_vendor_pays_100_000_itself() -> None:
    assert YEAR_111.amount("poc.self-funding") == 100_000


def test_the_programme_has_three_kinds_of_vendor_each_with_a_description() -> None:
    kinds = YEAR_111.options("vendors.kind")

    assert [kind.id for kind in kinds] == ["software", "customer", "hardware"]
    assert all(kind.detail for kind in kinds)


def test_the_programme_has_three_resources_three_activities_and_four_links() -> None:
    for rule_id, number in (("resources.technical", 3), ("marketing.activities", 3), ("marketing.links", 4)):
        assert len(YEAR_111.options(rule_id)) == number


def test_no_rule_claims_the_slides_beyond_what_they_say() -> None:
    said = {rule.id for rule in YEAR_111.rules if rule.source.origin is Origin.SLIDES}

    assert not {rule_id for rule_id in said if rule_id.startswith(("journey.", "coaching.", "period."))}
    assert YEAR_111.rule("poc.least-trial-customers").source.origin is Origin.OFFICE
    assert YEAR_111.rule("camp.required").source.origin is Origin.OFFICE


@every_rulebook
def test_the_journey_finds_its_settings(book: Rulebook) -> None:
    assert [option.id for option in book.options("process.steps")] == list(STEPS)
    for step in STEPS:
        assert book.count(f"journey.usual-days.{step}") > 0
    assert {rule.requires for rule in book.gate_rules("optimise")} == {"poc.self-funding"}
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


def test_the_sample_year_says_in_both_languages_that_it_is_one() -> None:
    sample = BOOKS["counselling", 115]

    assert sample.sample
    assert "示範" in sample.title.zh_hant
    assert "sample" in sample.title.en
    assert Origin.SLIDES not in {rule.source.origin for rule in sample.rules}
    assert not YEAR_111.sample
