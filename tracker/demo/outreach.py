"""The demo's outreach: exposures with their proofs, matches on their way, and pages that vendors opened to the public."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from tracker.core import clock
from tracker.core.db import session, table_of, write
from tracker.demo.history import Happening
from tracker.outreach import operations as outreach
from tracker.outreach.models import Exposure, Lead, ReachCount
from tracker.outreach.queries import find_page
from tracker.outreach.rules import (
    Counterpart,
    ExposureKind,
    ExposureState,
    Industry,
    LeadOrigin,
    LeadState,
    ReachKind,
)
from tracker.vendors.models import Organisation, Product

if TYPE_CHECKING:
    from tracker.demo.seed import World

WRITTEN, AGREED = 12, 8
"""How many vendors have a page, and how many of them opened it to the public."""
AGO = timedelta(days=75)

SHOWN = (
    (ExposureKind.SHOWCASE, "雲端轉型成果發表會攤位", "計畫成果發表會", "showcase", 320),
    (ExposureKind.VIDEO, "三分鐘看懂雲端導入", "計畫影音頻道", "video", 1840),
    (ExposureKind.ARTICLE, "從專案到訂閱：轉型專訪", "示範資訊週刊", "", 5200),
    (ExposureKind.ALLIANCE, "加入智慧商務 SIG 聯盟", "智慧商務 SIG", "sig", None),
    (ExposureKind.SHOWCASE, "產業高峰論壇展示", "產業高峰論壇", "summit", 600),
)
SOUGHT = (
    (Counterpart.ENTERPRISE, "示範連鎖餐飲公司", Industry.DINING, "門市訂單與庫存分散，希望每日對帳。"),
    (Counterpart.ASSOCIATION, "示範縣商業同業公會", Industry.RETAIL, "替會員找可以按月付費的系統。"),
    (Counterpart.ENTERPRISE, "示範精密零件公司", Industry.MANUFACTURING, "現場報工還用紙本，想先試一條產線。"),
    (Counterpart.ENTERPRISE, "示範長照機構", Industry.HEALTH, "交班紀錄需要多據點共用。"),
)
STEPS = (
    ((LeadState.INTRODUCED, "已寄出方案說明"), "安排線上展示"),
    ((LeadState.TALKING, "完成線上展示，對方要求試算費用"), "提供三個月試用報價"),
    ((LeadState.TRIAL, "試用帳號已開通"), "第二週回訪使用情形"),
)
SECTORS = (
    ("製造 工具機 組裝 紡織 維修", Industry.MANUFACTURING),
    ("零售 百貨", Industry.RETAIL),
    ("餐飲 食品", Industry.DINING),
    ("物流", Industry.LOGISTICS),
    ("診所", Industry.HEALTH),
    ("補教", Industry.EDUCATION),
    ("旅宿", Industry.TOURISM),
    ("營建", Industry.CONSTRUCTION),
    ("農業", Industry.AGRICULTURE),
    ("會計", Industry.SERVICES),
)
"""Words of the cast's industries, and what the directory calls them."""


@dataclass(frozen=True)
class Stall:
    """A vendor of the demo with what is told of it."""

    world: "World"
    number: int
    vendor_id: int
    product_id: int

    @property
    def member(self) -> str:
        """Give the key of the vendor's member."""
        return f"vendor{self.number}"

    def vendor(self) -> Organisation:
        """Read the vendor."""
        return session().get_one(Organisation, self.vendor_id)

    def product(self) -> Product:
        """Read its product."""
        return session().get_one(Product, self.product_id)


def plan_outreach(world: "World") -> list[Happening]:
    """Plan the outreach of the demo's vendors."""
    planned: list[Happening] = []
    for stall in stalls_of(world)[: WRITTEN + len(SHOWN)]:
        moment = clock.in_taipei(world.now - AGO + timedelta(days=2 * stall.number))
        begins = moment.replace(hour=10, minute=30)
        for days, happen in ((0, show), (6, seek), (13, go_on), (20, open_page)):
            planned.append((begins + timedelta(days=days), partial(happen, stall)))
    return planned


def stalls_of(world: "World") -> list[Stall]:
    """Give the demo's vendors, each with its product."""
    rows = session().execute(select(Product.id, Product.organisation_id).order_by(Product.id)).all()
    return [Stall(world, number, row.organisation_id, row.id) for number, row in enumerate(rows)]


def show(stall: Stall) -> None:
    """Note an exposure; most have come out with a proof, and the office has confirmed the older ones."""
    world, number = stall.world, stall.number
    kind, title, channel, resource, reached = SHOWN[number % len(SHOWN)]
    is_planned = number % 6 == 5  # noqa: PLR2004 - every sixth
    details = outreach.ExposureDetails(
        kind=kind,
        title=title,
        product_id=stall.product_id,
        programme_id=world.programme_id,
        channel=channel,
        resource=resource,
        happened_on=None if is_planned else clock.today(),
        people_reached=None if is_planned else reached,
    )
    exposure = outreach.add_exposure(stall.vendor(), details, actor=world.actor(stall.member))
    if is_planned:
        return
    link = outreach.LinkDetails(f"https://media.example/{number + 1}", f"{title}（示範報導）")
    outreach.prove_by_link(exposure, link, actor=world.actor(stall.member))
    outreach.move_exposure(exposure, ExposureState.OUT, actor=world.actor(stall.member))
    if number % 3:
        outreach.move_exposure(exposure, ExposureState.CONFIRMED, actor=world.actor("staff"))


