"""Two hosts on PostgreSQL with the real engine, and the states of all stacks in a bucket that neither of them holds."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import pytest
from sqlalchemy import select

from infra_templates.practice.cloud import PracticeCloud
from infra_templates.practice.search import search_in
from tests.factories.mail import free_port
from tests.support.campaign import ask_for, children, start_worker, step_on, with_key
from tests.support.figures import report
from tests.support.installation import Process, answers, make, wait_until
from tests.support.postgres import postgres
from tracker.core.db import session
from tracker.sandboxes.engine.job import REAL
from tracker.sandboxes.models import Sandbox, SandboxOperation
from tracker.sandboxes.rules.states import OperationKind, OperationState

SANDBOXES = int(os.environ.get("CLOUDSTEPS_HOSTS_SANDBOXES", "4"))
HOSTS = ("host-one", "host-two")
LIFE = (OperationKind.PREVIEW, OperationKind.UP, OperationKind.DESTROY)
BUCKET, PROFILE = "states-of-stacks", "states"
pytestmark = [pytest.mark.engine, pytest.mark.faults, pytest.mark.timeout(300 + 60 * SANDBOXES)]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Any]]:
    """Run a server of S3 with an empty bucket; gives its address as a backend, and a client."""
    port = free_port()
    secrets = tmp_path / "store-credentials"
    secrets.write_text(f"[{PROFILE}]\naws_access_key_id = store\naws_secret_access_key = of-states\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(secrets))
    endpoint = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: answers(f"{endpoint}/moto-api/"), 60)
        client = boto3.Session(profile_name=PROFILE).client("s3", region_name="us-east-1", endpoint_url=endpoint)
        client.create_bucket(Bucket=BUCKET)
        yield f"s3://{BUCKET}?region=us-east-1&profile={PROFILE}&endpoint={endpoint}&s3ForcePathStyle=true", client
    finally:
        server.kill()
        server.wait(30)


def test_two_hosts_share_stacks_in_a_bucket_and_take_over_what_the_other_left(
    store: tuple[str, Any], cloud: PracticeCloud, tmp_path: Path
) -> None:
    backend, client = store
    more = {"CLOUDSTEPS_PRACTICE_DIR": str(cloud.folder), "CLOUDSTEPS_PULUMI_BACKEND_URL": backend}
    with postgres() as server:
        installation = with_key(make(tmp_path / "data", server.url))
        try:
            with installation.inside():
                ids = ask_for(SANDBOXES)
                workers = {host: start_worker(installation, host, 2, REAL, **more) for host in HOSTS}
                wait_until(lambda: not step_on() and len(building()) == len(HOSTS), 120, installation.said)
                assert stored(client, ".pulumi/stacks/"), "the states do not lie in the bucket"
                lose(workers.pop("host-two"), children(installation))
                wait_until(step_on, 200 + 60 * SANDBOXES, installation.said)

                rows = list(session().scalars(select(SandboxOperation)))
                assert [(one.kind, one.error) for one in rows if one.state is not OperationState.SUCCEEDED] == []
                runs = Counter((one.sandbox_id, one.kind) for one in rows)
                assert runs == {(number, kind): 1 for number in ids for kind in LIFE}
                assert {one.host for one in rows} == set(HOSTS)
                taken_over = [one for one in rows if one.attempts > 1]
                assert {one.host for one in taken_over} == {"host-one"}
                codes = list(session().scalars(select(Sandbox.code)))
                gcp = {"gcp": cloud.endpoints["gcp"]}
                assert [
                    one for code in codes for one in search_in(cloud.folder, gcp, {"cloudsteps-sandbox": code})
                ] == []
                assert stored(client, ".pulumi/locks/") == []
                assert not (installation.settings.data_dir / "stacks").exists()
                report(
                    f"two hosts, {len(ids)} sandboxes, {len(rows)} operations, {len(taken_over)} taken over, states in S3"
                )
                assert workers["host-one"].stop() == 0
        finally:
            installation.end()


def building() -> list[str]:
    """Give the hosts on which something is being built just now."""
    running = (SandboxOperation.kind == OperationKind.UP, SandboxOperation.state == OperationState.RUNNING)
    found = list(session().scalars(select(SandboxOperation.host).distinct().where(*running)))
    session().rollback()
    return [host for host in found if host]


def lose(worker: Process, of_operations: list[int]) -> None:
    """Lose a host: its worker and every process that the worker's operations have started."""
    ours = {pid for pid in of_operations if parent_of(pid) == worker.popen.pid}
    sessions = {os.getsid(pid) for pid in ours}
    worker.kill()
    for entry in Path("/proc").iterdir():
        with suppress(ProcessLookupError, ValueError):
            if os.getsid(int(entry.name)) in sessions:
                os.kill(int(entry.name), signal.SIGKILL)


def parent_of(pid: int) -> int:
    """Give the parent of a process; 0 where it is gone."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    return 0


def stored(client: Any, prefix: str) -> list[str]:
    """List what lies in the bucket under a prefix."""
    return [one["Key"] for one in client.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", ())]
