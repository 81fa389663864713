"""Exposures with their proofs, leads with their steps, public pages with their editions, and what visitors did."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exposure",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("resource", sa.String(length=64), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("people_reached", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("confirmed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("people_reached >= 0", name=op.f("ck_exposure_people_reached")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["user_account.id"], name=op.f("fk_exposure_confirmed_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_exposure_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_exposure_product_id_product")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_exposure_programme_id_programme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exposure")),
    )
    op.create_index("ix_exposure_organisation", "exposure", ["organisation_id", "id"])
    op.create_index("ix_exposure_product_id", "exposure", ["product_id"])
    op.create_index("ix_exposure_programme_id", "exposure", ["programme_id"])
    op.create_index("ix_exposure_state", "exposure", ["state", "id"])
    op.create_table(
        "solution_page",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("industry", sa.String(length=32), nullable=False),
        sa.Column("tagline_zh", sa.String(length=200), nullable=False),
        sa.Column("tagline_en", sa.String(length=200), nullable=False),
        sa.Column("summary_zh", sa.Text(), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.Column("website", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=200), nullable=False),
        sa.Column("contact_phone", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_solution_page_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_solution_page_product_id_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_solution_page")),
        sa.UniqueConstraint("product_id", name=op.f("uq_solution_page_product_id")),
    )
    op.create_index("ix_solution_page_organisation_id", "solution_page", ["organisation_id"])
    op.create_table(
        "exposure_proof",
        sa.Column("exposure_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_exposure_proof_evidence_id_evidence")),
        sa.ForeignKeyConstraint(["exposure_id"], ["exposure.id"], name=op.f("fk_exposure_proof_exposure_id_exposure")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exposure_proof")),
    )
    op.create_index("ix_exposure_proof_evidence_id", "exposure_proof", ["evidence_id"])
    op.create_index("ix_exposure_proof_exposure_id", "exposure_proof", ["exposure_id"])
    op.create_table(
        "lead",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("exposure_id", sa.Integer(), nullable=True),
        sa.Column("counterpart", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("ubn", sa.String(length=8), nullable=True),
        sa.Column("industry", sa.String(length=32), nullable=True),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=200), nullable=False),
        sa.Column("contact_phone", sa.String(length=64), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("next_step", sa.String(length=200), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["exposure_id"], ["exposure.id"], name=op.f("fk_lead_exposure_id_exposure")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_lead_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name=op.f("fk_lead_owner_id_user_account")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_lead_product_id_product")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_lead_programme_id_programme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead")),
    )
    op.create_index("ix_lead_exposure_id", "lead", ["exposure_id"])
    op.create_index("ix_lead_organisation", "lead", ["organisation_id", "id"])
    op.create_index("ix_lead_owner", "lead", ["owner_id", "state", "due_on"])
    op.create_index("ix_lead_product_id", "lead", ["product_id"])
    op.create_index("ix_lead_programme_id", "lead", ["programme_id"])
    op.create_index("ix_lead_state", "lead", ["state", "due_on", "id"])
    op.create_table(
        "reach_count",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["solution_page.id"], name=op.f("fk_reach_count_page_id_solution_page")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reach_count")),
        sa.UniqueConstraint("page_id", "day", "kind", name=op.f("uq_reach_count_page_id_day_kind")),
    )
    op.create_table(
        "solution_edition",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("live_page_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("page_version", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("vendor_zh", sa.String(length=200), nullable=False),
        sa.Column("vendor_en", sa.String(length=200), nullable=False),
        sa.Column("vendor_kind", sa.String(length=32), nullable=False),
        sa.Column("product_zh", sa.String(length=200), nullable=False),
        sa.Column("product_en", sa.String(length=200), nullable=False),
        sa.Column("charging_model", sa.String(length=32), nullable=False),
        sa.Column("industry", sa.String(length=32), nullable=False),
        sa.Column("tagline_zh", sa.String(length=200), nullable=False),
        sa.Column("tagline_en", sa.String(length=200), nullable=False),
        sa.Column("summary_zh", sa.Text(), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.Column("website", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=200), nullable=False),
        sa.Column("contact_phone", sa.String(length=64), nullable=False),
        sa.Column("consent", sa.Integer(), nullable=False),
        sa.Column("agreed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ending", sa.String(length=32), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreed_by_id"], ["user_account.id"], name=op.f("fk_solution_edition_agreed_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["user_account.id"], name=op.f("fk_solution_edition_ended_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_solution_edition_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["solution_page.id"], name=op.f("fk_solution_edition_page_id_solution_page")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_solution_edition")),
        sa.UniqueConstraint("live_page_id", name=op.f("uq_solution_edition_live_page_id")),
        sa.UniqueConstraint("page_id", "number", name=op.f("uq_solution_edition_page_id_number")),
    )
    op.create_index("ix_solution_edition_agreed", "solution_edition", ["agreed_at", "id"])
    op.create_index("ix_solution_edition_organisation_id", "solution_edition", ["organisation_id"])
    op.create_table(
        "lead_entry",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_lead_entry_author_id_user_account")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_entry_lead_id_lead")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_entry")),
    )
    op.create_index("ix_lead_entry_lead_id", "lead_entry", ["lead_id"])


def downgrade() -> None:
    op.drop_index("ix_lead_entry_lead_id", table_name="lead_entry")
    op.drop_table("lead_entry")
    op.drop_index("ix_solution_edition_organisation_id", table_name="solution_edition")
    op.drop_index("ix_solution_edition_agreed", table_name="solution_edition")
    op.drop_table("solution_edition")
    op.drop_table("reach_count")
    op.drop_index("ix_lead_state", table_name="lead")
    op.drop_index("ix_lead_programme_id", table_name="lead")
    op.drop_index("ix_lead_product_id", table_name="lead")
    op.drop_index("ix_lead_owner", table_name="lead")
    op.drop_index("ix_lead_organisation", table_name="lead")
    op.drop_index("ix_lead_exposure_id", table_name="lead")
    op.drop_table("lead")
    op.drop_index("ix_exposure_proof_exposure_id", table_name="exposure_proof")
    op.drop_index("ix_exposure_proof_evidence_id", table_name="exposure_proof")
    op.drop_table("exposure_proof")
    op.drop_index("ix_solution_page_organisation_id", table_name="solution_page")
    op.drop_table("solution_page")
    op.drop_index("ix_exposure_state", table_name="exposure")
    op.drop_index("ix_exposure_programme_id", table_name="exposure")
    op.drop_index("ix_exposure_product_id", table_name="exposure")
    op.drop_index("ix_exposure_organisation", table_name="exposure")
    op.drop_table("exposure")
