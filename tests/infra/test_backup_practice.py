"""The AWS stack with its copy in each other cloud, with the real engine in the practice cloud, from nothing to nothing."""

from pathlib import Path

import pytest

from infra_templates.plan.files import read_config
from infra_templates.plan.templates import template_of
from infra_templates.practice.cloud import PracticeCloud
from infra_templates.practice.provider.packages import records_of
from infra_templates.practice.run import Operation, StackSettings, run_stack
from infra_templates.stacks.aws_saas.program import program
from tests.infra.conftest import REGIONS
from tests.infra.living import Living
from tests.infra.mocks import sandbox_on

pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


EXAMPLE = Path(__file__).parents[2] / "infra_templates" / "stacks" / "backup" / "Pulumi.production.example.yaml"


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


def test_backups_for_an_environment_of_others_come_and_go(cloud: PracticeCloud, tmp_path: Path) -> None:
    example = EXAMPLE.read_text(encoding="utf-8").replace("backup:mode: production", "backup:mode: sandbox")
    config = tmp_path / "Pulumi.sandbox.yaml"
    config.write_text(f'{example}  backup:expires_on: "2026-12-31"\n', encoding="utf-8")
    template = template_of("backup", *read_config(config, "backup"))
    settings = StackSettings(tmp_path, project="backup", config=template.config, packages=template.packages)

    planned = run_stack(template.program, settings, cloud, Operation.PREVIEW)
    made = run_stack(template.program, settings, cloud, Operation.UP)
    unchanged = run_stack(template.program, settings, cloud, Operation.DRIFT)
    gone = run_stack(template.program, settings, cloud, Operation.DESTROY)

    assert planned.changes == {"create": made.changes["create"]}
    assert made.outputs["backups"]["copy"].startswith("gs://")
    assert set(unchanged.changes) == {"same"}
    assert (gone.resources, gone.pending) == ([], [])
    assert cloud.search({"cloudsteps-sandbox": "shop"}) == []
