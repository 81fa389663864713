"""The demo's proofs of concept: begun in the migrate step, funded, tried, one accepted, with a co-creation camp around them."""

import io
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from tracker.core import clock
from tracker.core.db import session, unit_of_work
from tracker.core.ubn import demo_ubns
from tracker.demo import trials
from tracker.demo.papers import paper
from tracker.demo.stories import Turn
from tracker.evidence import operations as evidence
from tracker.journey.models import Engagement
from tracker.journey.rules import Party, Step
from tracker.overview.poc_basis import recommended
from tracker.poc.models import CampGroup, FundingEntry, Poc
from tracker.poc.operations import acceptance, camps, funding, plan, pocs
from tracker.poc.operations.camps import CampDetails, GroupDetails, StageDetails
from tracker.poc.operations.funding import EntryDetails
from tracker.poc.operations.plan import MeasureDetails, MilestoneDetails
from tracker.poc.operations.pocs import PocDetails, RelatedDetails
from tracker.poc.queries.pocs import measures_of, milestones_of
from tracker.poc.rules.states import EntryState, VoucherKind
from tracker.programmes.models import Programme

if TYPE_CHECKING:
    from tracker.demo.history import Case
    from tracker.demo.seed import World

SUPPLIERS = ("示範雲端服務有限公司", "示範資安檢測有限公司", "示範軟體顧問有限公司", "示範教育訓練有限公司")
NUMBERS = demo_ubns(1_990)[-len(SUPPLIERS) :]
COSTS = (
    ("cloud", 29_400, "三個月的雲端主機與資料庫", 0),
    ("testing", 31_500, "上線前的弱點掃描與滲透測試", 1),
    ("development", 42_000, "多租戶改寫的委外開發", 2),
    ("training", 10_500, "試用客戶的教育訓練兩場", 3),
    ("cloud", 12_600, "備援環境的雲端資源", 0),
)
"""Kind of cost, total with 5 % tax, what it paid for, supplier."""
BUSINESS_TAX = 21
"""A total holds one part of tax in so many."""
RELATED, RETURNED, REVERSED = 4, 1, 2
"""The engagements in which a cost is flagged, returned or taken back."""
VERIFIED_AFTER = timedelta(days=3)
PACE = timedelta(days=16)
"""Between two costs."""


def plan_poc(case: "Case", whole: timedelta) -> None:
    """Plan the proof of concept of an engagement that has left the first step, where each step took so long."""
    if case.story.step is Step.ASSESS or case.story.turn is Turn.WITHDRAWN:
        return
    finished = case.story.turn is Turn.FINISHED
    begins = case.begins + whole + timedelta(days=2)
    pace = min(PACE, whole * 2 / (len(COSTS) + 1)) if finished else PACE
    case.at(begins, partial(begin, case))
    case.at(begins + timedelta(days=4), partial(recommend, case))
    for number in range(len(COSTS) if finished else 2 + case.number % 3):
        moment = begins + (number + 1) * pace
        case.at(moment, partial(enter, case, number))
        case.at(moment + VERIFIED_AFTER, partial(decide_on, case, number))
    trials.plan_trials(case, begins, case.begins + 3 * whole - timedelta(days=2))
    if finished:
        end = case.begins + len(Step) * whole - timedelta(days=1)
        case.at(end - timedelta(days=3), partial(measure, case))
        case.at(end - timedelta(days=2), partial(propose, case))
        case.at(end - timedelta(days=1), partial(accept, case))


def poc_of(case: "Case") -> Poc:
    """Read the proof of concept of the engagement."""
    return session().scalars(select(Poc).where(Poc.engagement_id == case.engagement_id)).one()


def begin(case: "Case") -> None:
    """Begin the proof, with what is measured and reached by when."""
    vendor, engagement = case.doer(Party.VENDOR), case.engagement()
    product = engagement.product.name_zh
    poc = pocs.begin_poc(
        engagement,
        PocDetails(
            problem="客戶各自安裝、各自備份，一次升級要派人到場兩天。",
            target_customers="30 至 200 人、沒有專職資訊人員的中小企業。",
            value_proposition="開通當天就能使用，按月付費，升級不必停機。",
            solution=f"{product}雲端版：多租戶、自助開通、每日異地備份。",
            address=f"https://try{case.number + 1}.vendor.example",
            starts_on=clock.today(),
            ends_on=engagement.programme.ends_on,
        ),
        actor=vendor,
    )
    today = clock.today()
    for name, unit, method, baseline, target in (
        ("開通一家客戶所需時間", "小時", "由簽約到第一次登入，取三家平均", Decimal(72), Decimal(4)),
        ("每月中斷時間", "分鐘", "監控系統的月報", Decimal(190), Decimal(40)),
    ):
        details = MeasureDetails(name, unit, method, baseline, today, target)
        plan.add_measure(poc, details, actor=vendor)
    for name, owed_by, days in (
        ("試用環境開通", Party.VENDOR, 30),
        ("第一家企業客戶開始試用", Party.VENDOR, 55),
        ("成果量測完成", Party.EXPERT, 110),
    ):
        due_on = min(today + timedelta(days=days), poc.ends_on)
        plan.add_milestone(poc, MilestoneDetails(name, owed_by, due_on), actor=vendor)
    if case.number == RELATED:
        pocs.declare_related(poc, RelatedDetails(NUMBERS[1], SUPPLIERS[1], "同一負責人"), actor=vendor)


