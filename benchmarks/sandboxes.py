"""Sandboxes: waiting in the queue, building beside the bare engine, and pages while four stacks are built at once.

The limit of building, from an approval to outputs, is the engine alone: the same program, providers and configuration on an empty
stack of its own, in one bare process. (The command line itself needs a language plugin for that, which is no part of our set-up.)
How late a line of the live log is shows `benchmarks/live_log.py`.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_security.utils import hash_password
from sqlalchemy import func, select

from benchmarks.live_log import p95
from benchmarks.run import PASSWORD, Browser
from benchmarks.servers import product
from infra_templates.practice.cloud import PracticeCloud, open_cloud
from tests.factories import people, stacks
from tracker.accounts.rules import Role
from tracker.app import create_app
from tracker.core import clock, schema
from tracker.core.db import session, unit_of_work
from tracker.core.settings import Settings
from tracker.sandboxes.models import Sandbox, SandboxOperation
from tracker.sandboxes.rules.states import ENDED, OperationKind, OperationState, SandboxState
from tracker.sandboxes.runner.assembly import PACKAGES, Program, Workshop, configuration_of
from tracker.sandboxes.runner.loop import Runner

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 1.3
AT_ONCE = 4
READINGS = 60
SIGNED_IN = 'action="/sign-out"'
PAGES = ("/engagements", "/sandboxes", "/vendors")


def main() -> int:
    """Measure; 1 where an operation failed or building takes longer than the limit allows."""
    parser = argparse.ArgumentParser(description="Measure sandboxes beside the bare engine.")
    parser.add_argument("--template", default="gcp_saas", help="a template of the catalogue")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as ending:
        settings = Settings(
            data_dir=Path(name) / "data",
            secret_key="x" * 40,
            vault_key="v" * 40,
            host="bench",
            sandbox_slots=1,
            agency_passwords=False,
        )
        schema.migrate(settings)
        cloud = ending.enter_context(open_cloud(settings.data_dir / "practice"))
        app = create_app(settings)
        ending.enter_context(app.app_context())
        ours, bare = [], []
        stop = start_runner(app, settings)
        for number in range(asked.rounds):
            made = plan(asked.template)
            ours.append(build(made))
            bare.append(by_engine_alone(made, cloud, Path(name) / f"bare-{number}"))
            remove(made)
        stop()
        report(asked.template, ours, bare)
        report_pages(*pages_while_building(app, settings, asked.template, ending))
        return 0 if statistics.median(ours) <= LIMIT * statistics.median(bare) else 1


def start_runner(app: Flask, settings: Settings) -> Callable[[], None]:
    """Carry out what waits in a thread; gives what ends it."""
    runner = Runner(app, Workshop(settings), prepares=False)
    thread = threading.Thread(target=runner.run, daemon=True)
    thread.start()

    def stop() -> None:
        runner.stop()
        thread.join()

    return stop


def pages_while_building(
    app: Flask, settings: Settings, template: str, ending: ExitStack
) -> tuple[list[float], list[float], int]:
    """Read pages of the web role, as it runs elsewhere, with nothing to do and while stacks are built; tells how many were."""
    waiting = settings.model_copy(update={"sandbox_slots": AT_ONCE})
    with unit_of_work(), app.test_request_context():
        reader = people.person(Role.STAFF)
        reader.password, reader.password_changed_at = hash_password(PASSWORD), clock.now()
        email = reader.email
    stop = start_runner(create_app(waiting), waiting)
    made = [plan(template) for _number in range(AT_ONCE)]
    environment = {
        "CLOUDSTEPS_DATA_DIR": str(settings.data_dir),
        "CLOUDSTEPS_DATABASE_URL": settings.database_url,
        "CLOUDSTEPS_SECRET_KEY": settings.secret_key,
        "CLOUDSTEPS_VAULT_KEY": "v" * 40,
        "CLOUDSTEPS_LOG_TERMINAL": "false",
        "CLOUDSTEPS_AGENCY_PASSWORDS": "0",
    }
    server = ending.enter_context(product(environment))
    browser = Browser(server.address)
    browser.post("/sign-in", {**dict(browser.form("/sign-in")), "email": email, "password": PASSWORD})
    quiet = read_pages(browser, READINGS)
    for one in made:
        stacks.approve(one)
    wait_until_running(AT_ONCE)
    busy, most = list[float](), 0
    while (running := count_running()) > 0:
        most = max(most, running)
        if running == AT_ONCE or not busy:
            busy += read_pages(browser, len(PAGES))
        else:
            time.sleep(0.2)
    for one in made:
        remove(one)
    stop()
    return quiet, busy, most


def read_pages(browser: Browser, number: int) -> list[float]:
    """Read pages one after the other, and give the seconds each took."""
    took = []
    for reading in range(number):
        began = time.perf_counter()
        page = browser.get(PAGES[reading % len(PAGES)])
        took.append(time.perf_counter() - began)
        if SIGNED_IN not in page:
            sys.exit(f"{PAGES[reading % len(PAGES)]} was not shown.")
    return took


def count_running() -> int:
    session().rollback()
    running = select(func.count()).select_from(SandboxOperation)
    return session().scalar(running.where(SandboxOperation.state == OperationState.RUNNING)) or 0


def wait_until_running(number: int) -> None:
    until = time.monotonic() + 60
    while count_running() < number:
        if time.monotonic() > until:
            sys.exit(f"{number} operations did not begin together.")
        time.sleep(0.05)


def report_pages(quiet: list[float], busy: list[float], most: int) -> None:
    for name, took in (("with nothing running", quiet), (f"while {most} operations run", busy)):
        print(
            f"  a page {name:<26} median {statistics.median(took) * 1000:4.0f} ms   p95 {p95(took) * 1000:4.0f} ms   of {len(took)}"
        )


def plan(template: str) -> Sandbox:
    cloud = template.partition("_")[0]
    region = {"aws": "ap-northeast-1", "azure": "japaneast", "gcp": "asia-east1"}[cloud]
    second = "gcp" if cloud == "aws" else "aws"
    with unit_of_work():
        parameters = {"region": region, "backup_cloud": second, "rto_minutes": 480, "rpo_minutes": 1440}
        made = stacks.sandbox(template=template, cloud=cloud, parameters=parameters)
    wait_for(made, OperationKind.PREVIEW)
    return made


def build(made: Sandbox) -> float:
    approved = time.monotonic()
    stacks.approve(made)
    wait_for(made, OperationKind.UP)
    return time.monotonic() - approved


def remove(made: Sandbox) -> None:
    stacks.begin_destroy(made)
    wait_for(made, OperationKind.DESTROY)
    session().refresh(made)
    if made.state is not SandboxState.DESTROYED:
        sys.exit(f"{made.code} is {made.state}: {made.leftovers}")


def wait_for(made: Sandbox, kind: OperationKind) -> None:
    """Wait for the end of the newest operation, looking as often as a page would at its fastest."""
    found = select(SandboxOperation.state, SandboxOperation.error).where(
        SandboxOperation.sandbox_id == made.id, SandboxOperation.kind == kind
    )
    until = clock.now() + timedelta(minutes=15)
    while clock.now() < until:
        session().rollback()
        state, error = session().execute(found.order_by(SandboxOperation.id.desc()).limit(1)).one()
        if state is OperationState.SUCCEEDED:
            session().rollback()
            return
        if state in ENDED:
            sys.exit(f"{kind} {state}: {error}")
        time.sleep(0.05)
    sys.exit(f"{kind} did not end.")


def by_engine_alone(made: Sandbox, cloud: PracticeCloud, folder: Path) -> float:
    """Build the same program with the same configuration by the engine alone, in a process of its own, then remove it."""
    session().refresh(made)
    kept = session().scalars(stacks.newest_plan(made)).one().settings
    config = configuration_of(made, {**kept, "sandbox": f"{made.code}b"}, Program("", made.template))
    packages = sorted({PACKAGES[made.cloud], PACKAGES[str(made.parameters["backup_cloud"])]})
    told = {"folder": str(folder), "cloud": str(cloud.folder), "template": made.template, "config": config}
    command = [sys.executable, "-m", "benchmarks.bare_up", json.dumps({**told, "packages": packages})]
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    took = time.monotonic() - started
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    subprocess.run([*command, "destroy"], cwd=ROOT, capture_output=True, check=True)
    return took


def report(template: str, ours: list[float], bare: list[float]) -> None:
    waits = [
        (row.started_at - row.run_at).total_seconds()
        for row in session().scalars(select(SandboxOperation))
        if row.started_at is not None
    ]
    median, bare_median = statistics.median(ours), statistics.median(bare)
    print(f"\n{template}, {len(ours)} rounds")
    print(f"  wait in the queue        median {statistics.median(waits):5.2f} s   longest {max(waits):5.2f} s")
    print(f"  approval to outputs      median {median:5.1f} s   {'  '.join(f'{one:.1f}' for one in ours)}")
    print(f"  bare pulumi up           median {bare_median:5.1f} s   {'  '.join(f'{one:.1f}' for one in bare)}")
    print(f"  ratio                    {median / bare_median:5.2f}   (limit {LIMIT})")


if __name__ == "__main__":
    sys.exit(main())
