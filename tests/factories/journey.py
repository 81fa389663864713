"""Engagements and their items, made by the operations on the shipped playbooks."""

import io
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from tests.factories import people, programmes, vendors
from tracker.accounts.access import SYSTEM, Actor
from tracker.accounts.models import User
from tracker.core.db import session
from tracker.core.settings import Settings
from tracker.evidence.operations import keep_file, keep_link
from tracker.journey import operations, queries
from tracker.journey.models import Engagement, Item, ItemEvidence, PlaybookVersion, StepProgress
from tracker.journey.rules import Step
from tracker.vendors.models import Product

ANCHOR = date(2026, 3, 2)
PLAYBOOKS = Settings().playbooks_dir
SHIPPED = "assess-subscription-case"
"""One of the shipped playbooks; where it is published, all are."""


def published() -> list[PlaybookVersion]:
    """Publish the shipped playbooks, once."""
    if SHIPPED not in {version.playbook for version in queries.latest_versions()}:
        operations.publish_playbooks(PLAYBOOKS, actor=SYSTEM)
    return queries.latest_versions()


def engagement(
    *, of: Product | None = None, anchor_on: date = ANCHOR, lead: User | None = None, actor: Actor = SYSTEM
) -> Engagement:
    """Enrol a product of an invented vendor in the year 115."""
    published()
    product = of or vendors.product(vendors.vendor())
    details = operations.Enrolment(product.id, programmes.programme().id, anchor_on, lead.id if lead else None)
    return operations.enrol(details, actor=actor)


def items(of: Engagement, step: Step = Step.ASSESS) -> list[Item]:
    """Give the items of a step in their order."""
    statement = select(Item).where(Item.engagement_id == of.id, Item.step == step, Item.retired_at.is_(None))
    return list(session().scalars(statement.order_by(Item.position)))


def step(of: Engagement, name: Step = Step.ASSESS) -> StepProgress:
    """Give a step of the engagement."""
    return queries.progress_of(of, name)


def proof(item: Item, *, actor: Actor, content: bytes = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n") -> ItemEvidence:
    """Attach a file to the item."""
    evidence = keep_file(
        io.BytesIO(content),
        "佐證.pdf",
        organisation_id=item.engagement.organisation_id,
        engagement_id=item.engagement_id,
        actor=actor,
    )
    return operations.attach_evidence(item, evidence, actor=actor)


def link(item: Item, *, actor: Actor) -> ItemEvidence:
    """Attach the address of a page to the item, which is quicker than a file."""
    evidence = keep_link(
        "https://evidence.example.com/page",
        "佐證頁面",
        organisation_id=item.engagement.organisation_id,
        engagement_id=item.engagement_id,
        actor=actor,
    )
    return operations.attach_evidence(item, evidence, actor=actor)


def complete(of: Engagement, name: Step, *, doer: Actor, verifier: Actor) -> None:
    """Hand in and verify every item that the step's gate waits for."""
    for item in items(of, name):
        if item.gate:
            link(item, actor=doer)
            operations.submit_item(item, actor=doer)
            operations.verify_item(item, actor=verifier)


def advance(of: Engagement, *, doer: Actor, verifier: Actor, proposer: Actor, decider: Actor) -> None:
    """Take the engagement through the gate of its current step; what the rulebook asks beyond its items is overridden."""
    current = of.step
    complete(of, current, doer=doer, verifier=verifier)
    if queries.missing_of(step(of, current)):
        operations.propose_gate(step(of, current), "概念驗證另案辦理。", actor=proposer)
        operations.override_gate(step(of, current), "概念驗證另案辦理。", actor=decider)
    else:
        operations.propose_gate(step(of, current), actor=proposer)
        operations.pass_gate(step(of, current), actor=decider)


@dataclass
class Case:
    """An engagement with its expert, its vendor's member and two people of the office, with their rights as they are."""

    engagement: Engagement
    expert_user: User
    vendor_user: User
    staff_user: User
    lead_user: User

    @property
    def expert(self) -> Actor:
        """Give the expert as an actor."""
        return people.acting(self.expert_user)

    @property
    def vendor(self) -> Actor:
        """Give the vendor's member as an actor."""
        return people.acting(self.vendor_user)

    @property
    def staff(self) -> Actor:
        """Give the office member as an actor."""
        return people.acting(self.staff_user)

    @property
    def lead(self) -> Actor:
        """Give the programme lead as an actor."""
        return people.acting(self.lead_user)

    @property
    def items(self) -> list[Item]:
        """Give the items of the current step."""
        return items(self.engagement, self.engagement.step)

    def item(self, name: str) -> Item:
        """Give the item of the current step whose key ends so."""
        return next(item for item in self.items if item.key.endswith(name))

    def step(self, name: Step = Step.ASSESS) -> StepProgress:
        """Give a step."""
        return step(self.engagement, name)

    def complete(self) -> None:
        """Hand in and verify what the current gate waits for."""
        complete(self.engagement, self.engagement.step, doer=self.vendor, verifier=self.expert)


def case(*, expert: User, vendor: User, staff: User, lead: User) -> Case:
    """Enrol an engagement for these people."""
    for user in (staff, lead):
        people.join_programme(user, programmes.programme())
    made = engagement(lead=expert)
    people.join_organisation(vendor, made.organisation)
    return Case(made, expert, vendor, staff, lead)
