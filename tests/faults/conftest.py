"""Fixtures of the faults: installations of real processes on the database of the run."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.factories import vendors
from tests.factories.mail import Sink, mail_server
from tests.support.browser import Browser
from tests.support.databases import fresh_database
from tests.support.installation import Installation, make
from tracker.accounts import operations as accounts
from tracker.accounts.access import SYSTEM
from tracker.accounts.rules import Role
from tracker.core.db import unit_of_work

ROUNDS = int(os.environ.get("CLOUDSTEPS_FAULT_ROUNDS", "20"))
PASSWORD = "貓在雲端散步三十次 Ab1!"


@dataclass
class Office:
    """An installation with a vendor and a person of the office who may write."""

    installation: Installation
    email: str
    vendor_id: int

    @property
    def form(self) -> str:
        """Give the path of the form that adds a contact."""
        return f"/vendors/{self.vendor_id}/contacts/new"

    def browser(self) -> Browser:
        """Give a browser in which the person has signed in."""
        browser = Browser(self.installation.address)
        browser.sign_in(self.email, PASSWORD)
        return browser


@pytest.fixture
def rounds() -> int:
    """Give how often processes are killed."""
    return ROUNDS


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """Give an installation without mail server."""
    with fresh_database(tmp_path) as url:
        made = make(tmp_path / "data", url)
        yield made
        made.end()


@pytest.fixture
def mailing(tmp_path: Path) -> Iterator[tuple[Installation, Sink]]:
    """Give an installation and the mail server that it sends by."""
    with fresh_database(tmp_path) as url, mail_server() as sink:
        made = make(tmp_path / "data", url, smtp_url=sink.url)
        yield made, sink
        made.end()


@pytest.fixture
def office(installation: Installation) -> Office:
    """Give an office with a vendor."""
    return furnish(installation)


def furnish(installation: Installation) -> Office:
    """Put a vendor and a person of the office into an installation."""
    email = "staff@people.example"
    with installation.inside(), unit_of_work():
        details = accounts.NewUser(email=email, name="計畫專員", password=PASSWORD, roles=frozenset({Role.STAFF}))
        accounts.add_user(details, actor=SYSTEM)
        vendor_id = vendors.vendor().id
    return Office(installation, email, vendor_id)
