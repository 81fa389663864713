"""Sandboxes, their plans, operations, logs and states, the accounts they stand in, and the hosts that carry them out."""

import secrets
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import Base, Code, Digest, Json, LongText, Moment, ShortText, Timed, Versioned
from tracker.evidence.models import Evidence
from tracker.journey.models import Engagement
from tracker.sandboxes.rules.states import (
    CancelStage,
    EventKind,
    ExportMoment,
    OperationKind,
    OperationState,
    PlanState,
    ResourceState,
    SandboxState,
    SetupStage,
)

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def new_code() -> str:
    """Make the code of a sandbox: fit for names and tags on every cloud, and never used twice."""
    return "sb" + "".join(secrets.choice(ALPHABET) for _ in range(10))


class CloudAccount(Versioned, Base):
    """An account of a cloud in which sandboxes may be built; its credentials are sealed and never shown."""

    __tablename__ = "cloud_account"
    __table_args__ = (UniqueConstraint("cloud", "identity"),)

    cloud: Mapped[Code]
    name: Mapped[ShortText]
    identity: Mapped[ShortText]
    """Number of the account, subscription or project; an operation that finds itself in another one stops."""
    credentials: Mapped[LongText] = mapped_column(deferred=True, deferred_raiseload=True)
    """Sealed: environment variables of the provider, or how to assume a role through OIDC."""
    active: Mapped[bool] = mapped_column(default=True)
    checked_at: Mapped[Moment | None]
    rotated_at: Mapped[Moment] = mapped_column(default=clock.now)


class Sandbox(Versioned, Base):
    """A stack of one engagement, from its request to the proof that nothing is left."""

    __tablename__ = "sandbox"
    __table_args__ = (
        Index("ix_sandbox_engagement", "engagement_id", "id"),
        Index("ix_sandbox_organisation", "organisation_id", "state", "id"),
        Index("ix_sandbox_programme", "programme_id", "state", "cloud"),
        Index("ix_sandbox_state", "state", "expires_at", "id"),
        Index("ix_sandbox_expiry", "expires_at", "id"),
        Index("ix_sandbox_latest", "created_at", "id"),
    )

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    """As of the engagement, where neither ever changes; here so that lists are narrowed without reading it."""
    code: Mapped[Code] = mapped_column(unique=True, default=new_code)
    """In the name and tags of every resource, fixed before anything is created."""
    title: Mapped[ShortText]
    purpose: Mapped[LongText]
    template: Mapped[Code]
    """Such as `aws_saas`."""
    cloud: Mapped[Code]
    mode: Mapped[Code]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("cloud_account.id"), index=True)
    """Where it is built; nothing means the practice cloud."""
    parameters: Mapped[Json]
    """The settings of the template that a person decides, by name."""
    monthly_budget: Mapped[int]
    """In US dollars."""
    lifetime_hours: Mapped[int]
    state: Mapped[SandboxState] = mapped_column(default=SandboxState.REQUESTED)
    state_since: Mapped[Moment] = mapped_column(default=clock.now)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    live_since: Mapped[Moment | None]
    """When building began; its cost and its longest life are counted from here."""
    expires_at: Mapped[Moment | None]
    grace_hours: Mapped[int] = mapped_column(default=24)
    told_minutes: Mapped[int | None]
    """The closest notice of expiry that was given, in minutes before it."""
    destroy_attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[Moment | None]
    alarmed_at: Mapped[Moment | None]
    destroyed_at: Mapped[Moment | None]
    monthly_low: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    monthly_high: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    """The price range of the plan it was built from, in US dollars a month."""
    outputs: Mapped[Json] = mapped_column(default=dict)
    """What is no secret, by name; a secret one stands here as `null`."""
    secret_outputs: Mapped[LongText] = mapped_column(default="", deferred=True, deferred_raiseload=True)
    """Sealed JSON."""
    passphrase: Mapped[LongText] = mapped_column(default="", deferred=True, deferred_raiseload=True)
    """Sealed JSON: what the engine encrypts the secrets of this stack's state with, and its salt."""
    emulated: Mapped[int] = mapped_column(default=0)
    recorded: Mapped[int] = mapped_column(default=0)
    """In the practice cloud: how many resources an emulator holds, and how many were only written down."""
    drift: Mapped[Json] = mapped_column(default=dict)
    """`{"changes": [{urn, type, name, action, properties: [...]}]}` of the last look; empty where there is none."""
    drift_at: Mapped[Moment | None]
    leftovers: Mapped[Json] = mapped_column(default=dict)
    """`{"found": [{provider, type, id, region, emulated}], "state": n, "pending": n}`."""
    proof: Mapped[Json] = mapped_column(default=dict)
    """Of a clean destroy: `{"resources": 0, "pending": 0, "searches": [{at, found}], "digest": sha256}`."""
    engagement: Mapped[Engagement] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    requested_by: Mapped[User | None] = relationship(foreign_keys=[requested_by_id])
    account: Mapped[CloudAccount | None] = relationship()

    @property
    def grace(self) -> timedelta:
        """Give how long after its expiry it still stands."""
        return timedelta(hours=self.grace_hours)

    @property
    def destroy_due(self) -> datetime | None:
        """Give when it is removed."""
        return self.expires_at + self.grace if self.expires_at is not None else None


