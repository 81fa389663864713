"""Invitations are found by their vendor."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

invitation = sa.table(
    "invitation", sa.column("id", sa.Integer), sa.column("scope", sa.JSON), sa.column("organisation_id", sa.Integer)
)


def upgrade() -> None:
    op.add_column("invitation", sa.Column("organisation_id", sa.Integer(), nullable=True))
    connection = op.get_bind()
    for key, scope in connection.execute(sa.select(invitation.c.id, invitation.c.scope)).all():
        if organisation_id := (scope or {}).get("organisation"):
            mine = sa.update(invitation).where(invitation.c.id == key)
            connection.execute(mine.values(organisation_id=organisation_id))
    op.create_index("ix_invitation_organisation_id", "invitation", ["organisation_id"])


def downgrade() -> None:
    op.drop_index("ix_invitation_organisation_id", table_name="invitation")
    with op.batch_alter_table("invitation") as batch:
        batch.drop_column("organisation_id")
