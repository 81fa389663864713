"""The engagements' histories: a list of happenings at their times, played in order through the operations."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from tracker.accounts.access import Actor
from tracker.core import clock
from tracker.core.db import session, unit_of_work
from tracker.demo.assessments import plan_assessments
from tracker.demo.papers import paper
from tracker.demo.poc import plan_poc
from tracker.demo.sandboxes import plan_sandboxes
from tracker.demo.sessions import plan_sessions
from tracker.demo.stories import Story, Turn
from tracker.evidence import operations as evidence
from tracker.journey import operations as journey
from tracker.journey.models import Engagement, Item, StepProgress
from tracker.journey.playbook_shelf import title
from tracker.journey.rules import OWED, TO_VERIFY, EvidenceKind, Party, Step
from tracker.programmes.models import Programme
from tracker.vendors.models import Product

if TYPE_CHECKING:
    from tracker.demo.seed import World

Happening = tuple[datetime, Callable[[], None]]
OFFICE_HOURS = timedelta(hours=10)
SLOTS = 12
"""Parts of a step's time in which items are handed in."""
VERIFIED_AFTER = timedelta(hours=26)


CHOSEN = (
    ("assess-application-inventory", "migrate-infrastructure-as-code", "test-restore-drill"),
    ("assess-tenancy", "migrate-delivery-pipeline", "test-tenant-isolation", "optimise-customer-success"),
    (),
    ("migrate-multi-cloud-backup", "test-load-elasticity", "optimise-slo-observability"),
)
"""Playbooks that the experts added to the basic list, engagement by engagement in turn."""


@dataclass
class Case:
    """One engagement on its way."""

    world: "World"
    number: int
    story: Story
    begins: datetime
    engagement_id: int = 0
    expert: str = "expert"
    happenings: list[tuple[datetime, Callable[[], None]]] = field(default_factory=list)

    @property
    def vendor(self) -> str:
        """Give the key of the vendor's member."""
        return f"vendor{self.number}"

    def engagement(self) -> Engagement:
        """Read the engagement."""
        return session().get_one(Engagement, self.engagement_id)

    def at(self, moment: datetime, happening: Callable[[], None]) -> None:
        """Plan something that happened; nothing of the future is planned."""
        if moment <= self.world.now:
            self.happenings.append((moment, happening))

    def doer(self, party: Party) -> Actor:
        """Give who acts for a party."""
        return self.world.actor({Party.VENDOR: self.vendor, Party.EXPERT: self.expert, Party.STAFF: "staff"}[party])


def write_history(
    world: "World", stories: Iterable[Story], besides: Iterable[Happening] = (), *, say: Callable[[str], None]
) -> None:
    """Plan every engagement and play all happenings, and those besides, in the order of their times."""
    cases = [plan(world, number, story) for number, story in enumerate(stories)]
    planned = [*(entry for case in cases for entry in case.happenings), *besides]
    happenings = sorted(planned, key=lambda entry: entry[0])
    for count, (moment, happening) in enumerate(happenings, start=1):
        with clock.at(moment), unit_of_work():
            happening()
        if count % 500 == 0:
            say(f"{count} of {len(happenings)} happenings")
    session().expunge_all()


def plan(world: "World", number: int, story: Story) -> Case:
    """Plan the whole way of one engagement."""
    programme = session().get_one(Programme, world.programme_id)
    first = datetime.combine(programme.starts_on, datetime.min.time(), clock.TAIPEI)
    begins = max(
        first, clock.in_taipei(world.now).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=story.age)
    )
    case = Case(
        world, number, story, begins + OFFICE_HOURS, expert=f"expert{number % 4 + 1}" if number % 4 else "expert"
    )
    case.at(case.begins, partial(enrol, case))
    case.at(case.begins + timedelta(hours=1), partial(choose, case))
    passed = list(Step) if story.turn is Turn.FINISHED else list(Step)[: story.step.number - 1]
    whole = (world.now - case.begins) / (len(passed) + max(story.share, 0.35))
    for index, step in enumerate(passed):
        plan_step(case, step, case.begins + index * whole, whole, share=1.0)
        case.at(case.begins + (index + 1) * whole - timedelta(days=1), partial(decide, case, step))
    if story.turn is not Turn.FINISHED:
        plan_last_step(case, case.begins + len(passed) * whole)
    plan_sessions(case)
    plan_assessments(case)
    plan_sandboxes(case)
    plan_poc(case, whole)
    return case


def plan_last_step(case: Case, begins: datetime) -> None:
    """Plan the step that the engagement is in, with what is particular about it."""
    world, story = case.world, case.story
    length = world.now - begins
    active = length * (0.4 if story.turn is Turn.SILENT else 0.9)
    plan_step(case, story.step, begins, active, share=story.share)
    late = world.now - timedelta(days=1)
    if story.turn is Turn.PROPOSED:
        case.at(world.now - timedelta(hours=20), partial(propose, case, story.step))
    elif story.turn is Turn.RETURNED:
        case.at(late, partial(return_one, case))
    elif story.turn is Turn.ON_HOLD:
        reason = "公司組織調整，專案負責人異動，待新負責人到任後續行。"
        case.at(late, lambda: journey.hold(case.engagement(), reason, actor=world.actor("staff")))
    elif story.turn is Turn.WITHDRAWN:
        reason = "業者評估後決定本年度先投入既有客戶專案，明年再提出。"
        case.at(late, lambda: journey.withdraw(case.engagement(), reason, actor=world.actor("staff")))


