"""A practice cloud for the whole run of these tests, and a runner whose operations are carried out one by one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from infra_templates.practice.cloud import PracticeCloud, open_cloud
from tests.factories import stacks
from tracker.core.settings import Settings
from tracker.sandboxes.runner.loop import Runner


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Give settings with a key for what is secret and a practice cloud of their own."""
    folder = tmp_path_factory.mktemp("sandboxes")
    return Settings(
        data_dir=folder,
        secret_key="for tests only, long enough to be taken",
        vault_key="the vault of the tests and long enough as well",
        base_url="http://localhost",
        agency_passwords=False,
        host="host-one",
    )


@pytest.fixture(scope="session")
def cloud(settings: Settings) -> Iterator[PracticeCloud]:
    """Open the practice cloud that all stacks of these tests stand in."""
    with open_cloud(Path(settings.data_dir) / "practice") as opened:
        yield opened


@pytest.fixture
def runner(app: Flask, settings: Settings, cloud: PracticeCloud) -> Iterator[Runner]:
    """Give a runner that knows the small program."""
    cloud.order_faults()
    made = Runner(app, stacks.workshop(settings), prepares=False)
    yield made
    made.stop()
    made.wait()
    cloud.order_faults()


@pytest.fixture
def carry_out(runner: Runner) -> Callable[[], None]:
    """Give what carries out everything that waits."""

    def all_of_it() -> None:
        while runner.take_one():
            runner.wait()

    return all_of_it
