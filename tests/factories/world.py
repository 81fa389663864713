"""One world for rules over the whole app: two vendors with the same of everything, and people of every kind.

Everything is written by the real operations. What belongs to vendor A alone holds the word `A.marker` in every text, what
belongs to B holds `B.marker`; what belongs to an engagement holds `CASE` besides, and what is not for a vendor's own members
`INTERNAL`.
"""

import io
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from tests.factories import imports, outreach, sandboxes
from tests.factories.journey import PLAYBOOKS, items, step
from tests.factories.vendors import UBNS, next_ubn
from tests.factories.world_poc import prove
from tests.factories.world_trials import try_out
from tracker.accounts import operations as accounts
from tracker.accounts.access import SYSTEM, Actor, load_actor
from tracker.accounts.models import Invitation
from tracker.accounts.rules import Role
from tracker.assessments import operations as assessing
from tracker.assessments import queries as assessments
from tracker.assessments.models import Assessment
from tracker.coaching import operations as coaching
from tracker.coaching.models import CoachingSession
from tracker.coaching.people import Person, people_of
from tracker.coaching.rules import Mode
from tracker.core import clock
from tracker.core.db import session, unit_of_work
from tracker.core.queue import Work
from tracker.events import operations as eventing
from tracker.events.links import ticket_token
from tracker.events.models import Event, Registration
from tracker.events.operations import DoorDetails, EventDetails, MaterialDetails, PersonDetails, SessionDetails
from tracker.events.rules.attendance import Way
from tracker.events.rules.events import EventKind, EventState, Span
from tracker.evidence.operations import keep_file, keep_link
from tracker.imports import operations as importing
from tracker.imports import queries as import_queries
from tracker.journey import operations as journey
from tracker.journey.models import Assignment, Engagement, Item, ItemEvidence
from tracker.journey.rules import AssignmentPart, Party, Step
from tracker.notifications.links import unsubscribe_path
from tracker.notifications.models import Notice, OutboxMail
from tracker.notifications.rules import Reason
from tracker.programmes import operations as programmes
from tracker.programmes.models import CalendarOverride, Programme
from tracker.vendors import operations as vendors
from tracker.vendors.models import Membership, Organisation, Product
from tracker.vendors.rules import ChargingModel, VendorKind

INTERNAL = "Inwardword"
"""Stands in everything that the office and the experts write for each other."""
CASE = "Casework"
"""Stands in everything that belongs to an engagement, and so to its programme year, beside the marker."""
ANCHOR = date(2026, 3, 2)
BEGINS = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"

ROLES: Mapping[str, tuple[Role, ...]] = {
    "staff": (Role.STAFF,),
    "lead": (Role.LEAD,),
    "staff_elsewhere": (Role.STAFF,),
    "expert": (Role.EXPERT,),
    "expert_elsewhere": (Role.EXPERT,),
    "former_expert": (Role.EXPERT,),
    "vendor_member": (Role.VENDOR,),
    "vendor_elsewhere": (Role.VENDOR,),
    "former_member": (Role.VENDOR,),
    "reviewer": (Role.REVIEWER,),
    "auditor": (Role.AUDITOR,),
    "administrator": (Role.ADMINISTRATOR,),
}
"""Everybody who can sign in, named for what they are to vendor A: `elsewhere` means B, or another programme year."""
PEOPLE = ("anonymous", *ROLES)


@dataclass
class Side:
    """A vendor with all that belongs to it; `ids` are the values of addresses, by name."""

    marker: str
    member: str
    expert: str
    ids: dict[str, int | str] = field(default_factory=dict)
    sessions: dict[str, int] = field(default_factory=dict)
    """Coaching sessions by their state."""
    items: dict[str, int] = field(default_factory=dict)
    """Items by their state."""

    def text(self, words: str, *, internal: bool = False) -> str:
        """Give words of the vendor's record that tell whose they are."""
        return f"{words}{self.marker}{INTERNAL if internal else ''}"

    def case_text(self, words: str, *, internal: bool = False) -> str:
        """Give words of an engagement."""
        return f"{words}{self.case_marker}{INTERNAL if internal else ''}"

    @property
    def case_marker(self) -> str:
        """Give the word that stands in what belongs to the vendor's engagements."""
        return f"{self.marker}{CASE}"


