"""The main job by keyboard alone: every control is reached by Tab, its focus is seen, and Enter does what a click does."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit

LIMIT = 160
SEEN = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return "nothing";
  const box = element.getBoundingClientRect();
  if (box.width < 2 || box.height < 2) return "small";
  const places = [element, element.parentElement, element.closest(".task, tr, li, label")].filter(Boolean);
  const styles = places.flatMap(one => [getComputedStyle(one), getComputedStyle(one, "::after")]);
  const marked = styles.some(style => style.outlineStyle !== "none" || style.boxShadow !== "none");
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1), y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const covered = top && !element.contains(top) && !top.contains(element) && !(element.labels && [...element.labels].some(one => one.contains(top)));
  return marked ? (covered ? "covered" : "seen") : "unmarked";
}"""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus; each stop on the way must be seen."""
    target = page.locator(selector).first
    for _ in range(LIMIT):
        page.keyboard.press("Tab")
        state = page.evaluate(SEEN)
        assert state in {"seen", "nothing"}, (
            f"{state}: {page.evaluate('document.activeElement.outerHTML.slice(0, 200)')}"
        )
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab never reaches {selector} on {page.url}")


def press(page: Page, selector: str) -> None:
    """Go to an element and press Enter on it, which leads to a page."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def open_main_content(page: Page) -> None:
    """Use the skip link."""
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


@pytest.mark.timeout(400)
def test_an_item_is_handed_in_verified_and_its_gate_reached_by_keyboard(visit: Visit) -> None:
    vendor = visit("vendor4")
    open_main_content(vendor)
    press(vendor, 'main a[href^="/engagements/"]')
    open_main_content(vendor)
    press(vendor, '#next a[href^="/items/"]')
    item = vendor.url
    tab_to(vendor, 'form[action$="/submit"] [name=url]')
    vendor.keyboard.type("https://evidence.example/by-keyboard")
    press(vendor, 'form[action$="/submit"] button[type=submit]')
    expect(vendor.locator("main")).to_contain_text("待查核")

    expert = visit("expert")
    expert.goto(item)
    open_main_content(expert)
    press(expert, 'form[action$="/verify"] button[type=submit]')
    expect(expert.locator("main")).to_contain_text("已查核")

    press(expert, 'nav a[href^="/engagements/"]')
    open_main_content(expert)
    press(expert, 'main a[href*="/gates/"]')
    expect(expert.locator("h1")).to_contain_text("關卡")


def test_keys_lead_to_search_and_pages_and_can_be_switched_off(visit: Visit) -> None:
    staff = visit("staff")
    staff.keyboard.press("/")
    expect(staff.locator("#search")).to_be_focused()
    staff.keyboard.press("Escape")
    staff.locator("#main").focus()
    staff.keyboard.press("g")
    staff.keyboard.press("e")
    staff.wait_for_url("**/engagements")
    staff.keyboard.press("?")
    expect(staff.locator("dialog[open]")).to_be_visible()
