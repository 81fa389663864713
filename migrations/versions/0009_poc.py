"""Proofs of concept, their self-funding and their camps."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "camp",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("demo_day_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_camp_programme_id_programme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camp")),
    )
    with op.batch_alter_table("camp", schema=None) as batch_op:
        batch_op.create_index("ix_camp_latest", ["starts_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_camp_programme_id"), ["programme_id"], unique=False)

    op.create_table(
        "camp_group",
        sa.Column("camp_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("enterprise", sa.String(length=200), nullable=False),
        sa.Column("enterprise_ubn", sa.String(length=8), nullable=True),
        sa.Column("enterprise_contact", sa.String(length=200), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=True),
        sa.Column("brief", sa.Text(), nullable=False),
        sa.Column("demo_order", sa.Integer(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["camp_id"], ["camp.id"], name=op.f("fk_camp_group_camp_id_camp")),
        sa.ForeignKeyConstraint(["mentor_id"], ["user_account.id"], name=op.f("fk_camp_group_mentor_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camp_group")),
        sa.UniqueConstraint("camp_id", "number", name=op.f("uq_camp_group_camp_id_number")),
    )
    with op.batch_alter_table("camp_group", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_camp_group_mentor_id"), ["mentor_id"], unique=False)

    op.create_table(
        "camp_milestone",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["camp_group.id"], name=op.f("fk_camp_milestone_group_id_camp_group")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camp_milestone")),
    )
    with op.batch_alter_table("camp_milestone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_camp_milestone_group_id"), ["group_id"], unique=False)

    op.create_table(
        "poc",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("target_customers", sa.Text(), nullable=False),
        sa.Column("value_proposition", sa.Text(), nullable=False),
        sa.Column("solution", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("architecture", sa.Text(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=True),
        sa.Column("blueprint", sa.JSON(), nullable=True),
        sa.Column("architecture_by_id", sa.Integer(), nullable=True),
        sa.Column("architecture_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("begun_by_id", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("overridden", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["architecture_by_id"], ["user_account.id"], name=op.f("fk_poc_architecture_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["begun_by_id"], ["user_account.id"], name=op.f("fk_poc_begun_by_id_user_account")),
        sa.ForeignKeyConstraint(["engagement_id"], ["engagement.id"], name=op.f("fk_poc_engagement_id_engagement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poc")),
        sa.UniqueConstraint("engagement_id", name=op.f("uq_poc_engagement_id")),
    )
    with op.batch_alter_table("poc", schema=None) as batch_op:
        batch_op.create_index("ix_poc_state", ["state", "id"], unique=False)

    op.create_table(
        "camp_member",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("poc_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False),
        sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["camp_group.id"], name=op.f("fk_camp_member_group_id_camp_group")),
        sa.ForeignKeyConstraint(["poc_id"], ["poc.id"], name=op.f("fk_camp_member_poc_id_poc")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camp_member")),
        sa.UniqueConstraint("group_id", "poc_id", name=op.f("uq_camp_member_group_id_poc_id")),
    )
    with op.batch_alter_table("camp_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_camp_member_poc_id"), ["poc_id"], unique=False)

    op.create_table(
        "funding_entry",
        sa.Column("poc_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("payee", sa.String(length=200), nullable=False),
        sa.Column("payee_ubn", sa.String(length=8), nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("voucher_kind", sa.String(length=32), nullable=False),
        sa.Column("voucher_number", sa.String(length=64), nullable=False),
        sa.Column("claim", sa.String(length=300), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(reverses_id IS NULL AND total > 0) OR (reverses_id IS NOT NULL AND total < 0)",
            name=op.f("ck_funding_entry_sign"),
        ),
        sa.CheckConstraint("net + tax = total", name=op.f("ck_funding_entry_sum")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_funding_entry_decided_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["poc_id"], ["poc.id"], name=op.f("fk_funding_entry_poc_id_poc")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["funding_entry.id"], name=op.f("fk_funding_entry_reverses_id_funding_entry")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["user_account.id"], name=op.f("fk_funding_entry_submitted_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_entry")),
        sa.UniqueConstraint("claim", name=op.f("uq_funding_entry_claim")),
        sa.UniqueConstraint("poc_id", "number", name=op.f("uq_funding_entry_poc_id_number")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_funding_entry_reverses_id")),
    )
    with op.batch_alter_table("funding_entry", schema=None) as batch_op:
        batch_op.create_index("ix_funding_entry_queue", ["state", "id"], unique=False)

    op.create_table(
        "poc_decision",
        sa.Column("poc_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_poc_decision_by_id_user_account")),
        sa.ForeignKeyConstraint(["poc_id"], ["poc.id"], name=op.f("fk_poc_decision_poc_id_poc")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poc_decision")),
    )
    with op.batch_alter_table("poc_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_poc_decision_poc_id"), ["poc_id"], unique=False)

    op.create_table(
        "poc_measure",
        sa.Column("poc_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("baseline", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("baseline_on", sa.Date(), nullable=True),
        sa.Column("target", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("result", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("result_on", sa.Date(), nullable=True),
        sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["poc_id"], ["poc.id"], name=op.f("fk_poc_measure_poc_id_poc")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poc_measure")),
        sa.UniqueConstraint("poc_id", "number", name=op.f("uq_poc_measure_poc_id_number")),
    )
    op.create_table(
        "poc_milestone",
        sa.Column("poc_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("owed_by", sa.String(length=32), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["poc_id"], ["poc.id"], name=op.f("fk_poc_milestone_poc_id_poc")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poc_milestone")),
    )
    with op.batch_alter_table("poc_milestone", schema=None) as batch_op:
        batch_op.create_index("ix_poc_milestone_due", ["poc_id", "due_on"], unique=False)

    op.create_table(
        "poc_related_party",
        sa.Column("poc_id", sa.Integer(), nullable=False),
        sa.Column("ubn", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("relation", sa.String(length=200), nullable=False),
        sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(ubn) = 8", name=op.f("ck_poc_related_party_ubn")),
        sa.ForeignKeyConstraint(["poc_id"], ["poc.id"], name=op.f("fk_poc_related_party_poc_id_poc")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poc_related_party")),
    )
    with op.batch_alter_table("poc_related_party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_poc_related_party_poc_id"), ["poc_id"], unique=False)

    op.create_table(
        "funding_voucher",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["user_account.id"], name=op.f("fk_funding_voucher_added_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["funding_entry.id"], name=op.f("fk_funding_voucher_entry_id_funding_entry")
        ),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_funding_voucher_evidence_id_evidence")),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_funding_voucher_stored_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_voucher")),
        sa.UniqueConstraint("entry_id", "evidence_id", name=op.f("uq_funding_voucher_entry_id_evidence_id")),
    )
    with op.batch_alter_table("funding_voucher", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_funding_voucher_evidence_id"), ["evidence_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_funding_voucher_stored_file_id"), ["stored_file_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("funding_voucher", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_funding_voucher_stored_file_id"))
        batch_op.drop_index(batch_op.f("ix_funding_voucher_evidence_id"))

    op.drop_table("funding_voucher")
    with op.batch_alter_table("poc_related_party", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_poc_related_party_poc_id"))

    op.drop_table("poc_related_party")
    with op.batch_alter_table("poc_milestone", schema=None) as batch_op:
        batch_op.drop_index("ix_poc_milestone_due")

    op.drop_table("poc_milestone")
    op.drop_table("poc_measure")
    with op.batch_alter_table("poc_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_poc_decision_poc_id"))

    op.drop_table("poc_decision")
    with op.batch_alter_table("funding_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_funding_entry_queue")

    op.drop_table("funding_entry")
    with op.batch_alter_table("camp_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_camp_member_poc_id"))

    op.drop_table("camp_member")
    with op.batch_alter_table("poc", schema=None) as batch_op:
        batch_op.drop_index("ix_poc_state")

    op.drop_table("poc")
    with op.batch_alter_table("camp_milestone", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_camp_milestone_group_id"))

    op.drop_table("camp_milestone")
    with op.batch_alter_table("camp_group", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_camp_group_mentor_id"))

    op.drop_table("camp_group")
    with op.batch_alter_table("camp", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_camp_programme_id"))
        batch_op.drop_index("ix_camp_latest")

    op.drop_table("camp")
