"""One engagement from enrolment to the end of step 4, in the browser, by a vendor, an expert and the office."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.support.live import Live
from tracker.app import create_app
from tracker.core import clock, queue
from tracker.core.calendar import is_working_day
from tracker.core.db import unit_of_work
from tracker.core.settings import Settings
from tracker.notifications.jobs import REMIND

STEPS = ("assess", "migrate", "test", "optimise")
STEPS_THAT_ASK_FOR_A_PROOF_OF_CONCEPT = ("test", "optimise")
WITHOUT_PROOF = "概念驗證由另一案辦理，見會議紀錄。"
PAPER = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
PRODUCT = "雲端報價示範系統"


def number_in(page: Page) -> int:
    """Give the number at the end of the page's address."""
    found = re.search(r"/(\d+)(?:[/?#]|$)", page.url)
    assert found, page.url
    return int(found[1])


def send(page: Page, action: str) -> None:
    """Press the button of the form that leads to an address."""
    page.locator(f'form[action$="{action}"] button[type=submit]').first.click()
    page.wait_for_load_state()


def enrol_new_product(office: Page) -> int:
    """Add a product to the first vendor and enrol it with the expert; give the engagement's number."""
    office.goto("/vendors/1/products/new")
    office.fill("[name=name_zh]", PRODUCT)
    office.locator("[name=charging_model]").first.check() if office.locator(
        "input[name=charging_model]"
    ).count() else office.select_option("[name=charging_model]", "project")
    office.locator("main form button[type=submit]").last.click()
    office.wait_for_url(re.compile(r"/vendors/1"))
    office.goto("/vendors/1")
    product = office.locator("a", has_text=re.compile("納入|Enrol")).last.get_attribute("href") or ""
    office.goto(product)
    if office.locator("select[name=lead_expert_id]").count() == 0:
        office.locator("main a", has_text=PRODUCT).first.click()
    office.select_option("select[name=lead_expert_id]", label="王示範")
    office.locator("main form button[type=submit]").last.click()
    office.wait_for_url(re.compile(r"/engagements/\d+$"))
    return number_in(office)


def gate_items(page: Page, engagement: int, step: str) -> list[str]:
    """Give the addresses of the items that the gate still waits for."""
    page.goto(f"/engagements/{engagement}/gates/{step}")
    links = page.locator("#missing a.row-link")
    return [links.nth(n).get_attribute("href") or "" for n in range(links.count())]


def hand_in(page: Page, address: str, file: Path | None) -> bool:
    """Hand an item in, with a file or a link; tell whether it was this person's to do."""
    page.goto(address)
    form = page.locator('form[action$="/submit"]')
    if form.count() == 0:
        return False
    if file is not None:
        form.locator("input[type=file]").set_input_files(str(file))
    else:
        form.locator("[name=url]").fill(f"https://evidence.example{address}")
    send(page, "/submit")
    return True


def verify(page: Page, address: str) -> bool:
    """Verify an item, where this person may."""
    page.goto(address)
    if page.locator('form[action$="/verify"]').count() == 0:
        return False
    send(page, "/verify")
    return True


@pytest.mark.timeout(900)
def test_an_engagement_goes_from_enrolment_to_the_end_of_step_four(visit: Visit, tmp_path: Path) -> None:
    paper = tmp_path / "佐證.pdf"
    paper.write_bytes(PAPER)
    office, lead, expert, vendor = visit("staff"), visit("lead"), visit("expert"), visit("vendor")
    engagement = enrol_new_product(office)

    log_session(expert, engagement)
    acknowledge(vendor, engagement)

    for step in STEPS:
        for turn, address in enumerate(gate_items(expert, engagement, step)):
            file = paper if turn == 0 else None
            assert any(hand_in(page, address, file) for page in (vendor, expert, office)), address
            assert any(verify(page, address) for page in (expert, lead)), address
        expert.goto(f"/engagements/{engagement}/gates/{step}")
        expect(expert.locator("#missing a.row-link")).to_have_count(0)
        complete = expert.locator("#missing tbody tr").count() == 0
        assert complete == (step not in STEPS_THAT_ASK_FOR_A_PROOF_OF_CONCEPT)
        if not complete:
            expert.fill('form[action$="/propose"] [name=note]', WITHOUT_PROOF)
        send(expert, f"/gates/{step}/propose")
        assert_waits_for_a_second_person(expert, engagement, step)
        lead.goto(f"/engagements/{engagement}/gates/{step}")
        if complete:
            send(lead, f"/gates/{step}/pass")
        else:
            override(lead, step)
        expect(lead.locator("main")).not_to_contain_text("500")

    vendor.goto(f"/engagements/{engagement}")
    expect(vendor.locator(".stair-step.tone-done")).to_have_count(4)
    vendor.goto("/inbox")
    expect(vendor.locator("main")).to_contain_text(PRODUCT)


