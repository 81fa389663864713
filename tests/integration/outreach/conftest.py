"""A vendor with its product, its member, its expert and the office."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.factories import journey, people, programmes, vendors
from tests.support.pages import PageClient
from tracker.accounts.access import Actor
from tracker.accounts.models import User
from tracker.core.db import session
from tracker.vendors.models import Organisation, Product

SignIn = Callable[[User], PageClient]


@dataclass
class Case:
    """Who and what the tests of outreach are about."""

    vendor: Organisation
    product: Product
    staff: User
    member: User
    expert: User

    @property
    def office(self) -> Actor:
        return people.acting(self.staff)

    @property
    def own(self) -> Actor:
        return people.acting(self.member)


@pytest.fixture
def case(db_session: object, staff: User, vendor_member: User, expert: User) -> Case:
    vendor = vendors.vendor("雲端示範股份有限公司", name_en="Cloud Demo Ltd.", website="https://vendor.example")
    product = vendors.product(vendor, "門市訂單雲", name_en="Shop Orders")
    people.join_programme(staff, programmes.programme())
    people.join_organisation(vendor_member, vendor)
    session().commit()
    return Case(vendor, product, staff, vendor_member, expert)


@pytest.fixture
def counselled(case: Case) -> Case:
    """Let the expert counsel the vendor, which takes the playbooks of a year."""
    journey.engagement(of=case.product, lead=case.expert)
    session().commit()
    return case


def fresh() -> None:
    """Read anew what a page has changed."""
    session().rollback()
    session().expire_all()
