"""The AWS stack with its copy in each other cloud, with the real engine in the practice cloud, from nothing to nothing."""

from pathlib import Path

import pytest

from infra_templates.practice.cloud import PracticeCloud
from infra_templates.practice.provider.packages import records_of
from infra_templates.practice.run import Operation
from infra_templates.stacks.aws_saas.program import program
from tests.infra.conftest import REGIONS
from tests.infra.living import Living
from tests.infra.mocks import sandbox_on

pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.mark.parametrize(("second", "package"), [("gcp", "gcp"), ("azure", "azure-native")])
def test_a_stack_and_its_second_copy_come_and_go_together(
    cloud: PracticeCloud, tmp_path: Path, second: str, package: str
) -> None:
    stack = Living(program, "aws_saas", "aws", REGIONS["aws"], cloud, tmp_path)
    settings = sandbox_on("aws", backup_cloud=second)

    made = stack.run(settings, Operation.UP)
    unchanged = stack.run(settings, Operation.DRIFT)
    again = stack.run(settings, Operation.UP)
    gone = stack.run(settings, Operation.DESTROY)

    assert made.outputs["backups"]["copy"]
    assert set(unchanged.changes) == {"same"}
    assert set(again.changes) == {"same"}
    assert (gone.resources, gone.pending) == ([], [])
    assert cloud.search({"cloudsteps-sandbox": "s7"}) == []
    assert [record.id for record in records_of(cloud.folder, package)] == []
