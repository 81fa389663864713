"""One drill from the first object to the signed report."""

import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from infra_templates.backup.drill.attack import attack, plant_fault, probe_lock, probe_native
from infra_templates.backup.drill.compare import compare_copy, compare_restored, read_restored
from infra_templates.backup.drill.findings import Change, Finding, Kind, late_changes
from infra_templates.backup.drill.places import CELLS, SOURCE, Places
from infra_templates.backup.drill.postgres import Database, find_programs, run_database
from infra_templates.backup.drill.proof import Facts, digits_of_drill
from infra_templates.backup.drill.report import DrillReport
from infra_templates.backup.drill.sample import Sample, by_cell
from infra_templates.backup.drill.settings import PACKAGE, DrillSettings, Listener, Plant, Progress, Step
from infra_templates.backup.mover.copying import CopyResult, CopySettings, newest_manifest, run_copy
from infra_templates.backup.mover.databases import DumpSettings
from infra_templates.backup.mover.manifest import Manifest
from infra_templates.backup.mover.rclone import Rclone
from infra_templates.backup.mover.restoring import restore_files
from infra_templates.practice.cloud import PracticeCloud, open_cloud
from infra_templates.practice.emulators import Unavailable
from infra_templates.settings import Cloud

_DATABASE_KEY = "databases/main.dump"
MIB = 1024 * 1024


@dataclass
class Drill:
    """What the steps of one drill share."""

    settings: DrillSettings
    places: Places
    rclone: Rclone
    folder: Path
    tell: Listener
    database: Database | None
    facts: Facts
    number: int = 0
    truth: Sample = field(init=False)
    changes: list[Change] = field(default_factory=list)
    copies: list[CopyResult] = field(default_factory=list)
    whole: bytes = b""
    """The database's rows as the last copy must hold them."""

    def begin(self, step: Step) -> None:
        """Say that a step begins."""
        self.number += 1
        self.tell(Progress(step, self.number, len(Step)))


def run_drill(settings: DrillSettings, on_progress: Listener = lambda _: None) -> DrillReport:
    """Write, copy, change, attack, restore and compare; the report says what was measured and what was found."""
    started = datetime.now(UTC)
    settings.folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as ending:
        folder = Path(tempfile.mkdtemp(prefix="drill-", dir=settings.folder))
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        cloud = settings.cloud or ending.enter_context(
            open_cloud(folder / "cloud", [PACKAGE[settings.source], PACKAGE[settings.target]])
        )
        drill = _prepare(settings, cloud, folder, on_progress)
        drill.database = ending.enter_context(_database(settings))
        return _run(drill, started)


