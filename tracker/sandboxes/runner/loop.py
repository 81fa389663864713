"""The part of a worker that carries out operations: takes them as slots are free, each in a thread with a child of its own."""

import threading
from datetime import timedelta

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from tracker.core.db import session, unit_of_work
from tracker.core.settings import Settings
from tracker.sandboxes.engine.clouds import PracticeGround
from tracker.sandboxes.runner import claims
from tracker.sandboxes.runner.assembly import Workshop, practice_folder
from tracker.sandboxes.runner.claims import Worker
from tracker.sandboxes.runner.hosts import Host
from tracker.sandboxes.runner.run import Run

log = structlog.get_logger()
POLL_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
LEAVING_SECONDS = 25.0


class Runner:
    """Takes and carries out operations until it is told to stop."""

    def __init__(self, app: Flask, workshop: Workshop | None = None, *, prepares: bool = True) -> None:
        """Give the runner its app; a test gives it programs and an engine of its own."""
        settings: Settings = app.config["SETTINGS"]
        self.app = app
        self.workshop = workshop or Workshop(settings, ground=PracticeGround(practice_folder(settings)))
        self.worker = Worker.here(settings.host)
        self.lease = timedelta(seconds=settings.work_lease_seconds)
        self.slots, self.cloud_cap = settings.sandbox_slots, settings.sandbox_cloud_cap
        self.host = Host(app, self.worker.host, self.slots, prepares=prepares)
        self.stopping = threading.Event()
        self.running: dict[threading.Thread, Run] = {}

    def run(self) -> None:
        """Take operations until told to stop, then let those in hand end in order."""
        if not self.slots:
            return
        self.host.start()
        pause = POLL_SECONDS
        while not self.stopping.is_set():
            try:
                if not self.take_one():
                    self.stopping.wait(POLL_SECONDS)
                pause = POLL_SECONDS
            except (SQLAlchemyError, OSError) as error:
                log.error("runner waits", error=type(error).__name__, seconds=pause)
                self.stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        self._leave()

    def take_one(self) -> bool:
        """Take an operation if a slot is free and something is there; tell whether it did."""
        self.running = {thread: run for thread, run in self.running.items() if thread.is_alive()}
        if len(self.running) >= self.slots or not self.host.is_ready:
            return False
        with self.app.app_context():
            try:
                if not claims.has_work(session(), self.worker):
                    return False
                session().rollback()
                with unit_of_work() as work:
                    claimed = claims.claim(work, self.worker, lease=self.lease, cloud_cap=self.cloud_cap)
            finally:
                session().rollback()
        if claimed is None:
            return False
        run = Run(self.app, self.workshop, claimed, self.lease)
        thread = threading.Thread(target=run, name=f"operation-{claimed.operation_id}", daemon=True)
        self.running[thread] = run
        thread.start()
        return True

    def wait(self) -> None:
        """Wait for the operations in hand."""
        for thread in list(self.running):
            thread.join()

    def stop(self) -> None:
        """Take nothing more, and end."""
        self.stopping.set()

    def _leave(self) -> None:
        for run in self.running.values():
            run.leaving.set()
        for thread in list(self.running):
            thread.join(LEAVING_SECONDS / max(1, len(self.running)))
        if self.workshop.ground is not None:
            self.workshop.ground.stop()
        self.host.stop()
