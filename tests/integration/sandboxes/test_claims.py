"""Which worker takes which operation: order, caps, one per stack, and the token that fences whoever came too late."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.factories import stacks
from tracker.accounts.access import SYSTEM
from tracker.core import clock
from tracker.core.db import session, unit_of_work
from tracker.core.errors import Refused
from tracker.sandboxes.models import Sandbox, SandboxOperation
from tracker.sandboxes.operations.cancelling import cancel_operation
from tracker.sandboxes.operations.work import queue_operation
from tracker.sandboxes.rules.states import CancelStage, OperationKind, OperationState, SandboxState
from tracker.sandboxes.runner import claims
from tracker.sandboxes.runner.claims import Claimed, Fenced, Worker

pytestmark = pytest.mark.usefixtures("db_session")
LEASE = timedelta(seconds=30)
ONE, TWO = Worker("one", "one:1:1"), Worker("two", "two:1:1")


def claim(worker: Worker = ONE, cap: int = 9) -> Claimed | None:
    with unit_of_work() as work:
        return claims.claim(work, worker, lease=LEASE, cloud_cap=cap)


def sandboxes(count: int) -> list[Sandbox]:
    with unit_of_work():
        first = stacks.sandbox()
        return [first, *(stacks.sandbox(of=first.engagement) for _number in range(count - 1))]


def test_what_removes_goes_first_and_within_a_kind_who_came_first() -> None:
    first, second, third = sandboxes(3)
    with unit_of_work() as work:
        cancel_operation(operation_of(third), actor=SYSTEM)
        work.execute(update(Sandbox).where(Sandbox.id == third.id).values(state=SandboxState.DESTROYING))
        work.refresh(third)
        queue_operation(third, OperationKind.DESTROY, actor=SYSTEM)

    taken = [claim(), claim(), claim(), claim()]

    assert [row_of(one).sandbox_id for one in taken[:3]] == [third.id, first.id, second.id]
    assert taken[3] is None


def test_a_cloud_takes_no_more_than_its_cap() -> None:
    sandboxes(3)

    assert [claim(cap=2) is not None for _number in range(3)] == [True, True, False]


def test_a_stack_has_one_operation_at_a_time() -> None:
    made = sandboxes(1)[0]

    with pytest.raises(Refused, match="has not ended"), unit_of_work():
        queue_operation(made, OperationKind.PREVIEW, actor=SYSTEM)


def test_a_lease_that_ran_out_is_taken_over_and_its_late_writes_are_refused() -> None:
    sandboxes(1)
    late = claim(ONE)
    assert late is not None
    assert claim(TWO) is None

    with clock.at(clock.now() + LEASE + timedelta(seconds=1)):
        new = claim(TWO)

    assert new is not None
    assert (new.token, new.is_cut_off, new.host_before) == (late.token + 1, True, "one")
    with pytest.raises(Fenced), unit_of_work() as work:
        claims.hold(work, late)
    with pytest.raises(Fenced), unit_of_work() as work:
        claims.renew(work, late, LEASE)
    assert row_of(new).state is OperationState.RECOVERING


def test_the_operation_of_a_dead_worker_of_the_same_host_is_taken_over_at_once() -> None:
    sandboxes(1)
    claim(Worker("one", "one:999999999:1"))

    assert claim(TWO) is None
    assert claim(ONE) is not None


def test_what_waits_is_cancelled_at_once_and_what_runs_is_asked_to_stop() -> None:
    waiting, running = sandboxes(2)
    taken = claim()
    assert taken is not None
    held, queued = (running, waiting) if row_of(taken).sandbox_id == running.id else (waiting, running)

    with unit_of_work():
        cancel_operation(operation_of(queued), actor=SYSTEM)
        cancel_operation(operation_of(held), actor=SYSTEM)

    assert (operation_of(queued).state, operation_of(queued).cancel_stage) == (
        OperationState.CANCELLED,
        CancelStage.RELEASED,
    )
    assert (operation_of(held).state, operation_of(held).cancel_stage) == (OperationState.RUNNING, CancelStage.ASKED)


def operation_of(made: Sandbox) -> SandboxOperation:
    return session().query(SandboxOperation).filter_by(sandbox_id=made.id).order_by(SandboxOperation.id.desc()).first()  # type: ignore[return-value]  # there is one


def row_of(claimed: Claimed | None) -> SandboxOperation:
    assert claimed is not None
    return session().get_one(SandboxOperation, claimed.operation_id, populate_existing=True)