def _prepare(settings: DrillSettings, cloud: PracticeCloud, folder: Path, tell: Listener) -> Drill:
    endpoints = {one: _endpoint(cloud, one) for one in (settings.source, settings.target)}
    places = Places(settings.source, settings.target, endpoints, secrets.token_hex(4))
    rclone = places.rclone(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    facts = Facts(settings.source, settings.target, endpoints[settings.source], endpoints[settings.target])
    drill = Drill(settings, places, rclone, folder, tell, None, facts)
    drill.begin(Step.PREPARE)
    places.make_buckets(rclone)
    return drill


def _endpoint(cloud: PracticeCloud, which: Cloud) -> str:
    package = PACKAGE[which]
    if package in cloud.unavailable:
        raise Unavailable(cloud.unavailable[package])
    return cloud.endpoints[package]


@contextmanager
def _database(settings: DrillSettings) -> Iterator[Database | None]:
    programs = find_programs() if settings.database else None
    if programs is None:
        yield None
        return
    with run_database(programs) as database:
        yield database


def _run(drill: Drill, started: datetime) -> DrillReport:
    _write_sample(drill)
    _copy(drill, Step.COPY)
    _change(drill)
    _copy(drill, Step.COPY_CHANGES)
    _lose(drill)
    attacked = _attack(drill)
    begun = time.monotonic()
    drill.begin(Step.RESTORE)
    # Where not even one copy was made, the empty manifest has everything named as missing.
    manifest = newest_manifest(drill.rclone) or drill.copies[-1].manifest
    database = _restore(drill, manifest)
    took = time.monotonic() - begun
    findings, compared = _compare(drill, manifest, attacked)
    drill.begin(Step.REPORT)
    return _report(drill, started, attacked, manifest, took, database, findings, compared)


def _write_sample(drill: Drill) -> None:
    drill.begin(Step.SAMPLE)
    drill.truth = Sample.make(drill.folder / "truth", drill.settings.objects, drill.settings.seed)
    _upload(drill, drill.truth.folder, drill.truth.keys)
    if drill.database is not None:
        drill.database.fill()


def _upload(drill: Drill, folder: Path, keys: list[str]) -> None:
    """Write objects into the primary, over what is there."""
    for cell, paths in by_cell(keys):
        drill.rclone.put(str(folder / cell), drill.places.file_place(SOURCE, cell), paths)


def _copy(drill: Drill, step: Step) -> None:
    drill.begin(step)
    connection = drill.database.connection if drill.database else {}
    program = str(drill.database.programs / "pg_dump") if drill.database else ""
    result = run_copy(
        CopySettings(
            {cell: drill.places.file_place(SOURCE, cell) for cell in CELLS},
            [DumpSettings("main", connection, program)] if drill.database else [],
        ),
        drill.rclone,
    )
    drill.copies.append(result)
    drill.facts.copied_objects = len(result.manifest.entries)


def _change(drill: Drill) -> None:
    """Add, change and delete one in twenty objects each, before the next copy."""
    drill.begin(Step.CHANGE)
    truth, count = drill.truth, max(2, drill.settings.objects // 20)
    chosen = truth.chance.sample(sorted(truth.keys), 2 * count)
    for number, key in enumerate(chosen[:count]):
        truth.write(key, truth.content(2 * number + 1))
    added = [f"{CELLS[number % 2]}/新增/之後的檔案-{number:04}.txt" for number in range(count)]
    for number, key in enumerate(added):
        truth.write(key, truth.content(2 * number + 2))
    _upload(drill, truth.folder, [*chosen[:count], *added])
    for key in chosen[count:]:
        truth.delete(key)
    for cell, paths in by_cell(chosen[count:]):
        drill.rclone.delete(drill.places.file_place(SOURCE, cell), paths)
    if drill.database is not None:
        drill.database.change()
        drill.whole = drill.database.whole()


def _lose(drill: Drill) -> None:
    """Write what comes after the last copy; with a planted delay it becomes older than the objective."""
    drill.begin(Step.LOSE)
    later = Sample(drill.folder / "later", drill.truth.chance)
    for number, cell in enumerate((*CELLS, *CELLS)):
        later.write(f"{cell}/新增/來不及備份-{number}.txt", later.content(2 * number + 2))
    moment = datetime.now(UTC)
    _upload(drill, later.folder, later.keys)
    drill.changes = [Change(f"files/{key}", moment) for key in later.keys]
    if drill.settings.plant is Plant.LATE:
        time.sleep(max(0.0, 60 * drill.settings.rpo_minutes - (datetime.now(UTC) - moment).total_seconds()) + 0.05)


def _attack(drill: Drill) -> datetime:
    drill.begin(Step.ATTACK)
    drill.facts.live_objects = len(drill.truth.keys) + len(drill.changes)
    attacked = datetime.now(UTC)
    encrypted = attack(drill.places, drill.rclone, drill.truth, drill.folder / "encrypted")
    if drill.database is not None:
        drill.database.attack()
    drill.facts.native = probe_native(drill.places, drill.truth, encrypted)
    drill.facts.lock = probe_lock(drill.places)
    if drill.settings.plant is not None:
        plant_fault(drill.settings.plant, drill.places, drill.rclone, drill.copies[-1].manifest)
    return attacked


def _restore(drill: Drill, manifest: Manifest) -> dict[str, str]:
    """Put files and database into empty places; gives how the database fared."""
    restore_files(manifest, drill.rclone, drill.places.restore_targets())
    if drill.database is None:
        reason = "PostgreSQL's programs are not on this machine." if drill.settings.database else "Left out on request."
        return {"state": "not tested", "reason": reason}
    dump = drill.folder / "main.dump"
    content = drill.rclone.read(f"{drill.places.restore_targets()['databases']}/main.dump")
    if content is None:
        return {"state": "failed", "reason": "The dump is missing from the copy."}
    dump.write_bytes(content)
    try:
        name = drill.database.restore(dump)
    except RuntimeError as error:
        return {"state": "failed", "reason": str(error)}
    same = drill.database.whole(name) == drill.whole
    rows = str(drill.whole.count(b"\n"))
    return {"state": "same" if same else "failed", "rows": rows, "dump_bytes": str(len(content))}


def _compare(drill: Drill, manifest: Manifest, attacked: datetime) -> tuple[list[Finding], int]:
    drill.begin(Step.COMPARE)
    restored = drill.folder / "restored"
    read_restored(drill.rclone, drill.places.restore_targets(), restored)
    known = {_DATABASE_KEY} if drill.database else set()
    findings = set(compare_copy(drill.rclone, manifest, drill.truth, known))
    files, compared = compare_restored(restored, drill.truth, {found.key for found in findings})
    findings |= set(files)
    findings |= set(late_changes(drill.changes, attacked, 60 * drill.settings.rpo_minutes))
    failed = drill.copies[-1].failures.keys() - {found.key for found in findings}
    findings |= {Finding(key, Kind.CORRUPTED) for key in failed}
    return sorted(findings), compared


def _report(  # noqa: PLR0913, PLR0917 - a report is made of all that was measured
    drill: Drill,
    started: datetime,
    attacked: datetime,
    manifest: Manifest,
    took: float,
    database: dict[str, str],
    findings: list[Finding],
    compared: int,
) -> DrillReport:
    drill.facts.compared_objects = compared
    drill.facts.faults = [f"{found.kind}: {found.key}" for found in findings]
    late = {found.key for found in findings if found.kind is Kind.LATE}
    restored = sum(entry.size for entry in manifest.entries.values())
    first = drill.copies[0]
    return DrillReport(
        source=drill.settings.source,
        target=drill.settings.target,
        started=started.isoformat(),
        ended=datetime.now(UTC).isoformat(),
        objects=len(drill.truth.keys),
        bytes=drill.truth.bytes,
        copied_objects=sum(copy.copied for copy in drill.copies),
        restored_objects=len(manifest.entries),
        rpo_seconds=(attacked - datetime.fromisoformat(manifest.as_of)).total_seconds(),
        rpo_target_seconds=60 * drill.settings.rpo_minutes,
        rto_seconds=took,
        rto_target_seconds=60 * drill.settings.rto_minutes,
        lost=tuple(sorted(change.key for change in drill.changes if change.key not in late)),
        findings=tuple(findings),
        digits=digits_of_drill(drill.facts),
        database=database,
        speeds={
            "copy_mib_per_second": round(first.copied_bytes / MIB / first.seconds, 2),
            "restore_mib_per_second": round(restored / MIB / took, 2),
        },
        tools={"rclone": drill.rclone.version(), "postgresql": str(drill.database.programs) if drill.database else ""},
        planted=drill.settings.plant or "",
        previous=drill.settings.previous,
    )
