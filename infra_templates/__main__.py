"""`python -m infra_templates plan aws_saas --config Pulumi.sandbox.yaml`: what a template would make, without a cloud account."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from infra_templates.engine.find import NoEngine
from infra_templates.plan.files import read_config
from infra_templates.plan.preview import PlanFailed
from infra_templates.plan.report import PlanReport, plan_stack
from infra_templates.plan.templates import TEMPLATES, template_of
from infra_templates.plan.text import LANGUAGES, write_text
from infra_templates.practice.cloud import open_cloud
from infra_templates.practice.emulators import Unavailable
from infra_templates.sentences import Sentence, Unsuitable


def main(arguments: Sequence[str] | None = None) -> int:
    """Plan; 1 where it can't be planned or a guardrail forbids to deploy it."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        report = _plan(given)
    except Unsuitable as error:
        return _refuse(error.sentence)
    except Unavailable as error:
        return _refuse(error.sentence)
    except (NoEngine, OSError, PlanFailed) as error:
        print(error, file=sys.stderr)
        return 1
    print(write_text(report, given.language))
    if given.out is not None:
        _keep(report, given.out)
    return 1 if report.is_blocked else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra_templates", description="Reference templates of CloudSteps.")
    commands = parser.add_subparsers(dest="command", required=True)
    plan = commands.add_parser("plan", help="resources, guardrail findings, monthly price and picture of a template")
    plan.add_argument("template", choices=list(TEMPLATES))
    plan.add_argument("--config", type=Path, required=True, help="such as Pulumi.sandbox.yaml; each stack has examples")
    plan.add_argument("--out", type=Path, help="a folder for plan.json and the picture in both languages")
    plan.add_argument("--language", choices=LANGUAGES, default="zh-Hant")
    return parser


def _plan(given: argparse.Namespace) -> PlanReport:
    settings, more = read_config(given.config, given.template)
    packages = template_of(given.template, settings, more).packages
    with tempfile.TemporaryDirectory(prefix="cloudsteps-plan-") as name:
        folder = Path(name)
        with open_cloud(folder / "cloud", packages) as cloud:
            return plan_stack(given.template, settings, cloud=cloud, work_dir=folder / "stack", more=more)


def _keep(report: PlanReport, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.json").write_text(json.dumps(report.row(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for language in LANGUAGES:
        path = folder / f"architecture.{language}.svg"
        path.write_text(report.picture(language), encoding="utf-8")
        print(path)


def _refuse(sentence: Sentence) -> int:
    print(sentence.zh_hant, sentence.en, sep="\n", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
