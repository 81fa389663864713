"""Events with their sessions, registrations, attendance, certificates and surveys; files that go out with mails."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_attendee",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("phone_key", sa.String(length=64), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["event_attendee.id"], name=op.f("fk_event_attendee_merged_into_id_event_attendee")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_attendee")),
    )
    op.create_index("ix_event_attendee_phone", "event_attendee", ["phone_key", "name_key"], unique=False)
    op.create_table(
        "event",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("series", sa.String(length=200), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("summary_zh", sa.Text(), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("online_url", sa.String(length=500), nullable=False),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("vendor_kinds", sa.JSON(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.Column("offer_hours", sa.Integer(), nullable=False),
        sa.Column("closes_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("item_keys", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("begins_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("calendar_sequence", sa.Integer(), nullable=False),
        sa.Column("copied_from_id", sa.Integer(), nullable=True),
        sa.Column("survey_sent_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_event_capacity")),
        sa.ForeignKeyConstraint(["copied_from_id"], ["event.id"], name=op.f("fk_event_copied_from_id_event")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_event_programme_id_programme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index("ix_event_begins", "event", ["begins_at", "id"], unique=False)
    op.create_index("ix_event_programme", "event", ["programme_id", "begins_at"], unique=False)
    op.create_index("ix_event_series", "event", ["series"], unique=False)
    op.create_table(
        "event_attendee_mail",
        sa.Column("attendee_id", sa.Integer(), nullable=False),
        sa.Column("mail_key", sa.String(length=254), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attendee_id"], ["event_attendee.id"], name=op.f("fk_event_attendee_mail_attendee_id_event_attendee")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_attendee_mail")),
        sa.UniqueConstraint("mail_key", name=op.f("uq_event_attendee_mail_mail_key")),
    )
    op.create_index(op.f("ix_event_attendee_mail_attendee_id"), "event_attendee_mail", ["attendee_id"], unique=False)
    op.create_table(
        "event_consent",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_consent_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_consent")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_event_consent_event_id_number")),
    )
    op.create_table(
        "event_material",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_material_event_id_event")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_event_material_evidence_id_evidence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_material")),
    )
    op.create_index(op.f("ix_event_material_event_id"), "event_material", ["event_id"], unique=False)
    op.create_index(op.f("ix_event_material_evidence_id"), "event_material", ["evidence_id"], unique=False)
    op.create_table(
        "event_question",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("text_zh", sa.String(length=200), nullable=False),
        sa.Column("text_en", sa.String(length=200), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("retired_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_question_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_question")),
    )
    op.create_index(op.f("ix_event_question_event_id"), "event_question", ["event_id"], unique=False)
    op.create_table(
        "event_session",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ends_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_session_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_session")),
    )
    op.create_index("ix_event_session_event", "event_session", ["event_id", "starts_at"], unique=False)
    op.create_index(op.f("ix_event_session_starts_at"), "event_session", ["starts_at"], unique=False)
    op.create_table(
        "event_speaker",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_speaker_event_id_event")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_event_speaker_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_speaker")),
    )
    op.create_index(op.f("ix_event_speaker_event_id"), "event_speaker", ["event_id"], unique=False)
    op.create_index(op.f("ix_event_speaker_user_id"), "event_speaker", ["user_id"], unique=False)
    op.create_table(
        "outbox_attachment",
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("content_id", sa.String(length=64), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["outbox_mail.id"], name=op.f("fk_outbox_attachment_mail_id_outbox_mail"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_attachment")),
    )
    op.create_index(op.f("ix_outbox_attachment_mail_id"), "outbox_attachment", ["mail_id"], unique=False)
    op.create_table(
        "event_registration",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("attendee_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("job_title", sa.String(length=200), nullable=False),
        sa.Column("company", sa.String(length=200), nullable=False),
        sa.Column("ubn", sa.String(length=8), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("match_reason", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=True),
        sa.Column("consented_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("door_code", sa.String(length=16), nullable=False),
        sa.Column("link_key", sa.String(length=64), nullable=False),
        sa.Column("invite_sequence", sa.Integer(), nullable=False),
        sa.Column("waiting_since", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("offer_until", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attendee_id"], ["event_attendee.id"], name=op.f("fk_event_registration_attendee_id_event_attendee")
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["event_consent.id"], name=op.f("fk_event_registration_consent_id_event_consent")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_registration_event_id_event")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_event_registration_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_event_registration_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_registration")),
        sa.UniqueConstraint("door_code", name=op.f("uq_event_registration_door_code")),
        sa.UniqueConstraint("event_id", "attendee_id", name=op.f("uq_event_registration_event_id_attendee_id")),
    )
    op.create_index(op.f("ix_event_registration_attendee_id"), "event_registration", ["attendee_id"], unique=False)
    op.create_index("ix_event_registration_offer", "event_registration", ["state", "offer_until"], unique=False)
    op.create_index(
        "ix_event_registration_organisation", "event_registration", ["organisation_id", "event_id"], unique=False
    )
    op.create_index(
        "ix_event_registration_state", "event_registration", ["event_id", "state", "waiting_since"], unique=False
    )
    op.create_index(op.f("ix_event_registration_user_id"), "event_registration", ["user_id"], unique=False)
    op.create_table(
        "event_attendance",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("arrived_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("left_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("hours", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_event_attendance_by_id_user_account")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["event_registration.id"],
            name=op.f("fk_event_attendance_registration_id_event_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["event_session.id"], name=op.f("fk_event_attendance_session_id_event_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_attendance")),
        sa.UniqueConstraint(
            "registration_id", "session_id", name=op.f("uq_event_attendance_registration_id_session_id")
        ),
    )
    op.create_index("ix_event_attendance_session", "event_attendance", ["session_id", "state"], unique=False)
    op.create_table(
        "event_certificate",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("hours", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("issued_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["user_account.id"], name=op.f("fk_event_certificate_issued_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["event_registration.id"],
            name=op.f("fk_event_certificate_registration_id_event_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_event_certificate_code")),
    )
    op.create_index(
        op.f("ix_event_certificate_registration_id"), "event_certificate", ["registration_id"], unique=False
    )
    op.create_table(
        "event_door_message",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("happened_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("received_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_event_door_message_by_id_user_account")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_door_message_event_id_event")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["event_registration.id"],
            name=op.f("fk_event_door_message_registration_id_event_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_door_message")),
        sa.UniqueConstraint("nonce", name=op.f("uq_event_door_message_nonce")),
    )
    op.create_index(op.f("ix_event_door_message_event_id"), "event_door_message", ["event_id"], unique=False)
    op.create_table(
        "event_survey_response",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_survey_response_event_id_event")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["event_registration.id"],
            name=op.f("fk_event_survey_response_registration_id_event_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_survey_response")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_event_survey_response_registration_id")),
    )
    op.create_index(op.f("ix_event_survey_response_event_id"), "event_survey_response", ["event_id"], unique=False)
    op.create_table(
        "event_attendance_change",
        sa.Column("attendance_id", sa.Integer(), nullable=False),
        sa.Column("old", sa.String(length=32), nullable=True),
        sa.Column("new", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attendance_id"],
            ["event_attendance.id"],
            name=op.f("fk_event_attendance_change_attendance_id_event_attendance"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_event_attendance_change_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_attendance_change")),
    )
    op.create_index(
        op.f("ix_event_attendance_change_attendance_id"), "event_attendance_change", ["attendance_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_event_attendance_change_attendance_id"), table_name="event_attendance_change")
    op.drop_table("event_attendance_change")
    op.drop_index(op.f("ix_event_survey_response_event_id"), table_name="event_survey_response")
    op.drop_table("event_survey_response")
    op.drop_index(op.f("ix_event_door_message_event_id"), table_name="event_door_message")
    op.drop_table("event_door_message")
    op.drop_index(op.f("ix_event_certificate_registration_id"), table_name="event_certificate")
    op.drop_table("event_certificate")
    op.drop_index("ix_event_attendance_session", table_name="event_attendance")
    op.drop_table("event_attendance")
    op.drop_index(op.f("ix_event_registration_user_id"), table_name="event_registration")
    op.drop_index("ix_event_registration_state", table_name="event_registration")
    op.drop_index("ix_event_registration_organisation", table_name="event_registration")
    op.drop_index("ix_event_registration_offer", table_name="event_registration")
    op.drop_index(op.f("ix_event_registration_attendee_id"), table_name="event_registration")
    op.drop_table("event_registration")
    op.drop_index(op.f("ix_outbox_attachment_mail_id"), table_name="outbox_attachment")
    op.drop_table("outbox_attachment")
    op.drop_index(op.f("ix_event_speaker_user_id"), table_name="event_speaker")
    op.drop_index(op.f("ix_event_speaker_event_id"), table_name="event_speaker")
    op.drop_table("event_speaker")
    op.drop_index(op.f("ix_event_session_starts_at"), table_name="event_session")
    op.drop_index("ix_event_session_event", table_name="event_session")
    op.drop_table("event_session")
    op.drop_index(op.f("ix_event_question_event_id"), table_name="event_question")
    op.drop_table("event_question")
    op.drop_index(op.f("ix_event_material_evidence_id"), table_name="event_material")
    op.drop_index(op.f("ix_event_material_event_id"), table_name="event_material")
    op.drop_table("event_material")
    op.drop_table("event_consent")
    op.drop_index(op.f("ix_event_attendee_mail_attendee_id"), table_name="event_attendee_mail")
    op.drop_table("event_attendee_mail")
    op.drop_index("ix_event_series", table_name="event")
    op.drop_index("ix_event_programme", table_name="event")
    op.drop_index("ix_event_begins", table_name="event")
    op.drop_table("event")
    op.drop_index("ix_event_attendee_phone", table_name="event_attendee")
    op.drop_table("event_attendee")
