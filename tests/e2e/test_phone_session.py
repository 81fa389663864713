"""Logging a session on a phone, 360 px wide: few taps, no network, an answer that got lost."""

import re
import sqlite3
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.support.live import Live

pytestmark = pytest.mark.e2e

Visit = Callable[..., Page]
FORM = re.compile(r"/engagements/\d+/coaching-sessions/new")
RECORD = re.compile(r"/coaching-sessions/\d+(\?.*)?$")
MOST_TAPS = 12
MOST_SECONDS = 60


class Thumb:
    """Taps what a person would tap, and counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    def tap(self, target: Locator) -> None:
        self.taps += 1
        target.tap()

    def write(self, label: str, text: str) -> None:
        field = self.page.get_by_label(label, exact=True).first
        self.tap(field)
        field.press_sequentially(text)


def sessions_with(live: Live, words: str) -> int:
    """Count the stored sessions whose findings are these words."""
    with sqlite3.connect(f"file:{live.data_dir / 'cloudsteps.sqlite'}?mode=ro", uri=True) as database:
        [count] = database.execute("SELECT count(*) FROM coaching_session WHERE findings = ?", (words,)).fetchone()
    return int(count)


def open_form(page: Page, thumb: Thumb) -> None:
    """Go from home to the form, filled with what is usual."""
    thumb.tap(page.get_by_role("link", name="填寫輔導紀錄").first)
    page.wait_for_url(FORM)


def submit(page: Page, thumb: Thumb) -> None:
    thumb.tap(page.get_by_role("button", name="送出", exact=True))


def state(page: Page) -> Locator:
    return page.locator("[data-draft-state]")


def test_a_session_is_logged_from_home_within_a_minute_and_twelve_taps(visit: Visit, live: Live) -> None:
    page = visit("expert", phone=True)
    thumb, begun, words = Thumb(page), time.monotonic(), "手機現場填寫"

    open_form(page, thumb)
    thumb.write("發現", words)
    thumb.write("建議", "先做備份")
    thumb.tap(page.get_by_label("資訊安全", exact=True))
    thumb.tap(page.get_by_label("備份與還原", exact=True))
    thumb.tap(page.get_by_text("後續待辦", exact=True))
    thumb.write("待辦內容", "提供資料庫清冊")
    submit(page, thumb)
    page.wait_for_url(RECORD)

    assert thumb.taps <= MOST_TAPS, thumb.taps
    assert time.monotonic() - begun < MOST_SECONDS
    assert sessions_with(live, words) == 1
    expect(page.get_by_text("待業者確認")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_form_is_one_column_with_large_targets_and_submit_within_reach(visit: Visit) -> None:
    page = visit("expert", phone=True)
    open_form(page, Thumb(page))

    button = page.get_by_role("button", name="送出", exact=True)
    for height in (0, 400, 10_000):
        page.evaluate(f"window.scrollTo(0, {height})")
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert 740 / 2 < box["y"] + box["height"] <= 740
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_bar_with_submit_never_hides_what_has_focus(visit: Visit) -> None:
    page = visit("expert", phone=True)
    open_form(page, Thumb(page))
    for summary in page.locator("details.disclosure > summary").all():
        summary.click()

    hidden = page.evaluate("""async () => {
        const bar = document.querySelector(".form > .form-actions");
        const found = [];
        for (const control of document.querySelectorAll("form[data-draft] :is(input, select, textarea, summary)")) {
            if (bar.contains(control) || control.type === "hidden" || !control.offsetParent) continue;
            window.scrollTo(0, 0);
            control.focus();
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            const box = control.getBoundingClientRect();
            if (Math.min(box.bottom, box.top + 44) > bar.getBoundingClientRect().top + 1) found.push(control.name || control.tagName);
        }
        return found;
    }""")

    assert hidden == []


def test_without_network_the_session_waits_on_the_device_and_is_sent_once_it_is_back(visit: Visit, live: Live) -> None:
    page = visit("expert", phone=True)
    thumb, words = Thumb(page), "斷線時填寫"
    open_form(page, thumb)

    page.context.set_offline(True)
    thumb.write("發現", words)
    expect(state(page)).to_have_text("已存於此裝置")
    submit(page, thumb)
    expect(state(page)).to_have_text("待送出")
    assert sessions_with(live, words) == 0

    page.context.set_offline(False)
    page.wait_for_url(RECORD)

    assert sessions_with(live, words) == 1
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('draft'))") == []


def test_a_draft_outlives_the_page_and_is_sent_after_it_was_opened_again(visit: Visit, live: Live) -> None:
    page = visit("expert", phone=True)
    thumb, words = Thumb(page), "頁面關閉後仍在"
    open_form(page, thumb)
    address = page.url
    thumb.write("發現", words)
    page.context.set_offline(True)
    submit(page, thumb)
    expect(state(page)).to_have_text("待送出")
    page.close()

    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto(address)
    again.wait_for_url(RECORD)

    assert sessions_with(live, words) == 1


def test_an_answer_that_got_lost_leads_to_the_session_that_was_saved(visit: Visit, live: Live) -> None:
    page = visit("expert", phone=True)
    thumb, words = Thumb(page), "回應遺失"
    lost: list[int] = []
    open_form(page, thumb)
    thumb.write("發現", words)

    def lose_the_answer(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).status)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(FORM, lose_the_answer)
    submit(page, thumb)
    expect(state(page)).to_have_text("待送出")
    assert (lost, sessions_with(live, words)) == ([302], 1)

    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_url(RECORD)

    assert sessions_with(live, words) == 1


def test_a_refusal_keeps_what_was_typed_and_says_so(visit: Visit, live: Live) -> None:
    page = visit("expert", phone=True)
    thumb, words = Thumb(page), "時數填錯"
    open_form(page, thumb)
    thumb.write("發現", words)
    page.get_by_label("時數", exact=False).first.fill("-1")
    submit(page, thumb)

    expect(page.locator(".field-error").first).to_contain_text("大於 0")
    assert page.get_by_label("發現", exact=True).input_value() == words
    assert sessions_with(live, words) == 0

    page.get_by_label("時數", exact=False).first.fill("1")
    submit(page, thumb)
    page.wait_for_url(RECORD)
    assert sessions_with(live, words) == 1


def test_a_draft_is_kept_by_its_own_button(visit: Visit, live: Live) -> None:
    page = visit("expert", phone=True)
    thumb, words = Thumb(page), "先存草稿"
    open_form(page, thumb)
    thumb.write("發現", words)
    thumb.tap(page.get_by_role("button", name="存成草稿"))
    page.wait_for_url(RECORD)

    expect(page.get_by_text("這是草稿。")).to_be_visible()
    assert sessions_with(live, words) == 1
