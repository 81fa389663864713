"""An event from its page to the certificate: registered, waited for, checked in on three phones of which one has no network."""

import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support import meeting_reports
from tests.support.live import Live

pytestmark = pytest.mark.e2e

Visit = Callable[..., Page]
NAME = "瀏覽器測試工作坊"
GUESTS = ("甲先生", "乙小姐", "丙同學", "丁經理")


def ask(live: Live, statement: str, *values: object) -> Any:
    """Read one row of the running database."""
    with sqlite3.connect(f"file:{live.data_dir / 'cloudsteps.sqlite'}?mode=ro", uri=True) as database:
        return database.execute(statement, values).fetchone()


def let_it_begin(live: Live, event_id: int, begins: datetime, *, hours: int = 2) -> None:
    """Move the event's session, since a test does not wait for its day."""
    ends = begins + timedelta(hours=hours)
    moments = [f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}" for moment in (begins, ends)]
    with sqlite3.connect(live.data_dir / "cloudsteps.sqlite", timeout=30) as database:
        database.execute("UPDATE event_session SET starts_at = ?, ends_at = ? WHERE event_id = ?", (*moments, event_id))
        database.execute("UPDATE event SET begins_at = ? WHERE id = ?", (moments[0], event_id))


def vendor_and_item(live: Live) -> tuple[int, str, str]:
    """Give a counselled vendor with an item that nobody has handed in yet."""
    found = ask(
        live,
        "SELECT organisation.id, organisation.ubn, item.key FROM item JOIN engagement ON engagement.id = item.engagement_id"
        " JOIN organisation ON organisation.id = engagement.organisation_id"
        " JOIN step_progress ON step_progress.engagement_id = engagement.id AND step_progress.step = item.step"
        " WHERE item.state = 'open' AND item.who = 'vendor' AND item.retired_at IS NULL AND engagement.state = 'active'"
        " AND step_progress.state = 'open' ORDER BY item.id LIMIT 1",
    )
    return int(found[0]), str(found[1]), str(found[2])


def make_event(staff: Page, item: str, name: str = NAME, *, capacity: str = "3") -> int:
    staff.goto("/events/new")
    staff.get_by_label("中文名稱").fill(name)
    day = datetime.now(UTC).date() + timedelta(days=30)
    staff.locator("[name=sessions-0-day]").fill(day.isoformat())
    staff.locator("[name=sessions-0-begins]").fill("09:30")
    staff.locator("[name=sessions-0-ends]").fill("12:30")
    staff.locator("[name=capacity]").fill(capacity)
    staff.locator("[name=item_1]").select_option(item)
    staff.locator("[name=consent_zh]").fill("個資告知事項")
    staff.get_by_role("button", name="儲存").click()
    staff.wait_for_url(re.compile(r"/events/\d+$"))
    staff.get_by_role("button", name="開放報名").click()
    expect(staff.get_by_text("開放報名", exact=True).first).to_be_visible()
    return int(staff.url.rpartition("/")[2])


def register(visitor: Page, event_id: int, name: str, ubn: str) -> None:
    visitor.goto(f"/events/{event_id}/register")
    visitor.get_by_label("姓名").fill(name)
    visitor.get_by_label("電子郵件").fill(f"{GUESTS.index(name)}@browser.example")
    visitor.get_by_label("公司", exact=False).first.fill("示範公司")
    visitor.get_by_label("統一編號").fill(ubn)
    visitor.get_by_label("我已閱讀並同意").check()
    visitor.get_by_role("button", name="報名", exact=True).click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("請查看您的信箱")


def link_of(live: Live, name: str) -> str:
    """Give the link of somebody's newest mail."""
    mail = ask(
        live,
        "SELECT text FROM outbox_mail WHERE recipient = ? ORDER BY id DESC",
        f"{GUESTS.index(name)}@browser.example",
    )
    return "/tickets/" + str(mail[0]).partition("/tickets/")[2].split()[0]


def code_of(live: Live, name: str) -> str:
    return str(
        ask(live, "SELECT door_code FROM event_registration WHERE email = ?", f"{GUESTS.index(name)}@browser.example")[
            0
        ]
    )


def upload(staff: Page, event_id: int, what: str, name: str, content: bytes) -> None:
    """Hand in a file on the event's page, and wait until a worker has read it."""
    staff.goto(f"/events/{event_id}/registrations")
    staff.get_by_role("link", name=f"匯入{what}").click()
    staff.get_by_label("檔案").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    staff.get_by_role("button", name="讀取檔案").click()
    expect(staff.get_by_role("link", name="確認欄位")).to_be_visible(timeout=30_000)