@dataclass
class World:
    """Ids of everybody and everything."""

    people: dict[str, int] = field(default_factory=dict)
    ids: dict[str, int | str] = field(default_factory=dict)
    a: Side = field(default_factory=lambda: Side("Zebrafinch", "vendor_member", "expert"))
    b: Side = field(default_factory=lambda: Side("Yellowtail", "vendor_elsewhere", "expert_elsewhere"))

    def actor(self, name: str) -> Actor:
        """Give a person as an actor, rights as they are now."""
        session().flush()
        return load_actor(self.people[name])


def build() -> World:
    """Write the world into an empty database."""
    world = World()
    with unit_of_work():
        _add_people(world)
        _open_years(world)
    for side in (world.a, world.b):
        with unit_of_work():
            vendor = _add_vendor(world, side)
            _enrol(world, side, vendor)
        for write in WRITES:
            with unit_of_work():
                write(world, side)
        _import_list(world, side)
    with unit_of_work():
        _end_what_is_former(world)
    with unit_of_work():
        _add_the_rest(world)
    with unit_of_work():
        outreach.open_a_page_to_the_public(world)
    session().expunge_all()
    return world


def _add_people(world: World) -> None:
    whose = {"vendor_member": world.a, "vendor_elsewhere": world.b}
    for name, roles in ROLES.items():
        shown = whose[name].text("業者窗口") if name in whose else f"示範人員{name.replace('_', ' ')}"
        user = accounts.add_user(accounts.NewUser(f"{name}@world.example", shown, frozenset(roles)), actor=SYSTEM)
        world.people[name] = user.id


def _open_years(world: World) -> None:
    journey.publish_playbooks(PLAYBOOKS, actor=SYSTEM)
    assessing.publish_questionnaires(PLAYBOOKS, actor=SYSTEM)
    here = programmes.open_programme("counselling", 115, actor=SYSTEM)
    elsewhere = programmes.open_programme("counselling", 111, actor=SYSTEM)
    session().flush()
    for name in ("staff", "lead"):
        programmes.add_member(here.id, world.people[name], SYSTEM)
    programmes.add_member(elsewhere.id, world.people["staff_elsewhere"], SYSTEM)
    extra = accounts.add_user(
        accounts.NewUser("extra@world.example", "示範同仁", frozenset({Role.STAFF})), actor=SYSTEM
    )
    member = programmes.add_member(here.id, extra.id, SYSTEM)
    programmes.override_day(programmes.OverrideDetails(date(2026, 7, 13), False, "示範颱風停班"), actor=SYSTEM)
    world.ids |= {"programme_id": here.id, "member_id": member.id, "user_id": extra.id, "elsewhere_id": elsewhere.id}
    world.ids["override_id"] = session().scalars(select(CalendarOverride.id)).one()


def _add_vendor(world: World, side: Side) -> Organisation:
    office, number = world.actor("staff"), 40 if side is world.a else 41
    vendor = vendors.add_vendor(
        vendors.VendorDetails(
            name_zh=side.text("示範業者"),
            name_en=side.text("Demo vendor "),
            ubn=UBNS[number],
            kind=VendorKind.SOFTWARE,
            capital=5_000_000,
            employees=20,
            address=side.text("示範市雲階路 "),
            website=f"https://{side.marker.lower()}.example",
            phone="02-0000-0000",
            profile=side.text("以專案方式服務客戶 "),
            internal_note=side.text("內部註記 ", internal=True),
        ),
        actor=office,
    )
    session().flush()
    vendors.add_member(vendor.id, world.people[side.member], office)
    if side is world.a:
        vendors.add_member(vendor.id, world.people["former_member"], office)
    membership = session().scalars(
        select(Membership).where(
            Membership.organisation_id == vendor.id, Membership.user_id == world.people[side.member]
        )
    )
    side.ids |= {"vendor_id": vendor.id, "organisation_id": vendor.id, "membership_id": membership.one().id}
    _add_parts(side, vendor, office)
    return vendor


