"""The real engine against the practice cloud: preview, up, drift, update, replace and destroy to nothing, per package."""

import re
from collections.abc import Callable
from typing import Any

import boto3
import pulumi
import pulumi_aws as aws
import pytest

from infra_templates.practice.cloud import PracticeCloud
from infra_templates.practice.provider.azure.accounts import Accounts
from infra_templates.practice.provider.handlers import RECORDED
from infra_templates.practice.run import Operation, Outcome, Resource, counts_of, run_stack
from infra_templates.practice.search import Found
from tests.infra.conftest import Settings
from tests.infra.programs import azure_and_gcp
from tests.infra.programs.aws_everything import program as everything

# The SDK leaves its event loop open when an operation of the engine fails.
pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def client(cloud: PracticeCloud, service: str) -> Any:
    return boto3.client(
        service,
        region_name="ap-northeast-1",
        endpoint_url=cloud.endpoints["aws"],
        aws_access_key_id="practice",
        aws_secret_access_key="practice",
    )


def test_every_aws_type_lives_from_preview_to_nothing(cloud: PracticeCloud, settings_for: Settings) -> None:
    settings = settings_for("aws")
    ours = {"cloudsteps-sandbox": "everything"}

    planned = run_stack(everything, settings, cloud, Operation.PREVIEW)
    made = run_stack(everything, settings, cloud, Operation.UP)
    found = cloud.search(ours)
    unchanged = run_stack(everything, settings, cloud, Operation.DRIFT)
    updated = run_stack(lambda: everything("2"), settings, cloud, Operation.UP)
    gone = run_stack(everything, settings, cloud, Operation.DESTROY)

    assert planned.changes == {"create": made.changes["create"]}
    assert made.emulated > 80
    assert {resource.type for resource in made.resources if resource.practice == RECORDED} == {
        "aws:backup/selection:Selection",
        "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    }
    assert counts_of(made).startswith(f"Practice cloud: {made.emulated} resources are emulated and can be used, 2 are")
    tagged = [resource for resource in made.resources if resource.outputs.get("tagsAll")]
    inside = ("aws:lb/listener:Listener", "aws:lb/listenerRule:ListenerRule")
    assert unfound([resource for resource in tagged if resource.type not in inside], found) == []
    assert set(unchanged.changes) == {"same"}
    assert updated.changes["update"] == len(tagged)
    assert (gone.resources, gone.pending) == ([], [])
    assert cloud.search(ours) == []


def unfound(resources: list[Resource], found: list[Found]) -> list[str]:
    """Name the resources that a search didn't find, by id or ARN."""
    ids = {re.split("[/:]", one.id)[-1] for one in found}
    names = [
        (row.type, {re.split("[/:]", str(name))[-1] for name in (row.id, row.outputs.get("arn"))}) for row in resources
    ]
    return [type_ for type_, own in names if not own & ids]


def test_changes_behind_the_back_of_a_stack_are_seen(cloud: PracticeCloud, settings_for: Settings) -> None:
    settings = settings_for("aws")

    def program() -> None:
        bucket = aws.s3.Bucket("data", tags={"owner": "us"})
        aws.s3.BucketVersioning("data", bucket=bucket.id, versioning_configuration={"status": "Enabled"})
        aws.cloudwatch.LogGroup("log", retention_in_days=30)
        topic = aws.sns.Topic("topic")
        pulumi.export("bucket", bucket.bucket)
        pulumi.export("topic", topic.arn)

    made = run_stack(program, settings, cloud, Operation.UP)
    s3 = client(cloud, "s3")
    s3.put_bucket_versioning(Bucket=made.outputs["bucket"], VersioningConfiguration={"Status": "Suspended"})
    s3.put_bucket_tagging(Bucket=made.outputs["bucket"], Tagging={"TagSet": [{"Key": "owner", "Value": "them"}]})
    client(cloud, "sns").delete_topic(TopicArn=made.outputs["topic"])

    seen = run_stack(program, settings, cloud, Operation.DRIFT)
    refreshed = run_stack(program, settings, cloud, Operation.REFRESH)
    repaired = run_stack(program, settings, cloud, Operation.UP)

    assert (seen.changes["update"], seen.changes["delete"]) == (2, 1)
    assert refreshed.of_type("aws:sns/topic:Topic") == []
    assert (repaired.changes["update"], repaired.changes["create"]) == (2, 1)
    assert s3.get_bucket_versioning(Bucket=made.outputs["bucket"])["Status"] == "Enabled"
    assert s3.get_bucket_tagging(Bucket=made.outputs["bucket"])["TagSet"] == [{"Key": "owner", "Value": "us"}]
    run_stack(program, settings, cloud, Operation.DESTROY)


def test_what_cannot_change_in_place_is_replaced(cloud: PracticeCloud, settings_for: Settings) -> None:
    settings = settings_for("aws")

    def program(range_: str) -> Callable[[], None]:
        def build() -> None:
            vpc = aws.ec2.Vpc("vpc", cidr_block=range_, tags={"test": "replace"})
            pulumi.export("vpc", vpc.id)

        return build

    first = run_stack(program("10.1.0.0/16"), settings, cloud, Operation.UP)
    second = run_stack(program("10.2.0.0/16"), settings, cloud, Operation.UP)

    assert second.changes["replace"] == 1
    assert [one.id for one in cloud.search({"test": "replace"})] == [second.outputs["vpc"]] != [first.outputs["vpc"]]
    run_stack(program("10.2.0.0/16"), settings, cloud, Operation.DESTROY)


def test_tags_of_the_provider_reach_every_resource(cloud: PracticeCloud, settings_for: Settings) -> None:
    settings = settings_for("aws")

    def program() -> None:
        tags = {"tags": {"programme": "116", "owner": "office"}}
        office = aws.Provider("office", region="ap-southeast-1", default_tags=tags)
        mine = pulumi.ResourceOptions(provider=office)
        aws.sqs.Queue("jobs", tags={"owner": "us"}, opts=mine)
        aws.sns.Topic("topic", opts=mine)

    run_stack(program, settings, cloud, Operation.UP)

    found = cloud.search({"programme": "116"})
    assert sorted((one.type, one.region) for one in found) == [("sns", "ap-southeast-1"), ("sqs", "ap-southeast-1")]
    assert len(cloud.search({"programme": "116", "owner": "us"})) == 1
    assert set(run_stack(program, settings, cloud, Operation.DRIFT).changes) == {"same"}
    run_stack(program, settings, cloud, Operation.DESTROY)


@pytest.fixture
def azure(cloud: PracticeCloud) -> None:
    """Fail in words where this machine has no Node.js; CI has it."""
    assert "azure-native" in cloud.endpoints, cloud.unavailable


@pytest.mark.usefixtures("azure")
def test_azure_blobs_live_and_the_rest_is_recorded(cloud: PracticeCloud, settings_for: Settings) -> None:
    settings, ours = settings_for("azure-native"), {"cloudsteps-sandbox": "both"}

    made = run_stack(azure_and_gcp.azure_program, settings, cloud, Operation.UP)
    blobs = Accounts(cloud.folder / "azure", cloud.endpoints["azure-native"]).client(made.outputs["account"])
    container = blobs.get_container_client("backup")
    content = container.download_blob("讀我.txt").readall()
    container.set_container_metadata({"for": "nothing"})
    seen = run_stack(azure_and_gcp.azure_program, settings, cloud, Operation.DRIFT)
    updated = run_stack(lambda: azure_and_gcp.azure_program("2", access="Blob"), settings, cloud, Operation.UP)
    left = cloud.search(ours)
    gone = run_stack(azure_and_gcp.azure_program, settings, cloud, Operation.DESTROY)

    assert content == b"Hello"
    assert (made.emulated, made.recorded) == (2, 4)
    assert made.outputs["blobs"].startswith(cloud.endpoints["azure-native"])
    assert seen.changes["update"] == 1
    assert updated.changes["update"] == 4
    assert sorted(one.type.split(":")[-1] for one in left) == [
        "BlobContainer",
        "ResourceGroup",
        "StorageAccount",
        "UserAssignedIdentity",
    ]
    assert (gone.resources, cloud.search(ours)) == ([], [])


def test_google_buckets_live_and_the_rest_is_recorded(cloud: PracticeCloud, settings_for: Settings) -> None:
    settings, ours = settings_for("gcp"), {"cloudsteps-sandbox": "both"}

    made = run_stack(azure_and_gcp.gcp_program, settings, cloud, Operation.UP)
    updated = run_stack(lambda: azure_and_gcp.gcp_program("2", versioned=True), settings, cloud, Operation.UP)
    found = cloud.search(ours)
    unchanged = run_stack(lambda: azure_and_gcp.gcp_program("2", versioned=True), settings, cloud, Operation.DRIFT)
    gone = run_stack(azure_and_gcp.gcp_program, settings, cloud, Operation.DESTROY)

    assert (made.emulated, made.recorded) == (2, 5)
    assert updated.changes["update"] == 2
    assert sorted((one.type.split(":")[-1], one.emulated) for one in found) == [("Bucket", True), ("Service", False)]
    assert set(unchanged.changes) == {"same"}
    assert (gone.resources, cloud.search(ours)) == ([], [])


def test_secrets_stay_secret_on_their_way_through_the_provider(cloud: PracticeCloud, settings_for: Settings) -> None:
    settings = settings_for("aws")

    def program() -> None:
        secret = aws.secretsmanager.Secret("secret", recovery_window_in_days=0)
        aws.secretsmanager.SecretVersion("v1", secret_id=secret.id, secret_string=pulumi.Output.secret("canary-7f3a"))

    made: Outcome = run_stack(program, settings, cloud, Operation.UP)

    state = "".join(path.read_text() for path in (settings.home / "state").rglob("*.json"))
    assert "canary-7f3a" not in state
    assert "canary-7f3a" not in made.text
    run_stack(program, settings, cloud, Operation.DESTROY)
