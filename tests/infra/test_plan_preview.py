"""A plan by the real engine: what it finds, that it repeats itself, that it changes with what changes, and the command line."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from infra_templates.__main__ import main
from infra_templates.plan import PlanFailed, PlanReport, plan_stack
from infra_templates.plan.templates import template_of
from infra_templates.plan.text import write_text
from infra_templates.planned import HIDDEN
from infra_templates.practice.cloud import PracticeCloud, open_cloud
from infra_templates.practice.run import StackSettings, open_stack
from tests.infra.mocks import sandbox_on
from tests.infra.plans import CLOUDS, planned, recorded, settings_of

# The SDK leaves its event loop open when an operation of the engine fails.
pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PACK = Path(__file__).parents[2] / "infra_templates" / "guardrails" / "pack"
STACKS = Path(__file__).parents[2] / "infra_templates" / "stacks"
MODE = {"aws": "sandbox", "azure": "production", "gcp": "sandbox"}


@pytest.fixture(scope="module")
def reports(cloud: PracticeCloud, tmp_path_factory: pytest.TempPathFactory) -> dict[str, PlanReport]:
    """Plan each stack once; nothing is made."""
    home = tmp_path_factory.mktemp("plans")
    return {
        name: plan_stack(f"{name}_saas", settings_of(name, MODE[name]), cloud=cloud, work_dir=home / name)
        for name in CLOUDS
    }


@pytest.mark.parametrize("cloud_name", CLOUDS)
def test_the_engine_plans_what_the_program_registers(reports: dict[str, PlanReport], cloud_name: str) -> None:
    report = reports[cloud_name]
    registered = planned(recorded(cloud_name, MODE[cloud_name]))

    assert {(one.type, one.name) for one in report.resources} == {(one.type, one.name) for one in registered}
    assert report.changes == {"create": sum(one.custom for one in registered)}
    assert report.emulated + report.recorded == sum(report.counts.values())
    assert report.emulated > 0
    assert {one.practice for one in report.resources if not one.custom} == {""}


@pytest.mark.parametrize("cloud_name", CLOUDS)
def test_no_stack_of_ours_is_blocked(reports: dict[str, PlanReport], cloud_name: str) -> None:
    report = reports[cloud_name]

    assert not report.is_blocked
    assert {digit.name: digit.state.value for digit in report.digits}["copies"] == "met"
    assert report.price.low > 0
    assert report.svg.startswith("<svg")


def test_what_the_program_warns_of_is_told(reports: dict[str, PlanReport]) -> None:
    assert any("billing_account" in note for note in reports["gcp"].notes)
    assert "%}>" not in "".join(reports["gcp"].notes)


def test_no_secret_is_in_a_report(reports: dict[str, PlanReport]) -> None:
    words = [one for one in reports["aws"].resources if one.name == "mover-words" and "secretString" in one.inputs]

    assert [one.inputs["secretString"] for one in words] == [HIDDEN]
    json.dumps(reports["aws"].row())


def test_the_digest_repeats_for_another_operation_and_changes_with_the_plan(
    reports: dict[str, PlanReport], cloud: PracticeCloud, tmp_path: Path
) -> None:
    # Google Cloud draws a name by chance in each preview, which several resources mention.
    again = plan_stack("gcp_saas", sandbox_on("gcp", operation="op-2"), cloud=cloud, work_dir=tmp_path / "again")
    larger = plan_stack("gcp_saas", sandbox_on("gcp", size="medium"), cloud=cloud, work_dir=tmp_path / "larger")

    assert again.program_digest == reports["gcp"].program_digest
    assert larger.program_digest != reports["gcp"].program_digest


def test_what_cannot_be_planned_is_told_in_the_engines_words(cloud: PracticeCloud, tmp_path: Path, swept: None) -> None:
    impossible = sandbox_on("aws", rto_minutes=5, rpo_minutes=5)

    with pytest.raises(PlanFailed) as refused:
        plan_stack("aws_saas", impossible, cloud=cloud, work_dir=tmp_path)

    assert str(refused.value).strip()
    assert "<{%" not in str(refused.value)


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
def test_the_text_says_all_parts(reports: dict[str, PlanReport], language: str) -> None:
    text = write_text(reports["azure"], language)

    for part in ("azure-native:dbforpostgresql:Server", reports["azure"].program_digest, "3", "USD"):
        assert part in text
    unpriced = "沒有費率、未計入" if language == "zh-Hant" else "Without a rate, and not counted"
    assert unpriced in text
    assert "BackupInstance" in text


def test_the_policy_pack_speaks_on_the_engines_own_command(
    cloud: PracticeCloud, tmp_path: Path, starter: None, swept: None
) -> None:
    # A bucket in the open, on a type that the practice cloud knows.
    import pulumi_aws as aws  # noqa: PLC0415 - only this test builds something wrong

    def careless() -> None:
        aws.s3.Bucket("open", bucket="in-the-open")

    settings = StackSettings(tmp_path, config={"aws:region": "ap-northeast-1"}, packages=["aws"])
    with cloud.providers(["aws"]) as attached:
        stack = open_stack(careless, settings, attached)
        with pytest.raises(Exception, match="mandatory") as refused:
            stack.preview(policy_packs=[str(PACK)])

    assert "aws-bucket-closed" in str(refused.value)
    assert "Add a BucketPublicAccessBlock with all four switches on." in str(refused.value)


@pytest.fixture
def starter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an engine without a language host find what starts the pack."""
    monkeypatch.setenv("PATH", f"{PACK.parent / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PULUMI_PYTHON_CMD", sys.executable)


