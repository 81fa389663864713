"""A proof of concept in the browser: from its beginning over money and three customers' confirmations to its acceptance."""

import io
import re
import sqlite3
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.factories.poc import scan_bytes
from tests.support.live import Live
from tracker.core.ubn import demo_ubns

pytestmark = pytest.mark.e2e

Visit = Callable[..., Page]
CUSTOMERS = ("示範甲客戶", "示範乙客戶", "示範丙客戶")
NUMBERS = demo_ubns(1_999)[-4:]


def query(live: Live, statement: str, *values: object) -> tuple[object, ...]:
    """Read a row of the running product's database."""
    with sqlite3.connect(f"file:{live.data_dir / 'cloudsteps.sqlite'}?mode=ro", uri=True) as database:
        found: tuple[object, ...] = database.execute(statement, values).fetchone()
    return found


def fill(page: Page, **values: str) -> None:
    """Fill in fields of the page's form by their names."""
    for name, value in values.items():
        page.locator(f"main form [name={name}]").last.fill(value)


def press(page: Page, name: str) -> None:
    """Press a button of the page."""
    page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()


@pytest.fixture
def engagement(live: Live) -> int:
    """Give the engagement of the demo's vendor, which has no proof of concept yet."""
    statement = (
        "SELECT e.id FROM engagement e JOIN membership m ON m.organisation_id = e.organisation_id"
        " JOIN user_account u ON u.id = m.user_id WHERE u.email = 'vendor@cloudsteps.example'"
        " AND e.id NOT IN (SELECT engagement_id FROM poc) ORDER BY e.id LIMIT 1"
    )
    [found] = query(live, statement)
    return int(str(found))


def begin(page: Page, engagement: int) -> str:
    """Begin the proof, say what is measured, and give its address."""
    page.goto(f"/engagements/{engagement}")
    page.get_by_role("link", name="開始", exact=True).click()
    fill(
        page,
        problem="報價要三天",
        target_customers="中小製造業",
        value_proposition="當天報價",
        solution="雲端報價系統",
        address="https://try.vendor.example",
    )
    press(page, "開始")
    page.wait_for_url(re.compile(r"/pocs/\d+$"))
    address = page.url
    page.goto(f"{address}/measures/new")
    day = date.today().isoformat()  # noqa: DTZ011 - the browser's day and the server's are the same here
    fill(page, name="報價時間", unit="小時", method="看紀錄", baseline="48", baseline_on=day, result="6", result_on=day)
    press(page, "儲存")
    page.wait_for_url(re.compile(r"/pocs/\d+"))
    return address


def enter_cost(page: Page, address: str) -> None:
    """Enter the whole self-funding by one invoice, first with a slip that is refused."""
    page.goto(f"{address}/funding/new")
    day = date.today().isoformat()  # noqa: DTZ011 - as above
    fill(page, spent_on=day, payee="示範雲端服務有限公司", payee_ubn=NUMBERS[3], voucher_number="EE-00000001")
    fill(page, net="100,000", tax="5,000", total="105,001", purpose="雲端主機一年")
    page.locator("[name=kind]").select_option("cloud")
    page.locator("[name=voucher_kind]").select_option("invoice")
    press(page, "登錄")
    expect(page.locator("main")).to_contain_text("請對照憑證核對三個金額")
    fill(page, total="105,000")
    voucher: FilePayload = {"name": "發票.png", "mimeType": "image/png", "buffer": scan_bytes()}
    page.locator("[name=file]").set_input_files([voucher])
    press(page, "登錄")
    page.wait_for_url(re.compile(r"/funding-entries/\d+$"))


def try_out(page: Page, address: str, number: int) -> str:
    """Write a trial down with its usage, ask the customer, and give its mail address."""
    first, last = (date.today() - timedelta(days=back) for back in (12, 3))  # noqa: DTZ011 - as above
    page.goto(f"{address}/trials/new")
    email = f"customer{number}@trial.example"
    fill(page, customer=CUSTOMERS[number], ubn=NUMBERS[number], industry="製造業", employees="30")
    fill(page, contact_name="陳窗口", contact_email=email, begins_on=first.isoformat(), ends_on=last.isoformat())
    fill(page, accounts="5", tried="做了十張報價單")
    press(page, "儲存")
    page.wait_for_url(re.compile(r"/trials/\d+$"))
    trial = page.url
    page.goto(f"{trial}/usage-logs/new")
    log = io.StringIO()
    log.write("日期,使用者\n")
    for day in range(6):
        log.write(f"{first + timedelta(days=day)},甲\n{first + timedelta(days=day)},乙\n")
    table: FilePayload = {"name": "usage.csv", "mimeType": "text/csv", "buffer": log.getvalue().encode()}
    page.locator("[name=file]").set_input_files([table])
    press(page, "讀取檔案")
    press(page, "以這些欄位計算")
    page.wait_for_url(re.compile(r"/trials/\d+"))
    page.get_by_role("link", name="請客戶確認", exact=True).click()
    press(page, "寄送連結")
    page.wait_for_url(re.compile(r"/trials/\d+"))
    return email


def confirm(page: Page, live: Live, email: str) -> str:
    """Open the mailed link without an account, answer, type the mailed code, and give the link."""
    newest = "SELECT text, subject FROM outbox_mail WHERE recipient = ? ORDER BY id DESC LIMIT 1"
    text, _subject = query(live, newest, email)
    path = re.search(r"/trial-confirmations/[^\s?]+", str(text))
    assert path is not None
    page.goto(path[0])
    for group in page.locator("fieldset.field-choices").all():
        group.locator("input").first.check()
    fill(page, typed_name="陳大文", job_title="資訊主管")
    page.locator("[name=agreed]").check()
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/code$"))
    _text, subject = query(live, newest, email)
    code = re.search(r"[0-9]{6}", str(subject))
    assert code is not None
    page.locator("[name=code]").fill(code[0])
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/thanks"))
    return path[0]


def test_a_proof_goes_from_its_beginning_to_acceptance_with_three_customers_confirming_by_link(
    visit: Visit, live: Live, engagement: int
) -> None:
    vendor, expert, staff = visit("vendor"), visit("expert"), visit("staff")
    address = begin(vendor, engagement)
    enter_cost(vendor, address)
    entry = vendor.url
    expert.goto(f"{address}/architecture")
    fill(expert, architecture="容器加受管資料庫，備份到第二朵雲")
    press(expert, "儲存")
    mails = [try_out(vendor, address, number) for number in range(len(CUSTOMERS))]

    links = [confirm(visit(None, phone=number == 0), live, email) for number, email in enumerate(mails)]
    used = visit(None)
    answer = used.goto(links[0])
    assert answer is not None
    assert answer.status == 410

    staff.goto(f"{entry}/verify")
    expect(staff.locator("#voucher img")).to_have_js_property("complete", True)
    assert staff.locator("#voucher img").evaluate("picture => picture.naturalWidth") > 0
    staff.get_by_label("查核通過：憑證與登錄內容相符").check()
    press(staff, "儲存並看下一筆")

    expert.goto(f"{address}/acceptance")
    expect(expert.locator("#missing")).to_contain_text("沒有缺項")
    press(expert, "提出驗收")
    staff.goto(f"{address}/acceptance")
    press(staff, "驗收")
    expect(staff.locator("main .page-header")).to_contain_text("已驗收")

    vendor.goto(address)
    expect(vendor.locator("main")).to_contain_text("NT$105,000")
    vendor.goto(f"{address}/trials")
    expect(vendor.locator("main tbody tr").filter(has_text="客戶已確認")).to_have_count(len(CUSTOMERS))