def _add_parts(side: Side, vendor: Organisation, office: Actor) -> None:
    mail = f"contact@{side.marker.lower()}.example"
    contact = vendors.add_contact(
        vendor, vendors.ContactDetails(side.text("聯絡人"), email=mail, is_main=True), actor=office
    )
    second = vendors.ContactDetails(side.text("舊聯絡人"), phone="02-1111-1111")
    removed = vendors.add_contact(vendor, second, actor=office)
    vendors.remove_contact(removed, actor=office)
    products = [_product(side, vendor, name, office) for name in ("訂單系統", "庫存系統", "舊系統", "未輔導系統")]
    customer = vendors.add_customer(
        vendor,
        vendors.CustomerDetails(side.text("企業客戶"), industry="製造", employees=50, note=side.text("續約中 ")),
        actor=office,
    )
    side.ids |= {"contact_id": contact.id, "product_id": products[0].id, "customer_id": customer.id}
    side.ids |= {
        "second_product_id": products[1].id,
        "free_product_id": products[3].id,
        "removed_contact_id": removed.id,
    }
    vendors.remove_product(products[2], actor=office)
    side.ids["removed_product_id"] = products[2].id
    gone = vendors.add_customer(vendor, vendors.CustomerDetails(side.text("前客戶")), actor=office)
    vendors.remove_customer(gone, actor=office)
    side.ids["removed_customer_id"] = gone.id


def _product(side: Side, vendor: Organisation, name: str, office: Actor) -> Product:
    details = vendors.ProductDetails(
        side.text(name),
        ChargingModel.LICENCE,
        name_en=side.text("Product "),
        description=side.text("說明 "),
        target_industry="製造",
    )
    return vendors.add_product(vendor, details, actor=office)


def _enrol(world: World, side: Side, vendor: Organisation) -> None:
    office = world.actor("staff")
    for name, product in (("engagement_id", "product_id"), ("second_engagement_id", "second_product_id")):
        details = journey.Enrolment(
            int(side.ids[product]), int(world.ids["programme_id"]), ANCHOR, world.people[side.expert]
        )
        engagement = journey.enrol(details, actor=office)
        session().flush()
        side.ids[name] = engagement.id
        if side is world.a:
            journey.assign_expert(engagement, world.people["former_expert"], AssignmentPart.SUPPORT, actor=office)
    mine = select(Assignment.id).where(
        Assignment.engagement_id == side.ids["engagement_id"], Assignment.user_id == world.people[side.expert]
    )
    side.ids["assignment_id"] = session().scalars(mine).one()


def _work_on_items(world: World, side: Side) -> None:
    case = session().get_one(Engagement, side.ids["engagement_id"])
    vendor, expert, office = world.actor(side.member), world.actor(side.expert), world.actor("staff")
    mine = [item for item in items(case) if item.who is Party.VENDOR]
    fresh, submitted, returned, verified, claimed, waived = mine[:6]
    proof = _attach(side, submitted, vendor)
    for item in (submitted, returned, verified):
        _attach_link(side, item, vendor)
        journey.submit_item(item, actor=vendor)
    journey.return_item(returned, side.case_text("請補上完整內容 "), actor=expert)
    journey.verify_item(verified, actor=expert)
    for item in (claimed, waived):
        journey.mark_not_applicable(item, side.case_text("不適用的原因 "), actor=vendor)
    journey.verify_item(waived, actor=expert)
    journey.comment_on_item(fresh, journey.CommentDetails(side.case_text("公開留言 ")), actor=vendor)
    journey.comment_on_item(
        fresh, journey.CommentDetails(side.case_text("內部留言 ", internal=True), internal=True), actor=office
    )
    inward = _attach(side, fresh, office, internal=True)
    open_proof = _attach_link(side, fresh, vendor)
    side.ids |= {"item_id": fresh.id, "proof_id": open_proof.id, "evidence_id": proof.evidence_id}
    side.ids |= {"internal_evidence_id": inward.evidence_id, "link_evidence_id": open_proof.evidence_id}
    names = ("open", "submitted", "returned", "verified", "claimed", "waived")
    side.items |= {name: item.id for name, item in zip(names, mine, strict=False)}


