"""The search index: one document per thing that people look for, found by its grams on both databases.

A document's id is its kind's number and its subject's id, so that newer subjects have higher ids within a kind and an index
walked from its end gives the newest matches first without sorting all of them. Grams live in a table of their own: FTS5 on
SQLite, a text search vector with a GIN index on PostgreSQL.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    BindParameter,
    ColumnElement,
    Index,
    Select,
    String,
    Text,
    and_,
    bindparam,
    cast,
    column,
    event,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column
from sqlalchemy.schema import ExecutableDDLElement

from tracker.core.bigrams import fold, grams_of_folded, query_grams
from tracker.core.db import Base, session, write
from tracker.core.text import N_, Labelled

SPAN = 10**12
"""Ids of one kind lie between its number times this and the next."""


LONGEST_GRAM = 2
"""A longer word is confirmed in the text, since its grams may lie apart."""


class DocumentKind(Labelled):
    """What people search for; the order of members is stored in ids, so new ones go to the end."""

    VENDOR = "vendor", N_("Vendor")
    ENGAGEMENT = "engagement", N_("Engagement")
    SESSION = "session", N_("Coaching session")
    PLAYBOOK = "playbook", N_("Playbook")
    ASSESSMENT = "assessment", N_("Assessment")
    POC = "poc", N_("Proof of concept")
    SOLUTION = "solution", N_("Public solution")
    SANDBOX = "sandbox", N_("Sandbox")

    @property
    def number(self) -> int:
        """Give the kind's number in document ids."""
        return list(DocumentKind).index(self) + 1


class SearchDocument(Base):
    """What is shown of a match, and by which scope it is narrowed."""

    __tablename__ = "search_document"
    __table_args__ = (
        Index("ix_search_document_scope", "organisation_id"),
        Index("ix_search_document_engagement", "engagement_id"),
    )

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(BigInteger(), "postgresql"), primary_key=True, autoincrement=False
    )
    kind: Mapped[DocumentKind]
    subject_id: Mapped[int]
    organisation_id: Mapped[int | None]
    engagement_id: Mapped[int | None]
    programme_id: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Text)
    """Title and body as they are compared, to confirm a phrase of more than two characters."""


SQLITE_GRAMS = (
    "CREATE VIRTUAL TABLE search_gram USING fts5(grams, tokenize = 'unicode61 remove_diacritics 0', detail = 'none')"
)
POSTGRES_GRAMS = (
    "CREATE TABLE search_gram (rowid BIGINT PRIMARY KEY, grams TSVECTOR NOT NULL)",
    "ALTER TABLE search_gram ALTER COLUMN grams SET STATISTICS 1000",
    "CREATE INDEX ix_search_gram_grams ON search_gram USING gin (grams)",
)


_gram = table("search_gram", column("rowid", BigInteger), column("grams", Text))


@dataclass(frozen=True)
class Entry:
    """A thing as it is put into the index."""

    kind: DocumentKind
    subject_id: int
    title: str
    body: str = ""
    organisation_id: int | None = None
    engagement_id: int | None = None
    programme_id: int | None = None


def document_id(kind: DocumentKind, subject_id: int) -> int:
    """Give the id of a subject's document."""
    return kind.number * SPAN + subject_id


_CHANGING = ("organisation_id", "engagement_id", "programme_id", "title", "body", "folded")
_PUT = text(
    f"INSERT INTO search_document (id, kind, subject_id, {', '.join(_CHANGING)})"  # noqa: S608  # nosec B608 - names of this file
    f" VALUES (:id, :kind, :subject_id, {', '.join(f':{name}' for name in _CHANGING)})"
    f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _CHANGING)}"
)
_WRITE_SQLITE = text("INSERT OR REPLACE INTO search_gram (rowid, grams) VALUES (:key, :grams)")
_WRITE_POSTGRES = text(
    "INSERT INTO search_gram (rowid, grams) VALUES (:key, array_to_tsvector(CAST(:grams AS text[])))"
    " ON CONFLICT (rowid) DO UPDATE SET grams = excluded.grams"
)


def put(entry: Entry) -> None:
    """Index the thing, or index it anew, in the caller's transaction."""
    put_many([entry])


def put_many(entries: Sequence[Entry]) -> None:
    """Index many things at once, such as those of an import."""
    documents_, grams = [], []
    for entry in entries:
        key = document_id(entry.kind, entry.subject_id)
        folded = fold(f"{entry.title}\n{entry.body}")
        scope = {name: getattr(entry, name) for name in ("organisation_id", "engagement_id", "programme_id")}
        shown = {"title": entry.title[:300], "body": entry.body, "folded": folded}
        documents_.append({"id": key, "kind": entry.kind.value, "subject_id": entry.subject_id, **scope, **shown})
        grams.append((key, grams_of_folded(folded)))
    if documents_:
        write(_PUT, documents_)
        write_many_grams(grams)


def write_grams(key: int, content: frozenset[str]) -> None:
    """Store the grams of a document."""
    write_many_grams([(key, content)])


def write_many_grams(grams: Sequence[tuple[int, frozenset[str]]]) -> None:
    """Store the grams of documents."""
    if _is_sqlite():
        write(_WRITE_SQLITE, [{"key": key, "grams": " ".join(sorted(content))} for key, content in grams])
    else:
        write(_WRITE_POSTGRES, [{"key": key, "grams": stored_grams(key, content)} for key, content in grams])


def stored_grams(key: int, content: frozenset[str]) -> list[str]:
    """Give what PostgreSQL stores: the grams and the kind, so that one index narrows by both."""
    return sorted({*content, f"#{key // SPAN}"})


