"""The life of a sandbox with the real engine in the practice cloud: planned, built, compared, repaired, destroyed with proof."""

from collections.abc import Callable

import pytest
import requests
from sqlalchemy import select

from infra_templates.practice.cloud import PracticeCloud
from infra_templates.practice.search import Found, search_in
from tests.factories import stacks
from tracker.accounts.access import SYSTEM
from tracker.core.db import session, unit_of_work
from tracker.sandboxes import vault
from tracker.sandboxes.models import Sandbox, SandboxEvent, SandboxExport, SandboxOperation, SandboxResource
from tracker.sandboxes.operations.work import queue_operation
from tracker.sandboxes.rules.states import (
    ExportMoment,
    OperationKind,
    OperationState,
    PlanState,
    ResourceState,
    SandboxState,
)

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300), pytest.mark.usefixtures("db_session")]


def left_of(made: Sandbox, cloud: PracticeCloud) -> list[Found]:
    """Search Google Cloud only; the regions of the other take their time."""
    return search_in(cloud.folder, {"gcp": cloud.endpoints["gcp"]}, {"cloudsteps-sandbox": made.code})


def newest(made: Sandbox) -> SandboxOperation:
    statement = select(SandboxOperation).where(SandboxOperation.sandbox_id == made.id)
    return session().scalars(statement.order_by(SandboxOperation.id.desc()).limit(1)).one()


def test_a_sandbox_is_planned_built_compared_repaired_and_destroyed_with_proof(
    carry_out: Callable[[], None], cloud: PracticeCloud
) -> None:
    with unit_of_work():
        made = stacks.sandbox()
    carry_out()
    session().refresh(made)
    plan = session().scalars(stacks.newest_plan(made)).one()
    assert (made.state, plan.state) == (SandboxState.PLANNED, PlanState.READY), newest(made).error
    assert plan.counts == {"gcp:storage/bucket:Bucket": 3, "gcp:secretmanager/secret:Secret": 1}
    assert len(plan.digest) == 64

    stacks.approve(made)
    carry_out()
    session().refresh(made)
    session().refresh(plan)
    built = newest(made)
    assert (built.state, made.state, plan.state) == (OperationState.SUCCEEDED, SandboxState.RUNNING, PlanState.DONE)
    assert made.outputs == {"bucket": f"cs-{made.code}-data-2", "password": None}
    sealed = session().scalar(select(Sandbox.secret_outputs).where(Sandbox.id == made.id)) or ""
    assert vault.open_text(sealed, f"{made.code}/outputs") == f'{{"password": "hush-{made.code}"}}'
    assert len(left_of(made, cloud)) == 4
    states = select(SandboxResource.state).where(SandboxResource.operation_id == built.id)
    assert set(session().scalars(states)) == {ResourceState.DONE}
    log = "\n".join(session().scalars(select(SandboxEvent.text).where(SandboxEvent.operation_id == built.id)))
    assert f"hush-{made.code}" not in log
    assert "✓ create gcp:storage/bucket:Bucket data-0" in log
    kept = select(SandboxExport.moment).where(SandboxExport.operation_id == built.id)
    assert list(session().scalars(kept)) == [ExportMoment.BEFORE, ExportMoment.AFTER]

    requests.delete(f"{cloud.endpoints['gcp']}/storage/v1/b/cs-{made.code}-data-2", timeout=30).raise_for_status()
    with unit_of_work():
        queue_operation(made, OperationKind.DRIFT, actor=SYSTEM)
    carry_out()
    session().refresh(made)
    assert [row["name"] for row in made.drift["changes"]] == ["data-2"]
    with unit_of_work():
        queue_operation(made, OperationKind.REPAIR, actor=SYSTEM)
    carry_out()
    session().refresh(made)
    assert (newest(made).state, made.drift) == (OperationState.SUCCEEDED, {})
    assert len(left_of(made, cloud)) == 4

    foreign = decoys(made, cloud)
    stacks.begin_destroy(made)
    carry_out()
    session().refresh(made)
    assert made.state is SandboxState.DESTROYED
    assert made.proof["searches"] == [0, 0]
    assert left_of(made, cloud) == []
    assert foreign <= buckets(cloud)


def decoys(made: Sandbox, cloud: PracticeCloud) -> set[str]:
    """Put a thousand buckets beside the stack that are not ours, named almost like its own."""
    names = {f"cs-{made.code}-data-2-{number}" for number in range(1000)}
    with requests.Session() as http:
        for name in names:
            http.post(
                f"{cloud.endpoints['gcp']}/storage/v1/b?project=another", json={"name": name}, timeout=30
            ).raise_for_status()
    assert names <= buckets(cloud)
    return names


def buckets(cloud: PracticeCloud) -> set[str]:
    """Name every bucket that the emulator holds, page by page."""
    names, token = set(), ""
    while True:
        page = requests.get(
            f"{cloud.endpoints['gcp']}/storage/v1/b?project=another&pageToken={token}", timeout=30
        ).json()
        names |= {one["name"] for one in page.get("items", ())}
        if not (token := page.get("nextPageToken", "")):
            return names
