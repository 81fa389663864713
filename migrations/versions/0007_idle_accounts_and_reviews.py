"""When the owner of an idle account was told, and when a person's rights were reviewed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("idle_noticed_at", "reviewed_at"):
        op.add_column("user_account", sa.Column(name, sa.TIMESTAMP(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("user_account") as batch:
        for name in ("idle_noticed_at", "reviewed_at"):
            batch.drop_column(name)