def _attach(side: Side, item: Item, actor: Actor, *, internal: bool = False) -> ItemEvidence:
    content = PDF + f"%{side.case_text('', internal=internal)} {item.id}\n".encode()
    kept = keep_file(
        io.BytesIO(content),
        f"{side.case_text('佐證', internal=internal)}.pdf",
        organisation_id=item.engagement.organisation_id,
        engagement_id=item.engagement_id,
        internal=internal,
        actor=actor,
    )
    return journey.attach_evidence(item, kept, actor=actor)


def _attach_link(side: Side, item: Item, actor: Actor) -> ItemEvidence:
    kept = keep_link(
        f"https://{side.case_marker.lower()}.example/{item.id}",
        side.case_text("佐證頁面 "),
        organisation_id=item.engagement.organisation_id,
        engagement_id=item.engagement_id,
        actor=actor,
    )
    return journey.attach_evidence(item, kept, actor=actor)


def _propose_gate(world: World, side: Side) -> None:
    """Complete the first step of the second engagement and propose its gate."""
    case = session().get_one(Engagement, side.ids["second_engagement_id"])
    vendor, expert, office = world.actor(side.member), world.actor(side.expert), world.actor("staff")
    for item in items(case):
        if item.gate:
            _attach_link(side, item, vendor if item.who is Party.VENDOR else expert)
            journey.submit_item(item, actor=vendor if item.who is Party.VENDOR else expert)
            journey.verify_item(item, actor=expert if item.who is Party.VENDOR else office)
    journey.propose_gate(step(case), side.case_text("建議通過 "), actor=expert)


def _log_sessions(world: World, side: Side) -> None:
    case = session().get_one(Engagement, side.ids["engagement_id"])
    vendor, expert = world.actor(side.member), world.actor(side.expert)
    for week, state in enumerate(("draft", "submitted", "acknowledged", "closed")):
        logged = coaching.log_session(case, _session_details(world, side, case, week), actor=expert)
        session().flush()
        side.sessions[state] = logged.id
        if state != "draft":
            coaching.submit_session(logged, actor=expert)
        if state in {"acknowledged", "closed"}:
            coaching.acknowledge_session(logged, side.case_text("對時數有異議 "), actor=vendor)
        if state == "closed":
            coaching.close_session(logged, actor=expert)
            coaching.add_addendum(logged, side.case_text("更正：日期無誤 "), actor=expert)
    _name_session(world, side)


def _session_details(world: World, side: Side, case: Engagement, week: int) -> coaching.SessionDetails:
    expert = world.actor(side.expert)
    wanted = (
        coaching.ActionDetails(side.case_text("提供模組清單 "), world.people[side.member], ANCHOR + timedelta(days=90)),
        coaching.ActionDetails(side.case_text("補上試算 "), world.people[side.expert], ANCHOR + timedelta(days=95)),
    )
    return coaching.SessionDetails(
        step=Step.ASSESS,
        starts_at=BEGINS + timedelta(days=7 * (week + 1)),
        hours=Decimal(2),
        mode=Mode.ON_SITE,
        place=side.case_text("會議室 "),
        people=(*people_of(case, actor=expert), Person(side.case_text("來賓"), Party.VENDOR)),
        findings=side.case_text("現況 "),
        recommendations=side.case_text("建議 "),
        internal_note=side.case_text("內部觀察 ", internal=True),
        item_ids=(side.items["open"],),
        actions=wanted,
        uploads=(
            coaching.Upload(f"{side.case_text('現場')}.pdf", io.BytesIO(PDF + f"%{side.case_marker}{week}\n".encode())),
        ),
    )