class SandboxPlan(Versioned, Base):
    """What a preview found, for a second person to approve; exactly this is carried out, or nothing."""

    __tablename__ = "sandbox_plan"
    __table_args__ = (UniqueConstraint("sandbox_id", "number"), Index("ix_sandbox_plan_state", "state", "id"))

    sandbox_id: Mapped[int] = mapped_column(ForeignKey("sandbox.id"))
    number: Mapped[int]
    state: Mapped[PlanState] = mapped_column(default=PlanState.MAKING)
    settings: Mapped[Json]
    """All settings of the template as they are run, names and tags included."""
    resources: Mapped[Json] = mapped_column(default=dict)
    """`{"rows": [{urn, type, name, parent, action, practice}]}`."""
    counts: Mapped[Json] = mapped_column(default=dict)
    """Number of resources by type."""
    findings: Mapped[Json] = mapped_column(default=dict)
    """`{"rows": [{rule, severity: "blocking" | "waivable" | "note", subject, reason: {zh-Hant, en}, remedy: {zh-Hant, en}}]}`."""
    price: Mapped[Json] = mapped_column(default=dict)
    """`{"low": "12.30", "high": "20.00", "currency": "USD", "lines": [...], "unpriced": [...]}` a month; empty where none is known."""
    picture: Mapped[LongText] = mapped_column(default="", deferred=True)
    """An SVG."""
    program_digest: Mapped[str] = mapped_column(String(64), default="")
    configuration_digest: Mapped[str] = mapped_column(String(64), default="")
    plan_digest: Mapped[str] = mapped_column(String(64), default="")
    digest: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 over the three before: what the approval names."""
    plan_file: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """The engine's own plan, to whose steps it is held while it builds."""
    error: Mapped[LongText] = mapped_column(default="")
    made_at: Mapped[Moment | None]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[Moment | None]
    reason: Mapped[LongText] = mapped_column(default="")
    """Why it was refused, or is void."""
    sandbox: Mapped[Sandbox] = relationship()
    asked_by: Mapped[User | None] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    waivers: Mapped[list["SandboxWaiver"]] = relationship(order_by="SandboxWaiver.id")

    @property
    def engagement(self) -> Engagement:
        """Give the engagement, for the rights that come from it."""
        return self.sandbox.engagement


