"""A worker that knows the small programs, with the engine that TEST_ENGINE names: one of several hosts by CLOUDSTEPS_HOST."""

import os
import signal
import sys

from tests.factories import stacks
from tracker.app import create_app
from tracker.core import logs
from tracker.core.settings import Settings
from tracker.sandboxes.runner.loop import Runner


def main() -> int:
    """Carry out operations until told to end."""
    settings = Settings()
    logs.configure(settings, "worker")
    runner = Runner(create_app(settings), stacks.workshop(settings, engine=os.environ["TEST_ENGINE"]), prepares=False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: runner.stop())
    runner.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