def dry_run(staff: Page, columns: dict[str, str]) -> list[int]:
    """See that the columns were found, have every row judged, and give how many are matched, new, waiting and refused."""
    staff.get_by_role("link", name="確認欄位").click()
    for wanted, found in columns.items():
        expect(staff.get_by_label(wanted).first.locator("option:checked")).to_contain_text(found)
    staff.get_by_role("button", name="試匯入").click()
    expect(staff.get_by_role("heading", name="各列結果")).to_be_visible(timeout=30_000)
    return [int(text) for text in staff.locator("#outcomes .figure-value").all_inner_texts()]


def bring_in(staff: Page, rows: int) -> None:
    staff.get_by_role("link", name=f"匯入 {rows} 列").click()
    staff.get_by_role("button", name="匯入", exact=True).click()
    expect(staff.get_by_role("link", name="復原這次匯入")).to_be_visible(timeout=30_000)


def names_of(live: Live, event_id: int) -> list[str]:
    """Give who is registered, in the order in which they came in."""
    with sqlite3.connect(f"file:{live.data_dir / 'cloudsteps.sqlite'}?mode=ro", uri=True) as database:
        found = database.execute("SELECT name FROM event_registration WHERE event_id = ? ORDER BY id", (event_id,))
        return [str(row[0]) for row in found]


def came(live: Live, event_id: int) -> int:
    counted = (
        "SELECT count(*) FROM event_attendance JOIN event_session ON event_session.id = session_id WHERE event_id = ?"
    )
    return int(ask(live, counted, event_id)[0])


def type_code(phone: Page, code: str) -> None:
    phone.get_by_label("票券代碼").fill(code)
    phone.locator("#ticket").get_by_role("button", name="報到", exact=True).click()


def test_an_event_is_filled_held_and_counted_to_the_certificate(visit: Visit, live: Live) -> None:
    vendor_id, ubn, item = vendor_and_item(live)
    staff, visitor = visit("staff"), visit(None, phone=True)
    event_id = make_event(staff, item)

    for name in GUESTS:
        register(visitor, event_id, name, ubn if name == "甲先生" else "")
    visitor.goto(link_of(live, "丁經理"))
    expect(visitor.get_by_text("您在候補名單上", exact=False)).to_be_visible()
    visitor.goto(link_of(live, "乙小姐"))
    visitor.get_by_role("button", name="取消報名").click()
    visitor.locator("[data-dialog-yes]").click()
    expect(visitor.get_by_text("這筆報名已取消", exact=False)).to_be_visible()
    visitor.goto(link_of(live, "丁經理"))
    visitor.get_by_role("button", name="確認參加").click()
    expect(visitor.get_by_role("heading", name="您的票券")).to_be_visible()

    let_it_begin(live, event_id, datetime.now(UTC) - timedelta(minutes=5))
    phones = [visit(person, phone=True) for person in ("staff", "staff2", "lead")]
    for phone in phones:
        phone.goto(f"/events/{event_id}/check-in")
    first, second, third = phones
    third.context.set_offline(True)
    type_code(third, code_of(live, "丁經理"))
    expect(third.locator("[data-door-state]")).to_contain_text("1 筆報到存於此裝置")
    third.get_by_label("姓名、公司、電子郵件或電話").fill("甲先")
    third.get_by_role("button", name="查詢").click()
    third.locator("[data-door-found]").get_by_role("button", name="報到").click()
    expect(third.locator("[data-door-state]")).to_contain_text("2 筆報到存於此裝置")
    type_code(first, code_of(live, "甲先生"))
    second.get_by_label("姓名、公司、電子郵件或電話").fill("丙同學")
    second.get_by_role("button", name="查詢").click()
    second.get_by_role("button", name=re.compile("為 丙同學")).click()
    expect(first.locator("[data-door-log]")).to_contain_text("報到完成")
    expect(second.locator("[data-door-log]")).to_contain_text("報到完成")
    assert came(live, event_id) == 2

    third.context.set_offline(False)
    expect(third.locator("[data-door-log]")).to_contain_text("不重複計算")
    expect(third.locator("[data-door-state]")).to_have_text("全部已送出。")
    assert came(live, event_id) == 3
    assert (
        third.evaluate("JSON.parse(Object.entries(localStorage).find(([key]) => key.includes('door'))[1]).length") == 0
    )
    expect(first.locator("#door-counts")).to_contain_text("3", timeout=10_000)
    assert third.evaluate("document.documentElement.scrollWidth") == 360

    handed_in = ask(
        live,
        "SELECT item.state, proof_table FROM item JOIN engagement ON engagement.id = engagement_id WHERE key = ? AND organisation_id = ?",
        item,
        vendor_id,
    )
    assert handed_in == ("submitted", "event_attendance")
    staff.goto(f"/vendors/{vendor_id}/events")
    expect(
        staff.get_by_role("cell", name="甲先生").or_(staff.get_by_role("rowheader", name="甲先生")).first
    ).to_be_visible()

    let_it_begin(live, event_id, datetime.now(UTC) - timedelta(hours=5))
    visitor.goto(link_of(live, "甲先生"))
    visitor.get_by_role("button", name="取得出席證明").click()
    with visitor.expect_download() as waiting:
        visitor.get_by_role("link", name="出席證明（PDF）").click()
    assert waiting.value.path().read_bytes().startswith(b"%PDF")


