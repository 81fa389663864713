"""How long preview, up and destroy of each stack take in the practice cloud, with the plan's report beside the bare preview.

Times are those of the engine, its providers and the emulators on this machine; a real cloud takes minutes where a database is made.
"""

import argparse
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from infra_templates.plan.report import plan_stack
from infra_templates.plan.templates import Template, template_of
from infra_templates.practice.cloud import PracticeCloud, open_cloud
from infra_templates.practice.run import Operation, StackSettings, run_stack
from infra_templates.settings import Cloud, SaasSettings

PLACES = {
    Cloud.AWS: ("ap-east-2", Cloud.GCP),
    Cloud.AZURE: ("japaneast", Cloud.AWS),
    Cloud.GCP: ("asia-east1", Cloud.AZURE),
}


def main() -> int:
    """Measure the stacks; 1 where one did not go to nothing."""
    parser = argparse.ArgumentParser(description="Time the stacks in the practice cloud.")
    parser.add_argument("--stacks", default="aws,azure,gcp", help="which, with commas")
    asked = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as name:
        started = time.monotonic()
        with open_cloud(Path(name) / "cloud") as cloud:
            print(f"practice cloud ready in {time.monotonic() - started:.1f} s")
            print(f"{'stack':<12}{'resources':>10}{'preview':>10}{'plan':>10}{'up':>10}{'destroy':>10}   seconds")
            for one in asked.stacks.split(","):
                good = measure(cloud, Cloud(one), Path(name) / one) and good
    return 0 if good else 1


def measure(cloud: PracticeCloud, own: Cloud, home: Path) -> bool:
    """Time one stack as a sandbox of size small, from nothing to nothing."""
    template = template_of(f"{own}_saas", settings_of(own))
    settings = StackSettings(home, project=template.name, config=template.config, packages=template.packages)
    times = {}
    for operation in (Operation.PREVIEW, "plan", Operation.UP, Operation.DESTROY):
        started = time.monotonic()
        left = carry_out(operation, template, settings, cloud)
        times[str(operation)] = (time.monotonic() - started, left)
    count = times["up"][1]
    seconds = "".join(f"{times[name][0]:>10.1f}" for name in ("preview", "plan", "up", "destroy"))
    print(f"{template.name:<12}{count:>10}{seconds}", flush=True)
    return times["destroy"][1] == 0


def carry_out(operation: str, template: Template, settings: StackSettings, cloud: PracticeCloud) -> int:
    """Do one operation, and give how many resources there are afterwards."""
    if operation == "plan":
        report = plan_stack(template.name, template.settings, cloud=cloud, work_dir=settings.home / "plan")
        report.picture("en")
        return len(report.resources)
    return len(run_stack(template.program, settings, cloud, Operation(operation)).resources)


def settings_of(own: Cloud) -> SaasSettings:
    """Give the settings of a sandbox that is measured."""
    region, second = PLACES[own]
    return SaasSettings.model_validate(
        {
            "cloud": own,
            "region": region,
            "backup_cloud": second,
            "programme": "bench",
            "engagement": "bench",
            "sandbox": "bench",
            "owner": "bench",
            "alert_email": "bench@people.example",
            "expires_on": date.today() + timedelta(days=1),  # noqa: DTZ011 - any day to come
        }
    )


if __name__ == "__main__":
    sys.exit(main())
