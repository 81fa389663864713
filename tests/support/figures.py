"""Figures of long campaigns, shown by `pytest -s` and kept in the logs of `make test`."""


def report(text: str) -> None:
    """Say what was reached."""
    print(f"\n{text}")
