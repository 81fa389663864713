"""Trials, their usage, their confirmations, and dossiers."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "poc_dossier",
        sa.Column("poc_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("made_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("archive_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["archive_id"], ["evidence.id"], name=op.f("fk_poc_dossier_archive_id_evidence")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_poc_dossier_asked_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["evidence.id"], name=op.f("fk_poc_dossier_document_id_evidence")),
        sa.ForeignKeyConstraint(["poc_id"], ["poc.id"], name=op.f("fk_poc_dossier_poc_id_poc")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poc_dossier")),
    )
    with op.batch_alter_table("poc_dossier", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_poc_dossier_archive_id"), ["archive_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_poc_dossier_document_id"), ["document_id"], unique=False)
        batch_op.create_index("ix_poc_dossier_poc", ["poc_id", "id"], unique=False)

    op.create_table(
        "trial",
        sa.Column("poc_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(length=200), nullable=False),
        sa.Column("ubn", sa.String(length=8), nullable=False),
        sa.Column("industry", sa.String(length=200), nullable=False),
        sa.Column("employees", sa.Integer(), nullable=True),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_phone", sa.String(length=64), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("accounts", sa.Integer(), nullable=False),
        sa.Column("tried", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.Column("active_days", sa.Integer(), nullable=False),
        sa.Column("most_users", sa.Integer(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("accounts >= 0", name=op.f("ck_trial_accounts")),
        sa.CheckConstraint("ends_on >= begins_on", name=op.f("ck_trial_period")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_trial_customer_id_customer")),
        sa.ForeignKeyConstraint(["poc_id"], ["poc.id"], name=op.f("fk_trial_poc_id_poc")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial")),
        sa.UniqueConstraint("poc_id", "number", name=op.f("uq_trial_poc_id_number")),
    )
    with op.batch_alter_table("trial", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trial_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_trial_state", ["state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_trial_ubn"), ["ubn"], unique=False)

    op.create_table(
        "trial_link",
        sa.Column("trial_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("same_house", sa.Boolean(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("used_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("shown_digest", sa.String(length=64), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_sent_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["user_account.id"], name=op.f("fk_trial_link_sent_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["trial_id"], ["trial.id"], name=op.f("fk_trial_link_trial_id_trial")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_trial_link_token_hash")),
    )
    with op.batch_alter_table("trial_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trial_link_trial_id"), ["trial_id"], unique=False)

    op.create_table(
        "trial_usage_log",
        sa.Column("trial_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(length=32), nullable=False),
        sa.Column("reading", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("counted", sa.JSON(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("applied_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("replaced_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["user_account.id"], name=op.f("fk_trial_usage_log_added_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_trial_usage_log_evidence_id_evidence")),
        sa.ForeignKeyConstraint(["trial_id"], ["trial.id"], name=op.f("fk_trial_usage_log_trial_id_trial")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_usage_log")),
    )
    with op.batch_alter_table("trial_usage_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trial_usage_log_evidence_id"), ["evidence_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_trial_usage_log_trial_id"), ["trial_id"], unique=False)

    op.create_table(
        "trial_confirmation",
        sa.Column("trial_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.Column("facts_digest", sa.String(length=64), nullable=False),
        sa.Column("signer", sa.String(length=200), nullable=False),
        sa.Column("signer_title", sa.String(length=200), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("corrections", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("confirmed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("receipt_id", sa.Integer(), nullable=True),
        sa.Column("receipt_hash", sa.String(length=64), nullable=True),
        sa.Column("receipt_until", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("handed_in_by_id", sa.Integer(), nullable=True),
        sa.Column("called_phone", sa.String(length=64), nullable=False),
        sa.Column("called_on", sa.Date(), nullable=True),
        sa.Column("spoke_with", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_trial_confirmation_decided_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_trial_confirmation_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["handed_in_by_id"], ["user_account.id"], name=op.f("fk_trial_confirmation_handed_in_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["link_id"], ["trial_link.id"], name=op.f("fk_trial_confirmation_link_id_trial_link")),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["evidence.id"], name=op.f("fk_trial_confirmation_receipt_id_evidence")
        ),
        sa.ForeignKeyConstraint(["trial_id"], ["trial.id"], name=op.f("fk_trial_confirmation_trial_id_trial")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_confirmation")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_trial_confirmation_receipt_hash")),
        sa.UniqueConstraint("trial_id", "number", name=op.f("uq_trial_confirmation_trial_id_number")),
    )
    with op.batch_alter_table("trial_confirmation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trial_confirmation_evidence_id"), ["evidence_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_trial_confirmation_link_id"), ["link_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_trial_confirmation_receipt_id"), ["receipt_id"], unique=False)
        batch_op.create_index("ix_trial_confirmation_state", ["state", "id"], unique=False)

    op.create_table(
        "trial_usage_day",
        sa.Column("trial_id", sa.Integer(), nullable=False),
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("users", sa.Integer(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["log_id"], ["trial_usage_log.id"], name=op.f("fk_trial_usage_day_log_id_trial_usage_log")
        ),
        sa.ForeignKeyConstraint(["trial_id"], ["trial.id"], name=op.f("fk_trial_usage_day_trial_id_trial")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_usage_day")),
        sa.UniqueConstraint("trial_id", "day", name=op.f("uq_trial_usage_day_trial_id_day")),
    )
    with op.batch_alter_table("trial_usage_day", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trial_usage_day_log_id"), ["log_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("trial_usage_day", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trial_usage_day_log_id"))

    op.drop_table("trial_usage_day")
    with op.batch_alter_table("trial_confirmation", schema=None) as batch_op:
        batch_op.drop_index("ix_trial_confirmation_state")
        batch_op.drop_index(batch_op.f("ix_trial_confirmation_receipt_id"))
        batch_op.drop_index(batch_op.f("ix_trial_confirmation_link_id"))
        batch_op.drop_index(batch_op.f("ix_trial_confirmation_evidence_id"))

    op.drop_table("trial_confirmation")
    with op.batch_alter_table("trial_usage_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trial_usage_log_trial_id"))
        batch_op.drop_index(batch_op.f("ix_trial_usage_log_evidence_id"))

    op.drop_table("trial_usage_log")
    with op.batch_alter_table("trial_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trial_link_trial_id"))

    op.drop_table("trial_link")
    with op.batch_alter_table("trial", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trial_ubn"))
        batch_op.drop_index("ix_trial_state")
        batch_op.drop_index(batch_op.f("ix_trial_customer_id"))

    op.drop_table("trial")
    with op.batch_alter_table("poc_dossier", schema=None) as batch_op:
        batch_op.drop_index("ix_poc_dossier_poc")
        batch_op.drop_index(batch_op.f("ix_poc_dossier_document_id"))
        batch_op.drop_index(batch_op.f("ix_poc_dossier_archive_id"))

    op.drop_table("poc_dossier")
