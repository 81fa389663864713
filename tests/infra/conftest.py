"""A practice cloud per test file, and a stack per test."""

import asyncio
import gc
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra_templates.practice.cloud import PracticeCloud, open_cloud
from infra_templates.practice.provider.tables import PACKAGES
from infra_templates.practice.run import StackSettings

REGIONS = {
    "aws": {"aws:region": "ap-northeast-1"},
    "azure-native": {"azure-native:location": "japaneast"},
    "gcp": {"gcp:project": "practice-project", "gcp:region": "asia-east1"},
}

Settings = Callable[[str], StackSettings]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeCloud]:
    with open_cloud(tmp_path_factory.mktemp("cloud"), PACKAGES) as opened:
        yield opened
        opened.order_faults()


@pytest.fixture
def settings_for(tmp_path: Path, cloud: PracticeCloud) -> Iterator[Settings]:
    """Give the settings of a stack of one package, in a folder of this test."""
    cloud.order_faults()

    def settings(package: str) -> StackSettings:
        return StackSettings(tmp_path / package, config=REGIONS[package], packages=[package])

    yield settings
    cloud.order_faults()


@pytest.fixture
def swept() -> Iterator[None]:
    """Let go of the event loop that the SDK leaves open when the engine fails."""
    yield
    asyncio.set_event_loop(None)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish() -> None:
    """Throw away what the SDK left open in the last failure of the engine; nothing of ours is closed so late."""
    heard, sys.unraisablehook = sys.unraisablehook, lambda _: None
    gc.collect()
    sys.unraisablehook = heard
