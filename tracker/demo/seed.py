"""Writes the demo: people, vendors, the programme year and every engagement's history, by the real operations."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from tracker.accounts import operations as accounts
from tracker.accounts.access import SYSTEM, Actor, load_actor
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.assessments import operations as assessments
from tracker.core import clock
from tracker.core.db import session, unit_of_work
from tracker.core.ubn import demo_ubns
from tracker.demo.cast import EXPERTS, OFFICE, SHOWN, VENDORS, DemoPerson, DemoVendor
from tracker.demo.events import write_events
from tracker.demo.history import write_history
from tracker.demo.imports import import_lists
from tracker.demo.outreach import count_visits, plan_outreach
from tracker.demo.poc import hold_camp
from tracker.demo.stories import STORIES
from tracker.journey import operations as journey
from tracker.notifications.models import Notice
from tracker.programmes import operations as programmes
from tracker.programmes.models import Programme
from tracker.vendors import operations as vendors
from tracker.vendors.models import Organisation

PROGRAMME, ROC_YEAR = "counselling", 115
READ_BEFORE = timedelta(days=5)
FOR_LISTS = 4
"""Vendors that the lists to import speak of."""


@dataclass(frozen=True)
class DemoAccount:
    """An account as it is printed at the start."""

    role: str
    email: str
    password: str


@dataclass
class World:
    """Ids of what was made, by the keys of the cast."""

    password: str
    people: dict[str, int]
    programme_id: int = 0
    now: datetime = field(default_factory=clock.now)

    def actor(self, key: str) -> Actor:
        """Give a person of the cast as an actor, with the rights of this moment."""
        return load_actor(self.people[key])


def is_seeded() -> bool:
    """Tell whether anybody has an account already."""
    return session().scalar(select(User.id).limit(1)) is not None


def seed(
    data_dir: Path, playbooks_dir: Path, *, amount: int = 24, say: Callable[[str], None] = lambda _line: None
) -> list[DemoAccount]:
    """Write the demo into an empty database and keep its password beside the data; give the accounts to print."""
    world = World(password=secrets.token_urlsafe(9), people={})
    with unit_of_work():
        for person in (*OFFICE, *EXPERTS):
            add_person(world, person)
    with unit_of_work():
        journey.publish_playbooks(playbooks_dir, actor=SYSTEM)
        assessments.publish_questionnaires(playbooks_dir, actor=SYSTEM)
        open_year(world)
    for number, (ubn, vendor) in enumerate(zip(demo_ubns(amount), cast(amount), strict=True)):
        with unit_of_work():
            add_vendor(world, number, ubn, vendor)
    say(f"{amount} vendors")
    besides = plan_outreach(world)
    write_history(world, [STORIES[number % len(STORIES)] for number in range(amount)], besides, say=say)
    hold_camp(world)
    names = [(ubn, vendor.name_zh) for ubn, vendor in zip(demo_ubns(amount), cast(amount), strict=True)]
    if amount >= FOR_LISTS:
        import_lists(names, actor=world.actor("staff"))
    write_events(world, list(session().scalars(select(Organisation.id).order_by(Organisation.id))))
    with unit_of_work():
        count_visits(world)
        mark_old_notices_read(world)
    keep_password(data_dir, world.password)
    return accounts_of(data_dir)


def cast(amount: int) -> list[DemoVendor]:
    """Give as many vendors as asked; beyond the written ones they carry a number."""
    written = len(VENDORS)
    return [VENDORS[n] if n < written else numbered(VENDORS[n % written], n // written + 1) for n in range(amount)]


def numbered(vendor: DemoVendor, number: int) -> DemoVendor:
    """Give the vendor once more under another name."""
    return DemoVendor(
        **{**vars(vendor), "name_zh": f"{vendor.name_zh}{number}號", "name_en": f"{vendor.name_en} {number}"}
    )


def add_person(world: World, person: DemoPerson) -> None:
    """Add an account with the demo's password."""
    details = accounts.NewUser(
        email=person.email, name=person.name, password=world.password, roles=frozenset(person.roles)
    )
    world.people[person.key] = accounts.add_user(details, actor=SYSTEM).id


def open_year(world: World) -> None:
    """Open the programme year and let the office work in it; the demo's present is no later than the year's end."""
    programme: Programme = programmes.open_programme(PROGRAMME, ROC_YEAR, actor=world.actor("lead"))
    session().flush()
    world.programme_id = programme.id
    end = datetime.combine(programme.ends_on, datetime.min.time(), clock.TAIPEI) + timedelta(hours=17)
    world.now = min(clock.now(), end)
    for key in ("lead", "staff", "staff2"):
        programmes.add_member(programme.id, world.people[key], SYSTEM)


def add_vendor(world: World, number: int, ubn: str, vendor: DemoVendor) -> None:
    """Add a vendor with a contact, a product, a customer and a member."""
    office = world.actor("staff")
    organisation: Organisation = vendors.add_vendor(
        vendors.VendorDetails(
            name_zh=f"{vendor.name_zh}股份有限公司",
            name_en=f"{vendor.name_en} Ltd.",
            ubn=ubn,
            kind=vendor.kind,
            capital=vendor.capital,
            employees=vendor.employees,
            address="示範市雲階路一段 1 號",
            website=f"https://vendor{number + 1}.example",
            phone="02-0000-0000",
            profile=f"{vendor.industry}領域的資訊服務業者，目前以{vendor.product_zh}服務企業客戶。（示範資料）",
        ),
        actor=office,
    )
    session().flush()
    key = f"vendor{number}"
    email = "vendor@cloudsteps.example" if number == 0 else f"{key}@cloudsteps.example"
    add_person(world, DemoPerson(key, email, f"{vendor.name_zh}窗口", (Role.VENDOR,)))
    vendors.add_member(organisation.id, world.people[key], office)
    vendors.add_contact(
        organisation,
        vendors.ContactDetails(
            name=f"{vendor.name_zh}窗口", job_title="產品經理", email=email, phone="02-0000-0000", is_main=True
        ),
        actor=office,
    )
    vendors.add_product(
        organisation,
        vendors.ProductDetails(
            name_zh=vendor.product_zh,
            name_en=vendor.product_en,
            charging_model=vendor.charging,
            target_industry=vendor.industry,
        ),
        actor=office,
    )
    vendors.add_customer(
        organisation,
        vendors.CustomerDetails(name=f"示範{vendor.industry}客戶", industry=vendor.industry, employees=80),
        actor=office,
    )


def mark_old_notices_read(world: World) -> None:
    """Let the inbox show what is recent; what is older was read at its time."""
    edge = world.now - READ_BEFORE
    for notice in session().scalars(select(Notice).where(Notice.created_at < edge, Notice.read_at.is_(None))):
        notice.read_at = notice.created_at + timedelta(hours=4)


def keep_password(data_dir: Path, password: str) -> None:
    """Keep the demo's password beside its data, so that a later start can print it again."""
    path = data_dir / "demo-accounts.json"
    path.write_text(json.dumps({"password": password}), encoding="utf-8")
    path.chmod(0o600)


def accounts_of(data_dir: Path) -> list[DemoAccount]:
    """Give the accounts to print; none where this database is no demo."""
    path = data_dir / "demo-accounts.json"
    if not path.exists():
        return []
    password = str(json.loads(path.read_text(encoding="utf-8"))["password"])
    return [
        DemoAccount(key, f"{key if key != 'administrator' else 'admin'}@cloudsteps.example", password) for key in SHOWN
    ]
