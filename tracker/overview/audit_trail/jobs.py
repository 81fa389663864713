"""The work of verifying the chain, in steps that hold no transaction open."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from tracker.accounts.access import SYSTEM
from tracker.core import audit
from tracker.core.audit import AuditCheck, Fault, Walk
from tracker.core.db import session, unit_of_work
from tracker.core.tasks import Payload, Task, simple
from tracker.overview.audit_trail import operations, queries

log = structlog.get_logger()

WEEKLY = "audit.weekly"
STEPS_BETWEEN_NOTES = 5
"""How often the progress is written: every five thousand records."""


@dataclass
class Found:
    """What a walk along the chain found."""

    checked: int = 0
    faults: int = 0
    told: list[Fault] = field(default_factory=list)


def walk(payload: Payload) -> Found:
    """Walk the chain, and write now and then how far it is."""
    found, path = Found(), Walk(audit.end_of_chain(session()))
    _note(payload, path)
    steps = 0
    while not path.done:
        for fault in path.step(session()):
            found.faults += 1
            if len(found.told) < operations.MOST_TOLD:
                found.told.append(fault)
        session().rollback()  # each step reads what is there now, and holds nothing
        steps += 1
        if steps % STEPS_BETWEEN_NOTES == 0:
            _note(payload, path)
    found.checked = path.checked
    return found


def _note(payload: Payload, path: Walk) -> None:
    with unit_of_work() as work:
        check = work.get_one(AuditCheck, payload["check_id"])
        check.total, check.checked = path.end.sequence, path.checked


def finish(payload: Payload, found: Found) -> None:
    """Write what was found, and a record of it into the trail."""
    check = session().get_one(AuditCheck, payload["check_id"])
    if found.faults:
        log.error("audit trail broken", faults=found.faults, check_id=check.id)
    operations.finish_check(check, found.checked, found.faults, found.told, actor=SYSTEM)


def give_up(payload: Payload, error: str) -> None:
    """Note that the walk will not be tried again by itself."""
    operations.give_up_check(session().get_one(AuditCheck, payload["check_id"]), error)


def ask(_payload: Payload) -> None:
    """Ask for the verification of the week, unless one is under way."""
    if not operations.is_running(queries.last_check()):
        operations.ask_for_check(actor=SYSTEM)


TASKS: Mapping[str, Task] = {
    operations.VERIFY: Task(prepare=walk, record=finish, give_up=give_up),
    WEEKLY: simple(ask),
}
