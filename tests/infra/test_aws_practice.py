"""The AWS stack with the real engine in the practice cloud, from nothing to nothing; its copies in test_backup_practice.py."""

from pathlib import Path
from typing import Any

import boto3
import pytest
from pulumi.automation import CommandError

from infra_templates.practice.cloud import PracticeCloud
from infra_templates.practice.provider.faults import Fault, Kind, Moment
from infra_templates.practice.run import Operation
from infra_templates.stacks.aws_saas.program import program
from tests.infra.living import Living
from tests.infra.mocks import production_on, sandbox_on

# The SDK leaves its event loop open when an operation of the engine fails.
pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

REGION = "ap-east-2"
OURS = {"cloudsteps-sandbox": "s7"}
DATABASE = "aws:rds/instance:Instance"
BUCKET = "aws:s3/bucket:Bucket"
TOPIC = "aws:sns/topic:Topic"


@pytest.fixture
def stack(tmp_path: Path, cloud: PracticeCloud, swept: None) -> Living:
    """Give a stack of this test."""
    cloud.order_faults()
    return Living(program, "aws_saas", "aws", {"aws:region": REGION}, cloud, tmp_path / "stack")


def client(cloud: PracticeCloud, service: str) -> Any:
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=cloud.endpoints["aws"],
        aws_access_key_id="practice",
        aws_secret_access_key="practice",
    )


def test_a_sandbox_lives_from_preview_through_change_and_drift_to_nothing(cloud: PracticeCloud, stack: Living) -> None:
    settings = sandbox_on("aws", repository="vendor/shop")

    planned = stack.run(settings, Operation.PREVIEW)
    made = stack.run(settings, Operation.UP)
    unchanged = stack.run(settings, Operation.DRIFT)
    larger = stack.run(sandbox_on("aws", repository="vendor/shop", size="medium"), Operation.UP)
    client(cloud, "sns").delete_topic(TopicArn=made.of_type(TOPIC)[0].id)
    noticed = stack.run(settings, Operation.DRIFT)
    stack.run(settings, Operation.REFRESH)
    mended = stack.run(settings, Operation.UP)
    gone = stack.run(settings, Operation.DESTROY)

    assert planned.changes == {"create": made.changes["create"]}
    assert set(unchanged.changes) == {"same"}
    # A task definition is never changed: a new one takes its place.
    assert {name for name in larger.changes if name != "same"} <= {"update", "replace"}
    assert [one.outputs["instanceClass"] for one in larger.of_type(DATABASE)] == ["db.t4g.small"]
    assert noticed.changes["delete"] >= 1
    assert mended.changes["create"] >= 1
    assert (gone.resources, gone.pending) == ([], [])
    assert (stack.left(), cloud.search(OURS)) == ([], [])


def test_production_refuses_to_go_until_engine_and_cloud_let_it(cloud: PracticeCloud, stack: Living) -> None:
    # A name of its own: AWS keeps a deleted secret of production for 30 days, and its name with it.
    settings = production_on("aws", sandbox="s8", domain="shop.example", repository="vendor/shop")

    planned = stack.run(settings, Operation.PREVIEW)
    made = stack.run(settings, Operation.UP)
    unchanged = stack.run(settings, Operation.DRIFT)
    with pytest.raises(CommandError, match="protected"):
        stack.run(settings, Operation.DESTROY)
    held = {resource.type for resource in made.resources}
    stack.unprotect(settings)
    # The cloud's own protection is the second of two deliberate acts.
    databases = client(cloud, "rds")
    for database in made.of_type(DATABASE):
        databases.modify_db_instance(
            DBInstanceIdentifier=database.outputs["identifier"], DeletionProtection=False, ApplyImmediately=True
        )
    gone = stack.run(settings, Operation.DESTROY)

    assert planned.changes == {"create": made.changes["create"]}
    assert set(unchanged.changes) == {"same"}
    assert {"aws:backup/vaultLockConfiguration:VaultLockConfiguration", DATABASE, BUCKET} <= held
    assert (gone.resources, gone.pending) == ([], [])


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Kind.ERROR, operation="create", type=DATABASE, message="InstanceQuotaExceeded"),
        Fault(Kind.KILL, operation="create", type=BUCKET, moment=Moment.BEFORE),
    ],
    ids=["refused", "killed"],
)
def test_an_interrupted_stack_is_repaired_and_goes_to_nothing(
    cloud: PracticeCloud, stack: Living, fault: Fault
) -> None:
    settings = sandbox_on("aws")
    cloud.order_faults(fault)

    with pytest.raises(CommandError):
        stack.run(settings, Operation.UP)
    cloud.order_faults()
    stack.run(settings, Operation.REPAIR)
    stack.run(settings, Operation.UP)
    unchanged = stack.run(settings, Operation.DRIFT)
    stack.run(settings, Operation.DESTROY)

    assert set(unchanged.changes) == {"same"}
    assert (stack.left(), cloud.search(OURS)) == ([], [])