def override(lead: Page, step: str) -> None:
    """Pass a gate although something is missing, with the reason that stays."""
    form = lead.locator(f'form[action$="/gates/{step}/override"]')
    lead.locator("details", has=form).locator("summary").click()
    form.locator("[name=reason]").fill(WITHOUT_PROOF)
    send(lead, f"/gates/{step}/override")
    expect(lead.locator("main")).to_contain_text(WITHOUT_PROOF)


def log_session(expert: Page, engagement: int) -> None:
    """Log and submit a session of today."""
    expert.goto(f"/engagements/{engagement}/coaching-sessions/new")
    expert.fill("textarea[name=findings]", "確認模組可共用七成。")
    expert.fill("textarea[name=recommendations]", "下次帶訂閱定價試算。")
    expert.locator("form[data-draft] button[type=submit], main form button.btn-primary").last.click()
    expert.wait_for_url(re.compile(r"/coaching-sessions/\d+"))
    expect(expert.locator("main")).to_contain_text("確認模組可共用七成。")
    if expert.locator('form[action$="/submit"]').count():
        send(expert, "/submit")


def acknowledge(vendor: Page, engagement: int) -> None:
    """Acknowledge the session for the vendor, from the engagement's page."""
    vendor.goto(f"/engagements/{engagement}")
    vendor.locator('main a[href*="/coaching-sessions/"]', has_text=re.compile("民國")).first.click()
    vendor.wait_for_url(re.compile(r"/coaching-sessions/\d+"))
    send(vendor, "/acknowledge")
    expect(vendor.locator("main")).to_contain_text("已確認")


def assert_waits_for_a_second_person(expert: Page, engagement: int, step: str) -> None:
    """Look as the proposer, who sees no button that passes the gate."""
    expert.goto(f"/engagements/{engagement}/gates/{step}")
    expect(expert.locator(f'form[action$="/gates/{step}/pass"]')).to_have_count(0)


def test_what_is_overdue_is_told_once_a_day(visit: Visit, live: Live) -> None:
    day = next(day for day in (clock.today() + timedelta(days=n) for n in range(10)) if is_working_day(day))
    app = create_app(Settings(data_dir=live.data_dir, demo=True))
    for run in ("first", "second"):
        with app.app_context(), unit_of_work():
            queue.enqueue(REMIND, {"day": day.isoformat()}, unique_key=f"browser test {run}")
    admin = visit("admin")

    told = wait_for_recipients(admin)

    assert len(told) == len(set(told)), "somebody was told twice"
    vendors = [person for person in told if person.startswith("vendor")]
    assert any(owes_something(visit(vendor)) for vendor in vendors), "nobody finds in the inbox what is due"


def owes_something(vendor: Page) -> bool:
    """Look into the inbox of a vendor, who may also have been told nothing but news."""
    vendor.goto("/inbox?reason=due")
    return re.search("顯示 [1-9]", vendor.locator("main").inner_text()) is not None


def wait_for_recipients(admin: Page) -> list[str]:
    """Give who got a message of the day, once the worker is done with both runs."""
    before: list[str] = []
    for _ in range(60):
        admin.wait_for_timeout(1500)
        admin.goto("/admin/outbox")
        told = re.findall(r"(\w+)@cloudsteps\.example", admin.locator("main").inner_text())
        if told and told == before:
            return told
        before = told
    raise AssertionError("Nobody was told anything.")
