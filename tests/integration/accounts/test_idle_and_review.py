"""Accounts that nobody uses end with notice; everybody's rights are reviewed now and then."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from tests.factories import people, vendors
from tests.support.pages import PageClient
from tracker.accounts import jobs, operations
from tracker.accounts.models import User
from tracker.accounts.rules import IDLE_NOTICE, IdleStep, idle_step
from tracker.core.audit import AuditRecord
from tracker.core.db import session, unit_of_work
from tracker.core.errors import NotAllowed
from tracker.notifications.models import Notice, OutboxMail
from tracker.overview import upkeep

SignIn = Callable[[User], PageClient]
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
HALF_YEAR = timedelta(days=180)


@pytest.mark.parametrize(
    ("used_days_ago", "noticed_days_ago", "due"),
    [
        (10, None, None),
        (165, None, None),
        (166, None, IdleStep.WARN),
        (900, None, IdleStep.WARN),
        (180, 13, None),
        (180, 14, IdleStep.END),
        (170, 20, None),
        (166, 300, IdleStep.WARN),
    ],
)
def test_nobody_is_ended_without_notice(used_days_ago: int, noticed_days_ago: int | None, due: IdleStep | None) -> None:
    noticed = None if noticed_days_ago is None else NOW - timedelta(days=noticed_days_ago)

    assert idle_step(NOW, NOW - timedelta(days=used_days_ago), noticed, HALF_YEAR) is due


def used_last(user: User, days_ago: int) -> None:
    moment = NOW - timedelta(days=days_ago)
    values = {"last_seen_at": moment, "created_at": moment, "changed_at": moment}
    session().execute(update(User).where(User.id == user.id).values(**values))
    session().commit()
    session().expire_all()


def run(day: int = 0) -> None:
    with time_machine.travel(NOW + timedelta(days=day), tick=False), unit_of_work():
        jobs.end_idle_accounts({})
    session().expire_all()


@pytest.mark.usefixtures("db_session")
def test_the_owner_is_told_once_and_the_account_ends_two_weeks_later(expert: User) -> None:
    used_last(expert, 200)

    for day in (0, 1, 13):
        run(day)
    mails = session().scalars(select(OutboxMail).where(OutboxMail.user_id == expert.id)).all()
    still = expert.active
    run(IDLE_NOTICE.days)

    assert still
    assert len(mails) == 1
    assert "115年12月7日" in mails[0].text
    assert not expert.active
    told = session().scalars(select(AuditRecord.action).where(AuditRecord.subject_id == expert.id)).all()
    assert told == ["user.idle_warned", "user.deactivated", "user.idle_ended"]


@pytest.mark.usefixtures("db_session")
def test_who_signs_in_after_the_notice_keeps_the_account(expert: User) -> None:
    used_last(expert, 200)
    run()

    session().execute(update(User).values(last_seen_at=NOW + timedelta(days=3)))
    session().commit()
    run(30)

    assert expert.active


@pytest.mark.usefixtures("db_session")
def test_the_last_administrator_never_ends(administrator: User) -> None:
    used_last(administrator, 900)

    run()
    run(40)

    assert administrator.active


@pytest.mark.usefixtures("db_session")
def test_zero_days_mean_never(app: Flask, expert: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.config["SETTINGS"], "account_idle_days", 0)
    used_last(expert, 900)

    run()
    run(40)

    assert expert.active


def made_long_ago(*users: User) -> None:
    for user in users:
        session().execute(update(User).where(User.id == user.id).values(created_at=datetime(2020, 1, 1, tzinfo=UTC)))
    session().commit()
    session().expire_all()


def test_rights_are_listed_with_their_reach_and_kept(administrator: User, vendor_member: User, sign_in: SignIn) -> None:
    vendor = vendors.vendor()
    people.join_organisation(vendor_member, vendor)
    made_long_ago(administrator, vendor_member)
    browser = sign_in(administrator)

    page = browser.get("/admin/rights-review")
    browser.post(f"/admin/people/{vendor_member.id}/keep-rights", page="/admin/rights-review")
    after = browser.get("/admin/rights-review")

    assert vendor_member.email in page.text
    assert vendor.name_zh in page.text
    assert administrator.email not in page.text
    assert vendor_member.email not in after.text
    kept = session().scalars(select(AuditRecord).where(AuditRecord.action == "rights.kept")).one()
    assert kept.details["roles"] == ["vendor"]


def test_a_lead_reviews_those_whose_rights_a_lead_may_end(
    lead: User, administrator: User, expert: User, sign_in: SignIn
) -> None:
    made_long_ago(lead, administrator, expert)

    page = sign_in(lead).get("/admin/rights-review")

    assert expert.email in page.text
    assert administrator.email not in page.text


@pytest.mark.usefixtures("db_session")
def test_nobody_reviews_their_own_rights(administrator: User) -> None:
    session().commit()

    with pytest.raises(NotAllowed), unit_of_work():
        operations.keep_rights(administrator, actor=people.acting(administrator))


@pytest.mark.usefixtures("db_session")
def test_administrators_and_leads_are_told_once_a_month(administrator: User, expert: User, staff: User) -> None:
    made_long_ago(administrator, expert, staff)

    for day in ("2026-11-01", "2026-11-02", "2026-12-01"):
        with unit_of_work():
            upkeep.tell_of_review({"day": day})

    told = session().execute(select(Notice.user_id, Notice.params)).all()
    assert [(row.user_id, row.params) for row in told] == [(administrator.id, {"count": 2})] * 2
