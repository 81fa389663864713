"""The scheduler role: puts work into the queue at its times. Several may run; the one that holds the lease is heard.

Every job stands in one table. A run is known by its job and its due time, so that it is enqueued once whoever does it, and a
scheduler that was away enqueues the latest run that it missed, no more.
"""

import os
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from tracker.accounts import jobs as account_jobs
from tracker.core import clock, heartbeats, queue
from tracker.core.db import unit_of_work
from tracker.events import jobs as event_jobs
from tracker.evidence import jobs as evidence_jobs
from tracker.notifications import jobs as notification_jobs
from tracker.overview import upkeep
from tracker.overview.audit_trail import jobs as audit_jobs

log = structlog.get_logger()

ROLE = LEASE = "scheduler"
LEASE_LENGTH = timedelta(seconds=45)
LEAD_SECONDS = 10


@dataclass(frozen=True)
class Job:
    """Work that is due at times of the clock in Taipei."""

    name: str
    trigger: CronTrigger
    kind: str
    payload: Callable[[datetime], Mapping[str, Any]]
    catch_up: timedelta
    """How long after its due time a missed run is still worth making."""


def at(**fields: object) -> CronTrigger:
    """Give a trigger by fields of the clock in Taipei."""
    return CronTrigger(timezone=clock.TAIPEI, **fields)


def on_day(due: datetime) -> Mapping[str, Any]:
    """Give a run the day it is for."""
    return {"day": clock.in_taipei(due).date().isoformat()}


def at_moment(due: datetime) -> Mapping[str, Any]:
    """Give a run the moment it is for."""
    return {"moment": due.isoformat()}


JOBS: Sequence[Job] = (
    Job("reminders", at(hour=8, minute=0), notification_jobs.REMIND, on_day, timedelta(hours=12)),
    Job("forget", at(hour=3, minute=10), upkeep.FORGET, on_day, timedelta(hours=20)),
    Job("accounts", at(hour=3, minute=20), account_jobs.CLEAN_UP, on_day, timedelta(hours=20)),
    Job("idle-accounts", at(hour=3, minute=30), account_jobs.IDLE, on_day, timedelta(hours=20)),
    Job("rights", at(day=1, hour=8, minute=10), upkeep.REVIEW, on_day, timedelta(days=3)),
    Job("evidence", at(hour=3, minute=40), evidence_jobs.SWEEP, on_day, timedelta(hours=20)),
    Job("audit", at(day_of_week="sun", hour=2, minute=30), audit_jobs.WEEKLY, on_day, timedelta(hours=48)),
    Job("event-offers", at(minute="*/5"), event_jobs.OFFERS, at_moment, timedelta(hours=2)),
    Job("event-reminders", at(hour=8, minute=20), event_jobs.REMIND, on_day, timedelta(hours=10)),
    Job("event-surveys", at(hour=9, minute=30), event_jobs.AFTER, on_day, timedelta(hours=30)),
    Job("logs", at(hour=4, minute=10), upkeep.OLD_LOGS, on_day, timedelta(hours=20)),
)


def latest_due(job: Job, now: datetime) -> datetime | None:
    """Give the last due time of a job up to now, if it is not longer ago than a run is worth."""
    due: datetime | None = None
    following = job.trigger.get_next_fire_time(None, now - job.catch_up)
    while following is not None and following <= now:
        due, following = following, job.trigger.get_next_fire_time(following, following + timedelta(microseconds=1))
    return due


def enqueue_due(job: Job, now: datetime) -> bool:
    """Enqueue the latest run of a job unless it was enqueued before; call it inside a unit of work."""
    due = latest_due(job, now)
    if due is None:
        return False
    return queue.enqueue(
        job.kind, job.payload(due), unique_key=f"{job.name}:{due.astimezone(clock.TAIPEI).isoformat()}"
    )


class Scheduler:
    """One scheduler process."""

    def __init__(self, app: Flask, jobs: Sequence[Job] = JOBS) -> None:
        """Give the scheduler its app and its table of jobs."""
        self.app, self.jobs = app, jobs
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.clockwork = BlockingScheduler(
            timezone=clock.TAIPEI, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600}
        )

    def run(self) -> None:
        """Run until told to stop."""
        self.clockwork.add_job(self.tick, IntervalTrigger(seconds=LEAD_SECONDS), id="lead", next_run_time=clock.now())
        for job in self.jobs:
            self.clockwork.add_job(self.tick, job.trigger, id=job.name)
        log.info("scheduler started", scheduler=self.name, jobs=[job.name for job in self.jobs])
        self.clockwork.start()
        self.leave()
        log.info("scheduler stopped", scheduler=self.name)

    def tick(self) -> None:
        """Take or keep the lead and, holding it, enqueue whatever is due."""
        try:
            with self.app.app_context():
                self.lead()
        except (SQLAlchemyError, OSError) as error:
            log.error("scheduler waits", error=type(error).__name__)

    def lead(self) -> bool:
        """Enqueue what is due if this process holds the lease; tell whether it does."""
        with unit_of_work() as work:
            heartbeats.beat(work, ROLE, self.name)
            if not heartbeats.take_lease(work, LEASE, self.name, LEASE_LENGTH):
                return False
            now = clock.now()
            for job in self.jobs:
                if enqueue_due(job, now):
                    log.info("job enqueued", job=job.name)
            return True

    def leave(self) -> None:
        """Give the lease back, so that another scheduler need not wait for its end."""
        try:
            with self.app.app_context(), unit_of_work() as work:
                heartbeats.give_back(work, LEASE, self.name)
        except (SQLAlchemyError, OSError) as error:
            log.warning("lease not given back", error=type(error).__name__)

    def stop(self, *_signal: object) -> None:
        """End after the tick in hand."""
        self.clockwork.shutdown(wait=False)


def run(app: Flask) -> None:
    """Run a scheduler until SIGTERM or SIGINT."""
    scheduler = Scheduler(app)
    signal.signal(signal.SIGTERM, scheduler.stop)
    signal.signal(signal.SIGINT, scheduler.stop)
    scheduler.run()
