"""Workers on two hosts, killed, paused and revived at random over many sandboxes: nothing lost, nothing orphaned, nothing run twice."""

import random
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.support.campaign import ask_for, start_worker, step_on, strike, with_key
from tests.support.installation import Installation, wait_until
from tracker.core.db import session
from tracker.sandboxes.models import Sandbox, SandboxEvent, SandboxOperation
from tracker.sandboxes.rules.states import OPEN, OperationState, SandboxState

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]


def things(installation: Installation) -> list[Path]:
    return list((installation.settings.data_dir / "practice").glob("*/*"))


def check_nothing_was_lost(ids: list[int], installation: Installation) -> None:
    states = Counter(session().scalars(select(Sandbox.state).where(Sandbox.id.in_(ids))))
    assert states == {SandboxState.DESTROYED: len(ids)}
    assert things(installation) == []
    assert (
        session().scalar(select(func.count()).select_from(SandboxOperation).where(SandboxOperation.state.in_(OPEN)))
        == 0
    )
    proofs = session().scalars(select(Sandbox.proof).where(Sandbox.id.in_(ids)))
    assert all(proof["searches"] == [0, 0] for proof in proofs)


def test_two_hosts_carry_out_fifty_sandboxes_and_no_operation_twice(installation: Installation) -> None:
    with with_key(installation).inside():
        ids = ask_for(50)
        workers = [start_worker(installation, host) for host in ("host-one", "host-two")]

        wait_until(step_on, 600, installation.said)

        check_nothing_was_lost(ids, installation)
        hosts = Counter(session().scalars(select(SandboxOperation.host)))
        assert set(hosts) == {"host-one", "host-two"}
        begun = "進行 · Begun on"
        counts = select(func.count()).where(SandboxEvent.text.contains(begun)).group_by(SandboxEvent.operation_id)
        assert set(session().scalars(counts)) == {1}
        assert set(session().scalars(select(SandboxOperation.state))) == {OperationState.SUCCEEDED}
        assert all(worker.stop() == 0 for worker in workers)


def test_whatever_is_killed_or_paused_nothing_is_lost_orphaned_or_stuck(
    installation: Installation, rounds: int
) -> None:
    chance = random.Random(rounds)
    with with_key(installation).inside():
        ids = ask_for(max(6, rounds // 5))
        workers = {host: start_worker(installation, host) for host in ("host-one", "host-two")}
        done = 0
        until = time.monotonic() + 840
        while not step_on() or done < rounds:
            assert time.monotonic() < until, installation.said()
            if done < rounds:
                if step_on():
                    ids += ask_for(2)
                time.sleep(chance.uniform(0.05, 0.6))
                strike(installation, workers, chance)
                done += 1
            else:
                time.sleep(0.2)

        check_nothing_was_lost(ids, installation)
        assert (session().scalar(select(func.max(SandboxOperation.attempts))) or 0) > 1 or rounds < 20
        assert all(worker.stop() == 0 for worker in workers.values())