def test_the_shipped_reader_reads_the_code_of_a_ticket(visit: Visit, live: Live) -> None:
    staff = visit("staff", phone=True)
    [event_id] = ask(live, "SELECT id FROM event WHERE state = 'open' ORDER BY id")
    staff.goto(f"/events/{event_id}/check-in")
    [mail] = ask(live, "SELECT text FROM outbox_mail WHERE subject = '您已報名：年度成果發表會' ORDER BY id")
    token, code = "/tickets/" + str(mail).partition("/tickets/")[2].split()[0], re.search(r"[2-9A-HJ-NP-Z]{12}", mail)
    assert code is not None
    read = staff.evaluate(
        """async (path) => {
            const page = new DOMParser().parseFromString(await (await fetch(path)).text(), "text/html");
            const picture = new Image();
            picture.src = page.querySelector("img.ticket-code").getAttribute("src");
            await picture.decode();
            const canvas = document.createElement("canvas");
            canvas.width = canvas.height = 400;
            const context = canvas.getContext("2d");
            context.drawImage(picture, 0, 0, 400, 400);
            return window.jsQR(context.getImageData(0, 0, 400, 400).data, 400, 400)?.data ?? "nothing";
        }""",
        token,
    )
    assert read.endswith(f"/door/{code[0]}")


def test_four_files_as_programs_write_them_come_in_through_the_pages_and_go_again(visit: Visit, live: Live) -> None:
    item = vendor_and_item(live)[2]
    staff = visit("staff")
    event_id = make_event(staff, item, "瀏覽器匯入工作坊", capacity="50")
    shown = staff.locator("#reading")

    upload(staff, event_id, "報名", "Google 表單.csv", meeting_reports.google_forms("utf-8-sig"))
    expect(shown).to_contain_text("UTF-8（含 BOM）")
    expect(shown).to_contain_text("Google 表單")
    assert dry_run(staff, {"姓名": "請問您的姓名？", "公司": "請問您的公司名稱？"}) == [1, 2, 0, 0]
    bring_in(staff, 3)
    assert names_of(live, event_id) == ["王小明", "新朋友"]

    upload(staff, event_id, "報名", "answers.xlsx", meeting_reports.microsoft_forms())
    expect(shown).to_contain_text("Microsoft Forms")
    assert dry_run(staff, {"姓名": "您的姓名", "公司": "服務單位"}) == [0, 1, 1, 0]
    staff.get_by_role("link", name="決定待決定的列").click()
    expect(staff.get_by_text("ming@yunjie.example.tw")).to_be_visible()
    staff.get_by_label("是新的資料").check()
    staff.get_by_role("button", name="決定", exact=True).click()
    bring_in(staff, 2)
    assert names_of(live, event_id) == ["王小明", "新朋友", "王小明", "第二位"]

    let_it_begin(live, event_id, datetime(2026, 11, 20, 1, 30, tzinfo=UTC), hours=3)
    upload(staff, event_id, "出席", "attendance.csv", meeting_reports.teams())
    expect(shown).to_contain_text("UTF-16（含 BOM）")
    expect(staff.get_by_text("另有其他表格", exact=False)).to_be_visible()
    assert dry_run(staff, {"姓名": "Name", "到場時間": "First Join"}) == [1, 3, 0, 1]
    bring_in(staff, 4)
    assert came(live, event_id) == 4

    upload(staff, event_id, "出席", "簽到表.csv", meeting_reports.by_hand())
    expect(shown).to_contain_text("Big5（Windows 字碼頁 950）")
    expect(shown).to_contain_text("115年11月20日")
    assert dry_run(staff, {"姓名": "姓名", "公司": "公司"}) == [0, 2, 1, 0]
    staff.get_by_role("link", name="決定待決定的列").click()
    staff.get_by_role("radio", name=re.compile("ming@yunjie")).check()
    staff.get_by_role("button", name="決定", exact=True).click()
    bring_in(staff, 3)
    assert "許功蓋" in names_of(live, event_id)
    assert came(live, event_id) == 6

    staff.get_by_role("link", name="復原這次匯入").click()
    staff.get_by_role("button", name="復原", exact=True).click()
    expect(staff.locator(".page-header").get_by_text("已復原")).to_be_visible(timeout=30_000)
    assert names_of(live, event_id) == ["王小明", "新朋友", "王小明", "第二位", "李大華", "陳早退", "訪客 (Guest)"]
    assert came(live, event_id) == 4
