"""One sandbox, its plans, operations, history and drills, as far as the reader may see them."""

from collections.abc import Sequence

from sqlalchemy import Select, false, select
from sqlalchemy.orm import joinedload, undefer

from tracker.accounts.access import Actor
from tracker.core import keyset, search
from tracker.core.counts import capped_count
from tracker.core.db import session
from tracker.core.errors import NotFound
from tracker.core.keyset import Page, Sort, of_each_row
from tracker.core.search import DocumentKind
from tracker.journey import permissions as journey_permissions
from tracker.journey.case_names import OF_CASE
from tracker.journey.models import Engagement
from tracker.journey.rules import EngagementState
from tracker.sandboxes import permissions
from tracker.sandboxes.models import (
    CloudAccount,
    Sandbox,
    SandboxDrill,
    SandboxExtension,
    SandboxOperation,
    SandboxPlan,
)
from tracker.sandboxes.rules.states import OPEN

SHOWN = 20
NEWEST_ENGAGEMENT = Sort((Engagement.id,), descending=True)
_WHOLE = (
    joinedload(Sandbox.engagement).options(*OF_CASE),
    joinedload(Sandbox.owner),
    joinedload(Sandbox.requested_by),
    joinedload(Sandbox.account),
)


def get_sandbox(sandbox_id: int, *, actor: Actor) -> Sandbox:
    """Give a sandbox."""
    statement = select(Sandbox).where(Sandbox.id == sandbox_id, permissions.visible(actor)).options(*_WHOLE)
    found = session().scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def find_by_code(code: str, *, actor: Actor) -> Sandbox:
    """Give a sandbox by the code that its resources bear."""
    statement = select(Sandbox).where(Sandbox.code == code, permissions.visible(actor)).options(*_WHOLE)
    found = session().scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def get_plan(plan_id: int, *, actor: Actor) -> SandboxPlan:
    """Give a plan with its picture."""
    statement = (
        select(SandboxPlan)
        .join(Sandbox, Sandbox.id == SandboxPlan.sandbox_id)
        .where(SandboxPlan.id == plan_id, permissions.visible(actor))
        .options(
            joinedload(SandboxPlan.sandbox).options(*_WHOLE),
            joinedload(SandboxPlan.asked_by),
            joinedload(SandboxPlan.decided_by),
            undefer(SandboxPlan.picture),
        )
    )
    found = session().scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def get_operation(operation_id: int, *, actor: Actor) -> SandboxOperation:
    """Give an operation."""
    statement = (
        select(SandboxOperation)
        .join(Sandbox, Sandbox.id == SandboxOperation.sandbox_id)
        .where(SandboxOperation.id == operation_id, permissions.visible(actor))
        .options(
            joinedload(SandboxOperation.sandbox).options(*_WHOLE),
            joinedload(SandboxOperation.asked_by),
            joinedload(SandboxOperation.cancelled_by),
            joinedload(SandboxOperation.plan),
        )
    )
    found = session().scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def get_drill(drill_id: int, *, actor: Actor) -> SandboxDrill:
    """Give a drill that came to its end."""
    statement = (
        select(SandboxDrill)
        .join(Sandbox, Sandbox.id == SandboxDrill.sandbox_id)
        .where(SandboxDrill.id == drill_id, permissions.visible(actor))
        .options(joinedload(SandboxDrill.sandbox).options(*_WHOLE))
    )
    found = session().scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def find_open_operation(sandbox: Sandbox) -> SandboxOperation | None:
    """Find what is queued or running on a sandbox."""
    statement = select(SandboxOperation).where(
        SandboxOperation.sandbox_id == sandbox.id, SandboxOperation.state.in_(OPEN)
    )
    return session().scalars(statement.order_by(SandboxOperation.id.desc())).first()


def busy_ids(ids: Sequence[int]) -> set[int]:
    """Give those of the sandboxes on which an operation has not ended."""
    statement = select(SandboxOperation.sandbox_id).where(
        SandboxOperation.sandbox_id.in_(ids), SandboxOperation.state.in_(OPEN)
    )
    return set(session().scalars(statement))


def operations_of(sandbox: Sandbox) -> Sequence[SandboxOperation]:
    """List the newest operations of a sandbox."""
    statement = (
        select(SandboxOperation)
        .where(SandboxOperation.sandbox_id == sandbox.id)
        .options(joinedload(SandboxOperation.asked_by))
        .order_by(SandboxOperation.id.desc())
        .limit(SHOWN)
    )
    return session().scalars(statement).all()


def plans_of(sandbox: Sandbox) -> Sequence[SandboxPlan]:
    """List the newest plans of a sandbox."""
    statement = (
        select(SandboxPlan)
        .where(SandboxPlan.sandbox_id == sandbox.id)
        .options(joinedload(SandboxPlan.decided_by))
        .order_by(SandboxPlan.number.desc())
        .limit(SHOWN)
    )
    return session().scalars(statement).all()


def extensions_of(sandbox: Sandbox) -> Sequence[SandboxExtension]:
    """List the extensions of a sandbox, newest first."""
    statement = (
        select(SandboxExtension)
        .where(SandboxExtension.sandbox_id == sandbox.id)
        .options(joinedload(SandboxExtension.by))
        .order_by(SandboxExtension.id.desc())
        .limit(SHOWN)
    )
    return session().scalars(statement).all()


def drills_of(sandbox: Sandbox) -> Sequence[SandboxDrill]:
    """List the drills of a sandbox, newest first."""
    statement = (
        select(SandboxDrill).where(SandboxDrill.sandbox_id == sandbox.id).order_by(SandboxDrill.id.desc()).limit(SHOWN)
    )
    return session().scalars(statement).all()


def accounts() -> Sequence[CloudAccount]:
    """List the accounts that sandboxes may be built in."""
    return session().scalars(select(CloudAccount).where(CloudAccount.active).order_by(CloudAccount.name)).all()


def sealed_outputs_of(sandbox: Sandbox) -> str:
    """Give the secret outputs of a sandbox as they are stored, sealed."""
    return session().scalar(select(Sandbox.secret_outputs).where(Sandbox.id == sandbox.id)) or ""


def engagements_to_ask_for(
    words: str = "", *, actor: Actor, after: str | None = None, before: str | None = None
) -> Page:
    """Read a page of the active engagements that a sandbox can be asked for in, the newest first; words narrow it."""
    statement = _to_ask_for(words, actor).options(joinedload(Engagement.organisation), joinedload(Engagement.product))
    return keyset.read_page(statement, NEWEST_ENGAGEMENT, after=after, before=before)


def count_to_ask_for(words: str = "", *, actor: Actor) -> int:
    """Count the engagements that a sandbox can be asked for in, up to one more than the cap."""
    return capped_count(_to_ask_for(words, actor).with_only_columns(Engagement.id))


def _to_ask_for(words: str, actor: Actor) -> Select[Engagement]:
    statement = select(Engagement).where(
        journey_permissions.visible(actor), of_each_row(Engagement.state) == EngagementState.ACTIVE
    )
    if not words:
        return statement
    found = search.matching_subjects(DocumentKind.ENGAGEMENT, words)
    return statement.where(false() if found is None else Engagement.id.in_(found.order_by(None)))
