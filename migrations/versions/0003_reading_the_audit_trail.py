"""Indexes to read the audit trail by, and the verifications of its chain."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_check",
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("checked", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("faults", sa.Integer(), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_check")),
    )
    op.drop_index("ix_audit_record_actor", table_name="audit_record")
    op.create_index("ix_audit_record_actor", "audit_record", ["actor_id", "at", "id"])
    op.create_index("ix_audit_record_action", "audit_record", ["action", "at", "id"])
    op.create_index("ix_audit_record_at", "audit_record", ["at", "id"])


def downgrade() -> None:
    op.drop_index("ix_audit_record_at", table_name="audit_record")
    op.drop_index("ix_audit_record_action", table_name="audit_record")
    op.drop_index("ix_audit_record_actor", table_name="audit_record")
    op.create_index("ix_audit_record_actor", "audit_record", ["actor_id", "id"])
    op.drop_table("audit_check")
