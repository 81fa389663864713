"""A campaign against workers: sandboxes live from plan to end while processes are killed, paused and started anew."""

import os
import random
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select

from tests.factories import stacks
from tests.support.installation import Installation, Process
from tracker.accounts.access import SYSTEM
from tracker.core import clock
from tracker.core.db import session, unit_of_work
from tracker.sandboxes.models import Sandbox, SandboxOperation
from tracker.sandboxes.operations.work import queue_operation
from tracker.sandboxes.rules.states import OPEN, OperationKind, PlanState, SandboxState

KEY = "the vault of the tests and long enough as well"


TOY = "tests.support.toy_engine:ToyEngine"


def start_worker(on: Installation, host: str, slots: int = 3, engine: str = TOY, **more: str) -> Process:
    """Start a worker of a host."""
    told = on.environment(
        TEST_ENGINE=engine,
        **more,
        CLOUDSTEPS_HOST=host, CLOUDSTEPS_SANDBOX_SLOTS=str(slots), CLOUDSTEPS_SANDBOX_CLOUD_CAP="6",
        CLOUDSTEPS_VAULT_KEY=KEY, CLOUDSTEPS_WORK_LEASE_SECONDS="6",
    )  # fmt: skip
    return on.start((sys.executable, "-m", "tests.support.toy_worker"), told)


def with_key(installation: Installation) -> Installation:
    installation.settings = installation.settings.model_copy(update={"vault_key": KEY})
    return installation


def ask_for(count: int) -> list[int]:
    """Ask for sandboxes whose plans wait."""
    with unit_of_work():
        first = stacks.sandbox()
        made = [first, *(stacks.sandbox(of=first.engagement) for _number in range(count - 1))]
        session().flush()
        return [one.id for one in made]


def step_on() -> bool:
    """Do what people would: approve what is planned, remove what runs; True when every sandbox has come to its end."""
    open_states = select(Sandbox.id, Sandbox.state).where(Sandbox.state != SandboxState.DESTROYED)
    rows = session().execute(open_states).all()
    session().rollback()
    for sandbox_id, state in rows:
        if state is SandboxState.PLANNED:
            approve(sandbox_id)
        elif state is SandboxState.BLOCKED:
            plan_again(sandbox_id)
        elif state in {SandboxState.RUNNING, SandboxState.FAILED, SandboxState.LEFTOVERS}:
            remove(sandbox_id)
    return not rows


def plan_again(sandbox_id: int) -> None:
    """Ask for another plan, where the first was interrupted more often than is tried by itself."""
    with unit_of_work() as work:
        one = work.get_one(Sandbox, sandbox_id, populate_existing=True)
        one.state = SandboxState.REQUESTED
        queue_operation(one, OperationKind.PREVIEW, actor=SYSTEM)


def approve(sandbox_id: int) -> None:
    with unit_of_work() as work:
        one = work.get_one(Sandbox, sandbox_id, populate_existing=True)
        plan = work.scalars(stacks.newest_plan(one)).one()
        plan.state, one.state = PlanState.APPROVED, SandboxState.DEPLOYING
        queue_operation(one, OperationKind.UP, actor=SYSTEM, plan=plan)


def remove(sandbox_id: int) -> None:
    with unit_of_work() as work:
        one = work.get_one(Sandbox, sandbox_id, populate_existing=True)
        busy = select(SandboxOperation.id).where(
            SandboxOperation.sandbox_id == one.id, SandboxOperation.state.in_(OPEN)
        )
        if work.scalar(busy) is None:
            one.state, one.state_since = SandboxState.DESTROYING, clock.now()
            queue_operation(one, OperationKind.DESTROY, actor=SYSTEM)


def strike(installation: Installation, workers: dict[str, Process], chance: random.Random) -> None:
    """Kill a worker, or a child of one, or pause a worker for longer than its lease."""
    host = chance.choice(sorted(workers))
    worker = workers[host]
    match chance.choice(("worker", "child", "child", "pause")):
        case "worker":
            worker.kill()
            workers[host] = start_worker(installation, host)
        case "child":
            for pid in children(installation)[:1]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        case _:
            os.kill(worker.popen.pid, signal.SIGSTOP)
            time.sleep(chance.choice((0.5, 7.0)) if chance.random() < 0.3 else 0.2)
            os.kill(worker.popen.pid, signal.SIGCONT)


def children(installation: Installation) -> list[int]:
    """Find the processes of operations of this installation, on whichever host they were started."""
    whose = f"CLOUDSTEPS_OPERATION={stacks.workshop(installation.settings).mark(0).rpartition('/')[0]}/".encode()
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and whose in (entry / "environ").read_bytes():
                found.append(int(entry.name))
    return found
