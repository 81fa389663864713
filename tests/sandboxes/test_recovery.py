"""Nothing is lost, orphaned or made twice, whatever is killed in the middle: engine, provider, session, worker."""

import os
import signal
import time
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from infra_templates.practice.cloud import PracticeCloud
from infra_templates.practice.provider.faults import Fault, Kind, Moment
from tests.factories import stacks
from tests.sandboxes.test_life import left_of, newest
from tracker.accounts.access import SYSTEM
from tracker.core.db import session, unit_of_work
from tracker.sandboxes.engine import session as processes
from tracker.sandboxes.models import Sandbox, SandboxEvent, SandboxExport, SandboxOperation
from tracker.sandboxes.operations.cancelling import cancel_operation
from tracker.sandboxes.rules.states import CancelStage, ExportMoment, OperationState, SandboxState
from tracker.sandboxes.runner.loop import Runner

pytestmark = [pytest.mark.engine, pytest.mark.timeout(400), pytest.mark.usefixtures("db_session")]

BUCKET = "gcp:storage/bucket:Bucket"


@pytest.fixture
def approved(carry_out: Callable[[], None]) -> Sandbox:
    """Give a sandbox whose plan is approved and whose building waits."""
    with unit_of_work():
        made = stacks.sandbox()
    carry_out()
    stacks.approve(made)
    return made


def test_what_a_killed_provider_had_created_is_taken_over_and_building_goes_on(
    approved: Sandbox, runner: Runner, cloud: PracticeCloud, carry_out: Callable[[], None]
) -> None:
    cloud.order_faults(Fault(Kind.KILL, operation="create", type=BUCKET, nth=2, moment=Moment.AFTER))

    finish(runner, approved)

    session().refresh(approved)
    built = newest(approved)
    assert (built.state, approved.state) == (OperationState.SUCCEEDED, SandboxState.RUNNING), built.error
    assert "is taken over" in log_of(built)
    assert len(left_of(approved, cloud)) == 4
    kept = select(func.count()).select_from(SandboxExport).where(SandboxExport.moment == ExportMoment.RECOVERY)
    assert session().scalar(kept) == 1
    stacks.begin_destroy(approved)
    finish(runner, approved)
    session().refresh(approved)
    assert (approved.state, left_of(approved, cloud)) == (SandboxState.DESTROYED, [])


def test_a_killed_engine_and_a_killed_session_are_put_in_order(
    approved: Sandbox, runner: Runner, cloud: PracticeCloud
) -> None:
    cloud.order_faults(Fault(Kind.SLOW, operation="create", type=BUCKET, times=3, seconds=1.5))

    begin(runner)
    kill_when(lambda: left_of(approved, cloud), lambda: engines(runner, approved))
    finish(runner, approved)
    session().refresh(approved)
    assert approved.state is SandboxState.RUNNING, newest(approved).error
    assert len(left_of(approved, cloud)) == 4

    cloud.order_faults(Fault(Kind.SLOW, operation="delete", type=BUCKET, times=3, seconds=1.0))
    stacks.begin_destroy(approved)
    begin(runner)
    kill_when(lambda: len(left_of(approved, cloud)) < 4, lambda: everything(runner, approved))
    finish(runner, approved)
    session().refresh(approved)
    assert (approved.state, left_of(approved, cloud)) == (SandboxState.DESTROYED, []), newest(approved).error


def test_a_cancelled_building_says_what_it_does_and_really_stops(
    approved: Sandbox, runner: Runner, cloud: PracticeCloud
) -> None:
    cloud.order_faults(Fault(Kind.SLOW, operation="create", type=BUCKET, times=3, seconds=5.0))

    begin(runner)
    wait_until(lambda: is_in_the_log(approved, BUCKET))
    with unit_of_work():
        cancel_operation(newest(approved), actor=SYSTEM)
    finish(runner, approved)

    session().refresh(approved)
    stopped = newest(approved)
    assert (stopped.state, stopped.cancel_stage) == (OperationState.CANCELLED, CancelStage.RELEASED), stopped.error
    assert approved.state is SandboxState.FAILED
    assert everything(runner, approved) == []
    stacks.begin_destroy(approved)
    finish(runner, approved)
    session().refresh(approved)
    assert (approved.state, left_of(approved, cloud)) == (SandboxState.DESTROYED, [])


# ------------------------------------------------------------ helpers


def finish(runner: Runner, made: Sandbox) -> None:
    """Carry on until the newest operation of a sandbox has ended."""
    until = time.monotonic() + 240
    while True:
        assert time.monotonic() < until
        runner.take_one()
        runner.wait()
        session().rollback()
        session().expire_all()
        if newest(made).state in {OperationState.SUCCEEDED, OperationState.FAILED, OperationState.CANCELLED}:
            return
        time.sleep(0.2)


def log_of(operation: SandboxOperation) -> str:
    texts = select(SandboxEvent.text).where(SandboxEvent.operation_id == operation.id).order_by(SandboxEvent.id)
    return "\n".join(session().scalars(texts))


def is_in_the_log(made: Sandbox, text: str) -> bool:
    """Look into the log of the newest operation, as another process has written it up to now."""
    session().rollback()
    return text in log_of(newest(made))


def begin(runner: Runner) -> None:
    session().rollback()
    wait_until(runner.take_one)


def engines(runner: Runner, made: Sandbox) -> list[int]:
    """Find the engine of a sandbox's operation."""
    found = []
    for pid in everything(runner, made):
        try:
            with open(f"/proc/{pid}/comm", encoding="utf-8") as name:  # noqa: PTH123 - a file of the kernel
                found += [pid] if name.read().strip() == "pulumi" else []
        except OSError:
            continue
    return found


def everything(runner: Runner, made: Sandbox) -> list[int]:
    """Find every process of a sandbox's operation."""
    session().expire_all()
    row = newest(made)
    leader = processes.Leader(row.session_id, row.session_started) if row.session_id else None
    found = list(processes.members(leader, runner.workshop.mark(row.id)))
    session().rollback()
    return found


def kill_when(holds: Callable[[], object], victims: Callable[[], list[int]]) -> None:
    wait_until(holds)
    for pid in victims():
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def wait_until(holds: Callable[[], object], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)