def recommend(case: "Case") -> None:
    """Let the expert recommend the architecture, from the assessment where there is one."""
    poc, expert = poc_of(case), case.doer(Party.EXPERT)
    words = "應用程式放進容器，資料庫用受管服務並依租戶分結構；靜態檔走內容傳遞網路，備份送到第二朵雲。"
    pocs.recommend_architecture(poc, words, recommended(case.engagement(), expert), actor=expert)


def enter(case: "Case", number: int) -> None:
    """Enter a cost with its voucher."""
    poc, vendor = poc_of(case), case.doer(Party.VENDOR)
    kind, total, purpose, supplier = COSTS[number]
    tax = total // BUSINESS_TAX
    invoice = f"DM{case.number:05}{number:03}"
    content = paper(
        f"統一發票 {invoice}", f"買受人 {poc.engagement.organisation.name_zh}，{purpose}，總額 {total:,} 元。（示範）"
    )
    kept = evidence.keep_file(
        io.BytesIO(content),
        f"{invoice}.pdf",
        organisation_id=poc.engagement.organisation_id,
        engagement_id=poc.engagement_id,
        actor=vendor,
    )
    details = EntryDetails(
        spent_on=clock.today(),
        payee=SUPPLIERS[supplier],
        payee_ubn=NUMBERS[supplier],
        kind=kind,
        net=total - tax,
        tax=tax,
        total=total,
        purpose=purpose,
        voucher_kind=VoucherKind.INVOICE,
        voucher_number=invoice,
    )
    funding.submit_entry(poc, details, [kept], actor=vendor)


def decide_on(case: "Case", number: int) -> None:
    """Verify a cost, or return it or take it back where that is the story; the newest of some still waits."""
    entry = (
        session()
        .scalars(select(FundingEntry).where(FundingEntry.poc_id == poc_of(case).id, FundingEntry.number == number + 1))
        .one_or_none()
    )
    if entry is None or entry.state is not EntryState.SUBMITTED or entry.reverses_id is not None:
        return
    office = case.world.actor("staff2")
    if case.number == RELATED and number == 1:
        return
    if case.number == RETURNED and number == 1:
        funding.return_entry(entry, "掃描檔缺發票章，請補上清楚的影像後重新登錄。", actor=office)
        return
    funding.verify_entry(entry, actor=office)
    if case.number == REVERSED and number == 1:
        funding.reverse_entry(entry, "供應商開錯品項，發票已作廢。", actor=case.doer(Party.VENDOR))


def measure(case: "Case") -> None:
    """Write what was measured, and reach the milestones."""
    poc, vendor, today = poc_of(case), case.doer(Party.VENDOR), clock.today()
    for one, result in zip(measures_of(poc), (Decimal(3), Decimal(35)), strict=True):
        details = MeasureDetails(
            one.name, one.unit, one.method, one.baseline, one.baseline_on, one.target, result, today
        )
        plan.change_measure(one, details, actor=vendor)
    for stone in milestones_of(poc):
        reached = MilestoneDetails(stone.name, stone.owed_by, stone.due_on, min(stone.due_on, today))
        plan.change_milestone(stone, reached, actor=vendor)


def propose(case: "Case") -> None:
    """Let the expert propose the proof for acceptance."""
    acceptance.propose(poc_of(case), "經費、試用與量測均已齊備。", actor=case.doer(Party.EXPERT))


def accept(case: "Case") -> None:
    """Let a second person accept it."""
    acceptance.accept(poc_of(case), "資料相符，予以驗收。", actor=case.world.actor("lead"))


def hold_camp(world: "World") -> None:
    """Hold a camp for the first proofs, with its demo day behind it."""
    moment: datetime = world.now - timedelta(days=40)
    with clock.at(moment), unit_of_work():
        programme = session().get_one(Programme, world.programme_id)
        first = clock.today()
        found = session().scalars(select(Poc).join(Engagement).where(Poc.starts_on <= first).order_by(Poc.id).limit(4))
        proofs = found.all()
        if not proofs or first < programme.starts_on:
            return
        office = world.actor("staff")
        details = CampDetails("STEPS 企業分組實證設計共創營", "示範創新基地", first, first + timedelta(days=30))
        camp = camps.set_up_camp(programme, details, actor=office)
        for number, (name, enterprise) in enumerate((("智慧排程組", "示範精密工業"), ("庫存透明組", "示範連鎖通路"))):
            mentor = world.people["expert" if number == 0 else "expert2"]
            given = GroupDetails(
                name, enterprise, "", "示範窗口", mentor, "希望當天就看得到各據點的數字，不必等月底。", number + 1
            )
            group = camps.add_group(camp, given, actor=office)
            for poc in proofs[number::2]:
                camps.join_group(group, poc, "提供雲端服務並安排試用", actor=office)
            camps.add_stage(group, StageDetails("雛形可操作", first + timedelta(days=14)), actor=office)
    _write_results(world, camp.id)


def _write_results(world: "World", camp_id: int) -> None:
    with clock.at(world.now - timedelta(days=9)), unit_of_work():
        office = world.actor("staff")
        group = (
            session().scalars(select(CampGroup).where(CampGroup.camp_id == camp_id).order_by(CampGroup.number)).first()
        )
        if group is None:
            return
        result = "企業當場同意三個月試用，並開放兩個據點的資料。"
        given = GroupDetails(
            group.name,
            group.enterprise,
            "",
            group.enterprise_contact,
            group.mentor_id,
            group.brief,
            group.demo_order,
            result,
        )
        camps.change_group(group, given, actor=office)