def seek(stall: Stall) -> None:
    """Note a match with its first step."""
    world, number = stall.world, stall.number
    counterpart, name, industry, need = SOUGHT[number % len(SOUGHT)]
    exposure = session().scalars(select(Exposure.id).where(Exposure.organisation_id == stall.vendor_id)).first()
    details = outreach.LeadDetails(
        counterpart=counterpart,
        name=name,
        origin=LeadOrigin.EXPOSURE if number % 2 else LeadOrigin.OFFICE,
        product_id=stall.product_id,
        programme_id=world.programme_id,
        exposure_id=exposure if number % 2 else None,
        industry=industry,
        contact_name="示範窗口",
        contact_email="contact@enterprise.example",
        need=need,
    )
    first = outreach.StepDetails(LeadState.NEW, "電話確認需求", world.people[owner(stall)], day(5))
    outreach.add_lead(stall.vendor(), details, first, actor=world.actor("staff"))


def owner(stall: Stall) -> str:
    """Give who takes the next step: the vendor, now and then the office."""
    return "staff" if stall.number % 4 == 0 else stall.member


def day(ahead: int) -> date:
    """Give a day ahead."""
    return clock.today() + timedelta(days=ahead)


def go_on(stall: Stall) -> None:
    """Take the match further, or close it."""
    world, number = stall.world, stall.number
    lead = session().scalars(select(Lead).where(Lead.organisation_id == stall.vendor_id)).one()
    actor = world.actor(owner(stall))
    (state, done), following = STEPS[number % len(STEPS)]
    if state is LeadState.TRIAL:
        talk = outreach.StepDetails(
            LeadState.TALKING, "開通試用帳號", world.people[owner(stall)], day(3), done="已洽談"
        )
        outreach.note_step(lead, talk, actor=actor)
    ahead = 3 + (world.now.date() - clock.today()).days
    step = outreach.StepDetails(state, following, world.people[owner(stall)], day(ahead), done=done)
    outreach.note_step(lead, step, actor=actor)
    if number % 5 == 1:
        won = outreach.StepDetails(LeadState.WON, outcome="簽訂一年訂閱，先由三個據點使用。")
        outreach.note_step(lead, won if state is not LeadState.INTRODUCED else lost(), actor=actor)


def lost() -> outreach.StepDetails:
    """Give a step by which a match comes to nothing."""
    return outreach.StepDetails(LeadState.LOST, outcome="對方本年度預算已用完，明年第一季再聯繫。")


def sector_of(target: str) -> Industry:
    """Give the industry of the directory for one of the cast's."""
    found = (sector for words, sector in SECTORS if any(word in target for word in words.split()))
    return next(found, Industry.ANY)


def open_page(stall: Stall) -> None:
    """Write the page of a product; some vendors have agreed, others are asked."""
    world, number, product = stall.world, stall.number, stall.product()
    if number >= WRITTEN:
        return
    vendor = stall.vendor()
    details = outreach.PageDetails(
        industry=sector_of(product.target_industry),
        tagline_zh=f"{product.target_industry}適用的{product.name_zh}，按月付費，不必自備機房",
        tagline_en=f"{product.name_en}: monthly fees, no server room of your own",
        summary_zh=(
            f"{product.name_zh}協助{product.target_industry}的企業把日常作業搬到雲端。\n\n- 以月費計價，可隨時增減使用人數\n"
            "- 每日異地備份，資料可自行匯出\n- 提供三十天試用\n\n（示範資料）"
        ),
        summary_en=(
            f"{product.name_en} moves the daily work of companies to the cloud.\n\n- Monthly fees by user\n"
            "- Daily backup elsewhere, data can be exported\n- Thirty days of trial\n\n(Demo data)"
        ),
        website=vendor.website,
        contact_email=f"sales@vendor{number + 1}.example",
        contact_phone="02-0000-0000",
    )
    page = outreach.write_page(product, details, actor=world.actor("staff"))
    session().flush()
    if number < AGREED:
        address = f"https://cloudsteps.example/yellow-pages/{page.id}"
        outreach.agree_to_page(page, page.version, address=address, actor=world.actor(stall.member))
    elif number % 2:
        outreach.ask_for_agreement(page, actor=world.actor("staff"))


def count_visits(world: "World") -> None:
    """Write down what visitors did since the pages are public, as the counter would have counted it."""
    today = clock.in_taipei(world.now).date()
    for stall in stalls_of(world)[:AGREED]:
        page = find_page(stall.product_id)
        for back in range(30) if page is not None else ():
            reads = (stall.number * 7 + back * 5) % 13
            for kind, count in (
                (ReachKind.READ, reads),
                (ReachKind.WEBSITE, reads // 4),
                (ReachKind.CONTACT, reads // 7),
            ):
                if count and page is not None:
                    values = {
                        "page_id": page.id,
                        "day": today - timedelta(days=back),
                        "kind": kind.value,
                        "count": count,
                    }
                    write(table_of(ReachCount).insert(), values)
