"""The demo's events: held ones with attendance and survey, one to come with a waiting list, one still a draft."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tracker.accounts.access import ANONYMOUS
from tracker.core import clock
from tracker.core.db import session, unit_of_work
from tracker.events import operations
from tracker.events.models import Event, Registration
from tracker.events.operations import (
    DoorDetails,
    EventDetails,
    PersonDetails,
    SessionDetails,
    SpeakerDetails,
)
from tracker.events.rules.attendance import Way
from tracker.events.rules.events import EventKind, EventState, Mode, Span
from tracker.events.rules.surveys import Purpose, QuestionKind
from tracker.vendors.models import Organisation

if TYPE_CHECKING:
    from tracker.demo.seed import World

HOUR = timedelta(hours=1)
ABSENT_EVERY, LATE_EVERY = 5, 4
CONSENT_ZH = (
    "計畫辦公室為辦理活動報名、聯繫與出席統計，蒐集您的姓名、電子郵件、電話與公司；利用期間至計畫結束，"
    "您可隨時請求查詢、更正或刪除。不同意將無法報名。（示範資料）"
)
CONSENT_EN = (
    "The programme office keeps your name, mail address, phone and company to run the event and to count attendance,"
    " until the programme ends. You may ask to see, correct or delete them at any time. Without your consent you cannot"
    " be registered. (demo)"
)


@dataclass(frozen=True)
class Plan:
    """An event of the demo: so many days from now, with so many of the vendors."""

    name_zh: str
    name_en: str
    kind: EventKind
    days: int
    guests: int
    series: str = ""
    capacity: int | None = None
    sessions: int = 1
    mode: Mode = Mode.ON_SITE
    state: EventState = EventState.OPEN


PLANS = (
    Plan(
        "雲端架構實作工作坊",
        "Hands-on workshop on cloud architecture",
        EventKind.WORKSHOP,
        -40,
        10,
        "雲端轉型系列課程",
        30,
    ),
    Plan("訂閱制定價工作坊", "Workshop on subscription pricing", EventKind.WORKSHOP, -12, 8, "雲端轉型系列課程", 30, 2),
    Plan("雲端資安交流會", "Exchange on cloud security", EventKind.EXCHANGE, 9, 14, "", 12),
    Plan("年度成果發表會", "Result showcase of the year", EventKind.SHOWCASE, 24, 6, "", 200, 1, Mode.BOTH),
    Plan("STEPS 營隊", "STEPS camp", EventKind.CAMP, 45, 0, "", 60, 2, state=EventState.DRAFT),
)


def write_events(world: "World", vendor_ids: list[int]) -> None:
    """Play the events at their own times; what lies ahead is as it stands now."""
    for plan in PLANS:
        day = clock.in_taipei(world.now + timedelta(days=plan.days)).replace(hour=9, minute=30, second=0, microsecond=0)
        with clock.at(min(world.now, day) - timedelta(days=25)), unit_of_work():
            event_id = _announce(world, plan, day)
        for number in range(plan.guests):
            with clock.at(min(world.now, day) - timedelta(days=20) + number * HOUR), unit_of_work():
                _register(event_id, number, vendor_ids)
        if plan.days < 0:
            _hold(world, event_id)


def _announce(world: "World", plan: Plan, day: datetime) -> int:
    office = world.actor("staff")
    spans = [Span(day + timedelta(days=n), day + timedelta(days=n, hours=3)) for n in range(plan.sessions)]
    details = EventDetails(
        programme_id=world.programme_id,
        kind=plan.kind,
        name_zh=plan.name_zh,
        name_en=plan.name_en,
        series=plan.series,
        sessions=tuple(SessionDetails(span) for span in spans),
        mode=plan.mode,
        place="示範市雲階路一段 1 號 示範會議中心",
        online_url="" if plan.mode is Mode.ON_SITE else "https://meet.example.com/demo",
        summary_zh="由領域專家帶領，準備一項自家產品到場實作。（示範資料）",
        summary_en="Led by domain experts; bring a product of your own to work on. (demo)",
        capacity=plan.capacity,
        speakers=(SpeakerDetails("王示範", "示範雲端顧問", world.people["expert"]),),
        consent_zh=CONSENT_ZH,
        consent_en=CONSENT_EN,
    )
    event = operations.add_event(details, actor=office)
    if plan.state is EventState.OPEN:
        operations.move_event(event, EventState.OPEN, actor=office)
    return event.id


def _register(event_id: int, number: int, vendor_ids: list[int]) -> None:
    event = session().get_one(Event, event_id)
    vendor = session().get_one(Organisation, vendor_ids[number % len(vendor_ids)])
    person = PersonDetails(
        name=f"示範學員{number + 1}",
        email=f"guest{number + 1}@cloudsteps.example",
        phone=f"0900-000-{number + 1:03d}",
        company=vendor.name_zh,
        ubn=vendor.ubn,
        job_title="產品經理",
        consent_id=event.consents[-1].id,
    )
    operations.register(event, person, actor=ANONYMOUS)


def _hold(world: "World", event_id: int) -> None:
    event = session().get_one(Event, event_id)
    for one in event.live_sessions:
        _check_in(world, event, one.starts_at)
        with clock.at(one.ends_at + HOUR), unit_of_work():
            operations.mark_absent(event, one, actor=world.actor("staff"))
    ends = max(one.ends_at for one in event.live_sessions)
    with clock.at(ends + timedelta(hours=20)), unit_of_work():
        operations.send_survey(event_id)
    for number, registration in enumerate(_came(event)):
        with clock.at(ends + timedelta(hours=22)), unit_of_work():
            operations.issue_certificate(registration, actor=ANONYMOUS)
            if number % 2 == 0:
                operations.answer_survey(registration, _answers(event, number), actor=ANONYMOUS)


def _check_in(world: "World", event: Event, begins: datetime) -> None:
    office = world.actor("staff")
    for number, registration in enumerate(_registered(event)):
        if number % ABSENT_EVERY == ABSENT_EVERY - 1:
            continue
        late = timedelta(minutes=25) if number % LATE_EVERY == LATE_EVERY - 1 else -timedelta(minutes=10)
        with clock.at(begins + late), unit_of_work():
            operations.check_in(event, DoorDetails(Way.QR, code=registration.door_code), actor=office)


def _registered(event: Event) -> list[Registration]:
    found = session().query(Registration).filter_by(event_id=event.id).order_by(Registration.id)
    return list(found)


def _came(event: Event) -> list[Registration]:
    return [one for number, one in enumerate(_registered(event)) if number % ABSENT_EVERY != ABSENT_EVERY - 1]


def _answers(event: Event, number: int) -> dict[int, str]:
    rated = [one for one in event.questions_for(Purpose.SURVEY) if one.kind is QuestionKind.RATING]
    texts = [one for one in event.questions_for(Purpose.SURVEY) if one.kind is QuestionKind.TEXT]
    return {**{one.id: str(5 - number % 3) for one in rated}, **{one.id: "希望增加實作時間。" for one in texts}}
