"""The glossary: every row has an id of its own, and a meaning where the word does not explain itself."""

import re

import pytest

from tracker.core.glossary import Term, read_terms, terms

PLAYBOOK_WORDS = [
    "vendor",
    "engagement",
    "rto",
    "rpo",
    "slo",
    "sli",
    "error-budget",
    "tenant",
    "silo",
    "pool",
    "bridge",
    "landing-zone",
    "infrastructure-as-code",
    "go-no-go",
    "drill",
    "sandbox",
    "blue-green",
    "canary",
    "oidc",
    "least-privilege",
    "churn",
    "arpu",
    "mrr",
    "marketplace",
    "r-strategy",
    "object-lock",
    "3-2-1-1-0",
    "poc",
    "self-funding",
    "evidence",
    "gate",
    "playbook",
    "right-sizing",
    "finops",
    "waf",
    "penetration-test",
    "sbom",
]


def test_every_term_has_an_id_of_its_own() -> None:
    ids = [term.id for term in terms()]

    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", each) for each in ids)


@pytest.mark.parametrize("word", PLAYBOOK_WORDS)
def test_the_words_that_playbooks_lean_on_are_there(word: str) -> None:
    assert word in {term.id for term in terms()}


@pytest.mark.parametrize("term", terms(), ids=lambda term: term.id)
def test_a_term_is_named_in_both_languages_and_says_what_it_means_or_where_it_lives(term: Term) -> None:
    assert term.word.zh_hant
    assert term.word.en
    assert term.code or (term.meaning.zh_hant.endswith("。") and term.meaning.en.endswith("."))


def test_tables_without_ids_are_no_part_of_the_glossary() -> None:
    text = "| id | zh-Hant | English |\n|---|---|---|\n| a | 甲 | A |\n\n| x | y |\n|---|---|\n| b | c |\n"

    assert [(term.id, term.word.en) for term in read_terms(text)] == [("a", "A")]