def remove(kind: DocumentKind, subject_id: int) -> None:
    """Take the thing out of the index."""
    work = session()
    key = document_id(kind, subject_id)
    work.execute(text("DELETE FROM search_gram WHERE rowid = :key"), {"key": key})
    document = work.get(SearchDocument, key)
    if document is not None:
        work.delete(document)


Values = Mapping[str, str | int]
"""Values of the parameters of a search, by name."""


def words_in(query: str) -> int | None:
    """Count the long words of a query, which is the shape of its statement; None when it holds nothing to search for."""
    return len(_long_words(query)) if query_grams(query) else None


def values_of(query: str, *kinds: DocumentKind) -> Values:
    """Give the values with which a statement finds what a query names among these kinds."""
    wanted = query_grams(query)
    if _is_sqlite():
        match = wanted.for_fts5()
    else:
        of_kinds = " | ".join(f"'#{kind.number}'" for kind in kinds)
        match = f"({wanted.for_tsquery()}) & ({of_kinds})"
    phrases = {_PHRASE.format(number): f"%{_escaped(word)}%" for number, word in enumerate(_long_words(query))}
    return {"search_match": match, **phrases}


_PHRASE = "search_phrase_{}"


def _long_words(query: str) -> list[str]:
    """Give the words whose grams could lie apart, so that the text has to confirm them."""
    return [word for word in fold(query).split() if len(word) > LONGEST_GRAM]


def _escaped(word: str) -> str:
    return word.replace("/", "//").replace("%", "/%").replace("_", "/_")


def _is_sqlite() -> bool:
    return session().get_bind().dialect.name == "sqlite"


def _parameter(name: str, values: Values, **kind: Any) -> BindParameter[Any]:
    """Give the parameter of a statement, with its value where that is known already."""
    return bindparam(name, values[name], **kind) if name in values else bindparam(name, **kind)


def _match(values: Values) -> ColumnElement[bool]:
    """Give the condition on `search_gram`.

    PostgreSQL gets the query as a literal: with a parameter it would plan common and rare words alike. Grams hold letters
    and digits only, so nothing needs escaping.
    """
    if _is_sqlite():
        return column("search_gram").bool_op("MATCH")(_parameter("search_match", values))
    tsquery = _parameter("search_match", values, type_=Text, literal_execute=True)
    return _gram.c.grams.bool_op("@@")(cast(tsquery, TSQUERY))


def _phrases(words: int, values: Values) -> list[ColumnElement[bool]]:
    """Give the conditions that confirm the long words."""
    names = [_PHRASE.format(number) for number in range(words)]
    return [SearchDocument.folded.like(_parameter(name, values, type_=Text), escape="/") for name in names]


def _within(key: ColumnElement[int] | InstrumentedAttribute[int], low: int, high: Any) -> ColumnElement[bool]:
    return and_(key > low, key < high)


def matching_subjects(kind: DocumentKind, query: str, *, before: int | None = None) -> Select[int] | None:
    """Select the subject ids of a kind that a query finds, newest first; None when it holds nothing to search for.

    `before` continues after a subject id, for keyset pages.
    """
    words = words_in(query)
    if words is None:
        return None
    edge = {} if before is None else {"search_before": before}
    return subjects(kind, words, from_edge=bool(edge), values={**values_of(query, kind), **edge})


def subjects(kind: DocumentKind, words: int, *, from_edge: bool, values: Values = MappingProxyType({})) -> Select[int]:
    """Select the subject ids of a kind for every query with as many long words; it is executed with `values_of` the query.

    With `from_edge` it begins after the subject whose id is the value `search_before`.
    """
    low = kind.number * SPAN
    high: Any = low + _parameter("search_before", values, type_=BigInteger) if from_edge else low + SPAN
    key: ColumnElement[int] = _gram.c.rowid
    found = select((key - low).label("subject_id")).select_from(_gram).where(_match(values), _within(key, low, high))
    if words:
        found = found.join(SearchDocument, SearchDocument.id == key)
        found = found.where(_within(SearchDocument.id, low, high), *_phrases(words, values))
    return found.order_by(key.desc())


def documents(
    scope: ColumnElement[bool], kinds: Sequence[DocumentKind], words: int, limit: int
) -> Select[DocumentKind, int, str, str]:
    """Select the newest documents of the kinds in the scope, kind by kind from the last, as `subjects` does."""
    spans = [(kind.number * SPAN, (kind.number + 1) * SPAN) for kind in kinds]
    low, high = min(low for low, _ in spans), max(high for _, high in spans)
    key: ColumnElement[int] = _gram.c.rowid
    return (
        select(SearchDocument.kind, SearchDocument.subject_id, SearchDocument.title, SearchDocument.body)
        .select_from(_gram)
        .join(SearchDocument, SearchDocument.id == key)
        .where(_match({}), or_(*(_within(key, *span) for span in spans)), _within(SearchDocument.id, low, high))
        .where(scope, *_phrases(words, {}))
        .order_by(key.desc())
        .limit(limit)
    )


def _ddl(statement: str, dialect: str) -> ExecutableDDLElement:
    return DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]  # SQLAlchemy left DDL untyped


def _for(dialect: str, *statements: str) -> None:
    for statement in statements:
        event.listen(SearchDocument.__table__, "after_create", _ddl(statement, dialect))
    event.listen(SearchDocument.__table__, "before_drop", _ddl("DROP TABLE IF EXISTS search_gram", dialect))


_for("sqlite", SQLITE_GRAMS)
_for("postgresql", *POSTGRES_GRAMS)