class SandboxWaiver(Base):
    """A guardrail finding that a lead lets pass, with the reason."""

    __tablename__ = "sandbox_waiver"
    __table_args__ = (UniqueConstraint("plan_id", "rule", "subject"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("sandbox_plan.id"))
    rule: Mapped[ShortText]
    subject: Mapped[ShortText]
    reason: Mapped[LongText]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[Moment] = mapped_column(default=clock.now)
    by: Mapped[User | None] = relationship()


class SandboxOperation(Versioned, Base):
    """One run of the engine, or a drill, on one stack: a row that waits for a worker and is fenced by its token."""

    __tablename__ = "sandbox_operation"
    __table_args__ = (
        Index("ix_sandbox_operation_claim", "state", "priority", "id"),
        Index("ix_sandbox_operation_sandbox", "sandbox_id", "id"),
        Index("ix_sandbox_operation_host", "state", "host", "id"),
    )

    sandbox_id: Mapped[int] = mapped_column(ForeignKey("sandbox.id"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("sandbox_plan.id"), index=True)
    kind: Mapped[OperationKind]
    state: Mapped[OperationState] = mapped_column(default=OperationState.QUEUED)
    priority: Mapped[int] = mapped_column(default=50)
    """Smaller is sooner; within a priority, first come is first served."""
    stack_slot: Mapped[int | None] = mapped_column(unique=True)
    """The sandbox's id as long as it has not ended, so that the database itself allows one per stack."""
    cloud: Mapped[Code]
    """`practice`, or the cloud of the account; the caps are counted by it."""
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[LongText] = mapped_column(default="")
    run_at: Mapped[Moment] = mapped_column(default=clock.now)
    host: Mapped[str | None] = mapped_column(String(120))
    worker: Mapped[str | None] = mapped_column(String(160))
    session_id: Mapped[int | None]
    """The process session on that host in which engine and providers run."""
    session_started: Mapped[str] = mapped_column(String(40), default="")
    """When its leader started, by the host's own clock, so that no other process is taken for it."""
    token: Mapped[int] = mapped_column(default=0)
    """Grows with every claim; writes under an older one are refused."""
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[Moment | None]
    heartbeat_at: Mapped[Moment | None]
    started_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]
    cancel_stage: Mapped[CancelStage] = mapped_column(default=CancelStage.NONE)
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    changes: Mapped[Json] = mapped_column(default=dict)
    """`{"create": 3, …}` as the engine counted."""
    pending: Mapped[Json] = mapped_column(default=dict)
    """`{"rows": [{urn, type, operation}]}`: what was under way when the engine was cut off, kept before any repair."""
    error: Mapped[LongText] = mapped_column(default="")
    """The engine's last words, without secrets."""
    result: Mapped[Json] = mapped_column(default=dict)
    """What the child brought, kept until it is worked in; the report of a drill."""
    sandbox: Mapped[Sandbox] = relationship()
    plan: Mapped[SandboxPlan | None] = relationship()
    asked_by: Mapped[User | None] = relationship(foreign_keys=[asked_by_id])
    cancelled_by: Mapped[User | None] = relationship(foreign_keys=[cancelled_by_id])

    @property
    def engagement(self) -> Engagement:
        """Give the engagement, for the rights that come from it."""
        return self.sandbox.engagement


class SandboxEvent(Base):
    """A line of an operation's log; its id is the event's id, by which a reader goes on after a reload."""

    __tablename__ = "sandbox_event"
    __table_args__ = (Index("ix_sandbox_event_operation", "operation_id", "id"),)

    operation_id: Mapped[int] = mapped_column(ForeignKey("sandbox_operation.id"))
    at: Mapped[Moment]
    kind: Mapped[EventKind]
    urn: Mapped[str] = mapped_column(String(500), default="")
    text: Mapped[LongText]


class SandboxResource(Base):
    """One resource as an operation deals with it."""

    __tablename__ = "sandbox_resource"
    __table_args__ = (UniqueConstraint("operation_id", "urn"),)

    operation_id: Mapped[int] = mapped_column(ForeignKey("sandbox_operation.id"))
    urn: Mapped[str] = mapped_column(String(500))
    type: Mapped[str] = mapped_column(String(200))
    name: Mapped[ShortText]
    action: Mapped[Code]
    """`create`, `update`, `delete`, `same`, … as the engine says."""
    state: Mapped[ResourceState] = mapped_column(default=ResourceState.PENDING)
    started_at: Mapped[Moment]
    finished_at: Mapped[Moment | None]
    event_id: Mapped[int] = mapped_column(BigInteger, default=0)
    """The newest event that changed it."""


class SandboxExport(Base):
    """A stack's state as the engine exported it, kept by us: compressed and sealed."""

    __tablename__ = "sandbox_export"
    __table_args__ = (Index("ix_sandbox_export_sandbox", "sandbox_id", "id"),)

    sandbox_id: Mapped[int] = mapped_column(ForeignKey("sandbox.id"))
    operation_id: Mapped[int] = mapped_column(ForeignKey("sandbox_operation.id"), index=True)
    moment: Mapped[ExportMoment]
    at: Mapped[Moment] = mapped_column(default=clock.now)
    resources: Mapped[int]
    pending: Mapped[int]
    digest: Mapped[Digest]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class SandboxExtension(Base):
    """A longer life that somebody asked for."""

    __tablename__ = "sandbox_extension"

    sandbox_id: Mapped[int] = mapped_column(ForeignKey("sandbox.id"), index=True)
    hours: Mapped[int]
    until: Mapped[Moment]
    reason: Mapped[LongText]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[Moment] = mapped_column(default=clock.now)
    by: Mapped[User | None] = relationship()


class SandboxDrill(Timed, Base):
    """A backup drill that came to its end, with its signed report."""

    __tablename__ = "sandbox_drill"
    __table_args__ = (Index("ix_sandbox_drill_sandbox", "sandbox_id", "id"),)

    sandbox_id: Mapped[int] = mapped_column(ForeignKey("sandbox.id"))
    operation_id: Mapped[int] = mapped_column(ForeignKey("sandbox_operation.id"), unique=True)
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), index=True)
    passed: Mapped[bool]
    digest: Mapped[Digest]
    """SHA-256 of the report; the next report names it."""
    rpo_seconds: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    rto_seconds: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    digits: Mapped[Json]
    """`{"rows": [{figure, state, title, reason}]}`."""
    refusals: Mapped[Json] = mapped_column(default=dict)
    sandbox: Mapped[Sandbox] = relationship()
    evidence: Mapped[Evidence | None] = relationship()

    @property
    def engagement(self) -> Engagement:
        """Give the engagement, for the rights that come from it."""
        return self.sandbox.engagement


class SandboxHost(Base):
    """A machine whose workers carry out operations, and how far its set-up has come."""

    __tablename__ = "sandbox_host"

    name: Mapped[str] = mapped_column(String(120), unique=True)
    slots: Mapped[int]
    engine: Mapped[ShortText] = mapped_column(default="")
    """Version of the engine; empty as long as there is none."""
    ready: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[Code] = mapped_column(default="")
    """What the set-up is doing."""
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    error: Mapped[LongText] = mapped_column(default="")
    at: Mapped[Moment] = mapped_column(default=clock.now)

    @property
    def step(self) -> SetupStage:
        """Give what the set-up is doing."""
        return SetupStage(self.stage) if self.stage else SetupStage.LOOKING


class SandboxClock(Base):
    """The last tick of the removal of what has expired, and whether it stands still because the clock jumped."""

    __tablename__ = "sandbox_clock"

    ticked_at: Mapped[Moment]
    jumped_from: Mapped[Moment | None]
    jumped_to: Mapped[Moment | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
