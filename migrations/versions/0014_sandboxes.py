"""Sandboxes: stacks, plans, operations with their logs and states, accounts and hosts."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cloud_account",
        sa.Column("cloud", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("identity", sa.String(length=200), nullable=False),
        sa.Column("credentials", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("checked_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("rotated_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cloud_account")),
        sa.UniqueConstraint("cloud", "identity", name=op.f("uq_cloud_account_cloud_identity")),
    )
    op.create_table(
        "sandbox_host",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(length=200), nullable=False),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_host")),
        sa.UniqueConstraint("name", name=op.f("uq_sandbox_host_name")),
    )
    op.create_table(
        "sandbox_clock",
        sa.Column("ticked_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("jumped_from", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("jumped_to", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["user_account.id"], name=op.f("fk_sandbox_clock_confirmed_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_clock")),
    )
    op.create_table(
        "sandbox",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("cloud", sa.String(length=64), nullable=False),
        sa.Column("mode", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("monthly_budget", sa.Integer(), nullable=False),
        sa.Column("lifetime_hours", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("state_since", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("live_since", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("grace_hours", sa.Integer(), nullable=False),
        sa.Column("told_minutes", sa.Integer(), nullable=True),
        sa.Column("destroy_attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("alarmed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("destroyed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("monthly_low", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("monthly_high", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("outputs", sa.JSON(), nullable=False),
        sa.Column("secret_outputs", sa.Text(), nullable=False),
        sa.Column("passphrase", sa.Text(), nullable=False),
        sa.Column("emulated", sa.Integer(), nullable=False),
        sa.Column("recorded", sa.Integer(), nullable=False),
        sa.Column("drift", sa.JSON(), nullable=False),
        sa.Column("drift_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("leftovers", sa.JSON(), nullable=False),
        sa.Column("proof", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["cloud_account.id"], name=op.f("fk_sandbox_account_id_cloud_account")),
        sa.ForeignKeyConstraint(["engagement_id"], ["engagement.id"], name=op.f("fk_sandbox_engagement_id_engagement")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_sandbox_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name=op.f("fk_sandbox_owner_id_user_account")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_sandbox_programme_id_programme")),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["user_account.id"], name=op.f("fk_sandbox_requested_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox")),
        sa.UniqueConstraint("code", name=op.f("uq_sandbox_code")),
    )
    with op.batch_alter_table("sandbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sandbox_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_sandbox_engagement", ["engagement_id", "id"], unique=False)
        batch_op.create_index("ix_sandbox_expiry", ["expires_at", "id"], unique=False)
        batch_op.create_index("ix_sandbox_latest", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_sandbox_organisation", ["organisation_id", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sandbox_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index("ix_sandbox_programme", ["programme_id", "state", "cloud"], unique=False)
        batch_op.create_index("ix_sandbox_state", ["state", "expires_at", "id"], unique=False)

    op.create_table(
        "sandbox_extension",
        sa.Column("sandbox_id", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("until", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_sandbox_extension_by_id_user_account")),
        sa.ForeignKeyConstraint(["sandbox_id"], ["sandbox.id"], name=op.f("fk_sandbox_extension_sandbox_id_sandbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_extension")),
    )
    with op.batch_alter_table("sandbox_extension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sandbox_extension_sandbox_id"), ["sandbox_id"], unique=False)

    op.create_table(
        "sandbox_plan",
        sa.Column("sandbox_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("resources", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("price", sa.JSON(), nullable=False),
        sa.Column("picture", sa.Text(), nullable=False),
        sa.Column("program_digest", sa.String(length=64), nullable=False),
        sa.Column("configuration_digest", sa.String(length=64), nullable=False),
        sa.Column("plan_digest", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("plan_file", sa.LargeBinary(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("made_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_sandbox_plan_asked_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_sandbox_plan_decided_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["sandbox_id"], ["sandbox.id"], name=op.f("fk_sandbox_plan_sandbox_id_sandbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_plan")),
        sa.UniqueConstraint("sandbox_id", "number", name=op.f("uq_sandbox_plan_sandbox_id_number")),
    )
    with op.batch_alter_table("sandbox_plan", schema=None) as batch_op:
        batch_op.create_index("ix_sandbox_plan_state", ["state", "id"], unique=False)

    op.create_table(
        "sandbox_operation",
        sa.Column("sandbox_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("stack_slot", sa.Integer(), nullable=True),
        sa.Column("cloud", sa.String(length=64), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("run_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("host", sa.String(length=120), nullable=True),
        sa.Column("worker", sa.String(length=160), nullable=True),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("session_started", sa.String(length=40), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("heartbeat_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("started_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("finished_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("cancel_stage", sa.String(length=32), nullable=False),
        sa.Column("cancelled_by_id", sa.Integer(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("pending", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_sandbox_operation_asked_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["cancelled_by_id"], ["user_account.id"], name=op.f("fk_sandbox_operation_cancelled_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["sandbox_plan.id"], name=op.f("fk_sandbox_operation_plan_id_sandbox_plan")
        ),
        sa.ForeignKeyConstraint(["sandbox_id"], ["sandbox.id"], name=op.f("fk_sandbox_operation_sandbox_id_sandbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_operation")),
        sa.UniqueConstraint("stack_slot", name=op.f("uq_sandbox_operation_stack_slot")),
    )
    with op.batch_alter_table("sandbox_operation", schema=None) as batch_op:
        batch_op.create_index("ix_sandbox_operation_claim", ["state", "priority", "id"], unique=False)
        batch_op.create_index("ix_sandbox_operation_host", ["state", "host", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sandbox_operation_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index("ix_sandbox_operation_sandbox", ["sandbox_id", "id"], unique=False)

    op.create_table(
        "sandbox_waiver",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_sandbox_waiver_by_id_user_account")),
        sa.ForeignKeyConstraint(["plan_id"], ["sandbox_plan.id"], name=op.f("fk_sandbox_waiver_plan_id_sandbox_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_waiver")),
        sa.UniqueConstraint("plan_id", "rule", "subject", name=op.f("uq_sandbox_waiver_plan_id_rule_subject")),
    )
    op.create_table(
        "sandbox_drill",
        sa.Column("sandbox_id", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rpo_seconds", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("rto_seconds", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("digits", sa.JSON(), nullable=False),
        sa.Column("refusals", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_sandbox_drill_evidence_id_evidence")),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["sandbox_operation.id"], name=op.f("fk_sandbox_drill_operation_id_sandbox_operation")
        ),
        sa.ForeignKeyConstraint(["sandbox_id"], ["sandbox.id"], name=op.f("fk_sandbox_drill_sandbox_id_sandbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_drill")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_sandbox_drill_operation_id")),
    )
    with op.batch_alter_table("sandbox_drill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sandbox_drill_evidence_id"), ["evidence_id"], unique=False)
        batch_op.create_index("ix_sandbox_drill_sandbox", ["sandbox_id", "id"], unique=False)

    op.create_table(
        "sandbox_event",
        sa.Column("operation_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("urn", sa.String(length=500), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["sandbox_operation.id"], name=op.f("fk_sandbox_event_operation_id_sandbox_operation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_event")),
    )
    with op.batch_alter_table("sandbox_event", schema=None) as batch_op:
        batch_op.create_index("ix_sandbox_event_operation", ["operation_id", "id"], unique=False)

    op.create_table(
        "sandbox_export",
        sa.Column("sandbox_id", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.Integer(), nullable=False),
        sa.Column("moment", sa.String(length=32), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("resources", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["sandbox_operation.id"], name=op.f("fk_sandbox_export_operation_id_sandbox_operation")
        ),
        sa.ForeignKeyConstraint(["sandbox_id"], ["sandbox.id"], name=op.f("fk_sandbox_export_sandbox_id_sandbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_export")),
    )
    with op.batch_alter_table("sandbox_export", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sandbox_export_operation_id"), ["operation_id"], unique=False)
        batch_op.create_index("ix_sandbox_export_sandbox", ["sandbox_id", "id"], unique=False)

    op.create_table(
        "sandbox_resource",
        sa.Column("operation_id", sa.Integer(), nullable=False),
        sa.Column("urn", sa.String(length=500), nullable=False),
        sa.Column("type", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("finished_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["sandbox_operation.id"], name=op.f("fk_sandbox_resource_operation_id_sandbox_operation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_resource")),
        sa.UniqueConstraint("operation_id", "urn", name=op.f("uq_sandbox_resource_operation_id_urn")),
    )


def downgrade() -> None:
    op.drop_table("sandbox_resource")
    with op.batch_alter_table("sandbox_export", schema=None) as batch_op:
        batch_op.drop_index("ix_sandbox_export_sandbox")
        batch_op.drop_index(batch_op.f("ix_sandbox_export_operation_id"))

    op.drop_table("sandbox_export")
    with op.batch_alter_table("sandbox_event", schema=None) as batch_op:
        batch_op.drop_index("ix_sandbox_event_operation")

    op.drop_table("sandbox_event")
    with op.batch_alter_table("sandbox_drill", schema=None) as batch_op:
        batch_op.drop_index("ix_sandbox_drill_sandbox")
        batch_op.drop_index(batch_op.f("ix_sandbox_drill_evidence_id"))

    op.drop_table("sandbox_drill")
    op.drop_table("sandbox_waiver")
    with op.batch_alter_table("sandbox_operation", schema=None) as batch_op:
        batch_op.drop_index("ix_sandbox_operation_sandbox")
        batch_op.drop_index(batch_op.f("ix_sandbox_operation_plan_id"))
        batch_op.drop_index("ix_sandbox_operation_host")
        batch_op.drop_index("ix_sandbox_operation_claim")

    op.drop_table("sandbox_operation")
    with op.batch_alter_table("sandbox_plan", schema=None) as batch_op:
        batch_op.drop_index("ix_sandbox_plan_state")

    op.drop_table("sandbox_plan")
    with op.batch_alter_table("sandbox_extension", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sandbox_extension_sandbox_id"))

    op.drop_table("sandbox_extension")
    with op.batch_alter_table("sandbox", schema=None) as batch_op:
        batch_op.drop_index("ix_sandbox_state")
        batch_op.drop_index("ix_sandbox_programme")
        batch_op.drop_index(batch_op.f("ix_sandbox_owner_id"))
        batch_op.drop_index("ix_sandbox_organisation")
        batch_op.drop_index("ix_sandbox_latest")
        batch_op.drop_index("ix_sandbox_expiry")
        batch_op.drop_index("ix_sandbox_engagement")
        batch_op.drop_index(batch_op.f("ix_sandbox_account_id"))

    op.drop_table("sandbox")
    op.drop_table("sandbox_clock")
    op.drop_table("sandbox_host")
    op.drop_table("cloud_account")
