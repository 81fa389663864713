"""Drills with real data, the real rclone and the emulators: all six pairs, and each fault planted on purpose is named."""

from pathlib import Path

import pytest

from infra_templates.backup.digits import State
from infra_templates.backup.drill import run
from infra_templates.backup.drill.findings import Kind
from infra_templates.backup.drill.report import DrillReport
from infra_templates.backup.drill.run import run_drill
from infra_templates.backup.drill.settings import PAIRS, DrillSettings, Plant, Progress, Step
from infra_templates.backup.mover.rclone import COPY
from infra_templates.practice.cloud import PracticeCloud
from infra_templates.settings import Cloud

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]


def drill(cloud: PracticeCloud, folder: Path, source: Cloud, target: Cloud, **changes: object) -> DrillReport:
    settings = {"objects": 60, "cloud": cloud, "database": False, **changes}
    return run_drill(DrillSettings(source, target, folder, **settings))  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(("source", "target"), PAIRS, ids=[f"{source}-{target}" for source, target in PAIRS])
def test_everything_comes_back_from_the_other_cloud(
    cloud: PracticeCloud, tmp_path: Path, source: Cloud, target: Cloud
) -> None:
    told: list[Progress] = []

    report = run_drill(DrillSettings(source, target, tmp_path, objects=60, cloud=cloud), told.append)

    assert report.refusals == ()
    assert report.passed
    assert report.objects == report.restored_objects - (report.database["state"] == "same")
    assert report.copied_objects > report.objects
    assert report.rto_seconds > 0
    assert len(report.lost) == 4
    digits = {digit.name: digit.state for digit in report.digits}
    assert digits["errors"] is State.MET
    assert digits["copies"] is (State.MET if source is Cloud.AWS else State.UNPROVEN)
    assert digits["immutable"] is (State.MET if target is Cloud.AWS else State.UNPROVEN)
    assert [progress.step for progress in told] == list(Step)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("plant", "target"),
    [
        (Plant.CORRUPTED, Cloud.AWS),
        (Plant.CORRUPTED, Cloud.AZURE),
        (Plant.CORRUPTED, Cloud.GCP),
        (Plant.MISSING, Cloud.GCP),
        (Plant.MISSING, Cloud.AWS),
        (Plant.EXTRA, Cloud.AZURE),
    ],
)
def test_a_fault_in_the_copy_is_found_and_named(
    cloud: PracticeCloud, tmp_path: Path, target: Cloud, plant: Plant
) -> None:
    source = Cloud.AZURE if target is not Cloud.AZURE else Cloud.GCP

    report = drill(cloud, tmp_path, source, target, plant=plant)

    assert not report.passed
    assert [found.kind.value for found in report.findings] == [plant.value]
    (found,) = report.findings
    assert found.key == "files/shared/不該在這裡.txt" if plant is Plant.EXTRA else found.key.startswith("files/")
    assert any(found.key in reason.en and found.key in reason.zh_hant for reason in report.refusals)


def test_objects_that_no_copy_took_in_time_are_named_as_late(cloud: PracticeCloud, tmp_path: Path) -> None:
    report = drill(cloud, tmp_path, Cloud.AZURE, Cloud.GCP, plant=Plant.LATE, rpo_minutes=0.02)

    assert {found.kind for found in report.findings} == {Kind.LATE}
    assert len(report.findings) == 4
    assert report.lost == ()
    assert any("measured RPO" in reason.en for reason in report.refusals)


def test_a_slow_restore_fails_the_drill(cloud: PracticeCloud, tmp_path: Path) -> None:
    report = drill(cloud, tmp_path, Cloud.AZURE, Cloud.GCP, rto_minutes=0.0001)

    assert [reason.en.split(" of ")[0] for reason in report.refusals] == ["The measured RTO"]


def test_a_copy_that_could_not_be_written_fails_with_every_object_named(
    cloud: PracticeCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = run._prepare

    def prepare_without_store(*given: object) -> run.Drill:
        made = prepare(*given)  # type: ignore[arg-type]  # passed on as given
        made.rclone.remotes[COPY]["remote"] = "store:no-such-bucket-anywhere"  # type: ignore[index]  # a dictionary
        return made

    monkeypatch.setattr(run, "_prepare", prepare_without_store)

    report = drill(cloud, tmp_path, Cloud.AZURE, Cloud.AWS, objects=40)

    assert not report.passed
    assert {found.kind for found in report.findings} == {Kind.MISSING}
    assert len(report.findings) == report.objects


def test_without_postgresql_the_report_says_so(
    cloud: PracticeCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "find_programs", lambda: None)

    report = drill(cloud, tmp_path, Cloud.AZURE, Cloud.GCP, database=True, objects=40)

    assert report.passed
    assert report.database == {"state": "not tested", "reason": "PostgreSQL's programs are not on this machine."}