# ------------------------------------------------------------ the command line


@pytest.fixture
def borrowed(monkeypatch: pytest.MonkeyPatch, cloud: PracticeCloud) -> None:
    """Let the command line use the practice cloud of this file instead of starting another."""

    def lend(folder: Path, packages: Any) -> Any:
        return open_cloud(cloud.folder, packages)

    monkeypatch.setattr("infra_templates.__main__.open_cloud", lend)


def test_the_command_line_writes_plan_and_pictures(
    borrowed: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "Pulumi.sandbox.yaml"
    shutil.copy(STACKS / "aws_saas" / "Pulumi.sandbox.example.yaml", config)

    code = main(["plan", "aws_saas", "--config", str(config), "--out", str(tmp_path / "out"), "--language", "en"])

    assert code == 0
    assert "aws-balancer-tls" in capsys.readouterr().out
    row = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))
    assert row["settings"]["sandbox"] == "trial"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "architecture.en.svg",
        "architecture.zh-Hant.svg",
        "plan.json",
    ]


@pytest.mark.parametrize("stack", ["aws_saas", "azure_saas", "gcp_saas", "backup"])
def test_every_example_of_ours_can_be_read(stack: str) -> None:
    from infra_templates.plan.files import read_config  # noqa: PLC0415 - as the command line does

    for example in (STACKS / stack).glob("Pulumi.*.example.yaml"):
        settings, more = read_config(example, stack)
        assert template_of(stack, settings, more).packages


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("config: [", "is not YAML"),
        ("name: x", "no part named config"),
        ("config:\n  aws_saas:region: eastasia\n", "owner: This is missing. Fill it in."),
        ("config:\n  aws_saas:mode: someday\n", "mode: There is no such choice"),
    ],
)
def test_a_configuration_that_cannot_be_read_is_refused_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, part: str
) -> None:
    (tmp_path / "bad.yaml").write_text(text)

    assert main(["plan", "aws_saas", "--config", str(tmp_path / "bad.yaml")]) == 1

    assert part in capsys.readouterr().err


def test_a_missing_configuration_points_to_the_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "gcp_saas", "--config", "nowhere.yaml"]) == 1

    assert "Copy Pulumi.sandbox.example.yaml" in capsys.readouterr().err
