"""A host in the table of hosts: alive, with how many slots, and how far the set-up of engine and clouds has come."""

import threading
import time

import structlog
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from tracker.core import clock
from tracker.core.db import session, unit_of_work
from tracker.core.settings import Settings
from tracker.sandboxes.engine.prepare import Preparation
from tracker.sandboxes.models import SandboxHost

log = structlog.get_logger()
BEAT_SECONDS = 5.0


class Host:
    """Tells of this host, and prepares what operations need, in the background."""

    def __init__(self, app: Flask, name: str, slots: int, *, prepares: bool) -> None:
        """Name the host; a test with an engine of its own has nothing to prepare."""
        settings: Settings = app.config["SETTINGS"]
        self.app, self.name, self.slots = app, name, slots
        self.preparation = Preparation(settings.data_dir) if prepares else None
        self.stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def is_ready(self) -> bool:
        """Tell whether operations can be carried out here."""
        return self.preparation is None or self.preparation.is_ready

    def start(self) -> None:
        """Begin to prepare and to tell."""
        targets = [self._tell] + ([self.preparation.run] if self.preparation else [])
        self._threads = [threading.Thread(target=target, daemon=True) for target in targets]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Tell no more, and leave the table."""
        self.stopping.set()
        if self.preparation:
            self.preparation.stopping.set()
        self._threads[0].join(BEAT_SECONDS)

    def _tell(self) -> None:
        shown: tuple[object, ...] = ()
        told_at = 0.0
        while not self.stopping.is_set():
            now = self._facts()
            if now != shown or time.monotonic() - told_at >= BEAT_SECONDS:
                shown, told_at = now, time.monotonic()
                self._write()
            self.stopping.wait(1.0)

    def _facts(self) -> tuple[object, ...]:
        one = self.preparation
        return (one.stage, one.done, one.error, one.is_ready) if one else ()

    def _write(self) -> None:
        try:
            with self.app.app_context(), unit_of_work() as work:
                row = work.scalars(select(SandboxHost).where(SandboxHost.name == self.name)).one_or_none()
                if row is None:
                    row = SandboxHost(name=self.name, slots=self.slots)
                    work.add(row)
                row.slots, row.at, row.ready = self.slots, clock.now(), self.is_ready
                if self.preparation:
                    one = self.preparation
                    row.stage, row.done, row.total = one.stage.value, one.done, one.total
                    row.error, row.engine = one.error, one.engine
        except (SQLAlchemyError, OSError) as error:
            log.warning("host not told", error=type(error).__name__)
        finally:
            with self.app.app_context():
                session().rollback()