def _name_session(world: World, side: Side) -> None:
    logged = session().get_one(CoachingSession, side.sessions["submitted"])
    draft = session().get_one(CoachingSession, side.sessions["draft"])
    first, second = logged.actions
    coaching.finish_action(second, actor=world.actor(side.expert))
    side.ids |= {"session_id": logged.id, "file_id": draft.files[0].id, "draft_id": draft.id}
    side.ids |= {"action_id": first.id, "done_action_id": second.id, "file_evidence_id": logged.files[0].evidence_id}
    side.ids["draft_evidence_id"] = draft.files[0].evidence_id


def _assess(world: World, side: Side) -> None:
    """Close an assessment of each engagement; the first has a second one, begun with all that one can hold."""
    expert, vendor = world.actor(side.expert), world.actor(side.member)
    (version,) = assessments.latest_questionnaires()
    case = session().get_one(Engagement, side.ids["engagement_id"])
    first = assessing.begin_assessment(case, version, actor=expert)
    part = assessing.ComponentDetails(side.case_text("元件"), side.case_text("用途 "))
    assessing.add_component(first, part, actor=vendor)
    _answer(side, first, vendor)
    assessing.close_assessment(first, actor=expert)
    made = assessing.begin_assessment(case, version, actor=expert)
    _answer(side, made, vendor)
    why = assessing.ChoiceDetails("gcp", side.case_text("專家理由 "))
    assessing.change_decision(made, ("cloud", 0), why, actor=expert)
    plan = coaching.ActionDetails(side.case_text("處理風險 "), world.people[side.member], ANCHOR + timedelta(days=60))
    assessing.add_action_for_risk(made, "business.copyright:0:no", plan, actor=expert)
    (component,) = assessments.components_of(made)
    side.ids |= {"closed_assessment_id": first.id, "assessment_id": made.id}
    side.ids |= {"component_id": component.id, "area": "business", "question": "business.copyright", "component": 0}
    side.ids |= {"answer": "no", "decision": "cloud"}


def _answer(side: Side, made: Assessment, vendor: Actor) -> None:
    details = assessing.AnswerDetails(("no",), note=side.case_text("說明 "))
    row = assessing.answer_question(made, ("business.copyright", 0), details, actor=vendor)
    assessing.answer_question(made, ("cost.control", 0), assessing.AnswerDetails(("nobody",)), actor=vendor)
    assessing.mark_not_applicable(made, ("people.sponsor", 0), side.case_text("不適用 "), actor=vendor)
    kept = keep_link(
        f"https://{side.case_marker.lower()}.example/assessment",
        side.case_text("評估佐證 "),
        organisation_id=made.engagement.organisation_id,
        engagement_id=made.engagement_id,
        actor=vendor,
    )
    proof = assessing.attach_proof(made, (row.question, 0), kept, actor=vendor)
    side.ids["assessment_proof_id"] = proof.id


def _provision(world: World, side: Side) -> None:
    """Have a sandbox built, drilled and found different, and leave a second one with a plan that a finding blocks."""
    case = session().get_one(Engagement, side.ids["engagement_id"])
    vendor, office = world.actor(side.member), world.actor("staff")
    texts = {"title": side.case_text("沙箱 "), "purpose": side.case_text("用途 ")}
    made = sandboxes.running(case, actor=vendor, second=office, built=_built(side), **texts)
    built = sandboxes.operation_of(made)
    sandboxes.log(built, side.case_text("建立中 "), urn=f"urn:x::{side.case_marker}")
    sandboxes.resource(built, side.case_text("bucket"))
    drill = sandboxes.drilled(made, side.case_text("演練 "), actor=vendor)
    sandboxes.differing(made, side.case_text("bucket"), actor=vendor)
    finding = {**sandboxes.WAIVABLE, "subject": side.case_text("入口")}
    waiting = sandboxes.planned(case, actor=vendor, findings=(finding,), **texts)
    plan = sandboxes.plan_of(waiting)
    side.ids |= {"sandbox_id": made.id, "operation_id": built.id, "drill_id": drill.id, "plan_id": plan.id}
    side.ids |= {"waiting_sandbox_id": waiting.id, "name": "password", "position": 0}


