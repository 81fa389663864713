"""Figures of long campaigns, shown at the end of the run by whichever process they were reached in."""

from collections.abc import Iterator

import pytest

_reached: list[str] = []
KIND = "figures"


def report(text: str) -> None:
    """Say what was reached."""
    _reached.append(text)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> None:
    """Hang what a test said to its report, which xdist's workers send home."""
    while _reached:
        item.user_properties.append((KIND, _reached.pop(0)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what was reached."""
    for text in sorted(set(_figures(terminalreporter))):
        terminalreporter.write_line(text)


def _figures(terminalreporter: pytest.TerminalReporter) -> Iterator[str]:
    for outcome in ("passed", "failed"):
        for ended in terminalreporter.getreports(outcome):
            yield from (text for kind, text in ended.user_properties if kind == KIND)