def plan_step(case: Case, step: Step, begins: datetime, length: timedelta, *, share: float) -> None:
    """Plan the items of a step, spread over its time; the last one is still unverified where the step goes on."""
    for slot in range(SLOTS):
        moment = begins + length * ((slot + 1) / (SLOTS + 2))
        if (slot + 1) / SLOTS <= share + 0.001:
            case.at(moment, partial(hand_in, case, step, slot))
            is_last = share < 1 and (slot + 2) / SLOTS > share
            if not is_last:
                case.at(min(moment + VERIFIED_AFTER, begins + length * 0.97), partial(verify, case, step, slot))


def enrol(case: Case) -> None:
    """Enrol the vendor's product."""
    product = session().scalars(select(Product).order_by(Product.id).offset(case.number).limit(1)).one()
    details = journey.Enrolment(
        product_id=product.id,
        programme_id=case.world.programme_id,
        anchor_on=clock.today(),
        lead_expert_id=case.world.people[case.expert],
    )
    engagement = journey.enrol(details, actor=case.world.actor("staff"))
    session().flush()
    case.engagement_id = engagement.id


def choose(case: Case) -> None:
    """Add what goes deeper than the basic list, as the expert sees it after the first talk."""
    journey.add_playbooks(case.engagement(), CHOSEN[case.number % len(CHOSEN)], actor=case.doer(Party.EXPERT))


def items_of(case: Case, step: Step, slot: int) -> list[Item]:
    """Give the items of a step that fall into a slot; one of an overridden gate is left out for ever."""
    query = select(Item).where(Item.engagement_id == case.engagement_id, Item.step == step).order_by(Item.position)
    items = list(session().scalars(query))
    if case.story.turn is Turn.OVERRIDDEN and step is Step.ASSESS:
        items = [item for item in items if not item.key.endswith("cash-flow")]
    return items[slot::SLOTS]


def hand_in(case: Case, step: Step, slot: int) -> None:
    """Attach what proves the items of the slot and tick them."""
    for item in items_of(case, step, slot):
        if item.state not in OWED:  # what a confirmed trial proves is handed in by it
            continue
        actor = case.doer(item.who)
        if item.evidence_kind is not EvidenceKind.NONE:
            attach(case, item, actor)
        journey.submit_item(item, actor=actor)


def attach(case: Case, item: Item, actor: Actor) -> None:
    """Attach a paper, or a link where a link proves the item."""
    engagement = case.engagement()
    vendor, case_id = engagement.organisation_id, engagement.id
    version = item.playbook_version
    words = title(version.id, version.digest, item.key).zh_hant
    if item.evidence_kind is EvidenceKind.LINK:
        kept = evidence.keep_link(
            f"https://evidence.example/{item.key}",
            words[:60],
            organisation_id=vendor,
            engagement_id=case_id,
            actor=actor,
        )
    else:
        content = paper(words[:80], "本頁為示範佐證，說明此檢核項目已完成，實際內容由業者提供。")
        kept = evidence.keep_file(
            io.BytesIO(content),
            f"{item.key.split('.')[-1]}.pdf",
            organisation_id=vendor,
            engagement_id=case_id,
            actor=actor,
        )
    journey.attach_evidence(item, kept, actor=actor)


def verify(case: Case, step: Step, slot: int) -> None:
    """Verify the items of the slot, by somebody else than who did them."""
    for item in (one for one in items_of(case, step, slot) if one.state in TO_VERIFY):
        journey.verify_item(item, actor=case.world.actor("staff2" if item.who is not Party.VENDOR else case.expert))


def return_one(case: Case) -> None:
    """Return the newest item that was handed in."""
    query = (
        select(Item)
        .where(Item.engagement_id == case.engagement_id, Item.done_at.is_not(None))
        .order_by(Item.done_at.desc())
    )
    item = session().scalars(query).first()
    if item is not None:
        journey.return_item(item, "檔案只有封面，請補上完整內容後再送出。", actor=case.world.actor("staff2"))


def progress_of(case: Case, step: Step) -> StepProgress:
    """Read a step of the engagement."""
    return (
        session()
        .scalars(
            select(StepProgress).where(StepProgress.engagement_id == case.engagement_id, StepProgress.step == step)
        )
        .one()
    )


def propose(case: Case, step: Step) -> None:
    """Propose the gate."""
    journey.propose_gate(
        progress_of(case, step), "本步驟檢核項目均已確認，建議通過。", actor=case.world.actor(case.expert)
    )


def decide(case: Case, step: Step) -> None:
    """Propose the gate and pass it, or pass it by override where that is the story."""
    propose(case, step)
    if case.story.turn is Turn.OVERRIDDEN and step is Step.ASSESS:
        reason = "現金流試算因會計年度結算延後，業者已書面承諾於遷移步驟第一週補齊，不影響後續技術工作。"
        journey.override_gate(progress_of(case, step), reason, actor=case.world.actor("lead"))
        return
    journey.pass_gate(progress_of(case, step), actor=case.world.actor("lead"))