def _built(side: Side) -> dict[str, object]:
    outputs = {
        "address": {"value": f"https://{side.case_marker.lower()}.example", "secret": False},
        "password": {"value": side.case_text("secret "), "secret": True},
    }
    return {**sandboxes.BUILT, "outputs": outputs}


def _add_around(world: World, side: Side) -> None:
    """Add what lies around the work: a feed, an invitation with its mail, an expert's hours, evidence without engagement."""
    office, member = world.actor("staff"), world.people[side.member]
    _plan_meeting(world, side)
    side.ids["feed_token"] = coaching.renew_feed(member, actor=world.actor(side.member))
    accounts.invite(
        accounts.Invite(
            f"new@{side.marker.lower()}.example",
            side.text("新窗口"),
            Role.VENDOR,
            {"organisation": int(side.ids["vendor_id"])},
        ),
        actor=office,
    )
    invitation = session().scalars(select(Invitation).order_by(Invitation.id.desc())).first()
    mail = session().scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    notice = session().scalars(select(Notice).where(Notice.user_id == member)).first()
    assert invitation is not None
    assert mail is not None
    assert notice is not None
    token = mail.text.partition("/invitations/")[2].split()[0]
    side.ids |= {"invitation_id": invitation.id, "mail_id": mail.id, "notice_id": notice.id, "invitation_token": token}
    side.ids["unsubscribe_token"] = unsubscribe_path(member, Reason.COMMENT).rpartition("/")[2]
    kept = keep_file(
        io.BytesIO(PDF + f"%{side.marker} alone\n".encode()),
        f"{side.text('登記文件')}.pdf",
        organisation_id=int(side.ids["vendor_id"]),
        engagement_id=None,
        actor=office,
    )
    side.ids["vendor_evidence_id"] = kept.id


def _plan_meeting(world: World, side: Side) -> None:
    case = session().get_one(Engagement, side.ids["engagement_id"])
    details = coaching.MeetingDetails(clock.now() + timedelta(days=9), Mode.ON_SITE, side.case_text("下次會議室 "))
    meeting = coaching.plan_meeting(case, details, actor=world.actor(side.expert))
    session().flush()
    side.ids["meeting_id"] = meeting.id


def _import_list(world: World, side: Side) -> None:
    """Hand in a list of vendors whose dry run leaves a row in doubt, in a session of its own as the worker has one."""
    with current_app.app_context():
        name = session().get_one(Organisation, side.ids["vendor_id"]).name_zh
        rows = (imports.HEADER, (next_ubn(), name, "軟體", side.text("窗口"), "", "", ""))
        staff = load_actor(world.people["staff"])
        batch = imports.begin(imports.as_csv(rows), side.text("名單") + ".csv", actor=staff)
        imports.carry_out(batch, staff.user_id)
        batch = imports.again(batch)
        with unit_of_work():
            importing.choose_columns(batch, dict(batch.columns), version=None, actor=staff)
        imports.carry_out(batch, staff.user_id)
        side.ids |= {"batch_id": batch.id, "row_id": import_queries.first_rows(batch, 1)[0].id}
        world.ids["kind"] = batch.kind


