"""The database of the run finds what the grams say, and keeps each of them as it is."""

import random
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from tests.support.databases import ON_POSTGRES
from tracker.core.bigrams import grams, query_grams
from tracker.core.db import db

pytestmark = ON_POSTGRES
ALPHABET = "雲端服務輔導資訊業者台臺灣 aws kub 9'\"\\%:*|&!()é𠮷"


@pytest.fixture
def postgres(db_session: object) -> Iterator[Connection]:
    """Give a connection to PostgreSQL; SQLite has the same tests among the unit tests."""
    with db.engine.connect() as connection:
        yield connection


def test_postgres_finds_what_the_grams_say(postgres: Connection) -> None:
    chance = random.Random(20261122)
    texts = ["".join(chance.choices(ALPHABET, k=chance.randint(0, 25))) for _ in range(200)]
    queries = [query_grams("".join(chance.choices(ALPHABET, k=chance.randint(1, 5)))) for _ in range(300)]
    postgres.execute(text("CREATE TEMPORARY TABLE searched (id INTEGER, grams TSVECTOR) ON COMMIT DROP"))
    insert = text("INSERT INTO searched VALUES (:id, array_to_tsvector(CAST(:grams AS text[])))")
    postgres.execute(insert, [{"id": number, "grams": sorted(grams(content))} for number, content in enumerate(texts)])
    select = text("SELECT id FROM searched WHERE grams @@ CAST(:query AS tsquery)")

    for wanted in filter(None, queries):
        found = set(postgres.scalars(select, {"query": wanted.for_tsquery()}))
        assert found == {number for number, content in enumerate(texts) if wanted.finds(grams(content))}


def test_postgres_keeps_every_gram_whole_whatever_character_it_holds(postgres: Connection) -> None:
    characters = (chr(code) for code in range(1, sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF)
    every = sorted(grams(" ".join(f"a{character}a" for character in characters)))
    kept = text("SELECT unnest(tsvector_to_array(array_to_tsvector(CAST(:grams AS text[]))))")

    for start in range(0, len(every), 5_000):
        part = every[start : start + 5_000]
        assert set(postgres.scalars(kept, {"grams": part})) == set(part)
