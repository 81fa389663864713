"""What goes wrong on order, and how a stack gets over it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import boto3
import pulumi
import pulumi_aws as aws
import pytest
from pulumi.automation import CommandError

from infra_templates.practice.cloud import PracticeCloud, open_cloud, start_cloud, stop_cloud
from infra_templates.practice.emulators import ROOT
from infra_templates.practice.processes import wait_until
from infra_templates.practice.provider.faults import Fault, Kind, Moment
from infra_templates.practice.run import Operation, StackSettings, run_stack
from infra_templates.practice.supervisor import state_in
from tests.infra.conftest import REGIONS, Settings

# The SDK leaves its event loop open when an operation of the engine fails.
pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

TAGS = {"cloudsteps-sandbox": "faults"}
VPC = "aws:ec2/vpc:Vpc"


def program() -> None:
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", tags=TAGS)
    aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.0.0.0/24", tags=TAGS)
    pulumi.export("vpc", vpc.id)


def test_an_api_error_ends_the_operation_with_its_sentence_and_the_next_one_goes_on(
    cloud: PracticeCloud, settings_for: Settings
) -> None:
    settings = settings_for("aws")
    cloud.order_faults(Fault(Kind.ERROR, operation="create", nth=2, message="Throttling: Rate exceeded"))

    with pytest.raises(CommandError, match="Throttling: Rate exceeded"):
        run_stack(program, settings, cloud, Operation.UP)
    made = run_stack(program, settings, cloud, Operation.UP)

    assert (made.changes["create"], len(cloud.search(TAGS))) == (1, 2)
    run_stack(program, settings, cloud, Operation.DESTROY)
    assert cloud.search(TAGS) == []


def test_a_slow_call_is_waited_for(cloud: PracticeCloud, settings_for: Settings) -> None:
    cloud.order_faults(Fault(Kind.SLOW, operation="create", type=VPC, seconds=3))

    before = time.monotonic()
    run_stack(program, settings_for("aws"), cloud, Operation.UP)

    assert time.monotonic() - before > 3
    run_stack(program, settings_for("aws"), cloud, Operation.DESTROY)


def test_a_provider_killed_after_creating_leaves_an_orphan_that_the_search_finds(
    cloud: PracticeCloud, settings_for: Settings
) -> None:
    settings = settings_for("aws")
    cloud.order_faults(Fault(Kind.KILL, operation="create", type=VPC, moment=Moment.AFTER))

    with pytest.raises(CommandError):
        run_stack(program, settings, cloud, Operation.UP)
    orphans = cloud.search(TAGS)
    remove_vpc(cloud, orphans[0].id)
    repaired = run_stack(program, settings, cloud, Operation.REPAIR)
    made = run_stack(program, settings, cloud, Operation.UP)

    assert [one.type for one in orphans] == ["ec2:vpc"]
    assert repaired.pending == []
    assert len(cloud.search(TAGS)) == 2
    assert made.outputs["vpc"] != orphans[0].id
    gone = run_stack(program, settings, cloud, Operation.DESTROY)
    assert (gone.resources, gone.pending, cloud.search(TAGS)) == ([], [], [])


def test_a_provider_killed_before_creating_leaves_nothing(cloud: PracticeCloud, settings_for: Settings) -> None:
    settings = settings_for("aws")
    cloud.order_faults(Fault(Kind.KILL, operation="create", type=VPC))

    with pytest.raises(CommandError):
        run_stack(program, settings, cloud, Operation.UP)

    assert cloud.search(TAGS) == []
    run_stack(program, settings, cloud, Operation.REPAIR)
    assert run_stack(program, settings, cloud, Operation.UP).changes["create"] == 2
    run_stack(program, settings, cloud, Operation.DESTROY)
    assert cloud.search(TAGS) == []


def test_a_provider_killed_while_deleting_is_recovered(cloud: PracticeCloud, settings_for: Settings) -> None:
    settings = settings_for("aws")
    run_stack(program, settings, cloud, Operation.UP)
    cloud.order_faults(Fault(Kind.KILL, operation="delete", moment=Moment.AFTER))

    with pytest.raises(CommandError):
        run_stack(program, settings, cloud, Operation.DESTROY)
    gone = run_stack(program, settings, cloud, Operation.DESTROY)

    assert (gone.resources, gone.pending, cloud.search(TAGS)) == ([], [], [])


def test_unknown_types_and_functions_are_refused_by_name(cloud: PracticeCloud, settings_for: Settings) -> None:
    settings = settings_for("aws")

    with pytest.raises(CommandError, match="doesn't know aws:mediastore/container:Container"):
        run_stack(lambda: made_of("aws:mediastore/container:Container"), settings, cloud, Operation.PREVIEW)
    with pytest.raises(CommandError, match="doesn't know the function aws:ec2/getInstance:getInstance"):
        run_stack(lambda: pulumi.export("x", aws.ec2.get_instance().id), settings, cloud, Operation.PREVIEW)


def test_a_practice_cloud_comes_back_with_what_it_held(tmp_path: Path) -> None:
    settings = StackSettings(tmp_path / "stack", config=REGIONS["aws"], packages=["aws"])

    with open_cloud(tmp_path / "cloud", ["aws"]) as cloud:
        run_stack(program, settings, cloud, Operation.UP)
        before = cloud.search(TAGS)
    with open_cloud(tmp_path / "cloud", ["aws"]) as cloud:
        after = cloud.search(TAGS)
        unchanged = run_stack(program, settings, cloud, Operation.DRIFT)
        cloud.wipe()
    with open_cloud(tmp_path / "cloud", ["aws"]) as cloud:
        wiped = cloud.search(TAGS)

    assert before == after
    assert set(unchanged.changes) == {"same"}
    assert wiped == []


def test_an_emulator_that_dies_is_started_again_with_its_memory(tmp_path: Path) -> None:
    with open_cloud(tmp_path, ["aws"]) as cloud:
        s3 = boto3.client("s3", endpoint_url=cloud.endpoints["aws"], aws_access_key_id="x", aws_secret_access_key="x")
        s3.create_bucket(Bucket="kept")
        os.kill(processes_of(tmp_path, "aws_server")[0], signal.SIGKILL)

        assert wait_until(lambda: bool(processes_of(tmp_path, "aws_server")), seconds=20)
        assert wait_until(lambda: answers(s3), seconds=20)
        assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["kept"]


def test_no_process_outlives_its_owner(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from infra_templates.practice.cloud import open_cloud\n"
        "with open_cloud(Path(sys.argv[1])) as cloud, cloud.providers(list(cloud.endpoints)):\n"
        "    print('ready', flush=True); time.sleep(600)\n"
    )
    owner = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE)
    assert owner.stdout is not None
    assert owner.stdout.readline() == b"ready\n"
    assert len(processes_of(tmp_path)) >= 6

    owner.kill()
    owner.wait()
    owner.stdout.close()

    assert wait_until(lambda: not processes_of(tmp_path), seconds=20), processes_of(tmp_path)


def test_nothing_is_left_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    cloud = start_cloud(tmp_path, ["aws", "gcp"])

    os.kill(cloud.state.pid, signal.SIGKILL)

    assert wait_until(lambda: not processes_of(tmp_path), seconds=20), processes_of(tmp_path)
    assert state_in(tmp_path) is None
    assert stop_cloud(tmp_path) is False


def made_of(type_: str) -> None:
    pulumi.CustomResource(type_, "thing", {})


def remove_vpc(cloud: PracticeCloud, id_: str) -> None:
    ec2 = boto3.client(
        "ec2",
        region_name="ap-northeast-1",
        endpoint_url=cloud.endpoints["aws"],
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    ec2.delete_vpc(VpcId=id_)


def answers(s3: Any) -> bool:
    try:
        s3.list_buckets()
    except Exception:  # noqa: BLE001 - whatever it is, it doesn't answer yet
        return False
    return True


def processes_of(folder: Path, text: str = "") -> list[int]:
    """Give the processes that run with a folder on their command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().decode("utf-8", "replace")
        except OSError:
            continue
        if str(folder) in line and text in line:
            found.append(int(path.parent.name))
    return found
