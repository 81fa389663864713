"""`cloudsteps doctor`: every setting and whether the installation is sound, in lines for the terminal."""

import os
import shutil
import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Flask
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from tracker.core import schema
from tracker.core.content import ContentFaults
from tracker.core.settings import Settings
from tracker.core.tasks import Hopeless
from tracker.journey.playbook_folder import check_playbooks
from tracker.notifications import smtp
from tracker.overview.health import CHECKS

SECRETS = frozenset({"secret_key", "metrics_token", "backup_key", "vault_key", "vault_old_keys"})
ADDRESSES = frozenset({"database_url", "smtp_url"})
LEAST_FREE = 500 * 1024 * 1024


@dataclass(frozen=True)
class Finding:
    """What was looked at, and what is wrong with it, if anything."""

    name: str
    fault: str | None = None

    def __str__(self) -> str:
        return (
            f"{'ok  ' if self.fault is None else 'FAIL'} {self.name}{'' if self.fault is None else ': ' + self.fault}"
        )


def settings_lines(settings: Settings) -> Iterator[str]:
    """List every setting with its value and what it is for; secrets are not shown."""
    for name, field in Settings.model_fields.items():
        yield f"CLOUDSTEPS_{name.upper()}={_shown(name, getattr(settings, name))}"
        yield f"    {field.description}"


def _shown(name: str, value: object) -> str:
    if name in SECRETS:
        return "(set)" if value else "(not set)"
    if name in ADDRESSES and value:
        try:
            return make_url(str(value)).render_as_string(hide_password=True)
        except ArgumentError:
            return "(set)"
    return str(value).lower() if isinstance(value, bool) else str(value)


def findings(app: Flask) -> Iterator[Finding]:
    """Look at everything that the installation stands on."""
    settings: Settings = app.config["SETTINGS"]
    yield _look("data folder", lambda: _folder_fault(settings))
    yield _look("free space", lambda: _space_fault(settings))
    with app.app_context():
        for name, check in CHECKS.items():
            state = check()
            yield Finding(name, None if state == "ok" else state)
    yield _look("playbooks", lambda: _playbook_fault(settings))
    yield _look("mail server", lambda: _mail_fault(settings))
    yield _look("migrations of this version", lambda: None if schema.newest() else "none were found")


def _look(name: str, fault: Callable[[], str | None]) -> Finding:
    return Finding(name, fault())


def _folder_fault(settings: Settings) -> str | None:
    folder = settings.data_dir
    if not folder.is_dir():
        return f"{folder} does not exist yet: run cloudsteps migrate"
    return None if os.access(folder, os.W_OK) else f"{folder} cannot be written"


def _space_fault(settings: Settings) -> str | None:
    if not settings.data_dir.is_dir():
        return None
    free = shutil.disk_usage(settings.data_dir).free
    return None if free > LEAST_FREE else f"only {free // (1024 * 1024)} MB are left where {settings.data_dir} lies"


def _playbook_fault(settings: Settings) -> str | None:
    try:
        faults = check_playbooks(settings.playbooks_dir)
    except (ContentFaults, OSError) as error:
        return str(error).splitlines()[0]
    return f"{len(faults)} faults: run cloudsteps check-playbooks" if faults else None


def _mail_fault(settings: Settings) -> str | None:
    if not settings.smtp_url:
        return None if settings.demo else "CLOUDSTEPS_SMTP_URL is not set, so mails stay on the outbox page"
    try:
        with smtp.connection(smtp.read_url(settings.smtp_url)) as opened:
            opened.noop()
    except (OSError, smtplib.SMTPException, Hopeless, ValueError) as error:
        return f"does not answer ({type(error).__name__}: {error})"
    return None
