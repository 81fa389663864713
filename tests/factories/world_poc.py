"""The world's proofs of concept: one for each vendor, with its plan, its ledger and its group of a camp."""

import io
from datetime import date
from typing import TYPE_CHECKING

from tests.factories.vendors import UBNS
from tracker.core.db import session
from tracker.evidence.operations import keep_file
from tracker.journey.models import Engagement
from tracker.journey.rules import Party
from tracker.poc.models import FundingEntry, Poc
from tracker.poc.operations import acceptance, camps, funding, plan, pocs
from tracker.poc.operations.camps import CampDetails, GroupDetails, StageDetails
from tracker.poc.operations.funding import EntryDetails
from tracker.poc.operations.plan import MeasureDetails, MilestoneDetails
from tracker.poc.operations.pocs import PocDetails, RelatedDetails
from tracker.poc.rules.states import VoucherKind
from tracker.programmes.models import Programme

if TYPE_CHECKING:
    from tests.factories.world import Side, World

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
STARTS = date(2026, 3, 2)


def prove(world: "World", side: "Side") -> None:
    """Begin the vendor's proof of concept, plan it, enter costs and let them be decided on."""
    vendor, expert = world.actor(side.member), world.actor(side.expert)
    case = session().get_one(Engagement, side.ids["engagement_id"])
    poc = pocs.begin_poc(
        case,
        PocDetails(
            problem=side.case_text("報價太慢 "),
            target_customers=side.case_text("製造業 "),
            value_proposition=side.case_text("當天報價 "),
            solution=side.case_text("雲端報價 "),
            address=f"https://{side.case_marker.lower()}.example/try",
            starts_on=STARTS,
            ends_on=date(2026, 10, 30),
        ),
        actor=vendor,
    )
    pocs.recommend_architecture(poc, side.case_text("容器與受管資料庫 "), actor=expert)
    measure = plan.add_measure(
        poc, MeasureDetails(side.case_text("報價時間"), "小時", side.case_text("看紀錄 ")), actor=vendor
    )
    milestone = plan.add_milestone(
        poc,
        MilestoneDetails(side.case_text("開通"), Party.VENDOR, date(2026, 5, 1), note=side.case_text("備註 ")),
        actor=vendor,
    )
    party = pocs.declare_related(
        poc,
        RelatedDetails(_number(side, 60), side.case_text("姊妹公司"), side.case_text("同一負責人 ")),
        actor=vendor,
    )
    side.ids |= {"poc_id": poc.id, "measure_id": measure.id, "milestone_id": milestone.id, "party_id": party.id}
    _enter(world, side, poc)
    _camp(world, side, poc)
    acceptance.propose(poc, side.case_text("先提出 "), actor=expert)
    acceptance.give_back(poc, side.case_text("請補試用 "), actor=world.actor("staff"))


def _number(side: "Side", first: int) -> str:
    """Give a demo number that no other row of the world has."""
    return UBNS[first + (side.marker == "Yellowtail")]


def _enter(world: "World", side: "Side", poc: Poc) -> None:
    vendor, office = world.actor(side.member), world.actor("staff")
    waiting, verified, returned, taken_back = (_cost(world, side, poc, number) for number in range(4))
    funding.verify_entry(verified, side.case_text("相符 "), actor=office)
    funding.return_entry(returned, side.case_text("看不清楚 "), actor=office)
    funding.reverse_entry(taken_back, side.case_text("打錯 "), actor=vendor)
    side.ids |= {"entry_id": waiting.id, "voucher_id": waiting.vouchers[0].id}
    side.ids["voucher_evidence_id"] = waiting.vouchers[0].evidence_id


def _cost(world: "World", side: "Side", poc: Poc, number: int) -> FundingEntry:
    vendor = world.actor(side.member)
    kept = keep_file(
        io.BytesIO(PDF + f"%{side.case_marker} voucher {number}\n".encode()),
        f"{side.case_text('憑證')}.pdf",
        organisation_id=poc.engagement.organisation_id,
        engagement_id=poc.engagement_id,
        actor=vendor,
    )
    details = EntryDetails(
        spent_on=date(2026, 4, 10),
        payee=side.case_text("示範供應商"),
        payee_ubn=_number(side, 62),
        kind="cloud",
        net=10_000,
        tax=500,
        total=10_500,
        purpose=side.case_text("雲端主機 "),
        voucher_kind=VoucherKind.INVOICE,
        voucher_number=f"{side.marker[:2].upper()}-{number:08}",
    )
    return funding.submit_entry(poc, details, [kept], actor=vendor)


def _camp(world: "World", side: "Side", poc: Poc) -> None:
    office = world.actor("staff")
    programme = session().get_one(Programme, world.ids["programme_id"])
    camp = camps.set_up_camp(
        programme,
        CampDetails(side.case_text("共創營"), side.case_text("會館 "), date(2026, 4, 1), date(2026, 6, 1)),
        actor=office,
    )
    group = camps.add_group(
        camp,
        GroupDetails(
            side.case_text("第一組"),
            side.case_text("示範企業"),
            enterprise_contact=side.case_text("企業窗口"),
            brief=side.case_text("命題 "),
        ),
        actor=office,
    )
    member = camps.join_group(group, poc, side.case_text("提供服務"), actor=office)
    stage = camps.add_stage(group, StageDetails(side.case_text("雛形"), date(2026, 5, 10)), actor=office)
    side.ids |= {"camp_id": camp.id, "group_id": group.id, "camp_member_id": member.id, "stage_id": stage.id}
