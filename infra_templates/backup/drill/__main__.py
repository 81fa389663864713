"""Run a drill on this machine: `python -m infra_templates.backup.drill --from aws --to gcp`; `… verify REPORT` checks one."""

import argparse
import base64
import json
import sys
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from infra_templates.backup.drill.report import DrillReport, load_key, sign, verify, write
from infra_templates.backup.drill.run import run_drill
from infra_templates.backup.drill.settings import PAIRS, DrillSettings, Plant, Progress
from infra_templates.backup.mover.rclone import RcloneFailed
from infra_templates.practice.emulators import ROOT, Unavailable
from infra_templates.sentences import Sentence, Unsuitable
from infra_templates.settings import Cloud

FOLDER = ROOT / "var" / "drills"


def main() -> int:
    """Do what was asked; 1 where a drill failed or a report can't be trusted, 2 where no drill could be held."""
    if sys.argv[1:2] == ["verify"]:
        return _verify(sys.argv[2:])
    given = _parser().parse_args()
    pairs = PAIRS if given.all else ((Cloud(given.source), Cloud(given.target)),)
    results = [_drill(given, *pair) for pair in pairs]
    return max(results)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra_templates.backup.drill",
        description="Back up, attack and restore real data between two practised clouds, and report what was measured.",
        epilog="To check a report: python -m infra_templates.backup.drill verify REPORT [--key PUBLIC.pem]",
    )
    clouds = [cloud.value for cloud in Cloud]
    parser.add_argument("--from", dest="source", choices=clouds, default="aws", help="the primary cloud")
    parser.add_argument("--to", dest="target", choices=clouds, default="gcp", help="the cloud of the second copy")
    parser.add_argument("--all", action="store_true", help="all six pairs, one after the other")
    parser.add_argument("--objects", type=int, default=2_000)
    parser.add_argument("--rto-minutes", type=float, default=480)
    parser.add_argument("--rpo-minutes", type=float, default=1_440)
    parser.add_argument("--plant", choices=[plant.value for plant in Plant], help="a fault, to see it found")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where reports and their key are kept (var/drills)")
    return parser


def _drill(given: argparse.Namespace, source: Cloud, target: Cloud) -> int:
    key = given.folder / "drill-key.pem"
    print(f"\n{source} → {target}")
    try:
        report = run_drill(
            DrillSettings(
                source,
                target,
                given.folder,
                objects=given.objects,
                rto_minutes=given.rto_minutes,
                rpo_minutes=given.rpo_minutes,
                plant=Plant(given.plant) if given.plant else None,
                seed=given.seed,
                previous=_newest(given.folder),
            ),
            _tell,
        )
    except (Unavailable, Unsuitable) as refusal:
        return _say(refusal.sentence, 2)
    except RcloneFailed as error:
        return _say(Sentence(f"rclone 失敗：{error}", f"rclone failed: {error}"), 2)
    path = given.folder / f"drill-{source}-{target}-{report.started[:19].replace(':', '')}.json"
    digest = write(sign(report, load_key(key)), path)
    _show(report)
    print(f"  {path}\n  sha256 {digest}")
    return 0 if report.passed else 1


def _newest(folder: Path) -> str:
    """Give the SHA-256 of the report before this one, which the new one names."""
    reports = sorted(folder.glob("drill-*.json"), key=lambda path: path.stat().st_mtime)
    return sha256(reports[-1].read_bytes()).hexdigest() if reports else ""


def _tell(progress: Progress) -> None:
    print(f"  {progress.number:>2}/{progress.of} {progress.sentence.zh_hant} {progress.sentence.en}", flush=True)


def _show(report: DrillReport) -> None:
    print(f"  RPO {report.rpo_seconds:.1f} s ≤ {report.rpo_target_seconds:.0f} s, ", end="")
    print(f"RTO {report.rto_seconds:.1f} s ≤ {report.rto_target_seconds:.0f} s (objectives after ≤)")
    print(f"  {report.restored_objects} objects restored; database: {report.database['state']}")
    for name, speed in report.speeds.items():
        print(f"  {name.replace('_', ' ')}: {speed}")
    for digit in report.digits:
        print(f"  {digit.figure} {digit.state:<8} {digit.title.zh_hant} {digit.title.en}: {digit.reason.en}")
    for reason in report.refusals:
        print(f"  ✗ {reason.zh_hant} {reason.en}")
    print("  PASSED 通過" if report.passed else "  FAILED 未通過")


def _verify(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra_templates.backup.drill verify")
    parser.add_argument("report", type=Path)
    parser.add_argument(
        "--key", type=Path, help="the public key (PEM) that must have signed; without it, the one inside"
    )
    given = parser.parse_args(arguments)
    try:
        signed = json.loads(given.report.read_bytes())
        trusted = _public(given.key) if given.key else None
    except (OSError, ValueError) as error:
        return _say(Sentence(f"讀不到：{error}", f"It cannot be read: {error}"), 1)
    wrong = verify(signed, trusted)
    if wrong is not None:
        return _say(wrong, 1)
    outcome = "passed" if signed["report"]["passed"] else "failed"
    key = signed["signature"]["public_key"]
    return _say(Sentence(f"簽章有效（{outcome}），公鑰 {key}", f"The signature holds ({outcome}); public key {key}"), 0)


def _public(path: Path) -> str:
    raw = load_pem_public_key(path.read_bytes()).public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def _say(sentence: Sentence, code: int) -> int:
    print(sentence.zh_hant, sentence.en, sep="\n", file=sys.stderr if code else sys.stdout)
    return code


if __name__ == "__main__":
    sys.exit(main())
