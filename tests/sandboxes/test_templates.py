"""Every reference template through its whole life by the operations of the product, the worker and the real engine.

By default one on AWS lives. `CLOUDSTEPS_TEMPLATE_LIVES=clouds` lets each cloud live once; `all` adds tenancies, second clouds and regions.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import boto3
import pytest
import requests
from flask import Flask
from sqlalchemy import select

from infra_templates.practice.cloud import PracticeCloud
from infra_templates.practice.provider.azure.accounts import Accounts
from infra_templates.practice.provider.azure.handler import CONTAINER
from infra_templates.practice.search import Found, search_in
from tests.factories import journey, sandboxes
from tests.factories.journey import Case
from tests.sandboxes.test_life import newest
from tracker.accounts.models import User
from tracker.core.db import session, unit_of_work
from tracker.core.settings import Settings
from tracker.sandboxes.catalogue import shipped
from tracker.sandboxes.models import Sandbox, SandboxDrill, SandboxEvent, SandboxExport, SandboxPlan
from tracker.sandboxes.operations import approvals, drift, drills, removal
from tracker.sandboxes.rules.plans import Mode, Severity
from tracker.sandboxes.rules.states import ExportMoment, OperationState, PlanState, SandboxState
from tracker.sandboxes.runner.assembly import DRAWN, Workshop, secrets_of
from tracker.sandboxes.runner.loop import Runner

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

ASKED = os.environ.get("CLOUDSTEPS_TEMPLATE_LIVES", "")
SEARCHED = {"aws": "aws", "azure": "azure-native", "gcp": "gcp"}
SILO = {f"tenancy_{layer}": "silo" for layer in ("compute", "database", "files", "keys")}
BRIDGE = {f"tenancy_{layer}": "bridge" for layer in ("compute", "database", "files", "keys")}
USUAL = [
    pytest.param("aws_saas", {"region": "ap-northeast-1", "backup_cloud": "gcp"}, id="aws-gcp"),
    pytest.param("azure_saas", {"region": "japaneast", "backup_cloud": "gcp"}, id="azure-gcp"),
    pytest.param("gcp_saas", {"region": "asia-east1", "backup_cloud": "azure"}, id="gcp-azure"),
]
LONGER = [
    pytest.param("aws_saas", {"region": "ap-east-2", "backup_cloud": "azure", **SILO}, id="aws-azure-silo"),
    pytest.param("azure_saas", {"region": "taiwannorth", "backup_cloud": "aws", **SILO}, id="azure-aws-silo"),
    pytest.param("gcp_saas", {"region": "asia-northeast1", "backup_cloud": "aws", **SILO}, id="gcp-aws-silo"),
    pytest.param(
        "aws_saas", {"region": "ap-southeast-1", "backup_cloud": "gcp", "size": "large", **BRIDGE}, id="aws-gcp-bridge"
    ),
    pytest.param("azure_saas", {"region": "eastasia", "backup_cloud": "aws", **BRIDGE}, id="azure-aws-bridge"),
    pytest.param("gcp_saas", {"region": "asia-southeast1", "backup_cloud": "azure", **BRIDGE}, id="gcp-azure-bridge"),
]
LIVES = {"": USUAL[:1], "clouds": USUAL, "all": [*USUAL, *LONGER]}[ASKED]


@pytest.fixture
def runner(app: Flask, settings: Settings, cloud: PracticeCloud) -> Iterator[Runner]:
    """Give a runner that carries out the templates themselves, none of them as the small program."""
    cloud.order_faults()
    made = Runner(app, Workshop(settings), prepares=False)
    yield made
    made.stop()
    made.wait()


@pytest.fixture
def case(db_session: object, expert: User, vendor_member: User, staff: User, lead: User) -> Case:
    """Give an enrolled engagement."""
    made = journey.case(expert=expert, vendor=vendor_member, staff=staff, lead=lead)
    session().commit()
    return made


def test_every_template_that_is_offered_lives_here() -> None:
    assert {param.values[0] for param in USUAL} == {one.id for one in shipped().templates}


@pytest.mark.parametrize(("template", "chosen"), LIVES)
def test_a_template_lives_from_its_request_to_the_proof(
    template: str, chosen: Mapping[str, Any], case: Case, carry_out: Callable[[], None], cloud: PracticeCloud
) -> None:
    with unit_of_work():
        made = sandboxes.requested(
            case.engagement, actor=case.vendor, template=template, settings=chosen, budget=500, days=2
        )
    carry_out()
    plan = planned_well(made)

    approve(made, plan, case)
    carry_out()
    built_as_approved(made, plan, cloud)

    lose_a_place_of_the_second_copy(made, cloud)
    with unit_of_work():
        drift.look_for_drift(made, actor=case.vendor)
    carry_out()
    session().refresh(made)
    assert newest(made).state is OperationState.SUCCEEDED, newest(made).error
    assert [row for row in made.drift["changes"] if row["action"] == "delete"], made.drift

    with unit_of_work():
        drift.repair_drift(made, actor=case.vendor)
    carry_out()
    with unit_of_work():
        drift.look_for_drift(made, actor=case.vendor)
    carry_out()
    session().refresh(made)
    assert (newest(made).state, made.drift) == (OperationState.SUCCEEDED, {}), newest(made).error

    if ASKED:
        with unit_of_work():
            drills.start_drill(made, actor=case.vendor)
        carry_out()
        drill = session().scalars(select(SandboxDrill).where(SandboxDrill.sandbox_id == made.id)).one()
        assert (drill.passed, drill.evidence is not None) == (True, True), drill.refusals

    with unit_of_work():
        removal.destroy_sandbox(made, actor=case.vendor)
    carry_out()
    session().refresh(made)
    assert made.state is SandboxState.DESTROYED, (newest(made).error, made.leftovers)
    assert (made.proof["resources"], made.proof["pending"], made.proof["searches"]) == (0, 0, [0, 0])
    assert left_of(made, cloud) == []


@pytest.mark.parametrize(("template", "chosen"), LIVES)
def test_a_template_is_planned_as_production_with_its_price_and_picture(
    template: str, chosen: Mapping[str, Any], case: Case, carry_out: Callable[[], None]
) -> None:
    settings = {**chosen, "backup_days": 14}
    with unit_of_work():
        made = sandboxes.requested(
            case.engagement, actor=case.vendor, template=template, settings=settings, mode=Mode.PRODUCTION, budget=500
        )
    carry_out()
    plan = planned_well(made)
    assert Decimal(plan.price["low"]) > 0
    assert "expires_on" not in plan.settings


# ------------------------------------------------------------ what holds of each moment


def planned_well(made: Sandbox) -> SandboxPlan:
    session().refresh(made)
    plan = sandboxes.plan_of(made)
    assert plan.state in {PlanState.READY, PlanState.BLOCKED}, newest(made).error
    assert not [row for row in plan.findings["rows"] if row["severity"] == Severity.BLOCKING], plan.findings
    assert sum(plan.counts.values()) > 50
    assert plan.picture.startswith("<svg")
    return plan


def approve(made: Sandbox, plan: SandboxPlan, case: Case) -> None:
    """Let pass what a lead may let pass; then another approves."""
    with unit_of_work():
        for finding in approvals.findings_of(plan):
            if finding.is_open:
                approvals.waive_finding(plan, finding.rule, finding.subject, "短期練習用", actor=case.lead)
    with unit_of_work():
        approvals.approve_plan(plan, plan.digest, actor=case.staff)


def built_as_approved(made: Sandbox, plan: SandboxPlan, cloud: PracticeCloud) -> None:
    session().refresh(made)
    session().refresh(plan)
    built = newest(made)
    ends = (built.state, made.state, plan.state)
    assert ends == (OperationState.SUCCEEDED, SandboxState.RUNNING, PlanState.DONE), built.error
    assert built.changes["create"] == sum(plan.counts.values()) + providers_and_stack(built.changes, plan)
    assert {"address", "health", "backups", "files"} <= made.outputs.keys()
    assert made.emulated > 0
    assert left_of(made, cloud)
    kept = select(SandboxExport.moment).where(SandboxExport.operation_id == built.id)
    assert list(session().scalars(kept)) == [ExportMoment.BEFORE, ExportMoment.AFTER]
    words = secrets_of(made)
    log = "\n".join(session().scalars(select(SandboxEvent.text).where(SandboxEvent.operation_id == built.id)))
    assert not [name for name in DRAWN if words[name] in log]


def providers_and_stack(changes: Mapping[str, int], plan: SandboxPlan) -> int:
    """Give how many rows of a building are the stack itself and its explicit providers."""
    return changes["create"] - sum(plan.counts.values())


def lose_a_place_of_the_second_copy(made: Sandbox, cloud: PracticeCloud) -> None:
    """Remove, behind the back of the engine, something that an emulator holds."""
    second = str(made.parameters["backup_cloud"])
    found = [one for one in left_of(made, cloud) if one.package == SEARCHED[second] and one.emulated]
    assert found, f"nothing of the second copy stands on {second}"
    match second:
        case "gcp":
            bucket = next(one for one in found if one.type.endswith("Bucket"))
            requests.delete(f"{cloud.endpoints['gcp']}/storage/v1/b/{bucket.id}", timeout=30).raise_for_status()
        case "azure":
            container = next(one for one in found if one.type == CONTAINER)
            account = container.id.split("/storageAccounts/")[1].split("/")[0]
            accounts = Accounts(cloud.folder / "azure", cloud.endpoints["azure-native"])
            accounts.client(account).delete_container(container.id.rsplit("/", 1)[-1])
        case _:
            bucket = next(one for one in found if one.type.startswith("s3"))
            boto3.client(
                "s3", region_name=bucket.region, endpoint_url=cloud.endpoints["aws"],
                aws_access_key_id="practice", aws_secret_access_key="practice",
            ).delete_bucket(Bucket=bucket.id.rsplit(":", 1)[-1])  # fmt: skip


def left_of(made: Sandbox, cloud: PracticeCloud) -> list[Found]:
    """Search the clouds that the sandbox stands on."""
    wanted = {SEARCHED[made.cloud], SEARCHED[str(made.parameters["backup_cloud"])]}
    endpoints = {package: address for package, address in cloud.endpoints.items() if package in wanted}
    return search_in(cloud.folder, endpoints, {"cloudsteps-sandbox": made.code})
