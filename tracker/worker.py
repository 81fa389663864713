"""The worker role: claims work, does it under a lease, and gives back what fails."""

import os
import signal
import socket
import threading
from collections.abc import Mapping
from datetime import timedelta

import structlog
from flask import Flask
from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError

from tracker.accounts import jobs as account_jobs
from tracker.core import heartbeats, memory, queue
from tracker.core.db import session, unit_of_work
from tracker.core.heartbeats import Heartbeat
from tracker.core.queue import Claim
from tracker.core.settings import Settings
from tracker.core.tasks import Hopeless, Task
from tracker.events import jobs as event_jobs
from tracker.evidence import jobs as evidence_jobs
from tracker.imports import jobs as import_jobs
from tracker.notifications import jobs as notification_jobs
from tracker.overview import upkeep
from tracker.overview.audit_trail import jobs as audit_jobs
from tracker.poc import jobs as poc_jobs
from tracker.sandboxes import jobs as sandbox_jobs
from tracker.sandboxes.runner.loop import Runner

log = structlog.get_logger()

TASKS: Mapping[str, Task] = {
    **account_jobs.TASKS,
    **notification_jobs.TASKS,
    **event_jobs.TASKS,
    **evidence_jobs.TASKS,
    **import_jobs.TASKS,
    **upkeep.TASKS,
    **audit_jobs.TASKS,
    **poc_jobs.TASKS,
    **sandbox_jobs.TASKS,
}
ROLE = "worker"
POLL_SECONDS = 1.0
BEAT_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 30.0


class LeaseLost(Exception):
    """Another worker has taken the work over; what was done here is not written."""


class Worker:
    """One process that does one piece of work at a time."""

    def __init__(self, app: Flask, tasks: Mapping[str, Task] = TASKS) -> None:
        """Give the worker its app and the kinds of work it knows."""
        settings: Settings = app.config["SETTINGS"]
        self.app, self.tasks = app, tasks
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.lease = timedelta(seconds=settings.work_lease_seconds)
        self.stopping = threading.Event()
        self.claim: Claim | None = None

    def run(self) -> None:
        """Work until told to stop; a database that is gone is waited for."""
        log.info("worker started", worker=self.name)
        beating = threading.Thread(target=self._keep_beating, name="heartbeat", daemon=True)
        beating.start()
        pause = POLL_SECONDS
        while not self.stopping.is_set():
            try:
                if not self.work_once():
                    self.stopping.wait(POLL_SECONDS)
                pause = POLL_SECONDS
            except (SQLAlchemyError, OSError) as error:
                log.error("worker waits", error=type(error).__name__, seconds=pause)
                self.stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        beating.join(timeout=BEAT_SECONDS)
        self._leave()
        log.info("worker stopped", worker=self.name)

    def work_once(self) -> bool:
        """Do one piece of work; False when none is due."""
        with self.app.app_context():
            claim = self._take()
            if claim is None:
                return False
            self.claim = claim
            try:
                self._do(claim)
            finally:
                self.claim = None
            return True

    def _take(self) -> Claim | None:
        if not queue.has_due(session()):
            return None
        with unit_of_work() as work:
            return queue.claim(work, worker=self.name, lease=self.lease)

    def _do(self, claim: Claim) -> None:
        task = self.tasks.get(claim.kind)
        try:
            if task is None:
                raise Hopeless(f"No worker of this version knows the work “{claim.kind}”.")
            if claim.exhausted:
                raise Hopeless("The worker was lost over this work each time.")
            self._record(claim, task, task.prepare(claim.payload))
        except LeaseLost:
            log.warning("work lost", work_id=claim.work_id, kind=claim.kind)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, the work is given back and the worker goes on
            self._give_back(claim, task or Task(), error)
        else:
            log.info("work done", work_id=claim.work_id, kind=claim.kind, attempt=claim.attempt)

    def _record(self, claim: Claim, task: Task, prepared: object) -> None:
        """Write what came of the work and mark it as done, in one transaction and only while the lease holds."""
        with unit_of_work() as work:
            if not queue.still_held(work, claim):
                raise LeaseLost
            task.record(claim.payload, prepared)
            queue.finish(work, claim)

    def _give_back(self, claim: Claim, task: Task, error: Exception) -> None:
        said = f"{type(error).__name__}: {error}"
        with unit_of_work() as work:
            held = queue.fail(work, claim, said, final=isinstance(error, Hopeless))
            dead = held and queue.is_dead(work, claim)
            if dead:
                task.give_up(claim.payload, said)
        log.log(
            40 if dead else 30,
            "work failed",
            work_id=claim.work_id,
            kind=claim.kind,
            attempt=claim.attempt,
            error=type(error).__name__,
            set_aside=dead,
        )

    def _keep_beating(self) -> None:
        pause = min(BEAT_SECONDS, self.lease.total_seconds() / 3)
        while True:
            try:
                self.beat()
            except (SQLAlchemyError, OSError) as error:
                log.warning("heartbeat failed", error=type(error).__name__)
            if self.stopping.wait(pause) and self.claim is None:
                return

    def beat(self) -> None:
        """Say that the worker is alive, and prolong the lease of what it does."""
        claim = self.claim
        with self.app.app_context(), unit_of_work() as work:
            heartbeats.beat(work, ROLE, self.name)
            if claim is not None:
                queue.heartbeat(work, claim, lease=self.lease)

    def _leave(self) -> None:
        try:
            with self.app.app_context(), unit_of_work() as work:
                work.execute(delete(Heartbeat).where(Heartbeat.process == self.name))
        except (SQLAlchemyError, OSError) as error:
            log.warning("heartbeat failed", error=type(error).__name__)

    def stop(self, *_signal: object) -> None:
        """Finish the work in hand, then end."""
        self.stopping.set()


def run(app: Flask) -> None:
    """Run a worker until SIGTERM or SIGINT; operations on stacks are carried out beside its other work."""
    worker, runner = Worker(app), Runner(app)

    def stop(*_signal: object) -> None:
        worker.stop()
        runner.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    memory.settle()
    operations = threading.Thread(target=runner.run, name="operations", daemon=True)
    operations.start()
    worker.run()
    operations.join()
