"""The Azure stack with the real engine in the practice cloud, from nothing to nothing."""

from pathlib import Path

import pytest
from pulumi.automation import CommandError

from infra_templates.practice.cloud import PracticeCloud
from infra_templates.practice.provider.azure.accounts import Accounts
from infra_templates.practice.provider.faults import Fault, Kind, Moment
from infra_templates.practice.run import Operation
from infra_templates.stacks.azure_saas.program import program
from tests.infra.azure_plans import APART, TAG
from tests.infra.conftest import REGIONS
from tests.infra.living import Living
from tests.infra.mocks import production_on, sandbox_on

# The SDK leaves its event loop open when an operation of the engine fails.
pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

OURS = {TAG: "s7"}
CONTAINER = "azure-native:storage:BlobContainer"
SERVER = "azure-native:dbforpostgresql:Server"
VAULT = "azure-native:keyvault:Vault"


@pytest.fixture
def stack(tmp_path: Path, cloud: PracticeCloud) -> Living:
    """Give a stack of this test; CI has the Node.js that Azurite needs."""
    assert "azure-native" in cloud.endpoints, cloud.unavailable
    cloud.order_faults()
    return Living(program, "azure_saas", "azure-native", REGIONS["azure-native"], cloud, tmp_path / "stack")


def test_a_sandbox_lives_from_preview_to_nothing_twice(cloud: PracticeCloud, stack: Living) -> None:
    settings = sandbox_on("azure", repository="vendor/shop")
    vaults = set()
    for _ in range(2):
        planned = stack.run(settings, Operation.PREVIEW)
        made = stack.run(settings, Operation.UP)
        unchanged = stack.run(settings, Operation.DRIFT)
        vaults.add(made.of_type(VAULT)[0].id)
        gone = stack.run(settings, Operation.DESTROY)

        assert planned.changes == {"create": made.changes["create"]}
        assert [one.practice for one in made.of_type(CONTAINER)] == ["emulated"]
        assert set(unchanged.changes) == {"same"}
        assert gone.changes["delete"] == made.changes["create"]
        assert (stack.left(), cloud.search(OURS)) == ([], [])
    assert len(vaults) == 2


def test_a_larger_sandbox_is_a_change_in_place(stack: Living) -> None:
    stack.run(sandbox_on("azure"), Operation.UP)
    larger = stack.run(sandbox_on("azure", size="medium"), Operation.UP)
    stack.run(sandbox_on("azure"), Operation.DESTROY)

    assert {name for name in larger.changes if name != "same"} == {"update"}
    assert stack.left() == []


def test_production_with_tenants_apart_refuses_to_go_until_it_is_unprotected(
    cloud: PracticeCloud, stack: Living
) -> None:
    settings = production_on("azure", domain="shop.example", repository="vendor/shop", **APART)

    planned = stack.run(settings, Operation.PREVIEW)
    made = stack.run(settings, Operation.UP)
    unchanged = stack.run(settings, Operation.DRIFT)
    with pytest.raises(CommandError, match="protected"):
        stack.run(settings, Operation.DESTROY)
    held = {found.type for found in cloud.search(OURS)}
    stack.unprotect(settings)
    stack.run(settings, Operation.DESTROY)

    assert planned.changes == {"create": made.changes["create"]}
    assert set(unchanged.changes) == {"same"}
    assert {SERVER, VAULT, "azure-native:keyvault:Key"} <= held
    assert stack.left() == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Kind.ERROR, operation="create", type=SERVER, message="Quota exceeded"),
        Fault(Kind.KILL, operation="create", type=CONTAINER, moment=Moment.BEFORE),
    ],
    ids=["refused", "killed"],
)
def test_an_interrupted_stack_is_repaired_and_goes_to_nothing(
    cloud: PracticeCloud, stack: Living, fault: Fault
) -> None:
    settings = sandbox_on("azure")
    cloud.order_faults(fault)

    with pytest.raises(CommandError):
        stack.run(settings, Operation.UP)
    cloud.order_faults()
    stack.run(settings, Operation.REPAIR)
    stack.run(settings, Operation.UP)
    unchanged = stack.run(settings, Operation.DRIFT)
    stack.run(settings, Operation.DESTROY)

    assert set(unchanged.changes) == {"same"}
    assert stack.left() == []


def test_a_container_that_somebody_deleted_is_noticed_and_made_again(cloud: PracticeCloud, stack: Living) -> None:
    settings = sandbox_on("azure")
    container = stack.run(settings, Operation.UP).of_type(CONTAINER)[0]
    account = container.id.split("/storageAccounts/")[1].split("/")[0]

    accounts = Accounts(cloud.folder / "azure", cloud.endpoints["azure-native"])
    accounts.client(account).delete_container("files")
    noticed = stack.run(settings, Operation.DRIFT)
    stack.run(settings, Operation.REFRESH)
    mended = stack.run(settings, Operation.UP)
    stack.run(settings, Operation.DESTROY)

    assert noticed.changes["delete"] == 1
    assert mended.changes["create"] == 1
    assert stack.left() == []
