"""The life of a sandbox with the real engine in the practice cloud: planned, built, compared, repaired, destroyed with proof."""

from collections.abc import Callable

import boto3
import pytest
from sqlalchemy import select

from infra_templates.practice.cloud import PracticeCloud
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
    assert plan.counts["aws:sns/topic:Topic"] == 3
    assert len(plan.digest) == 64

    stacks.approve(made)
    carry_out()
    session().refresh(made)
    session().refresh(plan)
    built = newest(made)
    assert (built.state, made.state, plan.state) == (OperationState.SUCCEEDED, SandboxState.RUNNING, PlanState.DONE)
    assert made.outputs == {"bucket": f"cs-{made.code}-data", "password": None}
    sealed = session().scalar(select(Sandbox.secret_outputs).where(Sandbox.id == made.id)) or ""
    assert vault.open_text(sealed, f"{made.code}/outputs") == f'{{"password": "hush-{made.code}"}}'
    assert len(cloud.search({"cloudsteps-sandbox": made.code})) == 6
    states = select(SandboxResource.state).where(SandboxResource.operation_id == built.id)
    assert set(session().scalars(states)) == {ResourceState.DONE}
    log = "\n".join(session().scalars(select(SandboxEvent.text).where(SandboxEvent.operation_id == built.id)))
    assert f"hush-{made.code}" not in log
    assert "✓ create aws:s3/bucket:Bucket data" in log
    kept = select(SandboxExport.moment).where(SandboxExport.operation_id == built.id)
    assert list(session().scalars(kept)) == [ExportMoment.BEFORE, ExportMoment.AFTER]

    sns = boto3.client("sns", "ap-northeast-1", endpoint_url=cloud.endpoints["aws"], aws_access_key_id="x", aws_secret_access_key="x")  # fmt: skip
    sns.delete_topic(TopicArn=f"arn:aws:sns:ap-northeast-1:123456789012:cs-{made.code}-topic-0")
    with unit_of_work():
        queue_operation(made, OperationKind.DRIFT, actor=SYSTEM)
    carry_out()
    session().refresh(made)
    assert [row["name"] for row in made.drift["changes"]] == ["topic-0"]
    with unit_of_work():
        queue_operation(made, OperationKind.REPAIR, actor=SYSTEM)
    carry_out()
    session().refresh(made)
    assert (newest(made).state, made.drift) == (OperationState.SUCCEEDED, {})
    assert len(cloud.search({"cloudsteps-sandbox": made.code})) == 6

    stacks.begin_destroy(made)
    carry_out()
    session().refresh(made)
    assert made.state is SandboxState.DESTROYED
    assert made.proof["searches"] == [0, 0]
    assert cloud.search({"cloudsteps-sandbox": made.code}) == []