def _hold_event(world: World, side: Side) -> None:
    """Hold an event to which the vendor's member comes, with a certificate and an answered survey; announce one ahead."""
    office = world.actor("staff")
    held = _announce(world, office, BEGINS, places=None)
    with clock.at(BEGINS - timedelta(days=3)):
        came = _register(world, side, held, office)
    question = held.questions[0]
    material = MaterialDetails("示範講義", url="https://slides.example/held")
    material_id = eventing.add_material(held, material, actor=office).id
    with clock.at(BEGINS + timedelta(minutes=10)):
        eventing.check_in(held, DoorDetails(Way.QR, code=came.door_code), actor=office)
    with clock.at(BEGINS + timedelta(days=1)):
        certificate = eventing.issue_certificate(came, actor=office)
        answers = {one.id: "5" for one in held.questions[:2]}
        eventing.answer_survey(came, answers, actor=office)
    ahead = _announce(world, office, clock.now() + timedelta(days=30), places=1)
    first = _register(world, side, ahead, office)
    waits = _register(world, side, ahead, office, "second")
    if side is world.a:  # what is announced belongs to nobody: everybody may read it
        world.ids |= {"event_id": ahead.id, "question_id": question.id, "held_event_id": held.id}
        world.ids |= {"material_id": material_id}
    side.ids |= {"registration_id": first.id, "event_session_id": ahead.sessions[0].id, "came_id": came.id}
    side.ids |= {"waiting_id": waits.id, "door_code": first.door_code, "certificate_code": certificate.code}
    side.ids |= {"ticket_token": ticket_token(first), "came_token": ticket_token(came)}
    side.ids["verb"] = "close"


def _announce(world: World, office: Actor, begins: datetime, *, places: int | None) -> Event:
    span = Span(begins, begins + timedelta(hours=3))
    details = EventDetails(
        programme_id=int(world.ids["programme_id"]),
        kind=EventKind.WORKSHOP,
        name_zh="示範工作坊",
        sessions=(SessionDetails(span),),
        place="示範會議中心",
        capacity=places,
        consent_zh="示範個資告知事項",
    )
    with clock.at(begins - timedelta(days=10)):
        event = eventing.add_event(details, actor=office)
        eventing.move_event(event, EventState.OPEN, actor=office)
    return event


def _register(world: World, side: Side, event: Event, office: Actor, who: str = "guest") -> Registration:
    person = PersonDetails(
        name=side.text("報名者"),
        email=f"{who}@{side.marker.lower()}.example",
        company=side.text("示範業者"),
        ubn=session().get_one(Organisation, side.ids["vendor_id"]).ubn,
        job_title=side.text("經理 "),
        consent_id=event.consent.id if event.consent else None,
    )
    made = eventing.register(event, person, actor=office).registration
    session().flush()
    return made


def _end_what_is_former(world: World) -> None:
    office = world.actor("staff")
    world.ids["former_feed_token"] = coaching.renew_feed(
        world.people["former_member"], actor=world.actor("former_member")
    )
    membership = select(Membership).where(Membership.user_id == world.people["former_member"])
    vendors.end_membership(session().scalars(membership).one(), actor=office)
    for assignment in session().scalars(select(Assignment).where(Assignment.user_id == world.people["former_expert"])):
        journey.end_assignment(assignment, actor=office)


def _publish_newer(world: World, folder: Path) -> None:
    """Publish a newer version of the first playbook, to which engagements can move."""
    shutil.copytree(PLAYBOOKS, folder, dirs_exist_ok=True)
    for path in folder.glob("steps/assess/01-*.md"):
        path.write_text(path.read_text(encoding="utf-8").replace("version = 1", "version = 2", 1), encoding="utf-8")
    (newer,) = journey.publish_playbooks(folder, actor=SYSTEM)
    session().flush()
    world.ids |= {"version_id": newer.id, "slug": "01-subscription-case", "template_id": "azure_saas"}


def _add_the_rest(world: World) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _publish_newer(world, Path(folder))
    programme = session().get_one(Programme, world.ids["programme_id"])
    details = coaching.QuotaDetails(Decimal(40), "示範調整時數")
    coaching.set_quota(programme, world.people["expert"], details, actor=world.actor("lead"))
    work = session().scalars(select(Work).order_by(Work.id)).first()
    assert work is not None
    world.ids["work_id"] = work.id


WRITES = (
    _work_on_items,
    _propose_gate,
    _log_sessions,
    _assess,
    prove,
    try_out,
    _provision,
    _add_around,
    _hold_event,
    outreach.reach_out,
)
"""What is written for each side, each in a transaction of its own."""
