"""Planned meetings."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_meeting_day": ["starts_at", "id"],
    "ix_meeting_engagement": ["engagement_id", "starts_at"],
    "ix_meeting_expert": ["expert_id", "starts_at"],
    "ix_meeting_organisation": ["organisation_id", "starts_at"],
    "ix_meeting_session_id": ["session_id"],
}


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("cancelled_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["engagement_id"], ["engagement.id"], name=op.f("fk_meeting_engagement_id_engagement")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_meeting_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["user_account.id"], name=op.f("fk_meeting_expert_id_user_account")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["coaching_session.id"], name=op.f("fk_meeting_session_id_coaching_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "meeting", columns)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="meeting")
    op.drop_table("meeting")
