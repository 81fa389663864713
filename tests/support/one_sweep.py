"""Keeps the tests that read one sweep over the whole app on one worker, so that the app is swept once in a run.

By its file: the marks of pytest-xdist's own groups no longer reach its scheduler under pytest 9.2, which keeps ids of its own.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it has no types

FILES = frozenset(
    {
        "tests/app/test_authorisation.py",
        "tests/app/test_templates.py",
        "tests/e2e/test_typed_markup.py",
        "tests/security/test_edge.py",
        "tests/security/test_errors.py",
        "tests/security/test_forms.py",
        "tests/security/test_once.py",
        "tests/security/test_queries.py",
        "tests/security/test_replay.py",
        "tests/security/test_secrets.py",
        "tests/security/test_text.py",
    }
)
ASKED_ONCE = frozenset({"whole_app", "answers", "forms"})


class OneSweep(LoadScopeScheduling):  # type: ignore[misc]  # as above
    """Gives each test to whoever is free, and those of the sweep to one worker, which begins with them."""

    def _split_scope(self, nodeid: str) -> str:
        return "whole app" if _file_of(nodeid) in FILES else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneSweep | None:
    """Schedule the runs that spread single tests; those by file stay as they are."""
    return OneSweep(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a test that reads the sweep from a file that is not scheduled with it."""
    apart = {
        name
        for item in items
        if ASKED_ONCE & set(getattr(item, "fixturenames", ())) and (name := _file_of(item.nodeid)) not in FILES
    }
    if apart:
        raise pytest.UsageError(f"Name in tests/support/one_sweep.py, so that the app is swept once: {sorted(apart)}")


def _file_of(nodeid: str) -> str:
    return nodeid.partition("::")[0]
