"""The Google Cloud stack with the real engine in the practice cloud, from nothing to nothing."""

from collections.abc import Callable
from pathlib import Path

import pulumi
import pytest
import requests
from pulumi.automation import CommandError

from infra_templates.backup.drill.settings import PACKAGE
from infra_templates.configuration import config_of
from infra_templates.practice.cloud import PracticeCloud
from infra_templates.practice.provider.faults import Fault, Kind, Moment
from infra_templates.practice.provider.packages import BESIDE_GCP, records_of
from infra_templates.practice.run import Operation, Outcome, StackSettings, open_stack, run_stack
from infra_templates.settings import SaasSettings
from infra_templates.stacks.gcp_saas.program import program
from tests.infra.conftest import REGIONS
from tests.infra.mocks import production_on, sandbox_on

# The SDK leaves its event loop open when an operation of the engine fails.
pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

OURS = {"cloudsteps-sandbox": "s7"}
BUCKET = "gcp:storage/bucket:Bucket"
DATABASE = "gcp:sql/databaseInstance:DatabaseInstance"
RING = "gcp:kms/keyRing:KeyRing"

Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, cloud: PracticeCloud) -> Run:
    """Give what carries out an operation on a stack of this test."""
    cloud.order_faults()

    def carry_out(settings: SaasSettings, operation: Operation) -> Outcome:
        return run_stack(program, stack_of(tmp_path, settings), cloud, operation)

    return carry_out


def stack_of(home: Path, settings: SaasSettings) -> StackSettings:
    own = {f"gcp_saas:{name}": value for name, value in config_of(settings).items()}
    second = PACKAGE[settings.backup_cloud]
    config = {**REGIONS["gcp"], **REGIONS[second], **own, "gcp_saas:billing_account": "000000-111111-222222"}
    return StackSettings(home / "stack", project="gcp_saas", config=config, packages=["gcp", second])


def left(cloud: PracticeCloud) -> list[str]:
    """Name whatever the practice cloud still holds of Google Cloud, with labels or without."""
    kept = [*records_of(cloud.folder, "gcp"), *records_of(cloud.folder, BESIDE_GCP)]
    return [record.id for record in kept]


def test_a_sandbox_lives_from_preview_to_nothing(cloud: PracticeCloud, run: Run) -> None:
    settings = sandbox_on("gcp", repository="vendor/shop")

    planned = run(settings, Operation.PREVIEW)
    made = run(settings, Operation.UP)
    unchanged = run(settings, Operation.DRIFT)
    larger = run(sandbox_on("gcp", repository="vendor/shop", size="medium"), Operation.UP)
    gone = run(settings, Operation.DESTROY)

    assert planned.changes == {"create": made.changes["create"]}
    assert set(unchanged.changes) == {"same"}
    assert {name for name in larger.changes if name != "same"} == {"update"}
    assert gone.changes["delete"] == made.changes["create"]
    assert left(cloud) == []


def test_a_second_life_under_the_same_name_uses_no_name_of_the_first(cloud: PracticeCloud, run: Run) -> None:
    settings = sandbox_on("gcp")
    lives = []
    for _ in range(2):
        made = run(settings, Operation.UP)
        lives.append({made.of_type(kind)[0].outputs["name"] for kind in (RING, DATABASE)})
        run(settings, Operation.DESTROY)

    assert lives[0] & lives[1] == set()
    assert left(cloud) == []


def test_production_with_tenants_apart_refuses_to_go_until_it_is_unprotected(
    cloud: PracticeCloud, run: Run, tmp_path: Path
) -> None:
    layers = {
        "tenancy_compute": "bridge",
        "tenancy_database": "bridge",
        "tenancy_files": "silo",
        "tenancy_keys": "silo",
    }
    settings = production_on("gcp", domain="shop.example", repository="vendor/shop", **layers)

    planned = run(settings, Operation.PREVIEW)
    made = run(settings, Operation.UP)
    unchanged = run(settings, Operation.DRIFT)
    with pytest.raises(CommandError, match="protected"):
        run(settings, Operation.DESTROY)
    held = {found.type for found in cloud.search(OURS)}
    unprotect(cloud, stack_of(tmp_path, settings))
    run(settings, Operation.DESTROY)

    assert planned.changes == {"create": made.changes["create"]}
    assert set(unchanged.changes) == {"same"}
    assert {BUCKET, DATABASE, "gcp:kms/cryptoKey:CryptoKey"} <= held
    assert left(cloud) == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Kind.ERROR, operation="create", type=DATABASE, message="Quota exceeded"),
        Fault(Kind.KILL, operation="create", type=BUCKET, moment=Moment.BEFORE),
    ],
    ids=["refused", "killed"],
)
def test_an_interrupted_stack_is_repaired_and_goes_to_nothing(cloud: PracticeCloud, run: Run, fault: Fault) -> None:
    settings = sandbox_on("gcp")
    cloud.order_faults(fault)

    with pytest.raises(CommandError):
        run(settings, Operation.UP)
    cloud.order_faults()
    run(settings, Operation.REPAIR)
    run(settings, Operation.UP)
    unchanged = run(settings, Operation.DRIFT)
    run(settings, Operation.DESTROY)

    assert set(unchanged.changes) == {"same"}
    assert left(cloud) == []


def test_a_bucket_that_somebody_deleted_is_noticed_and_made_again(cloud: PracticeCloud, run: Run) -> None:
    settings = sandbox_on("gcp")
    bucket = run(settings, Operation.UP).of_type(BUCKET)[0].id

    requests.delete(f"{cloud.endpoints['gcp']}/storage/v1/b/{bucket}", timeout=10).raise_for_status()
    noticed = run(settings, Operation.DRIFT)
    run(settings, Operation.REFRESH)
    mended = run(settings, Operation.UP)
    run(settings, Operation.DESTROY)

    assert noticed.changes["delete"] == 1
    assert mended.changes["create"] == 1
    assert left(cloud) == []


def unprotect(cloud: PracticeCloud, settings: StackSettings) -> None:
    """Do what a person does who really means it: take the protection off in the state."""
    with cloud.providers(settings.packages) as attached:
        stack = open_stack(program, settings, attached)
        state = stack.export_stack()
        for resource in (state.deployment or {})["resources"]:
            resource["protect"] = False
        stack.import_stack(pulumi.automation.Deployment(version=state.version, deployment=state.deployment))
