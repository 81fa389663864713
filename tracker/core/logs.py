"""Logs: one JSON object a line, a file a day and role, no content and no secrets in them."""

import logging
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Any

import structlog

from tracker.core import clock
from tracker.core.settings import Settings


class DayFile:
    """A stream into today's file of a role; several processes append to it line by line, so nothing is ever renamed."""

    def __init__(self, folder: Path, role: str, terminal: bool) -> None:
        """Write to `<folder>/<role>-<day>.log` and, if wanted, to the terminal."""
        self.folder, self.role, self.terminal = folder, role, terminal
        self.day: date | None = None
        self.file: IO[str] | None = None

    def write(self, text: str) -> int:
        """Append the text; a log that cannot be written is told on the terminal and stops nothing else."""
        if self.terminal:
            sys.stderr.write(text)
        try:
            self._today().write(text)
        except OSError as error:
            sys.stderr.write(f"CloudSteps cannot write its log: {error.strerror}\n")
        return len(text)

    def flush(self) -> None:
        """Hand over what was written."""
        try:
            if self.file is not None:
                self.file.flush()
        except OSError as error:
            sys.stderr.write(f"CloudSteps cannot write its log: {error.strerror}\n")

    def _today(self) -> IO[str]:
        today = clock.today()
        if self.file is None or self.day != today:
            if self.file is not None:
                self.file.close()
            self.folder.mkdir(parents=True, exist_ok=True)
            self.file = (self.folder / f"{self.role}-{today.isoformat()}.log").open("a", encoding="utf-8", buffering=1)
            self.day = today
        return self.file


PROCESSORS: tuple[Any, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
)


def configure(settings: Settings, role: str) -> None:
    """Send the logs of this process to the files of its role, ours and those of the packages alike."""
    stream = DayFile(settings.data_dir / "logs", role, settings.log_terminal)
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[*PROCESSORS, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=stream),  # type: ignore[arg-type]  # it needs no more than write and flush
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=[*PROCESSORS, structlog.stdlib.add_logger_name],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)


def old_files(settings: Settings) -> Iterator[Path]:
    """Give the log files that are older than they need to be kept."""
    limit = clock.today() - timedelta(days=settings.log_keep_days)
    for path in (settings.data_dir / "logs").glob("*-????-??-??.log"):
        try:
            written = date.fromisoformat(path.stem[-10:])
        except ValueError:
            continue
        if written < limit:
            yield path
