"""A sandbox in the browser, with the real engine in the practice cloud: from its request to the proof that nothing is left."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from tests.support.live import Live, serving

pytestmark = [pytest.mark.e2e, pytest.mark.engine, pytest.mark.timeout(1500)]

Visit = Callable[..., Page]
TITLE = "瀏覽器測試的沙箱"
LONG_MS = 600_000
"""Preparing the practice cloud and building a whole template take minutes on a small machine."""
PAST = "2020-01-01 00:00:00.000000"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Give a small demo of its own, whose worker carries out operations."""
    folder = tmp_path_factory.mktemp("sandboxes")
    own = {"CLOUDSTEPS_DATA_DIR": str(folder), "CLOUDSTEPS_DEMO": "1"}
    for command in (["migrate"], ["seed-demo", "--vendors", "1"]):
        subprocess.run([sys.executable, "-m", "tracker.cli", *command], env={**os.environ, **own}, check=True)
    with serving(folder, demo="1", sandbox_slots="2") as server:
        yield server


@pytest.fixture(scope="module")
def password(live: Live) -> str:
    """Give the password of the demo's accounts."""
    return str(json.loads((live.data_dir / "demo-accounts.json").read_text(encoding="utf-8"))["password"])


def engagement_of_vendor(live: Live) -> int:
    """Give the active engagement of the demo's first vendor."""
    with closing(sqlite3.connect(f"file:{live.data_dir / 'cloudsteps.sqlite'}?mode=ro", uri=True)) as database:
        [found] = database.execute(
            "SELECT min(e.id) FROM engagement e JOIN membership m ON m.organisation_id = e.organisation_id"
            " JOIN user_account u ON u.id = m.user_id WHERE u.email = 'vendor@cloudsteps.example' AND e.state = 'active'"
        ).fetchone()
    return int(found)


def let_it_expire(live: Live) -> None:
    """Put the life of the sandbox into the past, too young ones are never removed, and have the ends looked at now."""
    with closing(sqlite3.connect(live.data_dir / "cloudsteps.sqlite", timeout=60)) as database, database:
        database.execute("UPDATE sandbox SET live_since = ?, expires_at = ? WHERE title = ?", (PAST, PAST, TITLE))
        database.execute(
            "INSERT INTO work (kind, payload, state, run_at, attempts, max_attempts, token, created_at)"
            " VALUES ('sandboxes.sweep', '{}', 'queued', ?, 0, 8, 0, ?)",
            (PAST, PAST),
        )


def wait_for_state(page: Page, address: str, *states: str) -> None:
    """Open the page of a sandbox until it says one of these."""
    ends = time.monotonic() + LONG_MS / 1000
    tag = page.locator(".page-title .tag")
    page.goto(address)
    while not any(state in tag.inner_text() for state in states):
        assert time.monotonic() < ends, f"not “{states}”, but “{tag.inner_text()}”"
        page.wait_for_timeout(1000)
        page.reload()


def let_pass_what_may(page: Page) -> None:
    """Let every finding pass that a lead may let pass, with a reason."""
    while page.locator(".finding a").count():
        page.locator(".finding a").first.click()
        page.get_by_label("原因").fill("練習雲裡的短期環境")
        page.get_by_role("button", name="放行").click()
        page.wait_for_url(re.compile(r"/plans/\d+$"))


def test_a_sandbox_lives_from_its_request_to_the_proof_that_nothing_is_left(visit: Visit, live: Live) -> None:
    vendor, lead = visit("vendor"), visit("lead")
    vendor.goto(f"/engagements/{engagement_of_vendor(live)}/sandboxes/new?template=gcp_saas")
    vendor.get_by_label("名稱").fill(TITLE)
    vendor.get_by_label("用途").fill("走完一個沙箱的一生")
    vendor.get_by_label("每月預算").fill("500")
    vendor.get_by_role("button", name="送出申請").click()
    vendor.wait_for_url(re.compile(r"/sandboxes/\d+$"))
    address = vendor.url

    wait_for_state(lead, address, "部署計畫待核准", "無法照申請建立")
    lead.get_by_role("link", name="閱讀部署計畫").click()
    let_pass_what_may(lead)
    assert re.fullmatch(r"[0-9a-f]{64}", lead.locator("code.digest").inner_text())
    lead.get_by_role("button", name="核准這份部署計畫").click()
    lead.locator("[data-dialog-yes]").click()
    lead.wait_for_url(address)

    vendor.goto(address)
    vendor.get_by_role("link", name="看即時進度").click()
    expect(vendor.locator("[data-live-link]")).to_have_text(re.compile("即時更新|每秒更新|已結束"), timeout=LONG_MS)
    expect(vendor.locator("[data-live-resources] tr").first).to_be_visible(timeout=LONG_MS)
    vendor.reload()
    expect(vendor.locator("[data-live-state]")).to_contain_text("已完成", timeout=LONG_MS)
    assert vendor.locator("[data-live-log] li").count() > 1

    wait_for_state(vendor, address, "執行中")
    vendor.get_by_role("button", name="演練備份").click()
    expect(vendor.locator("[data-live-state]")).to_contain_text("已完成", timeout=LONG_MS)
    vendor.goto(address)
    expect(vendor.locator("#drills tbody tr")).to_contain_text("簽章報告")

    let_it_expire(live)
    wait_for_state(vendor, address, "已銷毀，沒有殘留")
    expect(vendor.locator("#proof")).to_contain_text("第 2 次查詢：找到 0 項")
