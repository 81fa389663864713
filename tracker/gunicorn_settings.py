"""The web role's server: `gunicorn -c python:tracker.gunicorn_settings "tracker.app:create_app()"`."""

import os
from typing import Any

from prometheus_client import multiprocess

from tracker.core import logs, memory
from tracker.core.settings import Settings
from tracker.overview import telemetry

_settings = Settings()

bind = os.environ.get("CLOUDSTEPS_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = _settings.web_workers
threads = _settings.web_threads + _settings.web_streams  # a stream keeps its thread
timeout = 60
graceful_timeout = 20
keepalive = 5
accesslog = None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True
preload_app = True  # a process that falls is replaced at once, and all share the memory of the code
limit_request_line = 8190


def when_ready(_server: Any) -> None:
    """Settle before the first fork, so that the processes share what was loaded."""
    memory.settle()


def post_fork(_server: Any, _worker: Any) -> None:
    """Send each process's logs to the day's file."""
    logs.configure(_settings, "web")


def child_exit(_server: Any, worker: Any) -> None:
    """Leave the figures of a process that ended as they are, but for those of the living."""
    if telemetry.FOLDER in os.environ:
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # the package leaves it without types
