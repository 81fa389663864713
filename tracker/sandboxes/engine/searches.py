"""Searches a cloud for what bears our tags: the only proof that something is left, or that nothing is."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from infra_templates.practice.cloud import PracticeCloud
from infra_templates.practice.search import Found, search_in
from infra_templates.practice.supervisor import state_in
from tracker.sandboxes.engine import accounts
from tracker.sandboxes.engine.job import Died, Job


def search(job: Job) -> list[dict[str, Any]]:
    """Find everything that bears the tags of a job, in every region."""
    if not job.practice:
        return accounts.search(job)
    cloud = practice_cloud(job)
    return [_row(one) for one in search_in(cloud.folder, _of(cloud, job), dict(job.tags))]


def practice_cloud(job: Job) -> PracticeCloud:
    """Give the practice cloud of this machine, which the worker has started and which stays when the operation ends."""
    folder = Path(job.practice)
    state = state_in(folder)
    if state is None:
        raise Died("The practice cloud of this machine does not run. Its logs say why.")
    return PracticeCloud(folder.resolve(), state)


def check_account(job: Job) -> None:
    """Stop where the credentials belong to another account than the one that was chosen."""
    accounts.check(job)


def _of(cloud: PracticeCloud, job: Job) -> dict[str, str]:
    return {package: address for package, address in cloud.endpoints.items() if package in job.packages}


def _row(found: Found) -> dict[str, Any]:
    row = asdict(found)
    return {"provider": row.pop("package"), **row}
