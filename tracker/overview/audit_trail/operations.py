"""Verifying the chain: asked for by a person or the schedule, walked by the worker, noted in the trail itself."""

from collections.abc import Sequence

from sqlalchemy import select

from tracker.accounts.access import Actor
from tracker.accounts.models import RoleGrant, User
from tracker.accounts.rules import Role
from tracker.core import audit, clock, queue
from tracker.core.audit import AuditCheck, Fault
from tracker.core.db import session
from tracker.core.text import N_
from tracker.notifications.operations import notify
from tracker.notifications.rules import Reason
from tracker.overview.audit_trail import queries, rules

VERIFY = "audit.verify"
MOST_TOLD = 20
"""How many faults are kept as sentences; the command `cloudsteps verify-audit` names them all."""


def ask_for_check(*, actor: Actor) -> AuditCheck:
    """Have the worker verify the whole chain."""
    rules.check_asking(running=is_running(queries.last_check()))
    check = AuditCheck(asked_by_id=actor.user_id, total=audit.end_of_chain(session()).sequence)
    session().add(check)
    session().flush()
    queue.enqueue(VERIFY, {"check_id": check.id}, unique_key=f"audit-check:{check.id}")
    audit.record("audit.check_asked", check, actor=actor)
    return check


def is_running(check: AuditCheck | None) -> bool:
    """Tell whether a verification waits or is under way."""
    return check is not None and check.finished_at is None


def finish_check(check: AuditCheck, checked: int, faults: int, told: Sequence[Fault], *, actor: Actor) -> None:
    """Note what a verification found; where the chain does not hold, those who answer for it are told."""
    check.checked, check.finished_at, check.faults = checked, clock.now(), faults
    check.told = {"faults": [[fault.message.msgid, dict(fault.message.params)] for fault in told[:MOST_TOLD]]}
    audit.record("audit.verified", check, actor=actor, records=checked, faults=faults)
    if faults:
        notify(
            _answerable(),
            Reason.SAFETY,
            N_("The audit trail does not hold: %(faults)s faults among %(records)s records."),
            {"faults": faults, "records": checked},
            path="/audit",
            once_key=f"audit-check:{check.id}",
        )


def give_up_check(check: AuditCheck, error: str) -> None:
    """Note that a verification could not be made."""
    check.finished_at, check.told = clock.now(), {"error": error[:200]}


def _answerable() -> Sequence[int]:
    holders = select(RoleGrant.user_id).where(RoleGrant.role.in_((Role.AUDITOR, Role.ADMINISTRATOR)))
    return session().scalars(select(User.id).where(User.active, User.id.in_(holders))).all()
