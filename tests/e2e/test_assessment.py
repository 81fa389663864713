"""An assessment in the browser: answered to the recommended parameters, a risk taken in hand, closed, and read as a report."""

import re
import sqlite3
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.live import Live

pytestmark = pytest.mark.e2e

Visit = Callable[..., Page]
ANY_NUMBER = "50"
"""Lies within what every number question takes that the recommendation needs."""
MOST_QUESTIONS = 60
PARAMETERS = 10


@pytest.fixture
def engagement(live: Live) -> int:
    """Give an active engagement of the demo that was never assessed."""
    with sqlite3.connect(f"file:{live.data_dir / 'cloudsteps.sqlite'}?mode=ro", uri=True) as database:
        [found] = database.execute(
            "SELECT min(id) FROM engagement WHERE state = 'active' AND step = 'assess'"
            " AND id NOT IN (SELECT engagement_id FROM assessment)"
        ).fetchone()
    return int(found)


def begin(page: Page, engagement: int) -> str:
    """Begin an assessment and give its address."""
    page.goto(f"/engagements/{engagement}/assessments")
    page.get_by_role("link", name="開始評估").first.click()
    page.get_by_role("button", name="開始", exact=True).click()
    page.wait_for_url(re.compile(r"/assessments/\d+$"))
    return page.url


def answer(page: Page, anchor: str, option: str | None = None) -> None:
    """Answer a question by a click or a number; it is saved without any button."""
    card = page.locator(f"#{anchor}")
    if option is not None:
        card.locator(f"#{anchor}-{option}").check()
    elif card.locator("input[name=number]").count():
        card.locator("input[name=number]").fill(ANY_NUMBER)
        card.locator("input[name=number]").press("Tab")
    else:
        card.locator("input[name=options]").first.check()
    expect(card.locator(".question-head .tag")).to_have_text("已回答")


def answer_what_is_needed(page: Page, address: str) -> None:
    """Follow the result to each question that a decision waits for, until every decision is settled."""
    for _question in range(MOST_QUESTIONS):
        page.goto(f"{address}/result")
        waiting = page.locator("#decisions article > ul:not(.reasons) a")
        if waiting.count() == 0:
            return
        target = waiting.first.get_attribute("href") or ""
        page.goto(target)
        answer(page, target.partition("#")[2])
    raise AssertionError("The decisions are still open.")


def test_answers_lead_to_parameters_an_action_and_a_report(visit: Visit, engagement: int) -> None:
    page = visit("staff")
    address = begin(page, engagement)
    page.get_by_role("link", name="元件").first.click()
    page.get_by_label("元件", exact=False).last.fill("訂單服務")
    page.get_by_role("button", name="新增").click()
    expect(page.get_by_role("row", name=re.compile("訂單服務"))).to_be_visible()
    page.goto(f"{address}/areas/business")
    answer(page, "q-business-copyright-0", "no")

    answer_what_is_needed(page, address)
    expect(page.locator("#decisions code").first).to_have_text(re.compile(r"^(azure|aws|gcp)_saas$"))
    page.get_by_text("沙箱直接採用的參數").first.click()
    expect(page.locator("#decisions details table tbody tr")).to_have_count(PARAMETERS)

    page.locator("#risks").get_by_role("link", name=re.compile("建立待辦")).first.click()
    page.get_by_role("button", name="建立待辦").click()
    page.wait_for_url(re.compile(r"/result"))
    expect(page.locator("#risks tbody tr").first).to_contain_text("示範")

    page.goto(f"{address}/close")
    page.get_by_role("button", name="結案").click()
    page.wait_for_url(re.compile(r"/result"))
    with page.expect_download() as told:
        page.get_by_role("link", name="下載 PDF 報告").click()
    with told.value.path().open("rb") as file:
        assert file.read(5) == b"%PDF-"


def test_a_conditional_question_appears_at_the_click_and_goes_again(visit: Visit, live: Live) -> None:
    page = visit("staff")
    with sqlite3.connect(f"file:{live.data_dir / 'cloudsteps.sqlite'}?mode=ro", uri=True) as database:
        [number] = database.execute("SELECT max(id) FROM assessment WHERE state = 'open' AND done = 0").fetchone()
    page.goto(f"/assessments/{number}/areas/security")
    findings = page.locator("#q-security-findings-0")
    expect(findings).to_be_hidden()

    answer(page, "q-security-scans-0", "all")
    expect(findings).to_be_visible()
    answer(page, "q-security-findings-0", "closed")

    answer(page, "q-security-scans-0", "none")
    expect(findings).to_be_hidden()
    expect(page.locator("#area-progress")).to_contain_text("1/")
