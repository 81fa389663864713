import sqlite3
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.bigrams import LONGEST_WORD, QueryGrams, fold, grams, query_grams

IDEOGRAPHS = "雲端服務輔導資訊業者臺台灣測試優化遷移評估㐀𠮷𰀀〇々"
chinese = st.text(
    st.sampled_from(IDEOGRAPHS) | st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=12
)
mixed = st.lists(chinese | st.text("aZé9 ，。-_%'\"", min_size=1, max_size=6) | st.text(max_size=4), max_size=8).map(
    "".join
)
short_mixed = st.text(st.sampled_from("雲端服務a b9'\"%:*é"), max_size=6)


@given(mixed, chinese, mixed, st.data())
def test_every_short_part_of_a_chinese_run_is_found(before: str, run: str, after: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(run) - 1))
    part = run[start : start + data.draw(st.integers(1, 4))]

    assert query_grams(part).finds(grams(before + run + after))


@given(mixed)
def test_a_text_is_found_by_itself(text: str) -> None:
    assert query_grams(text).finds(grams(text))


@given(mixed, mixed)
def test_a_text_is_found_by_more_texts_only_when_it_grows(text: str, more: str) -> None:
    assert grams(text) <= grams(f"{text} {more}")


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert grams(fold(text)) == grams(text)


@given(st.text())
def test_a_gram_holds_letters_and_digits_only_and_is_not_long(text: str) -> None:
    assert all(gram.isalnum() or not gram.isascii() for gram in grams(text))
    assert all(0 < len(gram) <= LONGEST_WORD for gram in grams(text))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("雲", "輔導雲端服務"),
        ("雲端", "輔導雲端服務"),
        ("台北", "臺北市資訊公司"),
        ("臺北", "台北市資訊公司"),
        ("saas", "導入 SaaS 平台"),
        ("端SaaS平", "雲端SaaS平台"),
        ("ＡＷＳ", "部署於aws"),
        ("0459", "統編 04595257"),
        ("kuber", "Kubernetes 叢集"),
        ("移轉 kub", "Kubernetes 移轉"),
        ("cafe", "Café"),
    ],
)
def test_what_people_type_finds_what_they_mean(query: str, text: str) -> None:
    assert query_grams(query).finds(grams(text))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("端雲", "雲端"),
        ("雲服", "雲端服務"),
        ("bernetes", "kubernetes"),
        ("雲端 aws", "雲端 azure"),
        ("kub 移轉", "kubernetes 移轉"),
    ],
)
def test_what_is_not_there_is_not_found(query: str, text: str) -> None:
    assert not query_grams(query).finds(grams(text))


@pytest.mark.parametrize("query", ["", "  ", "，。", "%_'\""])
def test_a_query_without_letters_is_empty(query: str) -> None:
    assert query_grams(query) == QueryGrams(frozenset())
    assert not query_grams(query)


def test_a_query_of_two_characters_asks_for_one_gram() -> None:
    assert query_grams("雲端") == QueryGrams(frozenset({"雲端"}))
    assert query_grams("雲") == QueryGrams(frozenset({"雲"}))
    assert query_grams("雲端服務 saa") == QueryGrams(frozenset({"雲端", "端服", "服務"}), prefix="saa")


@given(mixed, short_mixed | chinese)
def test_sqlite_finds_what_the_grams_say(text: str, query: str) -> None:
    wanted = query_grams(query)
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE searched USING fts5 (grams, tokenize = 'unicode61 remove_diacritics 0', detail = 'none')"
    )
    connection.execute("INSERT INTO searched VALUES (?)", (" ".join(sorted(grams(text))),))
    found = (
        bool(wanted)
        and connection.execute("SELECT 1 FROM searched WHERE searched MATCH ?", (wanted.for_fts5(),)).fetchone()
        is not None
    )
    connection.close()

    assert found == (bool(wanted) and wanted.finds(grams(text)))


def test_sqlite_keeps_every_gram_whole_whatever_character_it_holds() -> None:
    characters = (chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF)
    every = grams(" ".join(f"a{character}a" for character in characters))
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE searched USING fts5 (grams, tokenize = 'unicode61 remove_diacritics 0')")
    connection.execute("CREATE VIRTUAL TABLE terms USING fts5vocab ('searched', 'row')")
    connection.executemany("INSERT INTO searched VALUES (?)", ((gram,) for gram in every))
    terms = {term for (term,) in connection.execute("SELECT term FROM terms")}
    connection.close()

    assert every - terms == set()
