"""Backup drills: held in a practice cloud of their own, whose data nobody else uses, with a report that is signed."""

import json
from pathlib import Path
from typing import Any

from infra_templates.backup.drill.report import load_key, sign
from infra_templates.backup.drill.run import run_drill
from infra_templates.backup.drill.settings import DrillSettings, Plant, Progress
from infra_templates.practice.emulators import Unavailable
from infra_templates.sentences import Unsuitable
from infra_templates.settings import Cloud
from tracker.sandboxes.engine.job import Job, Stopped, Tell


def hold(job: Job, tell: Tell) -> dict[str, Any]:
    """Back up, attack and restore real data between the clouds of a sandbox, and sign what was measured."""
    details = job.details
    settings = DrillSettings(
        source=Cloud(details["source"]),
        target=Cloud(details["target"]),
        folder=Path(job.folder) / "drill",
        objects=int(details["objects"]),
        rto_minutes=float(details["rto_minutes"]),
        rpo_minutes=float(details["rpo_minutes"]),
        seed=int(details["seed"]),
        previous=str(details["previous"]),
        plant=Plant(details["plant"]) if details.get("plant") else None,
    )

    def told(progress: Progress) -> None:
        step = progress.sentence
        tell("step", number=progress.number, of=progress.of, zh=step.zh_hant, en=step.en)

    try:
        report = run_drill(settings, told)
    except (Unavailable, Unsuitable) as refusal:
        raise Stopped(refusal.sentence.en) from refusal
    signed = sign(report, load_key(Path(details["key"])))
    return {
        "passed": report.passed,
        "signed": json.dumps(signed, ensure_ascii=False, indent=1, sort_keys=True),
        "rpo_seconds": round(report.rpo_seconds, 2),
        "rto_seconds": round(report.rto_seconds, 2),
        "digits": [digit.row() for digit in report.digits],
        "refusals": [reason._asdict() for reason in report.refusals],
    }
