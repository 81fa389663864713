"""Usage logs: handed in as they are, then counted by the columns that people chose.

A log is read by a child process before the transaction begins, so that no writer waits for a large file.
"""

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import copyfileobj
from typing import TYPE_CHECKING, Any

from tracker.accounts.access import Actor
from tracker.core import clock
from tracker.core.db import check_version, session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.evidence import storage
from tracker.evidence.operations import keep_file
from tracker.poc.models import Trial, UsageLog
from tracker.poc.operations.trials import lock, supersede
from tracker.poc.operations.usage_days import recount
from tracker.poc.operations.work import record
from tracker.poc.queries import trials as queries
from tracker.poc.rules import trials as rules
from tracker.poc.usage_columns import DAY, EVENTS, USER, USERS
from tracker.poc.usage_files import format_of, read_log

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage


@dataclass(frozen=True)
class Mapping:
    """Which column of a log, counted from 0, holds what."""

    day: int
    user: int | None = None
    users: int | None = None
    events: int | None = None
    version: int | None = None

    def plain(self) -> dict[str, int]:
        """Give the columns by what they hold."""
        chosen = {DAY: self.day, USER: self.user, USERS: self.users, EVENTS: self.events}
        return {role: place for role, place in chosen.items() if place is not None}


def read_upload(file: "FileStorage") -> dict[str, Any]:
    """Read the columns and first rows of a log that is being handed in; nothing is kept yet."""
    name = file.filename or ""
    kind = format_of(name)
    with tempfile.NamedTemporaryFile(suffix=f".{kind.value}") as copy:
        copyfileobj(file.stream, copy)
        copy.flush()
        file.stream.seek(0)
        return read_log(Path(copy.name), kind, name)


def read_days(log: UsageLog, mapping: Mapping) -> dict[str, Any]:
    """Read the days of a kept log by the chosen columns."""
    chosen = mapping.plain()
    _check_mapping(chosen, len(log.reading["columns"]))
    if log.evidence.stored_file is None:
        raise Refused(N_("A usage log is a file, not a link."), field="file")
    return read_log(storage.path_of(log.evidence.stored_file.sha256), log.format, log.evidence.file_name, chosen)


def hand_in_log(trial: Trial, file: "FileStorage", reading: dict[str, Any], *, actor: Actor) -> UsageLog:
    """Keep a usage log as evidence; nothing is counted until its columns are chosen."""
    lock(trial)
    rules.check_editable(trial.state)
    name = file.filename or ""
    kind = format_of(name)
    case = trial.poc.engagement
    evidence = keep_file(
        file, name, organisation_id=case.organisation_id, engagement_id=case.id, internal=False, actor=actor
    )
    if evidence.stored_file is None:
        raise Refused(N_("A usage log is a file, not a link."), field="file")
    log = UsageLog(
        trial=trial,
        evidence=evidence,
        format=kind,
        reading=reading,
        mapping=dict(reading["guess"]),
        counted={},
        added_by_id=actor.user_id,
    )
    session().add(log)
    session().flush()
    record("trial.log_added", trial.poc, actor, subject=log, number=trial.number, sha256=evidence.stored_file.sha256)
    return log


def count_usage(log: UsageLog, mapping: Mapping, found: dict[str, Any], *, actor: Actor) -> None:
    """Count the usage of a trial by a log, in place of the log that counted before."""
    trial = log.trial
    lock(trial)
    session().refresh(log)
    check_version(log, mapping.version)
    rules.check_editable(trial.state)
    if log.replaced_at is not None:
        raise Refused(N_("A newer log counts in place of this one. Hand this file in again to count by it."))
    days = [(date.fromisoformat(day), users, events) for day, users, events in found["days"]]
    inside = [one for one in days if trial.begins_on <= one[0] <= trial.ends_on]
    if not inside:
        raise Refused(
            N_(
                "No row of “%(name)s” lies within the trial, %(begins)s to %(ends)s. Check the chosen columns and the period."
            ),
            name=log.evidence.file_name,
            begins=trial.begins_on,
            ends=trial.ends_on,
        )
    before = queries.facts_of(trial).digest
    earlier = queries.find_counting_log(trial.id)
    if earlier is not None and earlier is not log:
        earlier.replaced_at = clock.now()
    log.mapping, log.applied_at = mapping.plain(), clock.now()
    log.counted = {
        "taken": found["taken"],
        "unread": found["unread"],
        "problems": found["problems"],
        "outside": len(days) - len(inside),
        "days": [[day.isoformat(), users, events] for day, users, events in days],
    }
    session().flush()
    recount(trial)
    if queries.facts_of(trial).digest != before:
        supersede(trial)
    record(
        "trial.usage_counted",
        trial.poc,
        actor,
        subject=log,
        number=trial.number,
        days=trial.active_days,
        events=trial.events,
    )


def _check_mapping(chosen: dict[str, int], columns: int) -> None:
    if len(set(chosen.values())) != len(chosen) or any(not 0 <= place < columns for place in chosen.values()):
        raise Refused(N_("Choose a different column of the file for each of them."), field="day")
    if (USER in chosen) == (USERS in chosen):
        raise Refused(
            N_("Choose either the column that names each user or the one that says how many there were."),
            field="user",
        )
