"""Grams of the search index: FTS5 on SQLite, a text search vector on PostgreSQL."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_gram USING fts5(grams, tokenize = 'unicode61 remove_diacritics 0', detail = 'none')"
        )
        return
    op.execute("CREATE TABLE search_gram (rowid BIGINT PRIMARY KEY, grams TSVECTOR NOT NULL)")
    op.execute("ALTER TABLE search_gram ALTER COLUMN grams SET STATISTICS 1000")
    op.execute("CREATE INDEX ix_search_gram_grams ON search_gram USING gin (grams)")


def downgrade() -> None:
    op.execute("DROP TABLE search_gram")
